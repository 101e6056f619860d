"""Safeguarding: what is held and by whose decision, who looked, what was redacted and reported."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models import Identified, Model, Response, Revision


class Hold(Identified, Model):
    """One revision set aside: until somebody has looked, and what was decided then."""

    __tablename__ = "hold"
    __table_args__ = (
        sa.CheckConstraint("state IN ('open', 'released', 'excluded')", name="known_state"),
        sa.CheckConstraint(
            "released_by IS NULL OR released_by <> proposed_by", name="released_by_a_second_person"
        ),
    )

    response_id: Mapped[str] = mapped_column(sa.ForeignKey("response.id"), index=True)
    revision_id: Mapped[str] = mapped_column(sa.ForeignKey("revision.id"), unique=True)
    held_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    handed_over: Mapped[list[Any]] = mapped_column(default=list)
    proposed_by: Mapped[str | None] = mapped_column(default=None)
    proposed_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str | None] = mapped_column(default=None)
    released_by: Mapped[str | None] = mapped_column(default=None)
    decided_at: Mapped[datetime | None] = mapped_column(default=None)

    response: Mapped[Response] = relationship()
    revision: Mapped[Revision] = relationship()


class Reveal(Identified, Model):
    """Somebody looked at held words, for a reason."""

    __tablename__ = "reveal"

    hold_id: Mapped[str] = mapped_column(sa.ForeignKey("hold.id"), index=True)
    organiser_id: Mapped[str] = mapped_column(sa.ForeignKey("organiser.id"), index=True)
    at: Mapped[datetime]
    everything: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(default=None)


class Redaction(Identified, Model):
    """A passage that whoever reads or counts the response does not meet. What was sent stays."""

    __tablename__ = "redaction"

    response_id: Mapped[str] = mapped_column(sa.ForeignKey("response.id"), index=True)
    question: Mapped[str]
    passage: Mapped[str | None]
    reason: Mapped[str | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class HotlineReport(Identified, Model):
    """A report to a hotline: when, to whom, and the reference that it has there."""

    __tablename__ = "hotline_report"

    response_id: Mapped[str] = mapped_column(sa.ForeignKey("response.id"), index=True)
    reported_on: Mapped[str]
    hotline: Mapped[str | None]
    reference: Mapped[str | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class ExposureLimit(Identified, Model):
    """How many reveals a consultation allows one person in a sitting."""

    __tablename__ = "exposure_limit"
    __table_args__ = (sa.CheckConstraint("most BETWEEN 1 AND 50", name="a_bearable_number"),)

    consultation_id: Mapped[str] = mapped_column(sa.ForeignKey("consultation.id"), unique=True)
    most: Mapped[int]
