"""Coding: frames of codes, who is to code, what there is to read, and the codes given.

No words of respondents stand in these tables: what there is to read is found in the revisions.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models import Identified, Model


class CodingFrame(Identified, Model):
    """The list of codes for one open question of a consultation."""

    __tablename__ = "coding_frame"
    __table_args__ = (
        sa.UniqueConstraint("consultation_id", "question"),
        sa.CheckConstraint("second_share BETWEEN 0 AND 100", name="second_share_is_a_percentage"),
    )

    consultation_id: Mapped[str] = mapped_column(sa.ForeignKey("consultation.id"), index=True)
    question: Mapped[str]
    second_share: Mapped[int] = mapped_column(default=20)
    made_at: Mapped[datetime]

    codes: Mapped[list["Code"]] = relationship(order_by="Code.number")
    coders: Mapped[list["FrameCoder"]] = relationship(
        order_by="FrameCoder.since", cascade="all, delete-orphan"
    )


class Code(Identified, Model):
    """A theme. It is never deleted: it is in use, retired, merged into another, or split."""

    __tablename__ = "code"
    __table_args__ = (
        sa.UniqueConstraint("frame_id", "number"),
        sa.CheckConstraint("state IN ('in_use', 'retired', 'merged', 'split')", name="state_known"),
        sa.CheckConstraint(
            "(state = 'merged') = (merged_into IS NOT NULL)", name="merged_into_another"
        ),
    )

    frame_id: Mapped[str] = mapped_column(sa.ForeignKey("coding_frame.id"), index=True)
    number: Mapped[int]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="in_use")
    merged_into: Mapped[str | None] = mapped_column(sa.ForeignKey("code.id"), default=None)
    made_at: Mapped[datetime]

    @property
    def key(self) -> str:
        """What stands for this code in exports: it never changes, whatever the name becomes."""
        return f"code_{self.number}"


class FrameEvent(Identified, Model):
    """What was done to a frame, by whom and when: only ever added to."""

    __tablename__ = "frame_event"
    __table_args__ = (sa.UniqueConstraint("frame_id", "number"),)

    frame_id: Mapped[str] = mapped_column(sa.ForeignKey("coding_frame.id"), index=True)
    number: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str]
    act: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class FrameCoder(Identified, Model):
    """Somebody who codes the answers to a question: as first coder, or as second on a share."""

    __tablename__ = "frame_coder"
    __table_args__ = (
        sa.UniqueConstraint("frame_id", "organiser_id"),
        sa.CheckConstraint("part IN ('first', 'second')", name="part_known"),
    )

    frame_id: Mapped[str] = mapped_column(sa.ForeignKey("coding_frame.id"), index=True)
    organiser_id: Mapped[str] = mapped_column(sa.ForeignKey("organiser.id"))
    part: Mapped[str]
    since: Mapped[datetime]


class CodingItem(Identified, Model):
    """An answer as it was when answers were last brought in.

    `unit` is the response that stands for all copies of a text, the answer's own where it has no
    copies, and null where there is nothing to read.
    """

    __tablename__ = "coding_item"
    __table_args__ = (sa.UniqueConstraint("frame_id", "response_id"),)

    frame_id: Mapped[str] = mapped_column(sa.ForeignKey("coding_frame.id"), index=True)
    response_id: Mapped[str] = mapped_column(sa.ForeignKey("response.id"))
    revision: Mapped[int]
    unit: Mapped[str | None] = mapped_column(sa.String(32), default=None)


class Coding(Identified, Model):
    """The codes that one person gave to one answer, as it stood in one revision.

    `part` is first, second or decided: a decision settles a disagreement.
    """

    __tablename__ = "coding"
    __table_args__ = (
        sa.UniqueConstraint("frame_id", "response_id", "revision", "coder_id", "part"),
        sa.CheckConstraint("part IN ('first', 'second', 'decided')", name="part_known"),
    )

    frame_id: Mapped[str] = mapped_column(sa.ForeignKey("coding_frame.id"), index=True)
    response_id: Mapped[str] = mapped_column(sa.ForeignKey("response.id"), index=True)
    revision: Mapped[int]
    coder_id: Mapped[str] = mapped_column(sa.ForeignKey("organiser.id"))
    part: Mapped[str]
    codes: Mapped[list[Any]] = mapped_column(default=list)
    made_at: Mapped[datetime]
