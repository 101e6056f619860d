"""Who was invited, and how far each of them is: read from the rows that their answers make."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation, Draft, Message, Response
from app.models_invitations import Invitation, InvitationLetter
from app.services import mail, undelivered
from app.services.invitations import WhoIsInvited, person_of

STATUSES = {
    "waiting": "To be mailed",
    "trying": "Delayed",
    "failed": "Undeliverable",
    "sent": "Mailed",
    "opened": "Opened",
    "started": "Started",
    "answered": "Sent in",
    "withdrawn": "Withdrawn",
    "revoked": "Revoked",
}
NOT_REACHED = ("failed", "trying")
STILL_TO_ANSWER = ("sent", "opened", "started")
TO_INVITED = ("invitation", "reminder", "more time")
REST = timedelta(days=1)
A_PAGE = 100
Rows = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Line:
    """One invitation as the list shows it."""

    invitation: Invitation
    person: WhoIsInvited
    status: str
    failure: str | None
    last_letter_at: datetime | None

    @property
    def trouble(self) -> str:
        """What happened and what to do, where the last letter did not go out; else nothing."""
        return undelivered.in_words(self.failure) if self.status in NOT_REACHED else ""

    @property
    def words(self) -> str:
        """The status in words."""
        return STATUSES[self.status]


@dataclass(frozen=True)
class Page:
    """A page of the list."""

    lines: Sequence[Line]
    number: int
    found: int

    @property
    def more(self) -> bool:
        """Whether there is another page."""
        return self.number * A_PAGE < self.found


def _last_letter() -> sa.ScalarSelect[str]:
    other = sa.orm.aliased(InvitationLetter)
    return (
        sa.select(other.id)
        .where(other.invitation_id == Invitation.id, other.purpose.in_(TO_INVITED))
        .order_by(other.made_at.desc(), other.id)
        .limit(1)
        .correlate(Invitation)
        .scalar_subquery()
    )


def status() -> sa.Case[str]:
    """How far an invitation is. A message that is gone was delivered: only those grow old."""
    return sa.case(
        (Invitation.revoked_at.is_not(None), "revoked"),
        (Response.withdrawn_at.is_not(None), "withdrawn"),
        (sa.or_(Response.id.is_not(None), Invitation.answered_at.is_not(None)), "answered"),
        (Draft.changed_at > Draft.created_at, "started"),
        (Draft.id.is_not(None), "opened"),
        (Message.sent_at.is_not(None), "sent"),
        (Message.tries >= mail.MOST_TRIES, "failed"),
        (sa.and_(Message.failed_at.is_not(None), Message.failure != mail.BEING_SENT), "trying"),
        (Message.id.is_not(None), "waiting"),
        else_="sent",
    )


def _joined(*columns: Any) -> Rows:
    return (
        sa.select(*columns)
        .select_from(Invitation)
        .outerjoin(Draft, Draft.invitation_id == Invitation.id)
        .outerjoin(Response, Response.draft_id == Draft.id)
        .outerjoin(InvitationLetter, InvitationLetter.id == _last_letter())
        .outerjoin(Message, Message.id == InvitationLetter.message_id)
    )


def counts(session: Session, consultation: Consultation) -> dict[str, Counter[str]]:
    """How many invitations have each status, by group."""
    statement = (
        _joined(Invitation.group_key, status().label("status"), sa.func.count())
        .where(Invitation.consultation_id == consultation.id)
        .group_by(Invitation.group_key, sa.text("status"))
    )
    found: dict[str, Counter[str]] = {}
    for group, name, count in session.execute(statement):
        found.setdefault(group, Counter())[name] = count
    return found


def listed(
    session: Session,
    consultation: Consultation,
    *,
    group: str = "",
    wanted: str = "",
    words: str = "",
    page: int = 1,
) -> Page:
    """The invitations that fit, the newest first, a page at a time.

    Names are sealed, so looking for one opens every invitation that fits otherwise.
    """
    statement = _joined(Invitation, status(), Message.failure, InvitationLetter.made_at).where(
        Invitation.consultation_id == consultation.id
    )
    if group:
        statement = statement.where(Invitation.group_key == group)
    if wanted:
        statement = statement.where(status() == wanted)
    ordered = statement.order_by(Invitation.made_at.desc(), Invitation.id)
    start = (page - 1) * A_PAGE
    if words:
        fits = [each for each in _lines(session, ordered) if _says(each.person, words)]
        return Page(fits[start : start + A_PAGE], page, len(fits))
    total = session.scalar(sa.select(sa.func.count()).select_from(statement.subquery())) or 0
    return Page(_lines(session, ordered.offset(start).limit(A_PAGE)), page, total)


def one(session: Session, invitation: Invitation) -> Line:
    """One invitation, as the list shows it."""
    statement = _joined(Invitation, status(), Message.failure, InvitationLetter.made_at)
    return _lines(session, statement.where(Invitation.id == invitation.id))[0]


def _lines(session: Session, statement: Rows) -> list[Line]:
    return [
        Line(invitation, person_of(invitation), name, failure, at)
        for invitation, name, failure, at in session.execute(statement)
    ]


def _says(person: WhoIsInvited, words: str) -> bool:
    said = " ".join((person["name"], person["organisation"], person["address"]))
    return words.casefold() in said.casefold()


def to_remind(session: Session, consultation: Consultation, *, now: datetime) -> list[Invitation]:
    """Those who got a letter, have not answered, and heard nothing from us for a day."""
    statement = (
        _joined(Invitation)
        .where(
            Invitation.consultation_id == consultation.id,
            Invitation.person.is_not(None),
            status().in_(STILL_TO_ANSWER),
            sa.or_(InvitationLetter.id.is_(None), InvitationLetter.made_at <= now - REST),
        )
        .order_by(Invitation.made_at, Invitation.id)
    )
    return [row[0] for row in session.execute(statement)]


@dataclass(frozen=True)
class Sent:
    """A letter that an invitation caused. `message` is None once its record was deleted."""

    letter: InvitationLetter
    message: Message | None

    @property
    def trouble(self) -> str:
        """What happened and what to do, where it did not go out; else nothing."""
        message = self.message
        if message is None or message.sent_at is not None or message.failed_at is None:
            return ""
        return "" if message.failure == mail.BEING_SENT else undelivered.in_words(message.failure)


def letters_of(session: Session, invitation: Invitation) -> list[Sent]:
    """The letters that an invitation caused, the newest first, with what became of them."""
    statement = (
        sa.select(InvitationLetter, Message)
        .outerjoin(Message, Message.id == InvitationLetter.message_id)
        .where(InvitationLetter.invitation_id == invitation.id)
        .order_by(InvitationLetter.made_at.desc(), InvitationLetter.id)
    )
    return [Sent(letter, message) for letter, message in session.execute(statement)]
