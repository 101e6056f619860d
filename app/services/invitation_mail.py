"""The letters of an invitation: queued, replaced, taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation, Message
from app.models_invitations import Invitation, InvitationLetter
from app.pages import when
from app.services import editions, letters, mail
from app.services.invitations import groups_of, person_of, secret_of
from app.services.invited_list import Person
from app.services.wording import wording_of

LINK_AGAIN_AFTER = timedelta(minutes=10)
MakeLink = Callable[[str], str]


class Refused(Exception):
    """Something was asked that cannot be done; `field` says where, the message what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def send(
    session: Session, invitation: Invitation, purpose: str, link: MakeLink, *, now: datetime
) -> None:
    """Queue a letter: `invitation`, `reminder` or `more time`.

    Raises
    ------
    Refused
        If the invitation was revoked, or its address has been deleted.
    """
    if invitation.revoked_at is not None:
        raise Refused("send", "This invitation was revoked. Nothing is sent to this person.")
    person = person_of(invitation)
    if not person["address"]:
        raise Refused("send", "The address was deleted when its time was over.")
    consultation = session.get_one(Consultation, invitation.consultation_id)
    letter = letter_to(
        session,
        consultation,
        Person(person["name"], person["organisation"], invitation.group_key, person["address"]),
        link(secret_of(session.info["keyring"], invitation)),
        purpose,
        until=editions.closing_time_with(consultation, invitation),
    )
    post(session, invitation, letter, purpose, now)


def letter_to(
    session: Session,
    consultation: Consultation,
    person: Person,
    link: str,
    purpose: str = "invitation",
    *,
    until: datetime | None,
) -> mail.Letter:
    """The letter as somebody gets it, or as an organiser reads it before it is sent."""
    labels = {each.key: each.label for each in groups_of(session, consultation)}
    letter = letters.invitation(
        purpose,
        address=person.address,
        name=person.name or person.organisation,
        title=consultation.title,
        organiser=consultation.organiser,
        group=labels.get(person.group, person.group),
        link=link,
        until=when(until, consultation.zone) if until else "",
        wording=wording_of(consultation),
    )
    return letters.marked(letter, consultation)


def post(
    session: Session, invitation: Invitation, letter: mail.Letter, purpose: str, now: datetime
) -> None:
    """Queue a letter and note that this invitation caused it."""
    message = mail.queue(session, letter, purpose=purpose, now=now)
    session.add(
        InvitationLetter(
            invitation_id=invitation.id, message_id=message.id, purpose=purpose, made_at=now
        )
    )


def last_letter_at(
    session: Session, invitation: Invitation, *, but: str = "", purpose: str = ""
) -> datetime | None:
    """When the last letter was queued, of one purpose or of all but one."""
    asked = sa.select(sa.func.max(InvitationLetter.made_at)).where(
        InvitationLetter.invitation_id == invitation.id,
        InvitationLetter.purpose != but,
        InvitationLetter.purpose == purpose if purpose else sa.true(),
    )
    return session.scalar(asked)


def take_back_waiting(session: Session, invitation: Invitation, why: str, *, now: datetime) -> None:
    """Let the letters of an invitation that did not go out yet never go out."""
    of_this = sa.select(InvitationLetter.message_id).where(
        InvitationLetter.invitation_id == invitation.id
    )
    waiting = sa.select(Message).where(Message.id.in_(of_this), Message.sent_at.is_(None))
    for message in session.scalars(waiting.with_for_update()):
        mail.take_back(message, why, now=now)


def mail_resume_link(session: Session, invitation: Invitation, link: str, *, now: datetime) -> bool:
    """Mail the resume link of the draft that was begun to the address invited, and to no other.

    Not more often than every ten minutes; whether one was queued is told.
    """
    person = person_of(invitation)
    last = last_letter_at(session, invitation, purpose="resume link")
    if not person["address"] or (last is not None and now < last + LINK_AGAIN_AFTER):
        return False
    letter = letters.resume_link(invitation.consultation, person["address"], link)
    post(session, invitation, letter, "resume link", now)
    return True
