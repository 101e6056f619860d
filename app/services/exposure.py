"""Exposure: looking at held words costs whoever looks something, so it is counted and limited.

A sitting is all reveals of one person with less than an hour between them. There is no target and
no list of who did how much.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation
from app.models_safeguarding import ExposureLimit, Hold, Reveal
from app.models_team import Organiser
from app.services import audit, mail
from app.services.safeguarding import LONGEST_REASON, Refused

MOST = 10
BREAK = timedelta(hours=1)
STAYS_OPEN = timedelta(minutes=15)


class Enough(Exception):
    """A sitting is full: as much was looked at as one person should in a row."""


def limit_of(session: Session, consultation: Consultation) -> int:
    """How many reveals one person may make in a sitting."""
    statement = sa.select(ExposureLimit.most).where(
        ExposureLimit.consultation_id == consultation.id
    )
    return session.scalar(statement) or MOST


def set_limit(
    session: Session, consultation: Consultation, most: str, *, actor: str, now: datetime
) -> None:
    """Set how many reveals one person may make in a sitting.

    Raises
    ------
    Refused
        If it is no whole number from 1 to 50.
    """
    if not most.strip().isdecimal() or not 1 <= int(most) <= 50:
        raise Refused("most", "Enter a whole number from 1 to 50.")
    known = session.scalar(
        sa.select(ExposureLimit).where(ExposureLimit.consultation_id == consultation.id)
    )
    if known is None:
        known = ExposureLimit(consultation_id=consultation.id, most=int(most))
        session.add(known)
    known.most = int(most)
    details = {"most": int(most)}
    audit.record(session, actor, "set exposure limit", consultation.key, details, now=now)


def in_this_sitting(session: Session, organiser: str, *, now: datetime) -> int:
    """How many reveals this person has made without a break of an hour."""
    statement = (
        sa.select(Reveal.at).where(Reveal.organiser_id == organiser).order_by(Reveal.at.desc())
    )
    count, later = 0, now
    for at in session.scalars(statement.limit(60)):
        if later - at >= BREAK:
            break
        count, later = count + 1, at
    return count


def reveal(
    session: Session,
    hold: Hold,
    organiser: Organiser,
    reason: str,
    *,
    everything: bool,
    now: datetime,
) -> Reveal:
    """Let somebody look, for a reason; it is written down before anything is shown.

    Raises
    ------
    Refused
        If there is no reason.
    Enough
        If the sitting is full.
    """
    if not 0 < len(reason.strip()) <= LONGEST_REASON:
        raise Refused("reason", f"Give a reason, in up to {LONGEST_REASON} characters.")
    session.execute(sa.select(Organiser.id).where(Organiser.id == organiser.id).with_for_update())
    most = limit_of(session, hold.response.consultation)
    if in_this_sitting(session, organiser.id, now=now) >= most:
        raise Enough
    made = Reveal(hold_id=hold.id, organiser_id=organiser.id, at=now, everything=everything)
    made.seal(session.info["keyring"], "reason", reason.strip())
    session.add(made)
    details = {"everything": everything}
    audit.record(session, organiser.id, "reveal", hold.response.reference, details, now=now)
    return made


def open_reveal(session: Session, hold: Hold, organiser: str, *, now: datetime) -> Reveal | None:
    """The reveal by which this person may read now: for a quarter of an hour, or hand-over."""
    since = now - STAYS_OPEN
    for each in hold.handed_over:
        if each["by"] == organiser:
            since = max(since, datetime.fromisoformat(each["at"]))
    statement = sa.select(Reveal).where(
        Reveal.hold_id == hold.id, Reveal.organiser_id == organiser, Reveal.at > since
    )
    return session.scalar(statement.order_by(Reveal.everything.desc(), Reveal.at.desc()).limit(1))


def hand_over(
    session: Session, hold: Hold, organiser: Organiser, address: str, *, now: datetime
) -> int:
    """Leave a response to somebody else, no reason asked; the others of the role are told.

    Returns how many were told: none where nobody else has the role.
    """
    hold.handed_over = [*hold.handed_over, {"by": organiser.id, "at": now.isoformat()}]
    audit.record(session, organiser.id, "hand over", hold.response.reference, now=now)
    title = hold.response.consultation.title
    body = (
        f"A held response to “{title}” is waiting for somebody to take it on:\n\n{address}\n\n"
        "Take your time. You can hand it over too.\n"
    )
    others = colleagues(session, organiser)
    for each in others:
        letter = mail.Letter(each.email, "A held response is waiting", body)
        mail.queue(session, letter, purpose="hand over", now=now)
    return len(others)


def colleagues(session: Session, organiser: Organiser) -> list[Organiser]:
    """The others who have the safeguarding role and can sign in."""
    everybody = session.scalars(sa.select(Organiser).order_by(Organiser.email))
    return [
        each
        for each in everybody
        if each.id != organiser.id and each.ready and "safeguarding" in each.roles
    ]
