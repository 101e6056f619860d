"""What waits for somebody of the team, for their first page. Never a word of a response."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.models import Consultation, Response
from app.models_coding import CodingFrame, FrameCoder
from app.models_safeguarding import Hold
from app.services.hidden import Count, alone


@dataclass(frozen=True)
class Waiting:
    """What there is to see of one consultation, and to do."""

    sent: Count
    held: int
    to_agree: int
    to_code: int


def waiting(session: Session, consultation: Consultation, organiser_id: str) -> Waiting:
    """How many were sent and held, and what waits for this person.

    `sent` is None where it is small. `to_agree` are releases that somebody else proposed, `to_code`
    the questions that this person is to code.
    """
    here = Response.consultation_id == consultation.id
    sent = sa.select(sa.func.count()).where(here, Response.withdrawn_at.is_(None))
    held = (
        sa.select(sa.func.count(sa.distinct(Hold.response_id)))
        .join(Response)
        .where(here, Hold.state == "open", Response.withdrawn_at.is_(None))
    )
    to_agree = held.where(Hold.proposed_by.is_not(None), Hold.proposed_by != organiser_id)
    to_code = (
        sa.select(sa.func.count())
        .select_from(FrameCoder)
        .join(CodingFrame)
        .where(
            CodingFrame.consultation_id == consultation.id, FrameCoder.organiser_id == organiser_id
        )
    )
    return Waiting(
        alone(session.scalar(sent) or 0, consultation.small_counts),
        session.scalar(held) or 0,
        session.scalar(to_agree) or 0,
        session.scalar(to_code) or 0,
    )
