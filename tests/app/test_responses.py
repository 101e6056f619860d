import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask

from app.models import Consultation, Draft, Response
from app.models_importing import ImportBatch, ImportedRow
from app.services import editions, exporting, importing, reading, spreadsheets
from forms.questionnaire import Questionnaire
from tests.pages import Organiser, Respondent

BASE = "/organise/c/ai_and_child_protection"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> \u202etuo\u202c =cmd|' /C calc'!A0"


@pytest.fixture
def analyst(lone_app: Flask, lone_consultation: str) -> Organiser:
    return Organiser.invited(lone_app, "analyst@example.org", "analyst")


@pytest.fixture
def editor(lone_app: Flask, lone_consultation: str) -> Organiser:
    return Organiser.invited(lone_app, "editor@example.org", "editor")


def sent(app: Flask, words: str, group: str = "industry", **about: str) -> Respondent:
    person = Respondent(app, "ai_and_child_protection")
    person.begins(group, "own_name").answers("about_you", **about)
    return person.answers("oq1", oq1_gap=words).consents().sends()


def test_words_are_found_and_shown_where_they_stand(lone_app: Flask, analyst: Organiser):
    first = sent(lone_app, "The gap is in sentencing guidance for new tools.").reference
    other = sent(lone_app, "Nothing to add.").reference

    said = analyst.opens(f"{BASE}/responses?words=SENTENCING").said()

    assert "1 response found" in said
    assert first in said
    assert other not in said
    assert analyst.page.find(".//mark").text == "sentencing"


def test_what_is_held_is_never_found_or_opened(lone_app: Flask, analyst: Organiser):
    held = sent(lone_app, "Ask jane.doe@example.org about sentencing.").reference

    assert "0 responses found" in analyst.opens(f"{BASE}/responses").said()
    assert "0 responses found" in analyst.opens(f"{BASE}/responses?words=sentencing").said()
    assert "0 responses found" in analyst.opens(f"{BASE}/responses?state=any").said()
    analyst.opens(f"{BASE}/responses/{held}", expect=404)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 2),
        ("group=industry", 1),
        ("group=nobody", 0),
        ("verified=declared", 2),
        ("verified=verified", 0),
        ("channel=online", 2),
        ("channel=paper", 0),
        ("capacity=own_name", 2),
        ("capacity=organisation", 0),
        ("publication=without_name&group=industry", 1),
        ("publication=with_name", 0),
        ("state=withdrawn", 1),
        ("state=any", 3),
        ("page=2", 2),
    ],
)
def test_filters_leave_what_fits(lone_app: Flask, analyst: Organiser, query: str, count: int):
    sent(lone_app, "One")
    sent(lone_app, "Two", "law_enforcement")
    gone = sent(lone_app, "Three")
    gone.opens(f"{gone.base}/withdraw").presses("Withdraw")

    said = analyst.opens(f"{BASE}/responses?{query}").said()

    assert f"{count} response{'' if count == 1 else 's'} found" in said


def test_one_is_read_as_sent_with_its_earlier_versions(lone_app: Flask, analyst: Organiser):
    person = sent(lone_app, "The first words.")
    person.opens(f"{person.base}/confidential/oq1_gap")
    person.presses("Keep it confidential", reason="Commercially sensitive")
    person.answers("oq1", oq1_gap="The second words.").sends()
    path = f"{BASE}/responses/{person.reference}"

    said = analyst.opens(path).said()
    assert "The second words." in said
    assert "Confidential: Commercially sensitive" in said

    assert "The first words." in analyst.opens(f"{path}?version=1").said()
    analyst.opens(f"{path}?version=3", expect=404)


def test_an_earlier_version_that_is_held_stays_closed(lone_app: Flask, analyst: Organiser):
    person = sent(lone_app, "Ask jane.doe@example.org.")
    person.answers("oq1", oq1_gap="Nothing.").sends()
    path = f"{BASE}/responses/{person.reference}"

    assert "held for safeguarding, not shown" in analyst.opens(path).said()
    analyst.opens(f"{path}?version=1", expect=404)
    assert "0 responses found" in analyst.opens(f"{BASE}/responses?words=jane").said()


def test_names_are_shown_and_found_only_by_who_may_see_them(
    lone_app: Flask, analyst: Organiser, lone_owner: Organiser
):
    person = sent(lone_app, "Words.", respondent_name="Ottilie Quill")
    path = f"{BASE}/responses/{person.reference}"

    said = analyst.opens(path).said()
    assert "Ottilie" not in said
    assert "Who answered is not shown to your role." in said
    assert "0 responses found" in analyst.opens(f"{BASE}/responses?words=Ottilie").said()

    assert "Ottilie Quill" in lone_owner.opens(path).said()
    assert "1 response found" in lone_owner.opens(f"{BASE}/responses?words=Ottilie").said()


def test_hostile_answers_are_shown_as_text(lone_app: Flask, lone_owner: Organiser):
    person = sent(lone_app, HOSTILE, respondent_name="<b>Name</b>")
    for path in (f"responses/{person.reference}", "responses?words=alert", "responses"):
        lone_owner.opens(f"{BASE}/{path}")
        assert not lone_owner.page.xpath("//main//script | //main//img | //main//b")
    lone_owner.opens(f"{BASE}/responses/{person.reference}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in lone_owner.text


def test_what_is_looked_for_is_shown_as_text(analyst: Organiser):
    analyst.opens(f'{BASE}/responses?words="><script>alert(1)</script>&group=<b>')

    assert not analyst.page.xpath("//main//script")
    assert analyst.value("words") == '"><script>alert(1)</script>'


def test_a_worried_reader_has_a_response_held(lone_app: Flask, analyst: Organiser):
    person = sent(lone_app, "Words without any finding.")
    analyst.opens(f"{BASE}/responses/{person.reference}").presses("Hold it for safeguarding")

    assert "0 responses found" in analyst.said()
    person.answers("oq1", oq1_gap="Other words.").sends()
    assert "0 responses found" in analyst.opens(f"{BASE}/responses").said()


def test_roles_that_may_not_read_or_enter_do_not_come_in(analyst: Organiser, editor: Organiser):
    editor.opens(f"{BASE}/responses", expect=403)
    analyst.opens(f"{BASE}/enter", expect=403)
    analyst.posts(f"{BASE}/enter/upload", expect=403)


def test_a_response_on_paper_is_entered_page_by_page(lone_app: Flask, editor: Organiser):
    editor.opens(f"{BASE}/enter").opens(f"{BASE}/enter/new?channel=paper")
    editor.presses("Save and continue", expect=422, group="civil_society")
    editor.presses("Save and continue", group="civil_society", capacity="own_name")
    assert editor.heading == "About you"
    editor.presses("Save and see all pages")
    editor.presses("Save as a response", expect=422)
    check = editor.path
    editor.opens(check.replace("/send", "/s/oq1"))
    editor.presses("Save and see all pages", oq1_gap="Written by hand.")
    editor.opens(check.replace("/send", "/s/publication"))
    editor.presses("Save and see all pages", publication="without_name", consent="agree")
    editor.presses("Save as a response")

    assert "Write this reference on the paper: OQ-" in editor.said()
    with lone_app.extensions["database"].work() as session:
        response = session.scalars(sa.select(Response)).one()
        assert (response.channel, response.group_key) == ("paper", "civil_society")
        assert response.revisions[0].unseal("answers")["oq1_gap"] == "Written by hand."
    editor.opens(check.replace("/send", "/check"), expect=404)


def test_paper_is_entered_after_closing_and_screened(lone_app: Flask, editor: Organiser):
    with lone_app.extensions["database"].work() as session:
        found = session.scalars(sa.select(Consultation)).one()
        found.closes_at = datetime.now(UTC) - timedelta(minutes=5)
    editor.opens(f"{BASE}/enter/new?channel=email")
    editor.presses("Save and continue", group="industry", capacity="own_name")
    base = editor.path.rsplit("/s/", 1)[0]
    editor.opens(f"{base}/s/oq1").presses("Save and continue", oq1_gap="Mail jane@example.org")
    editor.opens(f"{base}/s/publication")
    editor.presses("Save and continue", publication="without_name", consent="agree")
    editor.opens(f"{base}/check").presses("Save as a response")

    assert "held until safeguarding has looked" in editor.said()


def test_a_respondents_own_draft_cannot_be_entered_into(
    lone_app: Flask, editor: Organiser, lone_respondent: Respondent
):
    lone_respondent.begins()
    with lone_app.extensions["database"].work() as session:
        draft = session.scalars(sa.select(Draft)).one().id

    editor.opens(f"{BASE}/enter/{draft}/check", expect=404)
    editor.opens(f"{BASE}/enter/{draft}/s/start", expect=404)
    editor.posts(f"{BASE}/enter/{draft}/send", expect=404)
    editor.opens(f"{BASE}/enter/new?channel=online", expect=404)


def sheet(*rows: dict[str, object], header: tuple[str, ...] = ()) -> io.BytesIO:
    book = openpyxl.Workbook()
    page = book.active
    names = header or tuple(dict.fromkeys(name for row in rows for name in row))
    page.append(names)
    for row in rows:
        page.append([row.get(name) for name in names])
    made = io.BytesIO()
    book.save(made)
    made.seek(0)
    return made


def paper(key: str, **more: object) -> dict[str, object]:
    usual = {"row_key": key, "group": "industry", "capacity": "own_name", "consent.agree": 1}
    return usual | {"publication": "without_name", **more}


def uploads(editor: Organiser, file: io.BytesIO, expect: int = 200) -> Organiser:
    editor.opens(f"{BASE}/enter")
    return editor.presses("Check it", expect=expect, file=(file, "filled in.xlsx"))


def test_the_template_has_every_column_and_says_what_each_takes(
    editor: Organiser, questionnaire: Questionnaire
):
    editor.opens(f"{BASE}/enter/template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(editor.client_answer))

    header = tuple(cell.value for cell in book["Responses"][1])
    answers = tuple(each for one in questionnaire.variables() for each in one.columns)
    assert header == ("row_key", *answers, "confidential")
    explained = {row[0].value for row in book["Keys"].iter_rows(min_row=2)}
    assert explained == set(header) | {
        f"{each.name}.{way.key}"
        for each in questionnaire.variables()
        for way in each.not_substantive
        if each.measure == "number"
    }


def test_a_sheet_is_previewed_brought_in_and_never_twice(lone_app: Flask, editor: Organiser):
    rows = (
        paper("A-1", oq1_gap="=1+1 is text", oq1_overall="mixed", confidential="oq1_gap"),
        paper(
            "A-2",
            group="Industry",
            jurisdiction="gb",
            **{"topics.oq15": 1, "oq15_rank.staffing": 1},
        ),
        paper("A-3", oq1_gap="Mail jane@example.org", evidence="A | https://example.com/a | B"),
    )
    rows[0]["oq1_gap"] = "'=1+1 is text"
    uploads(editor, sheet(*rows))
    assert "3 rows are ready." in editor.said()
    with lone_app.extensions["database"].work() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Response)) == 0

    editor.presses("Bring them in")
    assert "3 rows are in. 1 response is held" in editor.said()
    with lone_app.extensions["database"].work() as session:
        found = session.scalars(sa.select(Response)).all()
        assert {each.channel for each in found} == {"import"}
        assert session.scalars(sa.select(ImportBatch)).one().rows is None
        digests = session.scalars(sa.select(ImportedRow.key_digest)).all()
        assert not [each for each in digests if "A-" in each]

    uploads(editor, sheet(*rows), expect=422)
    assert "Every row was brought in before." in editor.said()
    uploads(editor, sheet(*rows, paper("A-4")))
    assert "1 row is ready. 3 rows were brought in before" in editor.said()
    editor.presses("Bring them in")
    with lone_app.extensions["database"].work() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Response)) == 4


def test_mistakes_are_told_with_their_lines_and_nothing_comes_in(editor: Organiser):
    rows = (
        paper("A-1", group="nobody"),
        paper("A-1", oq1_overall="<b>loud</b>"),
        paper("", **{"topics.oq1": "maybe"}),
        paper("A-4", oq1_gap="=1+1", **{"oq15_rank.staffing": "first"}),
        paper("A-5", subtype_le="national_police", confidential="nothing_like_it"),
        paper("A-6"),
        paper("A-7", **{"consent.agree": None}),
    )
    uploads(editor, sheet(*rows), 422)
    said = editor.said()

    assert "Line 2: group: “nobody” is none of its keys." in said
    assert "Line 3: row_key: line 2 has the same key." in said
    assert "Line 3: oq1_overall: “<b>loud</b>” is none of its keys." in said
    assert "Line 4: row_key: give the row a key of its own." in said
    assert "Line 4: topics.oq1: write 1 where it was ticked" in said
    assert "Line 5: oq1_gap: the cell holds a formula." in said
    assert "Line 5: oq15_rank.staffing: write a whole number." in said
    assert "Line 6: subtype_le: this is not asked of a respondent with these answers." in said
    assert "Line 6: confidential: “nothing_like_it” is no column of this sheet." in said
    assert "Line 8: " in said
    assert not editor.page.xpath("//main//b")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (io.BytesIO(b"not a workbook"), "This file cannot be read."),
        (sheet({"group": "industry"}), "There is no column “row_key”"),
        (sheet({"row_key": "1", "<i>x</i>": "1"}), "These columns are not in the template"),
        (sheet({"row_key": None}), "There is no row in it."),
        (sheet(header=("row_key", "group", "group")), "The column “group” is there twice."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_what_to_do(
    editor: Organiser, file: io.BytesIO, said: str
):
    file.seek(0)
    uploads(editor, io.BytesIO(file.read()), expect=422)

    assert said in editor.said()


def test_what_was_exported_can_be_read_again(lone_app: Flask, questionnaire: Questionnaire):
    from app.services import demonstration

    database = lone_app.extensions["database"]
    key = demonstration.run(database, 12, seed=3, now=datetime.now(UTC), progress=lambda _: None)
    with database.work() as session:
        consultation = editions.find(session, key)
        edition = editions.current_edition(session, consultation)
        before = [
            exporting.row(each) for each in exporting.included(session, consultation, edition)
        ]
    assert len(before) > 5
    for number, row in enumerate(before):
        cells = {
            name: spreadsheets.as_text(row.get(name))
            for name in spreadsheets.columns(questionnaire)
            if name not in {"row_key", "confidential", "evidence"}
        }
        read = spreadsheets.SheetRow(number, cells, ())
        pages, wrong = importing.check_row(questionnaire, read)
        assert wrong == ()
        answers = {name: value for _, page in pages for name, value in page.items()}
        after = questionnaire.record(answers)
        order = {"jurisdiction", "other_jurisdictions"}  # the page puts them in its own order
        same = [name for name in cells if row[name] and name not in order]
        assert {name: after[name] for name in same} == {name: row[name] for name in same}
        for name in order:
            assert sorted((after[name] or "").split()) == sorted((row[name] or "").split())


def test_only_rows_of_an_unfinished_sheet_are_kept_and_only_sealed(
    app: Flask, consultation: str, questionnaire: Questionnaire
):
    database = app.extensions["database"]
    now = datetime.now(UTC)
    content = sheet(*[paper(f"B-{number}", oq1_gap=f"Words {number}") for number in range(6)])
    with database.work() as session:
        found = editions.find(session, consultation)
        checked = importing.check(questionnaire, content.getvalue(), frozenset())
        batch = importing.keep(session, found, checked, actor="editor", now=now).id
    with database.work() as session:
        kept = session.get_one(ImportBatch, batch)
        assert "Words" not in kept.rows
        importing.bring_in(session, kept, now=now, seconds=0.0)
        assert kept.done == 0
    with database.work() as session:
        importing.bring_in(session, session.get_one(ImportBatch, batch), now=now, seconds=600)
    with database.work() as session:
        kept = session.get_one(ImportBatch, batch)
        assert (kept.done, kept.rows) == (6, None)
        found = editions.find(session, consultation)
        hits = reading.search(
            session, found, reading.Filters(words="words 4"), page=1, identities=False
        )
        assert (hits.total, hits.hits[0].match) == (1, "Words 4")
