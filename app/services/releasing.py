"""The ways out of a hold: a release that two people agree to, and being left out for good."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.models_safeguarding import Hold
from app.services import audit, letters
from app.services.safeguarding import EXCLUDED, locked, must_have_looked, reason_given


class SamePerson(Exception):
    """A release must be agreed by somebody other than who proposed it."""


class NotProposed(Exception):
    """There is no proposal to agree to."""


def propose_release(
    session: Session, hold: Hold, reason: str, *, actor: str, now: datetime
) -> None:
    """Say that a response may be counted and read; a second person agrees to it.

    Raises
    ------
    Refused
        If there is no reason.
    NotLookedAt
        If this person has not looked.
    """
    reason = reason_given(reason, "release-reason")
    must_have_looked(session, hold, actor)
    hold.seal(session.info["keyring"], "reason", reason)
    hold.proposed_by, hold.proposed_at = actor, now
    consultation = hold.response.consultation
    letters.tell_safeguarding(session, consultation, "proposed", but=actor, now=now)
    audit.record(session, actor, "propose release", hold.response.reference, now=now)


def decline_release(session: Session, hold: Hold, *, actor: str, now: datetime) -> None:
    """Keep it held: the proposal is taken away, and can be made again by anybody."""
    hold.proposed_by = hold.proposed_at = hold.reason = None
    audit.record(session, actor, "decline release", hold.response.reference, now=now)


def release(session: Session, hold: Hold, *, actor: str, now: datetime) -> None:
    """Let a response count and be read again.

    Raises
    ------
    NotProposed
        If nobody proposed it.
    SamePerson
        If this is who proposed it.
    NotLookedAt
        If this person has not looked: screening does not see everything, two people may.
    """
    response = locked(session, hold.response)
    session.refresh(hold)
    if hold.proposed_by is None:
        raise NotProposed
    if hold.proposed_by == actor:
        raise SamePerson
    must_have_looked(session, hold, actor)
    hold.state, hold.released_by, hold.decided_at = "released", actor, now
    if hold.revision_id == response.revisions[-1].id:
        response.held_at = None
        if response.excluded_reason == EXCLUDED:
            response.excluded_reason = None
    audit.record(session, actor, "release", response.reference, now=now)


def exclude(session: Session, hold: Hold, reason: str, *, actor: str, now: datetime) -> None:
    """Leave a response out for good: accounted for, never counted, read only under the role.

    Raises
    ------
    Refused
        If there is no reason.
    NotLookedAt
        If this person has not looked.
    """
    reason = reason_given(reason, "exclude-reason")
    must_have_looked(session, hold, actor)
    response = locked(session, hold.response)
    hold.seal(session.info["keyring"], "reason", reason)
    hold.state, hold.decided_at, hold.released_by = "excluded", now, None
    hold.proposed_by = hold.proposed_at = None
    response.excluded_reason = EXCLUDED
    response.held_at = response.held_at or now
    audit.record(session, actor, "exclude", response.reference, now=now)
