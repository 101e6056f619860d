"""Invitations: a link for one person and one group, which begins one draft.

The secret of a link is made again from the row's id whenever a letter needs it; stored is only its
hash. A response is verified where its draft began with an invitation that still stands, and still
says the group that the invitation is for.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypedDict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation, Draft, Message, Response
from app.models_invitations import Invitation, InvitationLetter
from app.pages import when
from app.sealing import Keyring, hashed
from app.services import audit, drafting, editions, letters, mail
from app.services.invited_list import Group, Person
from app.services.wording import wording_of

LINK_AGAIN_AFTER = timedelta(minutes=10)
MakeLink = Callable[[str], str]


class Refused(Exception):
    """Something was asked that cannot be done; `field` says where, the message what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Revoked(Exception):
    """The organiser took this invitation back."""


class Used(Exception):
    """Answers were begun with this invitation already: its holder has a resume link."""


class WhoIsInvited(TypedDict):
    """What is sealed of an invitation."""

    name: str
    organisation: str
    address: str


def groups_of(session: Session, consultation: Consultation) -> tuple[Group, ...]:
    """The groups that somebody can be invited for; none before the consultation opened."""
    edition = editions.current_edition(session, consultation)
    if edition is None:
        return ()
    found = editions.questionnaire_of(edition).codebook().groups
    return tuple(Group(each.key, each.label) for each in found)


def secret_of(keyring: Keyring, invitation: Invitation) -> str:
    """The secret of an invitation's link, 160 bits: made again from its id, never stored."""
    return keyring.derive("invitation", invitation.id)


def find(session: Session, consultation: Consultation, secret: str) -> Invitation | None:
    """The invitation that a link opens in this consultation."""
    return session.scalar(
        sa.select(Invitation).where(
            Invitation.secret_hash == hashed(secret),
            Invitation.consultation_id == consultation.id,
        )
    )


def of_draft(session: Session, draft: Draft) -> Invitation | None:
    """The invitation that a draft began with."""
    return session.get(Invitation, draft.invitation_id) if draft.invitation_id else None


def draft_of(session: Session, invitation: Invitation) -> Draft | None:
    """The draft that an invitation began."""
    return session.scalar(sa.select(Draft).where(Draft.invitation_id == invitation.id))


def person_of(invitation: Invitation) -> WhoIsInvited:
    """Who was invited; blank where retention has emptied it."""
    blank: WhoIsInvited = {"name": "", "organisation": "", "address": ""}
    return invitation.unseal("person") or blank


def mark_of(keyring: Keyring, consultation: Consultation, address: str) -> str:
    """What recognises an address that was invited, without saying which it is."""
    return keyring.derive("invited address", consultation.id, address.casefold())


def known(session: Session, consultation: Consultation, people: Iterable[Person]) -> set[str]:
    """The addresses among these people that were invited already."""
    keyring = session.info["keyring"]
    marks = set(
        session.scalars(
            sa.select(Invitation.mark).where(Invitation.consultation_id == consultation.id)
        )
    )
    return {
        each.address for each in people if mark_of(keyring, consultation, each.address) in marks
    }


def add(
    session: Session,
    consultation: Consultation,
    people: Iterable[Person],
    link: MakeLink,
    *,
    actor: str,
    now: datetime,
) -> list[Invitation]:
    """Invite these people, except those invited already, and queue their letters.

    Raises
    ------
    Refused
        If the consultation has not opened, or has closed.
    """
    if not editions.is_open(session, consultation, now=now):
        raise Refused("list", "The consultation is not open. Open it first, then invite.")
    people = tuple(people)
    before = known(session, consultation, people)
    made = [
        _make(session, consultation, each, now) for each in people if each.address not in before
    ]
    session.flush()
    for each in made:
        send(session, each, "invitation", link, now=now)
    audit.record(session, actor, "invite", consultation.key, {"count": len(made)}, now=now)
    return made


def _make(
    session: Session, consultation: Consultation, person: Person, now: datetime
) -> Invitation:
    keyring = session.info["keyring"]
    invitation = Invitation(
        consultation_id=consultation.id,
        group_key=person.group,
        mark=mark_of(keyring, consultation, person.address),
        made_at=now,
    )
    who = WhoIsInvited(name=person.name, organisation=person.organisation, address=person.address)
    invitation.seal(keyring, "person", who)
    invitation.secret_hash = hashed(secret_of(keyring, invitation))
    session.add(invitation)
    return invitation


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
    labels = {each.key: each.label for each in groups_of(session, consultation)}
    closes_at = editions.closing_time_with(consultation, invitation)
    wording = wording_of(consultation)
    letter = letters.invitation(
        purpose,
        address=person["address"],
        name=person["name"] or person["organisation"],
        title=consultation.title,
        organiser=consultation.organiser,
        group=labels.get(invitation.group_key, invitation.group_key),
        link=link(secret_of(session.info["keyring"], invitation)),
        until=when(closes_at, consultation.zone) if closes_at else "",
        about=wording.purpose,
        contact=" ".join(filter(None, (wording.contact_name, wording.contact_email))),
    )
    _post(session, invitation, letter, purpose, now)


def _post(
    session: Session, invitation: Invitation, letter: mail.Letter, purpose: str, now: datetime
) -> None:
    message = mail.queue(session, letter, purpose=purpose, now=now)
    session.add(
        InvitationLetter(
            invitation_id=invitation.id, message_id=message.id, purpose=purpose, made_at=now
        )
    )


def send_again(
    session: Session, invitation: Invitation, link: MakeLink, *, actor: str, now: datetime
) -> None:
    """Send the same link again, for instance after a failure.

    Raises
    ------
    Refused
        If the invitation was revoked, its address has been deleted, or its time is over.
    """
    consultation = session.get_one(Consultation, invitation.consultation_id)
    closes_at = editions.closing_time_with(consultation, invitation)
    if closes_at is not None and closes_at <= now:
        raise Refused("send", "The time of this invitation is over. Give more time first.")
    send(session, invitation, "invitation", link, now=now)
    details = {"invitation": invitation.id}
    audit.record(session, actor, "send invitation again", consultation.key, details, now=now)


def remind(
    session: Session,
    consultation: Consultation,
    invitations: Iterable[Invitation],
    link: MakeLink,
    *,
    actor: str,
    now: datetime,
) -> int:
    """Queue a reminder for each of these invitations; how many there are.

    Raises
    ------
    Refused
        If the consultation is not open.
    """
    if not editions.is_open(session, consultation, now=now):
        raise Refused("remind", "The consultation is not open, so nobody is reminded.")
    count = 0
    for each in invitations:
        send(session, each, "reminder", link, now=now)
        count += 1
    if count:
        audit.record(session, actor, "remind", consultation.key, {"count": count}, now=now)
    return count


def start(session: Session, invitation: Invitation, *, now: datetime) -> Draft:
    """Begin the draft of an invitation, its group answered.

    As long as nothing was written in it, starting again gives the same draft: a lost reply or a
    second press of the button costs nobody their invitation.

    Raises
    ------
    Revoked
        If the organiser took the invitation back.
    Used
        If something was written already.
    editions.NotOpen
        If the time of this invitation is over.
    """
    invitation = _locked(session, invitation)
    if invitation.revoked_at is not None:
        raise Revoked
    draft = draft_of(session, invitation)
    if draft is not None and not is_written(draft):
        return draft
    if draft is not None or invitation.answered_at is not None:
        raise Used
    consultation = session.get_one(Consultation, invitation.consultation_id)
    edition = editions.current_edition(session, consultation)
    assert edition is not None, "nobody is invited before the consultation opened"
    questionnaire = editions.questionnaire_of(edition)
    group = questionnaire.roles.group
    section = next(
        section.key
        for section in questionnaire.sections
        if any(question.id == group for question in section.questions)
    )
    answers = {group: invitation.group_key}
    return drafting.begin(session, edition, section, answers, now=now, invitation_id=invitation.id)


def _locked(session: Session, invitation: Invitation) -> Invitation:
    statement = sa.select(Invitation).where(Invitation.id == invitation.id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def mail_resume_link(session: Session, invitation: Invitation, link: str, *, now: datetime) -> bool:
    """Mail the resume link of the draft that was begun to the address invited, and to no other.

    Not more often than every ten minutes; whether one was queued is told.
    """
    person = person_of(invitation)
    asked = sa.select(sa.func.max(InvitationLetter.made_at)).where(
        InvitationLetter.invitation_id == invitation.id,
        InvitationLetter.purpose == "resume link",
    )
    last = session.scalar(asked)
    if not person["address"] or (last is not None and now < last + LINK_AGAIN_AFTER):
        return False
    letter = letters.resume_link(invitation.consultation.title, person["address"], link)
    _post(session, invitation, letter, "resume link", now)
    return True


def revoke(session: Session, invitation: Invitation, *, actor: str, now: datetime) -> None:
    """Take an invitation back: its link opens nothing, and what was sent with it is declared.

    Letters that are still waiting are not sent.
    """
    invitation = _locked(session, invitation)
    if invitation.revoked_at is not None:
        return
    invitation.revoked_at = now
    waiting = sa.select(Message).where(
        Message.id.in_(
            sa.select(InvitationLetter.message_id).where(
                InvitationLetter.invitation_id == invitation.id
            )
        ),
        Message.sent_at.is_(None),
    )
    for message in session.scalars(waiting.with_for_update()):
        message.tries, message.failed_at, message.failure = mail.MOST_TRIES, now, "Revoked"
        message.recipient = message.content = None
    draft = draft_of(session, invitation)
    if draft is not None and draft.response is not None:
        draft.response.verified = False
    consultation = session.get_one(Consultation, invitation.consultation_id)
    details = {"invitation": invitation.id}
    audit.record(session, actor, "revoke invitation", consultation.key, details, now=now)


def extend(
    session: Session,
    invitation: Invitation,
    closes_at: datetime,
    link: MakeLink,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Give one person more time than the others, and tell them by mail.

    Raises
    ------
    Refused
        If it would be no more time, or the invitation was revoked.
    """
    consultation = session.get_one(Consultation, invitation.consultation_id)
    if consultation.closes_at is None:
        raise Refused("closes_at", "The consultation has no closing time: nobody needs more time.")
    if closes_at <= max(now, consultation.closes_at):
        closing = when(consultation.closes_at, consultation.zone)
        raise Refused("closes_at", f"Choose a time after now and after {closing}.")
    invitation.closes_at = closes_at
    send(session, invitation, "more time", link, now=now)
    details = {"invitation": invitation.id, "to": closes_at.isoformat()}
    audit.record(session, actor, "extend invitation", consultation.key, details, now=now)


def is_written(draft: Draft) -> bool:
    """Whether the respondent has written anything since the draft was begun for them."""
    return draft.changed_at > draft.created_at or draft.response is not None


def vouches(session: Session, draft: Draft) -> bool:
    """Whether a draft's group is the one that a standing invitation was made for."""
    invitation = of_draft(session, draft)
    return (
        invitation is not None
        and invitation.revoked_at is None
        and draft.group_key == invitation.group_key
    )


def note_sending(session: Session, draft: Draft, response: Response, *, now: datetime) -> None:
    """Mark a response that was just sent as verified or declared, and its invitation as answered.

    A response without an invitation is left as it is.
    """
    if (invitation := of_draft(session, draft)) is None:
        return
    response.verified = vouches(session, draft)
    if invitation.answered_at is None:
        invitation.answered_at = now


def set_open_link(
    session: Session, consultation: Consultation, *, works: bool, actor: str, now: datetime
) -> None:
    """Let everybody begin who has the address of the first page, or only who is invited."""
    if consultation.open_link == works:
        return
    consultation.open_link = works
    audit.record(session, actor, "set open link", consultation.key, {"works": works}, now=now)
