"""Retention: what is kept how long, what is due, and a certificate of what was deleted.

Times count from closing. Nothing of a response that is held is ever deleted. The audit trail stays.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Certificate, Consultation, Draft, Message, Response
from app.models_team import AccountToken, Attempt, SignIn
from app.services import audit, retention_told
from app.services.retention_kinds import KINDS


class NotDue(Exception):
    """Nothing is due, so nothing was deleted."""


class BadPeriod(ValueError):
    """A period cannot be set; `kind` says which, the message what to do."""

    def __init__(
        self, kind: str, message: str = "Enter a whole number of days, from 1 to 36500."
    ) -> None:
        super().__init__(message)
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

    @property
    def names(self) -> tuple[str, ...]:
        """What the rows are called on the team's pages: references, or when they were begun."""
        return tuple(sorted(_called(each) for each in self.rows))


def _called(row: Any) -> str:
    """A reference where there is one; nothing that a respondent wrote."""
    if isinstance(row, Response):
        return row.reference
    if isinstance(row, Draft):
        return f"begun {row.created_at:%Y-%m-%d %H:%M} (UTC)"
    return f"invited {row.made_at:%Y-%m-%d %H:%M} (UTC)"


@dataclass(frozen=True)
class Promise:
    """What respondents are told of one kind of data: it goes so many days after closing."""

    words: str
    days: int
    after: datetime | None


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
        If a period is not a whole number of days from 1 to 36,500, or would become longer than
        somebody who answered was told.
    """
    read: dict[str, int] = {}
    now_set, told = periods(consultation), retention_told.at_most(session, consultation)
    for key in KINDS:
        given = days.get(key, "").strip()
        if not given.isdecimal() or not 1 <= int(given) <= 36_500:
            raise BadPeriod(key)
        read[key] = int(given)
        if now_set[key] < read[key] and read[key] > told.get(key, read[key]):
            msg = f"People who answered were told {told[key]:,} days. Enter {told[key]} or fewer."
            raise BadPeriod(key, msg)
    consultation.retention = read
    audit.record(session, actor, retention_told.SET, consultation.key, read, now=now)


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


def as_text(consultation: Consultation, certificate: Certificate, by: str) -> str:
    """A certificate in words, to be kept where it is needed."""
    lines = "\n".join(f"- {each['words']}: {each['count']:,}" for each in certificate.deleted)
    return (
        f"Certificate of deletion\n\nConsultation: {consultation.title} ({consultation.key})\n"
        f"Deleted on {certificate.made_at.astimezone(UTC):%Y-%m-%d %H:%M} (UTC), by {by}:\n{lines}"
        "\n\nDeleted from the database of the service. Copies made before (backups, exports) are "
        f"not touched by it.\n\nDigest: {certificate.digest}\n"
        "It covers the consultation's key, what was deleted, who did it and when; the audit trail "
        "has a line of the same run.\n"
    )


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
