"""Invitations: a link for one person and one group, which begins one draft.

The secret of a link is made again from the row's id whenever a letter needs it; stored is only its
hash. A response is verified where its draft began with an invitation that still stands, and still
says the group that the invitation is for. What the organiser does with them is in `inviting`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation, Draft, Response
from app.models_invitations import Invitation
from app.sealing import Keyring, hashed
from app.services import drafting, editions
from app.services.invited_list import Group, Person


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
    """The groups that somebody can be invited for; none before the consultation opened.

    Kept for the work at hand: a list of five hundred would read the questionnaire as often.
    """
    kept: dict[str, tuple[Group, ...]] = session.info.setdefault("groups", {})
    if consultation.id not in kept:
        edition = editions.current_edition(session, consultation)
        if edition is None:
            return ()
        found = editions.questionnaire_of(edition).codebook().groups
        kept[consultation.id] = tuple(Group(each.key, each.label) for each in found)
    return kept[consultation.id]


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
    invitation = locked(session, invitation)
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


def locked(session: Session, invitation: Invitation) -> Invitation:
    """The same invitation, as it is now, held until this work is done."""
    statement = sa.select(Invitation).where(Invitation.id == invitation.id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def is_written(draft: Draft) -> bool:
    """Whether the respondent has written anything since the draft was begun for them."""
    return draft.changed_at > draft.created_at or draft.response is not None


def can_mend(session: Session, invitation: Invitation) -> bool:
    """Whether its details can be put right: it stands, and nobody began answers with it."""
    return (
        invitation.revoked_at is None
        and invitation.answered_at is None
        and bool(person_of(invitation)["address"])
        and draft_of(session, invitation) is None
    )


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
