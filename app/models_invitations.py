"""Invitations: who was asked to answer, with which link, and the letters that told them.

Name, organisation and address are sealed. How far somebody is follows from the rows that their
answers make, so it is nowhere kept twice.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models import Consultation, Identified, Model


class Invitation(Identified, Model):
    """One person asked to answer for one group, by a link that begins one draft.

    `mark` recognises an address that was invited already, without saying which it is. `person`
    holds the name, the organisation and the address; retention empties it. `answered_at` stays
    when the draft is deleted, so that nobody who answered is reminded or begins again.
    """

    __tablename__ = "invitation"
    __table_args__ = (sa.UniqueConstraint("consultation_id", "mark"),)

    consultation_id: Mapped[str] = mapped_column(sa.ForeignKey("consultation.id"), index=True)
    group_key: Mapped[str]
    person: Mapped[str | None]
    mark: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)
    closes_at: Mapped[datetime | None] = mapped_column(default=None)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)

    consultation: Mapped[Consultation] = relationship()
    letters: Mapped[list["InvitationLetter"]] = relationship(
        order_by="InvitationLetter.made_at", back_populates="invitation"
    )


class InvitationLetter(Identified, Model):
    """A letter that an invitation caused; the message itself is deleted after a while."""

    __tablename__ = "invitation_letter"

    invitation_id: Mapped[str] = mapped_column(sa.ForeignKey("invitation.id"), index=True)
    message_id: Mapped[str] = mapped_column(sa.String(32), index=True)
    purpose: Mapped[str]
    made_at: Mapped[datetime]

    invitation: Mapped[Invitation] = relationship(back_populates="letters")


class ResponseReach(Model):
    """Which open questions the last revision of a response has an answer to; never which answer.

    Written when a response is sent, so that the balance between the groups is seen at once, without
    opening a sealed answer.
    """

    __tablename__ = "response_reach"

    response_id: Mapped[str] = mapped_column(
        sa.String(32), sa.ForeignKey("response.id", ondelete="CASCADE"), primary_key=True
    )
    open_questions: Mapped[str]
