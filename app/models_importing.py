"""Importing: rows of a spreadsheet on their way to becoming responses."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.models import Identified, Model


class ImportBatch(Identified, Model):
    """A checked spreadsheet, sealed, until its rows are responses; then only how many they were."""

    __tablename__ = "import_batch"

    consultation_id: Mapped[str] = mapped_column(sa.ForeignKey("consultation.id"), index=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    rows: Mapped[str | None] = mapped_column(default=None)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    held: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)


class ImportedRow(Identified, Model):
    """A row of a spreadsheet that became a response; its key is known only by its digest."""

    __tablename__ = "imported_row"
    __table_args__ = (sa.UniqueConstraint("consultation_id", "key_digest"),)

    consultation_id: Mapped[str] = mapped_column(sa.ForeignKey("consultation.id"))
    key_digest: Mapped[str]
    response_id: Mapped[str] = mapped_column(sa.ForeignKey("response.id"), index=True)
    imported_at: Mapped[datetime]
