"""Rehearsing: the team tries a consultation out on made-up answers, in the browser alone.

Only in a consultation that was made as a rehearsal, and so says everywhere that nothing in it is
real. The answers are written in the background and go through the services that real ones meet.
"""

import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.database import Database
from app.models import Consultation
from app.models_rehearsing import Rehearsal
from app.services import audit, background, editions

if TYPE_CHECKING:
    from app.services.demonstration import Plan

BEGUN = "rehearsal begun"
MOST = 2_000
SILENT = timedelta(seconds=60)  # one made-up answer takes a fraction of a second
logger = logging.getLogger(__name__)


class Refused(Exception):
    """Made-up answers cannot be sent; the message says why and what to do, `field` where."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def latest(session: Session, consultation: Consultation) -> Rehearsal | None:
    """The batch asked for last."""
    return session.scalar(
        sa.select(Rehearsal)
        .where(Rehearsal.consultation_id == consultation.id)
        .order_by(Rehearsal.asked_at.desc())
        .limit(1)
    )


def stopped(rehearsal: Rehearsal, *, now: datetime) -> bool:
    """Whether a batch ended before its time: it failed, or the service was stopped meanwhile."""
    running = rehearsal.running_for is not None
    return running and (rehearsal.failed or now - rehearsal.beat_at > SILENT)


def begin(
    session: Session, consultation: Consultation, wanted: int, *, actor: str, now: datetime
) -> Rehearsal:
    """Have made-up answers sent; a batch that was interrupted goes on instead.

    Raises
    ------
    Refused
        If this is no rehearsal or is not open, the number is out of bounds, or answers are being
        sent already.
    """
    if not consultation.synthetic:
        msg = "This consultation asks real people. Made-up answers belong into a rehearsal."
        raise Refused(msg)
    if not editions.is_open(session, consultation, now=now):
        msg = "This rehearsal is not open. Open it first."
        raise Refused(msg)
    before = latest(session, consultation)
    if before is not None and before.running_for is not None:
        if not stopped(before, now=now):
            msg = "Made-up answers are being sent already. Wait until they are in."
            raise Refused(msg)
        before.failed, before.beat_at = False, now
        session.info[BEGUN] = before.id
        told = {"answers": before.wanted, "again": True}
        audit.record(session, actor, "rehearse", consultation.key, told, now=now)
        return before
    if not 1 <= wanted <= MOST:
        msg = f"Enter a number from 1 to {MOST:,}"
        raise Refused(msg, "wanted")
    return _ask(session, consultation, wanted, actor, now)


def _ask(
    session: Session, consultation: Consultation, wanted: int, actor: str, now: datetime
) -> Rehearsal:
    batches = sa.select(sa.func.count()).where(Rehearsal.consultation_id == consultation.id)
    assert consultation.opens_at is not None
    rehearsal = Rehearsal(
        consultation_id=consultation.id,
        running_for=consultation.id,
        wanted=wanted,
        seed=(session.scalar(batches) or 0) + 1,
        since=consultation.opens_at,
        asked_at=now,
        asked_by=actor,
        beat_at=now,
    )
    session.add(rehearsal)
    audit.record(session, actor, "rehearse", consultation.key, {"answers": wanted}, now=now)
    session.flush()
    session.info[BEGUN] = rehearsal.id
    return rehearsal


class Rehearser:
    """Looks after each commit whether made-up answers are wanted."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def look(self, session: Session) -> None:
        """Set out if this work asked for some."""
        if (found := session.info.pop(BEGUN, None)) is not None:
            background.start(send_all, self.database, found, name=f"rehearsal {found}")


def send_all(database: Database, rehearsal_id: str) -> None:
    """Send what is still to be sent of a batch, each answer in a transaction of its own."""
    from app.services import demonstration  # brings NumPy: only this thread pays for it

    try:
        with database.session(reads_only=True) as session:
            asked = session.get_one(Rehearsal, rehearsal_id)
            plans = demonstration.make_plans(
                asked.wanted, seed=asked.seed, since=asked.since, now=asked.asked_at
            )
        for plan in plans[asked.done :]:
            background.go_on()
            with database.work() as session:
                if not _act(session, rehearsal_id, plan, last=plan is plans[-1]):
                    return
    except Exception:
        logger.exception("sending made-up answers")
        with database.work() as session:
            session.get_one(Rehearsal, rehearsal_id).failed = True


def _act(session: Session, rehearsal_id: str, plan: "Plan", *, last: bool) -> bool:
    """Let one made-up respondent act, unless somebody else did; whether the batch goes on."""
    from app.services import demonstration

    rehearsal = session.get_one(Rehearsal, rehearsal_id, with_for_update=True)
    consultation = session.get_one(Consultation, rehearsal.consultation_id)
    if rehearsal.done != plan.number - 1 or not _goes_on(session, rehearsal, consultation):
        return False
    edition = editions.current_edition(session, consultation)
    assert edition is not None
    now = rehearsal.asked_at
    demonstration.follow(session, edition, plan, seed=rehearsal.seed, now=now)
    rehearsal.done, rehearsal.beat_at = plan.number, datetime.now(UTC)
    rehearsal.sent += plan.sends
    if last:
        rehearsal.running_for = None
    return True


def _goes_on(session: Session, rehearsal: Rehearsal, consultation: Consultation) -> bool:
    """Whether the consultation still takes answers; the batch ends with it."""
    if editions.is_open(session, consultation, now=datetime.now(UTC)):
        return True
    rehearsal.running_for = None
    return False
