"""What respondents were told of how long data is kept, and so how long it may be kept.

Whoever begins or sends reads the periods of that moment on the privacy page, and agrees to them. A
period can be made shorter at any time, and longer only up to the shortest that somebody was told.
The audit trail says which periods stood when.
"""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import AuditEvent, Consultation, Draft, Edition, Response, Revision
from app.services.retention_kinds import KINDS

SET = "set retention"


def at_most(session: Session, consultation: Consultation) -> dict[str, int]:
    """The shortest period of each kind that somebody who answered was told; none where nobody."""
    found: dict[str, int] = {}
    stood = _stood(session, consultation)
    for number, (start, days) in enumerate(stood):
        end = stood[number + 1][0] if number + 1 < len(stood) else None
        if not _somebody_read(session, consultation, start, end):
            continue
        for key, value in days.items():
            found[key] = min(found.get(key, value), value)
    return found


def _stood(session: Session, consultation: Consultation) -> list[tuple[datetime, dict[str, int]]]:
    """The periods, each with the moment from which they stood, the earliest first."""
    lines = session.scalars(
        sa.select(AuditEvent)
        .where(
            AuditEvent.act == SET,
            AuditEvent.subject == consultation.key,
            AuditEvent.at >= consultation.created_at,
        )
        .order_by(AuditEvent.number)
    )
    first = (consultation.created_at, _whole({}))
    return [first, *((each.at, _whole(each.details)) for each in lines)]


def _whole(days: Mapping[str, int]) -> dict[str, int]:
    return {key: int(days.get(key, kind.days)) for key, kind in KINDS.items()}


def _somebody_read(
    session: Session, consultation: Consultation, start: datetime, end: datetime | None
) -> bool:
    """Whether somebody began or sent while these periods stood."""
    began = (
        sa.select(Draft.id)
        .join(Edition, Draft.edition_id == Edition.id)
        .where(Edition.consultation_id == consultation.id, Draft.created_at >= start)
    )
    sent = (
        sa.select(Revision.id)
        .join(Response, Revision.response_id == Response.id)
        .where(Response.consultation_id == consultation.id, Revision.sent_at >= start)
    )
    if end is not None:
        began, sent = began.where(Draft.created_at < end), sent.where(Revision.sent_at < end)
    return session.scalar(began.limit(1)) is not None or session.scalar(sent.limit(1)) is not None
