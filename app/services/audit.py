"""The audit trail: who did what, and when; each line chained to the one before it.

Lines hold no answers, no secrets and no addresses of respondents.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import AuditEvent

BEGINNING = "0" * 64
LOCK = 0x0A0D17


def digest_of(event: AuditEvent) -> str:
    """The digest of a line, over all that it says and the digest of the line before."""
    said = [
        event.number,
        event.at.astimezone(UTC).isoformat(),
        event.actor,
        event.act,
        event.subject,
        event.details,
        event.previous,
    ]
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def record(
    session: Session,
    actor: str,
    act: str,
    subject: str = "",
    details: dict[str, Any] | None = None,
    *,
    now: datetime,
) -> AuditEvent:
    """Add a line at the end of the trail."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    session.flush()
    last = session.scalar(sa.select(AuditEvent).order_by(AuditEvent.number.desc()).limit(1))
    event = AuditEvent(
        number=(last.number if last else 0) + 1,
        at=now,
        actor=actor,
        act=act,
        subject=subject,
        details=details or {},
        previous=last.digest if last else BEGINNING,
        digest="",
    )
    event.digest = digest_of(event)
    session.add(event)
    session.flush()
    return event


def verify(session: Session) -> tuple[int, int | None]:
    """How many lines the trail has, and the number of the first that does not fit (or None)."""
    previous, count = BEGINNING, 0
    for event in session.scalars(sa.select(AuditEvent).order_by(AuditEvent.number)):
        count += 1
        if event.number != count or event.previous != previous or event.digest != digest_of(event):
            return count, event.number
        previous = event.digest
    return count, None


@dataclass(frozen=True)
class Filter:
    """Which lines to show; what is blank or None leaves everything in."""

    act: str = ""
    subject: str = ""
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None


def lines(session: Session, wanted: Filter, *, page: int, most: int) -> list[AuditEvent]:
    """A page of lines, the newest first, and one more where there is another page.

    `since` and `until` are ends of days, both within.
    """
    statement = sa.select(AuditEvent).order_by(AuditEvent.number.desc())
    for name in ("act", "subject", "actor"):
        if value := getattr(wanted, name):
            statement = statement.where(getattr(AuditEvent, name) == value)
    if wanted.since is not None:
        statement = statement.where(AuditEvent.at > wanted.since - timedelta(days=1))
    if wanted.until is not None:
        statement = statement.where(AuditEvent.at <= wanted.until)
    return list(session.scalars(statement.offset((page - 1) * most).limit(most + 1)))


def acts(session: Session) -> list[str]:
    """Everything that was ever done, by name."""
    return list(session.scalars(sa.select(AuditEvent.act).distinct().order_by(AuditEvent.act)))
