from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from flask import Flask
from sqlalchemy.orm import Session

from app.cli import alembic_config
from app.database import make_engine
from app.models import AuditEvent, Response
from app.models_safeguarding import Hold, Redaction, Reveal
from app.models_team import Organiser as Account
from app.models_team import SignIn
from app.services import editions, exporting, exposure, retention, safeguarding
from tests.conftest import run_on_server
from tests.pages import PASSWORD, Organiser, Respondent

SECRET = "jane.doe@example.org"
WORRYING = f"Ask {SECRET} about <script>alert(1)</script> & more."
DESK = "/organise/c/ai_and_child_protection"
BASE = f"{DESK}/held"


@pytest.fixture
def held(lone_respondent: Respondent) -> str:
    """The reference of a response that is held."""
    lone_respondent.begins("law_enforcement", "own_name").answers("oq1", oq1_gap=WORRYING)
    return lone_respondent.consents().sends().reference


@pytest.fixture
def first(lone_app: Flask) -> Organiser:
    return Organiser.invited(lone_app, "first@example.org", "safeguarding")


@pytest.fixture
def second(lone_app: Flask) -> Organiser:
    return Organiser.invited(lone_app, "second@example.org", "safeguarding")


def looks(person: Organiser, reference: str, number: int = 1) -> Organiser:
    person.opens(f"{BASE}/{reference}/{number}")
    return person.presses("Show the words", reason="It was found by screening")


def exported(app: Flask) -> list[dict[str, object]]:
    with app.extensions["database"].work() as session:
        consultation = editions.find(session, "ai_and_child_protection")
        edition = editions.current_edition(session, consultation)
        return [exporting.row(each) for each in exporting.included(session, consultation, edition)]


def test_the_list_shows_kind_and_length_and_never_a_word(held: str, first: Organiser):
    said = first.opens(BASE).said()

    assert f"{held}" in said
    assert "Law enforcement" in said
    assert f"Looks like an e-mail address: 1 passage, {len(SECRET)} characters" in said
    assert SECRET not in first.text
    assert SECRET not in first.opens(f"{BASE}/{held}/1").text


def test_only_the_safeguarding_role_comes_in(lone_app: Flask, lone_owner: Organiser, held: str):
    for path in (BASE, f"{BASE}/{held}/1"):
        lone_owner.opens(path, expect=403)
    for act in ("reveal", "hand-over", "redact", "agree", "propose", "exclude", "report"):
        lone_owner.posts(f"{BASE}/{held}/1/{act}", expect=403)


def test_looking_needs_a_reason_and_leaves_a_line_without_it(
    lone_app: Flask, held: str, first: Organiser
):
    first.opens(f"{BASE}/{held}/1")
    first.presses("Show the words", expect=422, reason=" ")
    assert SECRET not in first.text

    looks(first, held)

    assert SECRET in first.said()
    with lone_app.extensions["database"].work() as session:
        lines = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "reveal")).all()
        assert [(each.subject, each.details) for each in lines] == [(held, {"everything": False})]


def test_words_that_were_revealed_are_text_and_never_links(held: str, first: Organiser):
    looks(first, held)

    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more." in first.text
    links = [each.get("href") for each in first.page.xpath("//main//a")]
    assert not [each for each in links if "example.org" in each]


def test_looking_is_open_for_a_quarter_of_an_hour_to_who_looked(
    lone_app: Flask, held: str, first: Organiser, second: Organiser
):
    looks(first, held)
    assert SECRET not in second.opens(f"{BASE}/{held}/1").text

    with lone_app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(Reveal)):
            each.at -= timedelta(minutes=16)
    assert SECRET not in first.opens(f"{BASE}/{held}/1").text


def test_looking_asks_for_a_fresh_sign_in(lone_app: Flask, held: str, first: Organiser):
    first.opens(f"{BASE}/{held}/1")
    with lone_app.extensions["database"].work() as session:
        for each in session.scalars(sa.select(SignIn).where(SignIn.proved_at.is_not(None))):
            each.proved_at -= timedelta(minutes=20)
    first.presses("Show the words", reason="To decide")

    assert SECRET not in first.text
    assert first.heading == "Please sign in again"
    first.presses("Continue", again_password=PASSWORD, again_code=first.code())
    assert SECRET in first.text


def test_a_full_sitting_leads_to_a_kind_page_with_support_and_hand_over(
    lone_app: Flask, held: str, first: Organiser, second: Organiser
):
    first.opens(BASE).presses("Save the limit", expect=422, most="none")
    first.presses("Save the limit", most="2")
    looks(first, held)
    with lone_app.extensions["database"].work() as session:
        hold = session.scalars(sa.select(Hold)).one()
        person = session.scalars(sa.select(Account).where(Account.email == first.email)).one()
        now = datetime.now(UTC)
        exposure.reveal(session, hold, person, "Again", everything=False, now=now)
        with pytest.raises(exposure.Enough):
            exposure.reveal(session, hold, person, "Again", everything=False, now=now)
        later = now + exposure.BREAK
        assert exposure.in_this_sitting(session, person.id, now=later) == 0
    first.posts(f"{BASE}/{held}/1/reveal", reason="Once more")

    assert first.heading == "That is enough for now"
    assert "Samaritans" in first.said()
    assert SECRET not in first.text
    first.presses("Hand over to somebody else")
    assert "The others who may do this are told" in first.said()


def test_handing_over_asks_no_reason_and_closes_the_words(held: str, first: Organiser):
    looks(first, held)
    first.presses("Hand over to somebody else")
    assert "You handed this over" in first.said()

    assert SECRET not in first.opens(f"{BASE}/{held}/1").text


def test_every_page_says_where_to_find_support(held: str, first: Organiser):
    for path in (BASE, f"{BASE}/{held}/1"):
        assert "Samaritans" in first.opens(path).said()
    assert "Samaritans" in looks(first, held).said()


def test_a_release_takes_two_people(
    lone_app: Flask, held: str, first: Organiser, second: Organiser
):
    first.opens(f"{BASE}/{held}/1")
    assert not first.page.xpath("//input[@name='release-reason' or @name='exclude-reason']")
    first.posts(f"{BASE}/{held}/1/propose", expect=422, **{"release-reason": "A public address"})
    assert "Look at the passages first" in first.said()
    looks(first, held)
    first.presses("Propose to release it", **{"release-reason": "A public address"})
    first.posts(f"{BASE}/{held}/1/agree", expect=422)
    second.opens(f"{BASE}/{held}/1")
    assert "Look at the words first" in second.said()
    second.posts(f"{BASE}/{held}/1/agree", expect=422)
    assert "Look at the passages first" in second.said()
    assert exported(lone_app) == []

    looks(second, held).presses("Agree to release it")

    assert "Released" in second.said()
    assert [each["oq1_gap"] for each in exported(lone_app)] == [WORRYING]


def test_a_proposal_that_is_declined_releases_nothing(
    lone_app: Flask, held: str, first: Organiser, second: Organiser
):
    looks(first, held).presses("Propose to release it", **{"release-reason": "Harmless"})
    second.opens(f"{BASE}/{held}/1").presses("Keep it held")

    second.posts(f"{BASE}/{held}/1/agree")
    assert "Nobody proposes to release this any more." in second.said()
    assert exported(lone_app) == []


def test_the_database_itself_refuses_a_release_by_one_person(app: Flask, respondent: Respondent):
    respondent.begins().answers("oq1", oq1_gap=WORRYING).consents().sends()
    alone = sa.update(Hold).values(proposed_by="one", released_by="one")
    with pytest.raises(sa.exc.IntegrityError), app.extensions["database"].work() as session:
        session.execute(alone)


def test_a_passage_set_aside_is_gone_for_everybody_but_who_sent_it(
    lone_app: Flask, lone_respondent: Respondent, held: str, first: Organiser, second: Organiser
):
    looks(first, held)
    first.presses("Set aside", expect=422, passage="Not there", **{"redact-reason": "Address"})
    assert first.value("passage") == "Not there"
    first.presses("Set aside", passage=SECRET, **{"redact-reason": "An address"})
    first.presses("Propose to release it", **{"release-reason": "Without the address"})
    looks(second, held).presses("Agree to release it")

    clean = WORRYING.replace(SECRET, "[passage set aside]")
    assert [each["oq1_gap"] for each in exported(lone_app)] == [clean]
    said = lone_respondent.opens(f"{lone_respondent.base}/receipt").said()
    assert SECRET in said
    assert "set a passage aside" in said
    with lone_app.extensions["database"].work() as session:
        response = session.scalars(sa.select(Response)).one()
        assert response.revisions[0].unseal("answers")["oq1_gap"] == WORRYING
        assert SECRET not in (session.scalars(sa.select(Redaction)).one().passage or "")

    first.opens(f"{BASE}/{held}/1").presses("Put it back")
    assert "held again" not in first.said()
    assert exported(lone_app) == []
    first.presses("Propose to release it", **{"release-reason": "It is a public address"})
    second.opens(f"{BASE}/{held}/1").presses("Agree to release it")
    assert [each["oq1_gap"] for each in exported(lone_app)] == [WORRYING]


def test_what_changes_after_a_proposal_takes_the_proposal_away(
    held: str, first: Organiser, second: Organiser
):
    looks(first, held).presses("Set aside", found="0", **{"redact-reason": "An address"})
    first.presses("Propose to release it", **{"release-reason": "Without the address"})
    first.presses("Put it back")

    second.posts(f"{BASE}/{held}/1/agree")
    assert "Nobody proposes to release this any more." in second.said()


def test_a_response_that_worries_somebody_again_needs_two_people_again(
    lone_app: Flask, lone_owner: Organiser, held: str, first: Organiser, second: Organiser
):
    looks(first, held).presses("Propose to release it", **{"release-reason": "Harmless"})
    looks(second, held).presses("Agree to release it")
    lone_owner.opens(f"{DESK}/responses/{held}").presses("Hold it for safeguarding")

    second.posts(f"{BASE}/{held}/1/agree")
    assert "Nobody proposes to release this any more." in second.said()
    assert exported(lone_app) == []


def test_what_was_found_is_set_aside_by_ticking_it(
    lone_app: Flask, lone_respondent: Respondent, first: Organiser
):
    words = f"Ask {SECRET} or ring 020 7946 0018, or hxxp://exa\u200bmple[.]com/a."
    lone_respondent.begins().answers("oq1", oq1_gap=words)
    reference = lone_respondent.consents().sends().reference
    looks(first, reference)
    first.presses("Set aside", expect=422, **{"redact-reason": "They name somebody"})
    assert "Tick what to set aside" in first.said()
    labels = first.page.xpath("//input[@name='found']/following-sibling::label/text()")
    assert labels == [SECRET, "020 7946 0018", "hxxp://exa\u200bmple[.]com/a"]

    first.presses("Set aside", found=["0", "2"], **{"redact-reason": "They name somebody"})

    assert "2 passages are set aside." in first.said()
    left = first.page.xpath("//input[@name='found']/following-sibling::label/text()")
    assert left == ["020 7946 0018"]
    with lone_app.extensions["database"].work() as session:
        revision = session.scalars(sa.select(Response)).one().revisions[0]
        read = safeguarding.answers_for_analysis(revision)["oq1_gap"]
        lines = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "redact")).all()
    assert read == "Ask [passage set aside] or ring 020 7946 0018, or [passage set aside]."
    assert [each.details["length"] for each in lines] == [len(SECRET), len(labels[2])]


def test_a_redaction_never_touches_a_key_that_happens_to_be_the_same_word(
    lone_app: Flask, lone_respondent: Respondent, first: Organiser
):
    lone_respondent.begins("law_enforcement").answers(
        "oq1", oq1_failed_area="other", oq1_failed_area_other=f"other {SECRET}"
    )
    reference = lone_respondent.consents().sends().reference
    looks(first, reference)
    first.presses("Set aside", passage="other", **{"redact-reason": "To see"})

    with lone_app.extensions["database"].work() as session:
        revision = session.scalars(sa.select(Response)).one().revisions[0]
        answers = safeguarding.answers_for_analysis(revision)
    assert answers["oq1_failed_area"] == "other"
    assert answers["oq1_failed_area_other"] == f"[passage set aside] {SECRET}"


def test_a_held_response_is_acknowledged_and_accounted_for(
    lone_app: Flask, lone_respondent: Respondent, held: str
):
    assert lone_respondent.heading == "We have received your response"
    with lone_app.extensions["database"].work() as session:
        consultation = editions.find(session, lone_respondent.key)
        edition = editions.current_edition(session, consultation)
        accounting = exporting.account(session, consultation, edition)
    assert (accounting.received, accounting.included, accounting.removed) == (1, 0, {"held": 1})


def test_leaving_out_is_accounted_for_and_never_purged(
    lone_app: Flask, lone_respondent: Respondent, held: str, first: Organiser
):
    looks(first, held).presses("Leave it out", **{"exclude-reason": "It must not be here"})
    assert "Left out" in first.said()
    with lone_app.extensions["database"].work() as session:
        consultation = editions.find(session, lone_respondent.key)
        edition = editions.current_edition(session, consultation)
        removed = exporting.account(session, consultation, edition).removed
        late = consultation.closes_at + timedelta(days=40_000)
        due = {each.kind: each.count for each in retention.due(session, consultation, now=late)}
    assert removed == {"excluded": 1}
    assert due["answers"] == 0


def test_the_address_of_who_sent_what_is_held_is_not_forgotten_meanwhile(
    lone_app: Flask, lone_respondent: Respondent, held: str
):
    with lone_app.extensions["database"].work() as session:
        response = session.scalars(sa.select(Response)).one()
        response.draft.contact = "sealed"
        consultation, hold = response.consultation, session.scalars(sa.select(Hold)).one()
        late = consultation.closes_at + timedelta(days=40_000)
        due = {each.kind: each.count for each in retention.due(session, consultation, now=late)}
        assert (due["addresses"], due["answers"], due["names"]) == (0, 0, 0)
        hold.state, response.held_at = "released", None
        session.flush()
        due = {each.kind: each.count for each in retention.due(session, consultation, now=late)}
        assert due["addresses"] == 1


def test_words_that_are_open_name_the_minute_in_which_they_close(held: str, first: Organiser):
    (place,) = looks(first, held).page.xpath("//*[@data-closes]")

    assert SECRET in place.text_content()
    closes = datetime.fromisoformat(place.get("data-closes"))
    assert timedelta(minutes=14) < closes - datetime.now(UTC) <= exposure.STAYS_OPEN


def test_no_page_or_file_of_anybody_else_holds_a_word_of_what_is_held(
    lone_app: Flask, lone_owner: Organiser, held: str
):
    """Every page and file of the consultation that the owner may open, and the whole team's."""
    rules = [
        each.rule.replace("<key>", "ai_and_child_protection")
        for each in lone_app.url_map.iter_rules()
        if each.endpoint.startswith("organise.")
        and "GET" in each.methods
        and each.arguments <= {"key"}
    ]
    read = {path: lone_owner.client.get(path).get_data() for path in rules}
    read["search"] = lone_owner.client.get(f"{DESK}/responses?words=jane.doe&state=any").get_data()

    assert len(rules) > 15
    assert b"0 responses found" in read["search"]
    assert [path for path, content in read.items() if SECRET.encode() in content] == []
    assert lone_owner.client.get(f"{DESK}/responses/{held}").status_code == 404


def test_no_letter_holds_a_word_of_what_is_held(lone_app: Flask, held: str, first: Organiser):
    Organiser.invited(lone_app, "second@example.org", "safeguarding")
    looks(first, held).presses("Hand over to somebody else")
    folder = Path(lone_app.config["SETTINGS"].folder)
    letters = [path.read_bytes() for path in folder.rglob("*.eml")]

    assert [each for each in letters if b"A held response is waiting" in each]
    assert [each for each in letters if SECRET.encode() in each] == []


def test_a_report_to_a_hotline_is_recorded(held: str, first: Organiser):
    first.opens(f"{BASE}/{held}/1")
    first.presses("Record the report", expect=422, reported_on="2999-01-01", hotline="IWF")
    assert first.value("hotline") == "IWF"
    first.presses("Record the report", reported_on="2026-01-05", hotline="IWF", reference="R-77")

    assert "5 January 2026: IWF, reference R-77" in first.said()


def test_a_new_version_is_screened_again_and_the_earlier_one_stays_closed(
    lone_app: Flask, lone_respondent: Respondent, held: str, first: Organiser
):
    lone_respondent.answers("oq1", oq1_gap="Nothing worrying.").sends()
    assert [each["oq1_gap"] for each in exported(lone_app)] == ["Nothing worrying."]
    assert "Earlier version" in first.opens(BASE).said()
    with lone_app.extensions["database"].work() as session:
        consultation = editions.find(session, lone_respondent.key)
        late = consultation.closes_at + timedelta(days=40_000)
        due = {each.kind: each.count for each in retention.due(session, consultation, now=late)}
    assert due["answers"] == 0

    lone_respondent.answers("oq1", oq1_gap="Ring 020 7946 0018.").sends()
    assert exported(lone_app) == []


def test_what_was_released_does_not_hold_the_next_version(
    lone_app: Flask, lone_respondent: Respondent, held: str, first: Organiser, second: Organiser
):
    looks(first, held).presses("Propose to release it", **{"release-reason": "Harmless"})
    looks(second, held).presses("Agree to release it")

    lone_respondent.answers("oq2", oq2_consequence="More words.").sends()
    assert len(exported(lone_app)) == 1

    lone_respondent.answers("oq2", oq2_consequence="Ring 020 7946 0018.").sends()
    assert exported(lone_app) == []


def test_addresses_lead_only_to_holds_of_their_own_consultation(
    lone_app: Flask, held: str, first: Organiser, open_second: Callable[[], str]
):
    other = open_second()

    first.opens(f"/organise/c/{other}/held/{held}/1", expect=404)
    first.opens(f"{BASE}/{held}/2", expect=404)
    first.posts(f"{BASE}/{held}/1/unknown", expect=404)


@pytest.fixture
def open_second(lone_app: Flask, questionnaire) -> Callable[[], str]:
    def open_it() -> str:
        opening = editions.Opening(
            title="Another", organiser="Us", closes_at=None, key="another_one"
        )
        with lone_app.extensions["database"].work() as session:
            now = datetime.now(UTC)
            return editions.open_edition(session, questionnaire, opening, now=now).consultation.key

    return open_it


OF_BEFORE = (
    (
        "INSERT INTO consultation (id, key, title, organiser, zone, created_at, open_link,"
        " synthetic, small_counts, consensus_threshold, k_anonymity, wording, extensions,"
        " retention) VALUES"
        " ('c', 'k', 't', 'o', 'UTC', :at, :no, :no, 5, 0.75, 5, '{}', '[]', '{}')"
    ),
    (
        "INSERT INTO edition (id, consultation_id, digest, document, opened_at)"
        " VALUES ('e', 'c', 'd', '{}', :at)"
    ),
    (
        "INSERT INTO response (id, consultation_id, edition_id, reference, public_id, channel,"
        " verified, synthetic, sent_at, held_at) VALUES"
        " ('r', 'c', 'e', 'OQ-1', 'p', 'online', :no, :no, :at, :at),"
        " ('s', 'c', 'e', 'OQ-2', 'q', 'online', :no, :no, :at, NULL)"
    ),
    (
        "INSERT INTO revision (id, response_id, number, token, opted_out, findings, digest,"
        " sent_at) VALUES ('r1', 'r', 1, 'a', '[]', '[]', 'd', :at),"
        " ('r2', 'r', 2, 'b', '[]', '[]', 'd', :at),"
        " ('s1', 's', 1, 'c', '[]', '[]', 'd', :at)"
    ),
)


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_what_was_held_before_there_were_holds_stays_held(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
):
    address = f"sqlite:///{tmp_path / 'before.db'}"
    if kind == "postgres":
        server = request.getfixturevalue("postgres_server")
        run_on_server(server, "CREATE DATABASE before_holds")
        address = server.set(database="before_holds").render_as_string(hide_password=False)
    command.upgrade(alembic_config(address), "0003")
    engine = make_engine(address)
    with engine.begin() as connection:
        for statement in OF_BEFORE:
            connection.execute(sa.text(statement), {"at": "2026-01-02 03:04:05", "no": False})

    command.upgrade(alembic_config(address), "head")

    with Session(engine) as session:
        hold = session.scalars(sa.select(Hold)).one()
        assert (hold.response_id, hold.revision_id, hold.state) == ("r", "r2", "open")
        assert hold.handed_over == []
    engine.dispose()
