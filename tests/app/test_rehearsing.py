"""Rehearsing: a consultation tried out on made-up answers, in the browser alone."""

import email
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.policy import default
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.models import AuditEvent, Consultation, Draft, Response
from app.models_rehearsing import Rehearsal
from app.services import demonstration, editions, rehearsing
from tests.conftest import make_app
from tests.pages import Organiser, Respondent, Visitor

DESK = "/organise/c/dress_rehearsal"
WANTED = 12


def makes_a_rehearsal(owner: Organiser) -> Organiser:
    owner.opens("/organise/new").presses(
        "Make it",
        key="dress_rehearsal",
        organiser="Us",
        like="ai_and_child_protection",
        rehearsal="yes",
    )
    return owner


def opens_it(owner: Organiser) -> Organiser:
    return owner.opens(f"{DESK}/open-and-close").presses("Open the consultation", meant="yes")


def wait_for(what: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def batch(app: Flask) -> Rehearsal:
    with app.extensions["database"].session(reads_only=True) as session:
        return session.scalars(sa.select(Rehearsal).order_by(Rehearsal.asked_at)).all()[-1]


def ended(app: Flask) -> bool:
    return batch(app).running_for is None


def responses(app: Flask) -> int:
    with app.extensions["database"].session(reads_only=True) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(Response)) or 0


def test_the_letters_of_a_rehearsal_say_that_it_is_one(
    lone_app: Flask, lone_owner: Organiser, tmp_path: Path
):
    opens_it(makes_a_rehearsal(lone_owner)).opens(f"{DESK}/invitations/add")
    assert "This is a rehearsal, but its letters are real." in lone_owner.said()
    person = "Ana, Us, Industry, ana@example.org"
    lone_owner.presses("Check the list", list=person)
    assert "Rehearsal: Invitation to answer" in lone_owner.said()
    lone_owner.presses("Invite 1 person", list=person)
    visitor = Respondent(lone_app, "dress_rehearsal").begins()
    visitor.opens("/c/dress_rehearsal/saved").presses("Mail me the link", email="ben@example.org")

    folder = tmp_path / "mail"
    wait_for(lambda: len(list(folder.glob("*.eml"))) == 2)
    for path in folder.glob("*.eml"):
        letter = email.message_from_bytes(path.read_bytes(), policy=default)
        assert letter["Subject"].startswith("Rehearsal: ")
        assert letter.get_content().startswith("THIS IS A REHEARSAL.")


def test_made_up_answers_come_in_without_a_terminal_and_say_what_they_are(
    lone_app: Flask, lone_owner: Organiser
):
    owner = opens_it(makes_a_rehearsal(lone_owner))
    assert "Send made-up answers to it" in owner.said()

    owner.opens(f"{DESK}/rehearsal").presses("Send made-up answers", wanted=str(WANTED))
    wait_for(lambda: ended(lone_app))

    owner.opens(f"{DESK}/rehearsal")
    assert f"{WANTED} made-up answers are in." in owner.said()
    visitor = Visitor(lone_app).opens("/c/dress_rehearsal/")
    assert "The answers in this consultation are made up." in visitor.said()
    with lone_app.extensions["database"].session(reads_only=True) as session:
        sent = session.scalars(sa.select(Response)).all()
        consultation = editions.find(session, "dress_rehearsal")
        assert len(sent) == WANTED
        assert all(each.synthetic for each in sent)
        assert all(consultation.opens_at <= each.sent_at <= datetime.now(UTC) for each in sent)
        acts = session.scalars(sa.select(AuditEvent).where(AuditEvent.act == "rehearse")).all()
        assert [each.details for each in acts] == [{"answers": WANTED}]


def test_a_second_batch_is_other_people(lone_app: Flask, lone_owner: Organiser):
    owner = opens_it(makes_a_rehearsal(lone_owner)).opens(f"{DESK}/rehearsal")
    for number in (1, 2):
        owner.opens(f"{DESK}/rehearsal").presses("Send made-up answers", wanted="5")
        wait_for(lambda: ended(lone_app))
        assert responses(lone_app) == 5 * number
    with lone_app.extensions["database"].session(reads_only=True) as session:
        sent = session.scalars(sa.select(Response).order_by(Response.sent_at)).all()
        said = [str(each.revisions[0].unseal("answers")) for each in sent]

    assert len(set(said)) == 10


def test_what_was_interrupted_goes_on_where_it_stopped(lone_app: Flask, lone_owner: Organiser):
    owner = opens_it(makes_a_rehearsal(lone_owner)).opens(f"{DESK}/rehearsal")
    database = lone_app.extensions["database"]
    with database.work() as session:
        consultation = editions.find(session, "dress_rehearsal")
        asked = rehearsing.begin(session, consultation, 8, actor="x", now=datetime.now(UTC))
        plans = demonstration.make_plans(8, seed=asked.seed, since=asked.since, now=asked.asked_at)
        identifier = asked.id
    for plan in plans[:3]:
        with database.work() as session:
            assert rehearsing._act(session, identifier, plan, last=False)
    with database.work() as session:
        assert not rehearsing._act(session, identifier, plans[1], last=False)
        session.get_one(Rehearsal, identifier).beat_at = datetime.now(UTC) - timedelta(minutes=5)

    owner.opens(f"{DESK}/rehearsal")
    assert "The sending was interrupted after 3 answers." in owner.said()
    owner.presses("Go on sending")
    wait_for(lambda: ended(lone_app))

    assert responses(lone_app) == 8
    assert batch(lone_app).done == len(plans)


def test_real_people_are_never_mixed_with_made_up_ones(lone_app: Flask, lone_owner: Organiser):
    real = "/organise/c/ai_and_child_protection"
    lone_owner.opens(f"{real}/rehearsal", expect=404)
    lone_owner.posts(f"{real}/rehearsal", expect=404, wanted="5")

    with lone_app.extensions["database"].work() as session:
        consultation = editions.find(session, "ai_and_child_protection")
        with pytest.raises(rehearsing.Refused, match="asks real people"):
            rehearsing.begin(session, consultation, 5, actor="x", now=datetime.now(UTC))
    assert responses(lone_app) == 0
    assert "Made-up answers" not in lone_owner.opens(f"{real}/follow").text


def test_what_cannot_be_sent_is_said_and_kept(lone_owner: Organiser):
    owner = makes_a_rehearsal(lone_owner).opens(f"{DESK}/rehearsal")
    assert "The rehearsal is not open" in owner.said()
    owner.posts(f"{DESK}/rehearsal", expect=422, wanted="5")

    opens_it(owner).opens(f"{DESK}/rehearsal")
    for wrong in ("0", "2001", "many"):
        owner.presses("Send made-up answers", expect=422, wanted=wrong)
        assert "Enter a number from 1 to 2,000" in owner.said()
        assert owner.value("wanted") == wrong


def test_closing_ends_the_sending(lone_app: Flask, lone_owner: Organiser):
    opens_it(makes_a_rehearsal(lone_owner))
    database = lone_app.extensions["database"]
    with database.work() as session:
        consultation = editions.find(session, "dress_rehearsal")
        asked = rehearsing.begin(session, consultation, 8, actor="x", now=datetime.now(UTC))
        identifier = asked.id
    with database.work() as session:
        consultation = session.scalars(
            sa.select(Consultation).where(Consultation.key == "dress_rehearsal")
        ).one()
        consultation.closes_at = datetime.now(UTC)
    rehearsing.send_all(database, identifier)

    assert ended(lone_app)
    assert responses(lone_app) == 0


def test_another_questionnaire_can_be_rehearsed_too(migrated_sqlite, tmp_path):
    from pathlib import Path

    from forms.loading import load_questionnaire

    shutil.copy(migrated_sqlite, tmp_path / "open-questions.db")
    app = make_app(f"sqlite:///{tmp_path}/open-questions.db", tmp_path)
    database, now = app.extensions["database"], datetime.now(UTC)
    small = load_questionnaire(Path(__file__).parents[1] / "small.yaml")
    with database.work() as session:
        opening = editions.Opening(title="Small", organiser="Us", closes_at=None, synthetic=True)
        edition = editions.open_edition(session, small, opening, now=now)
        asked = rehearsing.begin(session, edition.consultation, 20, actor="x", now=now)
        identifier = asked.id
    rehearsing.send_all(database, identifier)

    with database.session(reads_only=True) as session:
        groups = set(session.scalars(sa.select(Response.group_key)))
        drafts = session.scalar(sa.select(sa.func.count()).select_from(Draft))
    database.engine.dispose()
    assert groups == {"law_enforcement", "industry", "civil_society"}
    assert drafts == batch_length(20)


def batch_length(wanted: int) -> int:
    """Those who send, and those who never do."""
    now = datetime.now(UTC)
    plans = demonstration.make_plans(wanted, seed=1, since=now, now=now)
    return len(plans)
