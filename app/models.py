"""What is kept of a consultation and of those who answer it.

The annotation is the column. Identifiers are random, so a row's id is known before it is written
and sealed values can be bound to it. JSON is replaced, never mutated.
"""

import secrets
from datetime import UTC, datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, object_session, relationship

from app.sealing import Keyring

type_names = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(sa.TypeDecorator[datetime]):
    """A point in time, always with a zone: UTC in the database and out of it."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "A time without a zone cannot be stored."
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002  # SQLAlchemy's signature
        """Give the zone back that SQLite does not keep."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Model(DeclarativeBase):
    """The base of every table: one map of types, one way to name constraints."""

    metadata = sa.MetaData(naming_convention=type_names)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant(),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
        str: sa.Text(),
    }


def new_id() -> str:
    """128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


class Identified:
    """A row with a random id, and columns that are sealed in place."""

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=new_id)
    __tablename__: str

    def __init__(self, **values: Any) -> None:
        """Make a row that has its defaults at once, not only when it is written."""
        for column in sa.inspect(type(self)).columns:
            if (default := column.default) is None or column.key in values:
                continue
            if default.is_scalar:
                values[column.key] = default.arg
            elif default.is_callable:
                values[column.key] = default.arg(None)
        super().__init__(**values)

    def seal(self, keyring: Keyring, column: str, value: object) -> None:
        """Encrypt a value into a column of this row."""
        sealed = keyring.seal(value, f"{self.__tablename__}:{self.id}:{column}")
        setattr(self, column, sealed)

    def unseal(self, column: str) -> Any:
        """The value that is sealed in a column of this row; None where there is none."""
        session = object_session(self)
        if session is None:
            msg = "A row must belong to a session for its sealed columns to be read."
            raise RuntimeError(msg)
        if (sealed := getattr(self, column)) is None:
            return None
        keyring: Keyring = session.info["keyring"]
        return keyring.open(sealed, f"{self.__tablename__}:{self.id}:{column}")


class Consultation(Identified, Model):
    """One exercise: a questionnaire, opening and closing times, and the organiser's wording."""

    __tablename__ = "consultation"
    __table_args__ = (
        sa.CheckConstraint(
            "closes_at IS NULL OR closes_at > opens_at", name="closes_after_opening"
        ),
        sa.CheckConstraint("small_counts >= 2", name="small_counts_hide_something"),
    )

    key: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    organiser: Mapped[str]
    zone: Mapped[str] = mapped_column(default="Europe/London")
    created_at: Mapped[datetime]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    open_link: Mapped[bool] = mapped_column(default=True)
    synthetic: Mapped[bool] = mapped_column(default=False)
    small_counts: Mapped[int] = mapped_column(default=5)
    consensus_threshold: Mapped[float] = mapped_column(default=0.75)
    k_anonymity: Mapped[int] = mapped_column(default=5)
    wording: Mapped[dict[str, Any]] = mapped_column(default=dict)
    draft_document: Mapped[str | None] = mapped_column(default=None)
    extensions: Mapped[list[Any]] = mapped_column(default=list)
    retention: Mapped[dict[str, Any]] = mapped_column(default=dict)

    editions: Mapped[list["Edition"]] = relationship(order_by="Edition.opened_at")


class Edition(Identified, Model):
    """A questionnaire as it was when it opened, known by its digest; never altered."""

    __tablename__ = "edition"
    __table_args__ = (sa.UniqueConstraint("consultation_id", "digest"),)

    consultation_id: Mapped[str] = mapped_column(sa.ForeignKey("consultation.id"), index=True)
    digest: Mapped[str]
    document: Mapped[str]
    opened_at: Mapped[datetime]

    consultation: Mapped[Consultation] = relationship(back_populates="editions")


class Draft(Identified, Model):
    """Answers still being written. Raw: answers to questions since routed past are kept."""

    __tablename__ = "draft"

    edition_id: Mapped[str] = mapped_column(sa.ForeignKey("edition.id"), index=True)
    resume_hash: Mapped[str] = mapped_column(unique=True)
    resume_version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    opted_out: Mapped[list[Any]] = mapped_column(default=list)
    confidential: Mapped[str | None] = mapped_column(default=None)
    group_key: Mapped[str | None] = mapped_column(index=True, default=None)
    contact: Mapped[str | None] = mapped_column(default=None)
    tell_me: Mapped[bool] = mapped_column(default=False)
    channel: Mapped[str] = mapped_column(default="online")
    synthetic: Mapped[bool] = mapped_column(default=False)
    invitation_id: Mapped[str | None] = mapped_column(index=True, default=None)

    edition: Mapped[Edition] = relationship()
    sections: Mapped[list["DraftSection"]] = relationship(
        order_by="DraftSection.section", cascade="all, delete-orphan", passive_deletes=True
    )
    response: Mapped["Response | None"] = relationship(back_populates="draft")


class DraftSection(Identified, Model):
    """The answers of one page of a draft, with the version that a save must have seen."""

    __tablename__ = "draft_section"
    __table_args__ = (sa.UniqueConstraint("draft_id", "section"),)

    draft_id: Mapped[str] = mapped_column(sa.ForeignKey("draft.id", ondelete="CASCADE"))
    section: Mapped[str]
    version: Mapped[int]
    answers: Mapped[str | None]
    seconds: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime]


class Response(Identified, Model):
    """What one respondent said, once sent. The revisions hold the words."""

    __tablename__ = "response"

    consultation_id: Mapped[str] = mapped_column(sa.ForeignKey("consultation.id"), index=True)
    edition_id: Mapped[str] = mapped_column(sa.ForeignKey("edition.id"))
    draft_id: Mapped[str | None] = mapped_column(sa.ForeignKey("draft.id"), unique=True)
    reference: Mapped[str] = mapped_column(unique=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_id)
    group_key: Mapped[str | None] = mapped_column(index=True)
    channel: Mapped[str] = mapped_column(default="online")
    verified: Mapped[bool] = mapped_column(default=False)
    synthetic: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime] = mapped_column(index=True)
    withdrawn_at: Mapped[datetime | None] = mapped_column(default=None)
    held_at: Mapped[datetime | None] = mapped_column(default=None)
    excluded_reason: Mapped[str | None] = mapped_column(default=None)

    draft: Mapped[Draft | None] = relationship(back_populates="response")
    edition: Mapped[Edition] = relationship()
    consultation: Mapped[Consultation] = relationship()
    revisions: Mapped[list["Revision"]] = relationship(order_by="Revision.number")


class Revision(Identified, Model):
    """One sending of a response: never altered. The last one before closing counts."""

    __tablename__ = "revision"
    __table_args__ = (sa.UniqueConstraint("response_id", "number"),)

    response_id: Mapped[str] = mapped_column(sa.ForeignKey("response.id"), index=True)
    number: Mapped[int]
    token: Mapped[str] = mapped_column(unique=True)
    answers: Mapped[str | None]
    confidential: Mapped[str | None] = mapped_column(default=None)
    opted_out: Mapped[list[Any]] = mapped_column(default=list)
    findings: Mapped[list[Any]] = mapped_column(default=list)
    digest: Mapped[str]
    sent_at: Mapped[datetime]

    response: Mapped[Response] = relationship(back_populates="revisions")


class Message(Identified, Model):
    """A message to be mailed. The address and words are sealed and are dropped once it is sent."""

    __tablename__ = "message"

    made_at: Mapped[datetime]
    purpose: Mapped[str]
    recipient: Mapped[str | None]
    content: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(default=None)
    failed_at: Mapped[datetime | None] = mapped_column(default=None)
    failure: Mapped[str | None] = mapped_column(default=None)


class AuditEvent(Model):
    """Who did what, and when. Each line carries the digest of the line before it."""

    __tablename__ = "audit_event"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str]
    act: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous: Mapped[str]
    digest: Mapped[str] = mapped_column(unique=True)


class Certificate(Identified, Model):
    """What a run of retention deleted: kinds and numbers, who ran it and when, and its digest."""

    __tablename__ = "certificate"

    consultation_id: Mapped[str] = mapped_column(sa.ForeignKey("consultation.id"), index=True)
    made_at: Mapped[datetime]
    actor: Mapped[str]
    deleted: Mapped[list[Any]] = mapped_column(default=list)
    digest: Mapped[str]
