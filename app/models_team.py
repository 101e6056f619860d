"""The team: organisers, how they sign in, and what is kept to make guessing slow."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models import Identified, Model


class Organiser(Identified, Model):
    """A member of the team. By invitation only; what they may do follows from their roles."""

    __tablename__ = "organiser"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    roles: Mapped[list[Any]] = mapped_column(default=list)
    password_hash: Mapped[str | None] = mapped_column(default=None)
    totp: Mapped[str | None] = mapped_column(default=None)
    totp_step: Mapped[int] = mapped_column(default=0)
    recovery_hashes: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None] = mapped_column(default=None)

    sign_ins: Mapped[list["SignIn"]] = relationship(order_by="SignIn.started_at.desc()")

    @property
    def ready(self) -> bool:
        """Whether this organiser can sign in: a password and a second factor are set."""
        return bool(self.password_hash and self.totp and self.disabled_at is None)


class SignIn(Identified, Model):
    """One session of an organiser in one browser; ended here, a copied cookie opens nothing."""

    __tablename__ = "sign_in"

    organiser_id: Mapped[str] = mapped_column(sa.ForeignKey("organiser.id"), index=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    started_at: Mapped[datetime]
    proved_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    device: Mapped[str] = mapped_column(default="")

    organiser: Mapped[Organiser] = relationship(back_populates="sign_ins")


class AccountToken(Identified, Model):
    """A link that joins the team or sets a new password: one purpose, used once, for a while."""

    __tablename__ = "account_token"

    purpose: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    organiser_id: Mapped[str | None] = mapped_column(sa.ForeignKey("organiser.id"), index=True)
    roles: Mapped[list[Any]] = mapped_column(default=list)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)

    organiser: Mapped[Organiser | None] = relationship()


class Attempt(Model):
    """How often something was tried lately, shared by all workers. The key says nobody's name."""

    __tablename__ = "attempt"

    key: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    since: Mapped[datetime]
