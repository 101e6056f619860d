"""Many responses from a spreadsheet: the template, mistakes, bringing in, and never twice."""

import contextlib
import io
import re
import time
import zipfile
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session

from app.models import AuditEvent, Response
from app.models_importing import ImportBatch, ImportedRow
from app.models_team import Organiser as Account
from app.services import (
    bringing_in,
    editions,
    exporting,
    importing,
    list_files,
    reading,
    sheet_cells,
    sheet_check,
    spreadsheets,
)
from forms.questionnaire import Questionnaire
from tests.pages import Organiser

BASE = "/organise/c/ai_and_child_protection"


@pytest.fixture
def editor(lone_app: Flask, lone_consultation: str) -> Organiser:
    return Organiser.invited(lone_app, "editor@example.org", "editor")


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


def brings_in(editor: Organiser, button: str = "Bring them in") -> Organiser:
    """Press the button, and look again until all is in, as the page does by itself."""
    editor.presses(button)
    until = time.monotonic() + 30
    while editor.page.xpath("//*[@data-again]") and time.monotonic() < until:
        time.sleep(0.05)
        editor.opens(editor.path)
    return editor


def paper(key: str, **more: object) -> dict[str, object]:
    usual = {"row_key": key, "group": "industry", "capacity": "own_name", "consent.agree": 1}
    return usual | {"publication": "without_name", **more}


def uploads(editor: Organiser, file: io.BytesIO, expect: int = 200) -> Organiser:
    editor.opens(f"{BASE}/enter")
    return editor.presses("Check it", expect=expect, file=(file, "filled in.xlsx"))


def downloaded(editor: Organiser) -> openpyxl.Workbook:
    editor.opens(f"{BASE}/enter/template.xlsx")
    return openpyxl.load_workbook(io.BytesIO(editor.client_answer))


def saved(book: openpyxl.Workbook) -> io.BytesIO:
    made = io.BytesIO()
    book.save(made)
    made.seek(0)
    return made


def write(page: Worksheet, line: int, **values: object) -> None:
    names = [cell.value for cell in page[3]]
    for name, value in values.items():
        page.cell(line, names.index(name) + 1, value)


def test_the_template_names_every_column_below_its_question(
    editor: Organiser, questionnaire: Questionnaire
):
    book = downloaded(editor)

    pages, questions, names = (
        [cell.value for cell in line] for line in book["Responses"].iter_rows(max_row=3)
    )
    answers = tuple(each for one in questionnaire.variables() for each in one.columns)
    assert tuple(names) == ("row_key", *answers, "confidential")
    assert all(questions)
    assert questions[1] == "Which group do you answer for?"
    assert pages[1] == questionnaire.sections[0].title
    assert book["Responses"].freeze_panes == "B4"
    explained = {row[0].value for row in book["Keys"].iter_rows(min_row=2)}
    assert explained == set(names) | {
        f"{each.name}.{way.key}"
        for each in questionnaire.variables()
        for way in each.not_substantive
        if each.measure == "number"
    }


def test_the_template_offers_each_answer_in_a_list_in_its_cell(editor: Organiser):
    book = downloaded(editor)
    page, keys = book["Responses"], book["Keys"]
    names = [cell.value for cell in page[3]]

    def offered(name: str) -> list[str]:
        cell = page.cell(4, names.index(name) + 1).coordinate
        (found,) = [each for each in page.data_validations.dataValidation if cell in each.sqref]
        if found.formula1.startswith('"'):
            return found.formula1.strip('"').split(",")
        return [row[0].value for row in keys[found.formula1.partition("!")[2].replace("$", "")]]

    assert offered("group") == ["Law enforcement", "Industry", "Civil society"]
    assert "Disagree" in offered("oq1_overall") or len(offered("oq1_overall")) > 2
    assert offered("topics.oq1") == ["1"]
    assert offered("oq15_rank.staffing")[:2] == ["1", "2"]


def test_a_filled_in_template_comes_in_with_labels_as_they_were_chosen(
    lone_app: Flask, editor: Organiser
):
    book = downloaded(editor)
    usual = {"group": "Civil society", "capacity": "In my own name", "consent.agree": "1"}
    write(book["Responses"], 6, row_key="T-1", jurisdiction="Germany", **usual)
    write(book["Responses"], 6, publication="without_name", oq1_gap="Words.")
    uploads(editor, saved(book))
    assert "1 row is ready." in editor.said()
    brings_in(editor)

    with lone_app.extensions["database"].work() as session:
        (response,) = session.scalars(sa.select(Response))
        answers = response.revisions[0].unseal("answers")
    assert (response.group_key, answers["jurisdiction"]) == ("civil_society", ["DE"])


def test_a_template_of_another_consultation_is_refused(editor: Organiser):
    book = downloaded(editor)
    (mark,) = [row[1] for row in book[spreadsheets.ABOUT] if row[0].value == "Made for"]
    key, _, digest = mark.value.partition(" ")
    write(book["Responses"], 4, **paper("T-1"))

    mark.value = f"another {digest}"
    uploads(editor, saved(book), expect=422)
    assert "made for another consultation (“another”)" in editor.said()

    mark.value = f"{key} 000000000000"
    uploads(editor, saved(book), expect=422)
    assert "made before the questions were changed" in editor.said()


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

    brings_in(editor)
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
    brings_in(editor)
    with lone_app.extensions["database"].work() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Response)) == 4


def mistakes(editor: Organiser) -> list[tuple[str, str, str]]:
    """Each mistake that the page tells: cell, column, what to do."""
    return [
        tuple(row.xpath(f"string({place})").strip() for place in ("th", "td[1]/code", "td[2]"))
        for row in editor.page.xpath("//table//tbody/tr")
    ]


def test_mistakes_are_told_with_cell_and_column_and_nothing_comes_in(
    lone_app: Flask, editor: Organiser
):
    rows = (
        paper("A-1", group="nobody", subtype_le="national_police"),
        paper("A-1", oq1_overall="<b>loud</b>"),
        paper("", **{"topics.oq1": "maybe"}),
        paper("A-4", oq1_gap="=1+1", **{"oq15_rank.staffing": "first"}),
        paper("A-5", subtype_le="national_police", confidential="nothing_like_it"),
        paper("A-6"),
        paper("A-7", **{"consent.agree": None}),
        paper("A-8", jurisdiction="Atlantis"),
    )
    uploads(editor, sheet(*rows), 422)
    found = {(cell[-1], column): words for cell, column, words in mistakes(editor)}
    beginnings = {
        (
            "2",
            "group",
        ): "“nobody” is not one of the answers. Choose from the list: “Law",
        ("3", "row_key"): "Row 2 has the same key.",
        ("3", "oq1_overall"): "“<b>loud</b>” is not one of the answers.",
        ("4", "row_key"): "Give the row a key of its own",
        ("4", "topics.oq1"): "“maybe” cannot be read. Write 1 where it was ticked",
        ("5", "oq1_gap"): "The cell holds a formula.",
        ("5", "oq15_rank.staffing"): "“first” is no whole number.",
        ("6", "subtype_le"): "This is not asked of a respondent who answers as this row does.",
        ("6", "confidential"): "“nothing_like_it” is no column of this sheet.",
        ("8", "consent.agree"): "",
        ("9", "jurisdiction"): "“Atlantis” is no country code.",
    }

    assert "Nothing was brought in. Correct 7 rows: see below." in editor.said()
    assert found.keys() == beginnings.keys()
    assert [each for each in beginnings if not found[each].startswith(beginnings[each])] == []
    assert mistakes(editor)[0][:2] == ("B2", "group")
    assert "Which group do you answer for?" in editor.said()
    assert not editor.page.xpath("//main//b")
    with lone_app.extensions["database"].work() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Response)) == 0


def test_one_wrong_group_is_one_mistake_and_not_one_for_each_later_answer(editor: Organiser):
    uploads(editor, sheet(paper("A-1", group="Polise", subtype_le="national_police")), 422)

    assert [cell for cell, _, _ in mistakes(editor)] == ["B2"]


def test_a_mistake_that_many_rows_share_is_told_once(editor: Organiser):
    group = ["Polise", "Polise", "Polise", "industry", "Polise"]
    uploads(editor, sheet(*[paper(f"A-{at}", group=each) for at, each in enumerate(group)]), 422)

    assert [(cells, column) for cells, column, _ in mistakes(editor)] == [("B2:B4, B6", "group")]
    assert "Correct 4 rows" in editor.said()


def test_lines_above_the_columns_and_blank_rows_are_passed_over(editor: Organiser):
    book = openpyxl.Workbook()
    page = book.active
    page["A1"] = "Responses from the seminar"
    page.merge_cells("A1:D1")
    row = paper("A-1", group=" INDUSTRY ", oq1_least_certain="Don't know")
    page.append([])
    page.append(list(row))
    page.append([])
    page.append(list(row.values()))
    page.append([])
    page.append([None, *["nobody"] * 2])
    uploads(editor, saved(book), 422)

    assert {cell for cell, _, _ in mistakes(editor)} >= {"A7", "B7"}
    assert not [cell for cell, _, _ in mistakes(editor) if cell.endswith("5")]


def test_days_truth_and_long_words_are_read_or_told(editor: Organiser):
    rows = (
        paper("A-1", oq1_gap=date(2026, 2, 1), **{"topics.oq1": True}),
        paper("A-2", oq1_gap="word " * 6_600),  # as much of it as a cell can hold
        paper("A-3", oq1_gap="x" * 40_000),
        paper("A-4", oq1_overall=date(2026, 2, 1)),
    )
    uploads(editor, sheet(*rows), 422)

    found = mistakes(editor)
    assert [cell[-1] for cell, _, _ in found] == ["3", "4", "5"]
    assert "words: it has 6554" in found[0][2]
    assert "Shorten your answer" in found[1][2]
    assert "“2026-02-01” is not one of the answers" in found[2][2]


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (io.BytesIO(b"not a workbook"), "Save it as an Excel workbook (.xlsx), without a password"),
        (io.BytesIO(b"row_key,group\nA-1,industry\n"), "This file cannot be read."),
        (sheet({"group": "industry"}), "There is no column “row_key”"),
        (sheet({"row_key": "1", "<i>x</i>": "1"}), "not in the template: B “<i>x</i>”"),
        (sheet({"row_key": "1", "oq1_overal": "1"}), "(is “oq1_overall” meant?)"),
        (sheet({"row_key": "1", "old_question": "1"}), "start from the template of this one"),
        (sheet({"row_key": None}), "There is no row in it."),
        (sheet(header=("row_key", "group", "group")), "“group” is there twice (B and C)"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_what_to_do(
    editor: Organiser, file: io.BytesIO, said: str
):
    file.seek(0)
    uploads(editor, io.BytesIO(file.read()), expect=422)

    assert said in editor.said()


def tampered(*changes: tuple[str, str], size: str = "") -> io.BytesIO:
    """A good sheet whose XML was changed by hand, and which may claim another size."""
    good = zipfile.ZipFile(sheet({"row_key": "A-1", "group": "industry"}))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in good.namelist():
            text = good.read(name).decode()
            if name.endswith("sheet1.xml"):
                text = re.sub("<dimension[^>]*>", size, text)
                for old, new in changes:
                    text = text.replace(old, new)
            archive.writestr(name, text)
    made.seek(0)
    return made


FAR = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
PAIRS = zip("bcdefghij", "abcdefghi", strict=True)
LAUGHS = "".join(f'<!ENTITY {one} "{f"&{other};" * 10}">' for one, other in PAIRS)
LAUGHS = f'<!DOCTYPE x [<!ENTITY a "ha">{LAUGHS}]>'
LAUGH = '<row r="3"><c r="A3" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData>'
WIDE = '<c r="XFD1" t="inlineStr"><is><t>capacity</t></is></c></row>'
WORDS = '<row r="3"><c r="A3" t="n"><v>x</v></c></row></sheetData>'
BROKEN = "cannot be read"
HOSTILE = {
    "a row at the end of the world": ([("</sheetData>", FAR)], "more than 10,000 lines"),
    "a column at the end of it": ([("</row>", WIDE)], "many empty columns"),
    "a billion laughs": (
        [
            ("<worksheet", f'<!DOCTYPE x [<!ENTITY a "ha">{LAUGHS}]><worksheet'),
            ("</sheetData>", LAUGH),
        ],
        BROKEN,
    ),
    "cut off": ([("</sheetData>", "")], BROKEN),
    "words for a number": ([("</sheetData>", WORDS)], BROKEN),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_sheet_made_to_do_harm_is_refused_at_once_in_words(
    questionnaire: Questionnaire, what: str
):
    changes, said = HOSTILE[what]
    file = tampered(*changes).getvalue()
    began = time.monotonic()

    with pytest.raises(spreadsheets.NotASpreadsheet, match=said):
        spreadsheets.read_sheet(file, questionnaire)
    assert time.monotonic() - began < 10
    with contextlib.suppress(list_files.Unreadable):
        list_files.text_of(file, "people.xlsx")


def test_rows_that_a_sheet_does_not_count_are_read_all_the_same(questionnaire: Questionnaire):
    file = tampered(size='<dimension ref="A1"/>').getvalue()

    (row,) = spreadsheets.read_sheet(file, questionnaire).rows

    assert row.cells == {"row_key": "A-1", "group": "industry"}
    assert list_files.text_of(file, "people.xlsx").splitlines()[1] == "A-1\tindustry"


def test_the_preview_says_what_screening_will_hold_without_the_words(editor: Organiser):
    uploads(editor, sheet(paper("A-1", oq1_gap="Ring 020 7946 0018."), paper("A-2")))

    assert "Will be held: looks like a telephone number" in editor.said()
    assert editor.said().count("Will be held") == 1
    assert "7946" not in editor.text


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
    named = sheet_check.Columns.of(questionnaire)
    for number, row in enumerate(before):
        cells = {
            name: sheet_cells.as_text(row.get(name))
            for name in spreadsheets.columns(questionnaire)
            if name not in {"row_key", "confidential", "evidence"}
        }
        read = spreadsheets.SheetRow(number, cells)
        pages, wrong = sheet_check.check_row(named, read)
        assert wrong == ()
        answers = {name: value for _, page in pages for name, value in page.items()}
        after = questionnaire.record(answers)
        order = {"jurisdiction", "other_jurisdictions"}  # the page puts them in its own order
        same = [name for name in cells if row[name] and name not in order]
        assert {name: after[name] for name in same} == {name: row[name] for name in same}
        for name in order:
            assert sorted((after[name] or "").split()) == sorted((row[name] or "").split())


def checked_batch(app: Flask, consultation: str, questionnaire: Questionnaire, rows: int) -> str:
    content = sheet(*[paper(f"B-{number}", oq1_gap=f"Words {number}") for number in range(rows)])
    with app.extensions["database"].work() as session:
        found = editions.find(session, consultation)
        ready = sheet_check.check(questionnaire, content.getvalue(), frozenset()).ready
        now = datetime.now(UTC)
        return importing.keep(session, found, ready, known=0, actor="editor", now=now).id


def step(session: Session, batch: str, seconds: float = 0.0) -> int:
    """Bring in one row, or as many as fit into some seconds; how many are left."""
    rows = importing.not_yet_in(session, session.get_one(ImportBatch, batch))
    now = datetime.now(UTC)
    return importing.bring_in(session, batch, rows, now=now, seconds=seconds)


def test_only_rows_of_an_unfinished_sheet_are_kept_and_only_sealed(
    app: Flask, consultation: str, questionnaire: Questionnaire
):
    database = app.extensions["database"]
    now = datetime.now(UTC)
    batch = checked_batch(app, consultation, questionnaire, 6)
    with database.work() as session:
        assert "Words" not in session.get_one(ImportBatch, batch).rows
        assert step(session, batch) == 5
    with database.work() as session:
        kept = session.get_one(ImportBatch, batch)
        assert "Words" not in kept.rows
        assert importing.going(session, kept, now=now)
        assert not importing.going(session, kept, now=now + timedelta(minutes=1))
        assert step(session, batch, seconds=600) == 0
    with database.work() as session:
        kept = session.get_one(ImportBatch, batch)
        assert (kept.done, kept.rows) == (6, None)
        found = editions.find(session, consultation)
        hits = reading.search(
            session, found, reading.Filters(words="words 4"), page=1, identities=False
        )
        assert (hits.total, hits.hits[0].match) == (1, "Words 4")


def wait_until_all_is_in(app: Flask, batch: str) -> ImportBatch:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with app.extensions["database"].session(reads_only=True) as session:
            kept = session.get_one(ImportBatch, batch)
            if kept.rows is None:
                return kept
        time.sleep(0.05)
    raise AssertionError


def test_it_goes_on_by_itself_and_a_second_press_brings_nothing_in_twice(
    lone_app: Flask,
    editor: Organiser,
    questionnaire: Questionnaire,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(bringing_in, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(importing.begin, "__kwdefaults__", {"seconds": 0.0})
    batch = checked_batch(lone_app, "ai_and_child_protection", questionnaire, 12)
    editor.opens(f"{BASE}/enter/import/{batch}").presses("Bring them in")

    assert "1 of 12 rows are in." in editor.said()
    assert "This goes on by itself" in editor.said()
    assert editor.page.xpath("//*[@data-again]//progress[@max='12']")
    editor.posts(f"{BASE}/enter/import/{batch}")
    kept = wait_until_all_is_in(lone_app, batch)

    assert (kept.done, kept.known) == (12, 0)
    with lone_app.extensions["database"].work() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Response)) == 12
        assert session.scalar(sa.select(sa.func.count()).select_from(ImportedRow)) == 12
        lines = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "import")).all()
        assert [each.details for each in lines] == [{"brought in": 12, "held": 0, "of": 12}]
    assert "12 rows are in." in editor.opens(f"{BASE}/enter/import/{batch}").said()


def test_what_stopped_half_way_waits_and_goes_on_where_it_stopped(
    lone_app: Flask, editor: Organiser, questionnaire: Questionnaire
):
    batch = checked_batch(lone_app, "ai_and_child_protection", questionnaire, 5)
    with lone_app.extensions["database"].work() as session:
        step(session, batch)
        session.scalars(sa.select(ImportedRow)).one().imported_at -= timedelta(hours=2)
        person = sa.select(Account.id).where(Account.email == editor.email)
        session.get_one(ImportBatch, batch).made_by = session.scalars(person).one()
    assert "5 rows, checked on" in editor.opens(f"{BASE}/enter").said()

    uploads(editor, sheet(paper("Another")))
    editor.opens(f"{BASE}/enter/import/{batch}")
    assert "1 of 5 rows are in. It stopped there." in editor.said()
    brings_in(editor, "Go on")

    assert "5 rows are in." in editor.said()


def test_throwing_the_rest_away_keeps_what_is_in_and_is_written_down(
    lone_app: Flask, editor: Organiser, questionnaire: Questionnaire
):
    batch = checked_batch(lone_app, "ai_and_child_protection", questionnaire, 5)
    with lone_app.extensions["database"].work() as session:
        step(session, batch)
    editor.opens(f"{BASE}/enter/import/{batch}").presses("Stop, and throw the rest away")

    assert "1 row is in. The rest was thrown away." in (
        editor.opens(f"{BASE}/enter/import/{batch}").said()
    )
    with lone_app.extensions["database"].work() as session:
        stopped = sa.select(AuditEvent).where(AuditEvent.act == "import stopped")
        told = session.scalars(stopped).one().details
        assert told == {"brought in": 1, "held": 0, "of": 5}
        assert step(session, batch) == 0
    content = sheet(*[paper(f"B-{number}") for number in range(5)])
    assert "4 rows are ready." in uploads(editor, content).said()
