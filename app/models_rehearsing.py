"""Rehearsing: made-up answers that the team asked for, and how far they are."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models import Identified, Model


class Rehearsal(Identified, Model):
    """One batch of made-up answers, sent one after the other.

    `done` counts the made-up respondents who have acted, with those who never send; it grows in
    the transaction that keeps what they did, so that a batch that was interrupted goes on exactly
    where it stopped. `running_for` is the consultation meanwhile: two batches never run at once.
    """

    __tablename__ = "rehearsal"
    __table_args__ = (sa.CheckConstraint("wanted BETWEEN 1 AND 2000", name="a_bearable_number"),)

    consultation_id: Mapped[str] = mapped_column(sa.ForeignKey("consultation.id"), index=True)
    running_for: Mapped[str | None] = mapped_column(unique=True, default=None)
    wanted: Mapped[int]
    seed: Mapped[int]
    since: Mapped[datetime]
    asked_at: Mapped[datetime]
    asked_by: Mapped[str]
    beat_at: Mapped[datetime]
    done: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)
    failed: Mapped[bool] = mapped_column(default=False)
