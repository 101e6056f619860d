"""The kinds of data that retention deletes: what finds each, and what removes it.

Nothing of a response that is held, or was left out for safeguarding, is ever found.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation, Draft, Edition, Response, Revision
from app.models_invitations import Invitation
from app.models_safeguarding import Hold
from app.services import editions, safeguarding


@dataclass(frozen=True)
class Kind:
    """A kind of data: its words for team and respondents, its days, what finds and removes it."""

    words: str
    told: str
    days: int
    find: Callable[[Session, Consultation], Iterable[Any]]
    remove: Callable[[Session, Any], None]


def _never_held() -> sa.ColumnElement[bool]:
    """No version of the response is on hold, nor was it left out for safeguarding."""
    holds = sa.exists().where(Hold.response_id == Response.id, Hold.state != "released")
    return sa.and_(Response.held_at.is_(None), ~holds)


def _drafts(session: Session, consultation: Consultation) -> Iterable[Draft]:
    """None whose invitation gave more time than everybody has: it is deleted with the next run."""
    longer = sa.select(Invitation.id).where(
        Invitation.revoked_at.is_(None), Invitation.closes_at > consultation.closes_at
    )
    return session.scalars(
        sa.select(Draft)
        .join(Edition, Draft.edition_id == Edition.id)
        .outerjoin(Response, Response.draft_id == Draft.id)
        .where(
            Edition.consultation_id == consultation.id,
            Response.id.is_(None),
            sa.or_(Draft.invitation_id.is_(None), Draft.invitation_id.not_in(longer)),
        )
    )


def _remove_draft(session: Session, draft: Draft) -> None:
    session.delete(draft)


def _addresses(session: Session, consultation: Consultation) -> Iterable[Draft]:
    return session.scalars(
        sa.select(Draft)
        .join(Edition, Draft.edition_id == Edition.id)
        .outerjoin(Response, Response.draft_id == Draft.id)
        .where(
            Edition.consultation_id == consultation.id,
            Draft.contact.is_not(None),
            sa.or_(Response.id.is_(None), _never_held()),
        )
    )


def _forget_address(_: Session, draft: Draft) -> None:
    draft.contact, draft.tell_me = None, False


def _invitations(session: Session, consultation: Consultation) -> Iterable[Invitation]:
    held = (
        sa.select(Draft.invitation_id)
        .join(Response, Response.draft_id == Draft.id)
        .where(Draft.invitation_id.is_not(None), ~_never_held())
    )
    return session.scalars(
        sa.select(Invitation).where(
            Invitation.consultation_id == consultation.id,
            Invitation.person.is_not(None),
            Invitation.id.not_in(held),
        )
    )


def _forget_person(_: Session, invitation: Invitation) -> None:
    invitation.person = None


def _responses(session: Session, consultation: Consultation) -> Iterable[Response]:
    return session.scalars(
        sa.select(Response).where(
            Response.consultation_id == consultation.id,
            _never_held(),
        )
    )


def identifying(revision: Revision) -> dict[str, Any]:
    """The answers of a revision that say who someone is."""
    codebook = editions.questionnaire_of(revision.response.edition).codebook()
    answers: dict[str, Any] = revision.unseal("answers") or {}
    names = [variable.name for variable in codebook.variables if variable.identifying]
    return {name: answers[name] for name in names if answers.get(name) is not None}


def _named(session: Session, consultation: Consultation) -> Iterable[Response]:
    for response in _responses(session, consultation):
        if any(identifying(each) for each in response.revisions):
            yield response


def _forget_name(session: Session, response: Response) -> None:
    for revision in response.revisions:
        known = identifying(revision)
        answers = revision.unseal("answers") or {}
        kept = {name: None if name in known else value for name, value in answers.items()}
        revision.seal(session.info["keyring"], "answers", kept)
    if response.draft is not None:
        draft, response.draft = response.draft, None
        session.flush()
        session.delete(draft)


def _with_answers(session: Session, consultation: Consultation) -> Iterable[Response]:
    for response in _responses(session, consultation):
        if any(each.answers is not None for each in response.revisions):
            yield response


def _remove_answers(session: Session, response: Response) -> None:
    for revision in response.revisions:
        revision.answers = revision.confidential = None
    for redaction in safeguarding.redaction_rows(response):
        redaction.passage = None
    if response.draft is not None:
        draft, response.draft = response.draft, None
        session.flush()
        session.delete(draft)


KINDS = {
    "drafts": Kind(
        "Drafts that were never sent", "Answers that were never sent", 30, _drafts, _remove_draft
    ),
    "invitations": Kind(
        "Names and addresses of those invited",
        "Names and addresses of people whom we invited",
        365,
        _invitations,
        _forget_person,
    ),
    "addresses": Kind(
        "Addresses to tell about results",
        "E-mail addresses left to hear about the results",
        365,
        _addresses,
        _forget_address,
    ),
    "names": Kind(
        "Names, organisations and addresses in responses",
        "Names, organisations and addresses given in a response",
        730,
        _named,
        _forget_name,
    ),
    "answers": Kind(
        "All answers of responses",
        "All other answers of a response",
        1825,
        _with_answers,
        _remove_answers,
    ),
}
