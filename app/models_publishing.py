"""Publishing: the organiser's words, what was prepared and published, and its files."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models import Identified, Model


class OrganiserWords(Identified, Model):
    """What the organiser writes on one open question, or as the introduction. Not public yet."""

    __tablename__ = "organiser_words"
    __table_args__ = (sa.UniqueConstraint("consultation_id", "part"),)

    consultation_id: Mapped[str] = mapped_column(sa.ForeignKey("consultation.id"))
    part: Mapped[str]
    asked: Mapped[str] = mapped_column(default="")
    said: Mapped[str] = mapped_column(default="")
    will: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]


class Publication(Identified, Model):
    """Results made once and not altered: prepared, looked at, published, and one day replaced.

    `running_for` is the consultation while it is being made, so that two never run at once.
    `page` is the public page as data. `words_digest` says which of the organiser's words are in it.
    """

    __tablename__ = "publication"
    __table_args__ = (sa.UniqueConstraint("consultation_id", "number"),)

    consultation_id: Mapped[str] = mapped_column(sa.ForeignKey("consultation.id"), index=True)
    number: Mapped[int | None] = mapped_column(default=None)
    state: Mapped[str] = mapped_column(default="running")
    running_for: Mapped[str | None] = mapped_column(unique=True, default=None)
    previous_id: Mapped[str | None] = mapped_column(default=None)
    started_at: Mapped[datetime]
    started_by: Mapped[str]
    beat_at: Mapped[datetime]
    doing: Mapped[str] = mapped_column(default="")
    done: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(default="")
    words_digest: Mapped[str] = mapped_column(default="")
    page: Mapped[dict[str, Any]] = mapped_column(default=dict)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    published_by: Mapped[str | None] = mapped_column(default=None)
    told: Mapped[int] = mapped_column(default=0)

    files: Mapped[list["PublishedFile"]] = relationship(order_by="PublishedFile.path")


class PublishedFile(Identified, Model):
    """One file of a publication. Those whose path begins with `_` are for us and never served."""

    __tablename__ = "published_file"
    __table_args__ = (sa.UniqueConstraint("publication_id", "path"),)

    publication_id: Mapped[str] = mapped_column(sa.ForeignKey("publication.id"))
    path: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
