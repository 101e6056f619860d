"""What waits for the team is said where they come in, and by mail; and who may leave out what."""

import sqlalchemy as sa
from flask import Flask

from app.models import AuditEvent, Message
from app.services import editions, exporting
from tests.pages import Organiser, Respondent

KEY = "ai_and_child_protection"
BASE = f"/organise/c/{KEY}"
WORRYING = "Ask jane.doe@example.org, who knows."


def sends(app: Flask, words: str) -> str:
    person = Respondent(app, KEY).begins().answers("oq1", oq1_gap=words)
    return person.consents().sends().reference


def letters(app: Flask, purpose: str) -> int:
    with app.extensions["database"].session(reads_only=True) as session:
        found = sa.select(sa.func.count()).where(Message.purpose == purpose)
        return session.scalar(found) or 0


def counted(app: Flask) -> tuple[int, dict[str, int]]:
    with app.extensions["database"].session(reads_only=True) as session:
        consultation = editions.find(session, KEY)
        edition = editions.current_edition(session, consultation)
        account = exporting.account(session, consultation, edition)
        return account.included, {name: n for name, n in account.removed.items() if n}


def test_what_is_held_is_seen_by_the_role_and_hinted_at_to_the_owner(
    lone_app: Flask, lone_owner: Organiser
):
    sam = Organiser.invited(lone_app, "sam@example.org", "safeguarding")
    reader = Organiser.invited(lone_app, "reader@example.org", "reader")
    assert "held" not in sam.opens("/organise/").said()

    sends(lone_app, WORRYING)

    assert "1 held response" in sam.opens("/organise/").said()
    assert "Something is held for safeguarding." in lone_owner.opens("/organise/").said()
    assert "held" not in reader.opens("/organise/").said()
    assert "Fewer than 5 responses so far." in reader.said()


def test_the_role_gets_one_letter_when_something_begins_to_wait(
    lone_app: Flask, lone_owner: Organiser
):
    sam = Organiser.invited(lone_app, "sam@example.org", "safeguarding")
    sue = Organiser.invited(lone_app, "sue@example.org", "safeguarding")
    reference = sends(lone_app, WORRYING)
    sends(lone_app, WORRYING)
    assert letters(lone_app, "safeguarding") == 2

    sam.opens(f"{BASE}/held/{reference}/1").presses("Show the words", reason="To look")
    sam.presses("Propose to release it", **{"release-reason": "Nothing is wrong"})

    assert letters(lone_app, "safeguarding") == 3
    assert "1 release to agree to" in sue.opens("/organise/").said()
    assert "to agree to" not in sam.opens("/organise/").said()


def test_the_letter_holds_no_word_of_a_response(lone_app: Flask, lone_owner: Organiser):
    Organiser.invited(lone_app, "sam@example.org", "safeguarding")
    reference = sends(lone_app, WORRYING)

    files = list((lone_app.config["SETTINGS"].folder / "mail").glob("*.eml"))
    texts = [each.read_text() for each in files if "safeguarding" in each.read_text()]
    assert len(texts) == 1
    assert "jane.doe" not in texts[0]
    assert reference not in texts[0]


def test_an_owner_leaves_a_response_out_and_counts_it_again(lone_app: Flask, lone_owner: Organiser):
    page = f"{BASE}/responses/{sends(lone_app, 'One')}"
    sends(lone_app, "Two")

    lone_owner.opens(page).presses("Leave it out", expect=422)
    assert "Choose a reason" in lone_owner.said()
    lone_owner.presses("Leave it out", reason="duplicate")
    assert "is left out of the results." in lone_owner.said()
    assert counted(lone_app) == (1, {"excluded": 1})

    lone_owner.presses("Count it again")
    assert counted(lone_app) == (2, {})
    with lone_app.extensions["database"].session(reads_only=True) as session:
        acts = session.scalars(sa.select(AuditEvent).order_by(AuditEvent.number)).all()
        found = [
            (each.act, each.details) for each in acts if each.act in {"leave out", "count again"}
        ]
    assert found == [("leave out", {"reason": "duplicate"}), ("count again", {})]


def test_a_withdrawal_asked_for_by_letter_is_one(lone_app: Flask, lone_owner: Organiser):
    page = f"{BASE}/responses/{sends(lone_app, 'One')}"
    lone_owner.opens(page).presses("Leave it out", reason="request")

    assert counted(lone_app) == (0, {"withdrawn": 1})
    assert "Count it again" not in lone_owner.opens(page).said()
    lone_owner.posts(f"{page}/count", expect=422)
    lone_owner.posts(f"{page}/leave-out", expect=422, reason="mistake")
    assert counted(lone_app) == (0, {"withdrawn": 1})


def test_nobody_but_an_owner_leaves_out(lone_app: Flask, lone_owner: Organiser):
    page = f"{BASE}/responses/{sends(lone_app, 'One')}"
    analyst = Organiser.invited(lone_app, "analyst@example.org", "analyst")

    assert "Leave it out" not in analyst.opens(page).said()
    analyst.posts(f"{page}/leave-out", expect=403, reason="mistake")
