"""Retention: what is kept how long, what is due, and a certificate of what was deleted.

Times count from closing. Nothing of a response that is held is ever deleted. The audit trail stays.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Certificate, Consultation, Draft, Edition, Message, Response, Revision
from app.models_invitations import Invitation
from app.models_safeguarding import Hold
from app.models_team import AccountToken, Attempt, SignIn
from app.services import audit, editions, safeguarding


class NotDue(Exception):
    """Nothing is due, so nothing was deleted."""


class BadPeriod(ValueError):
    """A period is not a whole number of days from 1 to 36,500; `kind` says which."""

    def __init__(self, kind: str) -> None:
        super().__init__("Enter a whole number of days, from 1 to 36500.")
        self.kind = kind


@dataclass(frozen=True)
class Due:
    """One kind of data and how many of it are past their time."""

    kind: str
    words: str
    days: int
    before: datetime | None
    rows: tuple[Any, ...]

    @property
    def count(self) -> int:
        """How many are due."""
        return len(self.rows)


@dataclass(frozen=True)
class Promise:
    """What respondents are told of one kind of data: it goes so many days after closing."""

    words: str
    days: int
    after: datetime | None


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
    return session.scalars(
        sa.select(Draft)
        .join(Edition, Draft.edition_id == Edition.id)
        .outerjoin(Response, Response.draft_id == Draft.id)
        .where(Edition.consultation_id == consultation.id, Response.id.is_(None))
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


def periods(consultation: Consultation) -> dict[str, int]:
    """How many days after closing each kind is kept."""
    return {key: int(consultation.retention.get(key, kind.days)) for key, kind in KINDS.items()}


def promises(consultation: Consultation) -> tuple[Promise, ...]:
    """What respondents are told about how long each kind is kept, as the periods are set now."""
    closes_at = consultation.closes_at
    return tuple(
        Promise(KINDS[key].told, days, closes_at + timedelta(days=days) if closes_at else None)
        for key, days in periods(consultation).items()
    )


def set_periods(
    session: Session, consultation: Consultation, days: dict[str, str], *, actor: str, now: datetime
) -> None:
    """Set how long each kind is kept.

    Raises
    ------
    BadPeriod
        If a period is not a whole number of days from 1 to 36,500.
    """
    read: dict[str, int] = {}
    for key in KINDS:
        given = days.get(key, "").strip()
        if not given.isdecimal() or not 1 <= int(given) <= 36_500:
            raise BadPeriod(key)
        read[key] = int(given)
    consultation.retention = read
    audit.record(session, actor, "set retention", consultation.key, read, now=now)


def due(session: Session, consultation: Consultation, *, now: datetime) -> tuple[Due, ...]:
    """What is past its time. Nothing is, while the consultation is open or has no closing time."""
    kept = periods(consultation)
    found = []
    for key, kind in KINDS.items():
        end = None
        if consultation.closes_at is not None:
            end = consultation.closes_at + timedelta(days=kept[key])
        rows = tuple(kind.find(session, consultation)) if end is not None and end <= now else ()
        found.append(Due(key, kind.words, kept[key], end, rows))
    return tuple(found)


def run(session: Session, consultation: Consultation, *, actor: str, now: datetime) -> Certificate:
    """Delete what is due, and leave a certificate.

    Raises
    ------
    NotDue
        If nothing is.
    """
    found = [each for each in due(session, consultation, now=now) if each.rows]
    if not found:
        raise NotDue
    for each in found:
        for row in each.rows:
            KINDS[each.kind].remove(session, row)
        session.flush()
    deleted = [{"kind": each.kind, "words": each.words, "count": each.count} for each in found]
    certificate = Certificate(
        consultation_id=consultation.id,
        made_at=now,
        actor=actor,
        deleted=deleted,
        digest=_digest(consultation, deleted, actor, now),
    )
    session.add(certificate)
    audit.record(session, actor, "run retention", consultation.key, {"deleted": deleted}, now=now)
    return certificate


def _digest(
    consultation: Consultation, deleted: list[dict[str, Any]], actor: str, now: datetime
) -> str:
    said = [consultation.key, deleted, actor, now.isoformat()]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def certificates(session: Session, consultation: Consultation) -> list[Certificate]:
    """The certificates of a consultation, the newest first."""
    statement = sa.select(Certificate).where(Certificate.consultation_id == consultation.id)
    return list(session.scalars(statement.order_by(Certificate.made_at.desc())))


def tidy(session: Session, *, now: datetime) -> int:
    """Remove what belongs to no consultation and is over: old sessions, links, tries, mail."""
    old = now - timedelta(days=90)
    statements = (
        sa.delete(SignIn).where(SignIn.started_at < old),
        sa.delete(AccountToken).where(AccountToken.expires_at < old),
        sa.delete(Attempt).where(Attempt.since < now - timedelta(days=1)),
        sa.delete(Message).where(Message.made_at < old),
    )
    counts = [session.execute(each).rowcount for each in statements]  # type: ignore[attr-defined]  # a delete has a row count
    return sum(counts)
