"""Reports to a hotline or the police: when, to whom, and the reference that they have there."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Response
from app.models_safeguarding import Hold, HotlineReport
from app.services import audit
from app.services.safeguarding import LONGEST_REASON, Refused


def record_report(
    session: Session,
    hold: Hold,
    given: Mapping[str, str],
    *,
    actor: str,
    now: datetime,
) -> HotlineReport:
    """Keep that something was reported: when, to whom, and the reference it has there.

    Raises
    ------
    Refused
        If the day is none, lies ahead, or it is not said to whom.
    """
    try:
        day = datetime.strptime(given.get("reported_on", ""), "%Y-%m-%d").date()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        raise Refused("reported_on", "Enter the day of the report.") from None
    if day > now.date():
        raise Refused("reported_on", "Enter a day that is not in the future.")
    hotline = given.get("hotline", "").strip()
    if not 0 < len(hotline) <= LONGEST_REASON:
        raise Refused("hotline", "Say to whom it was reported.")
    made = HotlineReport(
        response_id=hold.response_id, reported_on=day.isoformat(), made_by=actor, made_at=now
    )
    made.seal(session.info["keyring"], "hotline", hotline)
    made.seal(
        session.info["keyring"], "reference", given.get("reference", "").strip()[:LONGEST_REASON]
    )
    session.add(made)
    audit.record(session, actor, "report to hotline", hold.response.reference, now=now)
    return made


def reports(session: Session, response: Response) -> list[HotlineReport]:
    """The reports that were made about a response."""
    statement = sa.select(HotlineReport).where(HotlineReport.response_id == response.id)
    return list(session.scalars(statement.order_by(HotlineReport.made_at)))
