"""What an organiser does with invitations: make, mail, mend, remind, extend and revoke them.

The file is over 200 lines because each act says when it is refused.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation
from app.models_invitations import Invitation, InvitationLetter
from app.pages import when
from app.sealing import hashed
from app.services import audit, editions, invited_list
from app.services.invitation_mail import (
    MakeLink,
    Refused,
    last_letter_at,
    send,
    take_back_waiting,
)
from app.services.invitations import (
    WhoIsInvited,
    draft_of,
    groups_of,
    known,
    locked,
    mark_of,
    person_of,
    secret_of,
)
from app.services.invited_list import Person

LETTER_AGAIN_AFTER = timedelta(minutes=1)


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
    one_at_a_time(session, consultation)
    people = tuple(people)
    before = known(session, consultation, people)
    made = [
        make(session, consultation, each, now - place * timedelta(microseconds=1))
        for place, each in enumerate(each for each in people if each.address not in before)
    ]  # so that the list, the newest first, keeps the order that it was given in
    session.flush()
    for each in made:
        send(session, each, "invitation", link, now=now)
    audit.record(session, actor, "invite", consultation.key, {"count": len(made)}, now=now)
    return made


def one_at_a_time(session: Session, consultation: Consultation) -> None:
    """Let nobody else invite or remind here meanwhile: a second press of a button finds it done."""
    session.execute(
        sa.select(Consultation.id).where(Consultation.id == consultation.id).with_for_update()
    )


def make(session: Session, consultation: Consultation, person: Person, now: datetime) -> Invitation:
    """An invitation, with a link of its own."""
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


def send_again(
    session: Session, invitation: Invitation, link: MakeLink, *, actor: str, now: datetime
) -> None:
    """Send the same link again, in place of a letter that did not go out yet.

    A second press within a minute sends nothing more.

    Raises
    ------
    Refused
        If the invitation was revoked, its address has been deleted, or its time is over.
    """
    invitation = locked(session, invitation)
    consultation = session.get_one(Consultation, invitation.consultation_id)
    closes_at = editions.closing_time_with(consultation, invitation)
    if closes_at is not None and closes_at <= now:
        raise Refused("send", "The time of this invitation is over. Give more time first.")
    last = last_letter_at(session, invitation, but="resume link")
    if last is not None and now < last + LETTER_AGAIN_AFTER and invitation.revoked_at is None:
        return
    if invitation.revoked_at is None:
        take_back_waiting(session, invitation, "replaced", now=now)
    send(session, invitation, "invitation", link, now=now)
    details = {"invitation": invitation.id}
    audit.record(session, actor, "send invitation again", consultation.key, details, now=now)


def mend(
    session: Session,
    invitation: Invitation,
    person: Person,
    link: MakeLink,
    *,
    actor: str,
    now: datetime,
) -> Invitation:
    """Put right who is invited, and send the letter where address or group was wrong.

    Another address gets another link: the one that went astray opens nothing any more. Returns the
    invitation, which then is another row.

    Raises
    ------
    Refused
        If answers were begun, it was revoked, or the address is none or is invited already.
    """
    invitation = locked(session, invitation)
    consultation = session.get_one(Consultation, invitation.consultation_id)
    one_at_a_time(session, consultation)
    before = person_of(invitation)
    if invitation.revoked_at is not None or not before["address"]:
        raise Refused("", "This invitation was taken back. Invite the person anew.")
    if draft_of(session, invitation) is not None or invitation.answered_at is not None:
        raise Refused("", "Answers were begun with this link. Revoke it and invite anew.")
    if person.group not in {each.key for each in groups_of(session, consultation)}:
        raise Refused("group", "Choose a group.")
    address = invited_list.read_address(person.address)
    if address is None:
        raise Refused("address", "Enter an e-mail address such as name@example.org")
    person = Person(person.name, person.organisation, person.group, address)
    mark = mark_of(session.info["keyring"], consultation, address)
    again = mark != invitation.mark or person.group != invitation.group_key
    moved = invitation
    if mark != invitation.mark:
        if known(session, consultation, [person]):
            raise Refused("address", "This address is invited already.")
        moved = _moved(session, consultation, invitation, person, now)
    else:
        who = WhoIsInvited(name=person.name, organisation=person.organisation, address=address)
        invitation.seal(session.info["keyring"], "person", who)
        invitation.group_key = person.group
    details = {"invitation": invitation.id, "now": moved.id}
    audit.record(session, actor, "mend invitation", consultation.key, details, now=now)
    if again:
        take_back_waiting(session, moved, "changed", now=now)
        send(session, moved, "invitation", link, now=now)
    return moved


def _moved(
    session: Session,
    consultation: Consultation,
    invitation: Invitation,
    person: Person,
    now: datetime,
) -> Invitation:
    """The invitation as another row, and so with another link; its letters go along."""
    moved = make(session, consultation, person, now)
    moved.closes_at = invitation.closes_at
    session.flush()
    session.execute(
        sa.update(InvitationLetter)
        .where(InvitationLetter.invitation_id == invitation.id)
        .values(invitation_id=moved.id)
    )
    session.execute(sa.delete(Invitation).where(Invitation.id == invitation.id))
    session.expunge(invitation)
    return moved


def show_link(
    session: Session, invitation: Invitation, link: MakeLink, *, actor: str, now: datetime
) -> str:
    """The link, to be handed over where mail does not come through; who asked is kept.

    Raises
    ------
    Refused
        If the invitation was revoked.
    """
    if invitation.revoked_at is not None:
        raise Refused("link", "This invitation was revoked: its link opens nothing.")
    consultation = session.get_one(Consultation, invitation.consultation_id)
    details = {"invitation": invitation.id}
    audit.record(session, actor, "show invitation link", consultation.key, details, now=now)
    return link(secret_of(session.info["keyring"], invitation))


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


def revoke(session: Session, invitation: Invitation, *, actor: str, now: datetime) -> None:
    """Take an invitation back: its link opens nothing, and what was sent with it is declared.

    Letters that are still waiting are not sent.
    """
    invitation = locked(session, invitation)
    if invitation.revoked_at is not None:
        return
    invitation.revoked_at = now
    take_back_waiting(session, invitation, "revoked", now=now)
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
    if invitation.closes_at == closes_at:
        return
    invitation.closes_at = closes_at
    send(session, invitation, "more time", link, now=now)
    details = {"invitation": invitation.id, "to": closes_at.isoformat()}
    audit.record(session, actor, "extend invitation", consultation.key, details, now=now)


def set_open_link(
    session: Session, consultation: Consultation, *, works: bool, actor: str, now: datetime
) -> None:
    """Let everybody begin who has the address of the first page, or only who is invited."""
    if consultation.open_link == works:
        return
    consultation.open_link = works
    audit.record(session, actor, "set open link", consultation.key, {"works": works}, now=now)
