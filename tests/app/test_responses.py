from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from app.models import Consultation, Draft, Response
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


def test_a_reference_finds_its_response_however_it_is_typed(lone_app: Flask, analyst: Organiser):
    gone = sent(lone_app, "Nothing to add.")
    other = sent(lone_app, "Nothing to add either.").reference
    gone.opens(f"{gone.base}/withdraw").presses("Withdraw my response")
    typed = gone.reference.replace("-", " ").lower()

    said = analyst.opens(f"{BASE}/responses?words=%20{typed}%20&group=law_enforcement").said()

    assert "1 response found" in said
    assert gone.reference in said
    assert "Withdrawn" in said
    assert other not in said


def test_what_is_held_is_never_found_or_opened(lone_app: Flask, analyst: Organiser):
    held = sent(lone_app, "Ask jane.doe@example.org about sentencing.").reference

    assert "0 responses found" in analyst.opens(f"{BASE}/responses").said()
    assert "0 responses found" in analyst.opens(f"{BASE}/responses?words=sentencing").said()
    assert "0 responses found" in analyst.opens(f"{BASE}/responses?state=any").said()
    assert "0 responses found" in analyst.opens(f"{BASE}/responses?words={held}").said()
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


def test_what_changed_between_two_versions_stands_side_by_side(lone_app: Flask, analyst: Organiser):
    person = sent(lone_app, "The first words.", respondent_name="Ottilie Quill")
    person.answers("about_you", respondent_name="Otto Quill")
    person.answers("oq1", oq1_gap="The second words.", oq1_overall="mixed").sends()
    path = f"{BASE}/responses/{person.reference}"

    def changed() -> list[list[str]]:
        rows = analyst.page.xpath("//section[@aria-labelledby='changed']//tbody/tr")
        return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]

    analyst.opens(path)
    rows = {question: sides for question, *sides in changed()}
    assert ["The first words.", "The second words."] in rows.values()
    assert [sides[0] for sides in rows.values()].count("Not answered") == 1
    assert len(rows) == 2
    assert "Ott" not in analyst.said()
    analyst.opens(f"{path}?version=1")
    assert changed() == []


def test_an_earlier_version_that_is_held_stays_closed(lone_app: Flask, analyst: Organiser):
    person = sent(lone_app, "Ask jane.doe@example.org.")
    person.answers("oq1", oq1_gap="Nothing.").sends()
    path = f"{BASE}/responses/{person.reference}"

    assert "held for safeguarding, not shown" in analyst.opens(path).said()
    assert "What changed" not in analyst.said()
    assert "jane.doe" not in analyst.text
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
    editor.opens(f"{base}/check")
    assert "Something looks like an e-mail address" in editor.said()
    assert "jane@" not in editor.text
    editor.presses("Save as a response")

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
