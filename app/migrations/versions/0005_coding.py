"""Coding."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MESSAGE = "the history of a coding frame is only ever added to"


def upgrade() -> None:
    """Make the tables of coding; the database itself keeps the history of frames."""
    op.create_table(
        "coding_frame",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("second_share", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "second_share BETWEEN 0 AND 100",
            name=op.f("ck_coding_frame_second_share_is_a_percentage"),
        ),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_coding_frame_consultation_id_consultation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coding_frame")),
        sa.UniqueConstraint(
            "consultation_id", "question", name=op.f("uq_coding_frame_consultation_id_question")
        ),
    )
    op.create_index(
        op.f("ix_coding_frame_consultation_id"), "coding_frame", ["consultation_id"], unique=False
    )
    op.create_table(
        "code",
        sa.Column("frame_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("merged_into", sa.String(length=32), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "(state = 'merged') = (merged_into IS NOT NULL)",
            name=op.f("ck_code_merged_into_another"),
        ),
        sa.CheckConstraint(
            "state IN ('in_use', 'retired', 'merged', 'split')", name=op.f("ck_code_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["coding_frame.id"], name=op.f("fk_code_frame_id_coding_frame")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into"], ["code.id"], name=op.f("fk_code_merged_into_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code")),
        sa.UniqueConstraint("frame_id", "number", name=op.f("uq_code_frame_id_number")),
    )
    op.create_index(op.f("ix_code_frame_id"), "code", ["frame_id"], unique=False)
    op.create_table(
        "frame_coder",
        sa.Column("frame_id", sa.String(length=32), nullable=False),
        sa.Column("organiser_id", sa.String(length=32), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint("part IN ('first', 'second')", name=op.f("ck_frame_coder_part_known")),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["coding_frame.id"], name=op.f("fk_frame_coder_frame_id_coding_frame")
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["organiser.id"], name=op.f("fk_frame_coder_organiser_id_organiser")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_coder")),
        sa.UniqueConstraint(
            "frame_id", "organiser_id", name=op.f("uq_frame_coder_frame_id_organiser_id")
        ),
    )
    op.create_index(op.f("ix_frame_coder_frame_id"), "frame_coder", ["frame_id"], unique=False)
    op.create_table(
        "frame_event",
        sa.Column("frame_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["coding_frame.id"], name=op.f("fk_frame_event_frame_id_coding_frame")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_event")),
        sa.UniqueConstraint("frame_id", "number", name=op.f("uq_frame_event_frame_id_number")),
    )
    op.create_index(op.f("ix_frame_event_frame_id"), "frame_event", ["frame_id"], unique=False)
    op.create_table(
        "coding",
        sa.Column("frame_id", sa.String(length=32), nullable=False),
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.String(length=32), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "part IN ('first', 'second', 'decided')", name=op.f("ck_coding_part_known")
        ),
        sa.ForeignKeyConstraint(
            ["coder_id"], ["organiser.id"], name=op.f("fk_coding_coder_id_organiser")
        ),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["coding_frame.id"], name=op.f("fk_coding_frame_id_coding_frame")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_coding_response_id_response")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coding")),
        sa.UniqueConstraint(
            "frame_id",
            "response_id",
            "revision",
            "coder_id",
            "part",
            name=op.f("uq_coding_frame_id_response_id_revision_coder_id_part"),
        ),
    )
    op.create_index(op.f("ix_coding_frame_id"), "coding", ["frame_id"], unique=False)
    op.create_index(op.f("ix_coding_response_id"), "coding", ["response_id"], unique=False)
    op.create_table(
        "coding_item",
        sa.Column("frame_id", sa.String(length=32), nullable=False),
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["coding_frame.id"], name=op.f("fk_coding_item_frame_id_coding_frame")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_coding_item_response_id_response")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coding_item")),
        sa.UniqueConstraint(
            "frame_id", "response_id", name=op.f("uq_coding_item_frame_id_response_id")
        ),
    )
    op.create_index(op.f("ix_coding_item_frame_id"), "coding_item", ["frame_id"], unique=False)
    sqlite = op.get_bind().dialect.name == "sqlite"
    for act in ("update", "delete"):
        name = f"refuse_{act}_frame_event"
        begin = f"CREATE TRIGGER {name} BEFORE {act.upper()} ON frame_event"
        if sqlite:
            op.execute(f"{begin} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END")
            continue
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
        )
        op.execute(f"{begin} FOR EACH ROW EXECUTE FUNCTION {name}()")
