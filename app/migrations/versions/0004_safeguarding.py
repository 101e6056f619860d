"""Safeguarding, and rows that were imported."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Safeguarding, and rows that were imported."""
    op.create_table(
        "hold",
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column("revision_id", sa.String(length=32), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("handed_over", sa.JSON(), nullable=False),
        sa.Column("proposed_by", sa.Text(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'released', 'excluded')", name=op.f("ck_hold_known_state")
        ),
        sa.CheckConstraint(
            "released_by IS NULL OR released_by <> proposed_by",
            name=op.f("ck_hold_released_by_a_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_hold_response_id_response")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_hold_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("revision_id", name=op.f("uq_hold_revision_id")),
    )
    op.create_index(op.f("ix_hold_response_id"), "hold", ["response_id"], unique=False)
    op.create_table(
        "reveal",
        sa.Column("hold_id", sa.String(length=32), nullable=False),
        sa.Column("organiser_id", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_reveal_hold_id_hold")),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organiser.id"], name=op.f("fk_reveal_organiser_id_organiser")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveal")),
    )
    op.create_index(op.f("ix_reveal_hold_id"), "reveal", ["hold_id"], unique=False)
    op.create_index(op.f("ix_reveal_organiser_id"), "reveal", ["organiser_id"], unique=False)
    _about_a_response("redaction", "question", "passage", "reason")
    _about_a_response("hotline_report", "reported_on", "hotline", "reference")
    op.create_table(
        "exposure_limit",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "most BETWEEN 1 AND 50", name=op.f("ck_exposure_limit_a_bearable_number")
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_exposure_limit_consultation_id_consultation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure_limit")),
        sa.UniqueConstraint("consultation_id", name=op.f("uq_exposure_limit_consultation_id")),
    )
    op.create_table(
        "imported_row",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("key_digest", sa.Text(), nullable=False),
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_imported_row_consultation_id_consultation"),
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_imported_row_response_id_response")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imported_row")),
        sa.UniqueConstraint(
            "consultation_id",
            "key_digest",
            name=op.f("uq_imported_row_consultation_id_key_digest"),
        ),
    )
    op.create_index(
        op.f("ix_imported_row_response_id"), "imported_row", ["response_id"], unique=False
    )
    op.create_table(
        "import_batch",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.Text(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_import_batch_consultation_id_consultation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index(
        op.f("ix_import_batch_consultation_id"), "import_batch", ["consultation_id"], unique=False
    )
    # What was held before this table existed stays held, each last revision by a row of its own.
    op.execute(
        "INSERT INTO hold (id, response_id, revision_id, held_at, state, handed_over) "
        "SELECT revision.id, response.id, revision.id, response.held_at, 'open', '[]' "
        "FROM response JOIN revision ON revision.response_id = response.id "
        "WHERE response.held_at IS NOT NULL AND revision.number = "
        "(SELECT MAX(other.number) FROM revision AS other WHERE other.response_id = response.id)"
    )


def _about_a_response(table: str, first: str, *sealed: str) -> None:
    op.create_table(
        table,
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column(first, sa.Text(), nullable=False),
        *(sa.Column(each, sa.Text(), nullable=True) for each in sealed),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f(f"fk_{table}_response_id_response")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_response_id"), table, ["response_id"], unique=False)
