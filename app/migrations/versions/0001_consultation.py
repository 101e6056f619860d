"""The tables of a consultation, and what may never be altered in them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The tables of a consultation."""
    op.create_table(
        "audit_event",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_event")),
        sa.UniqueConstraint("digest", name=op.f("uq_audit_event_digest")),
    )
    op.create_table(
        "consultation",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("organiser", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_link", sa.Boolean(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("small_counts", sa.Integer(), nullable=False),
        sa.Column("consensus_threshold", sa.Double(), nullable=False),
        sa.Column("k_anonymity", sa.Integer(), nullable=False),
        sa.Column("wording", sa.JSON(), nullable=False),
        sa.Column("draft_document", sa.Text(), nullable=True),
        sa.Column("extensions", sa.JSON(), nullable=False),
        sa.Column("retention", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "closes_at IS NULL OR closes_at > opens_at",
            name=op.f("ck_consultation_closes_after_opening"),
        ),
        sa.CheckConstraint(
            "small_counts >= 2", name=op.f("ck_consultation_small_counts_hide_something")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultation")),
        sa.UniqueConstraint("key", name=op.f("uq_consultation_key")),
    )
    op.create_table(
        "message",
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_table(
        "edition",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_edition_consultation_id_consultation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
        sa.UniqueConstraint(
            "consultation_id", "digest", name=op.f("uq_edition_consultation_id_digest")
        ),
    )
    op.create_index(op.f("ix_edition_consultation_id"), "edition", ["consultation_id"])

    op.create_table(
        "draft",
        sa.Column("edition_id", sa.String(length=32), nullable=False),
        sa.Column("resume_hash", sa.Text(), nullable=False),
        sa.Column("resume_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opted_out", sa.JSON(), nullable=False),
        sa.Column("confidential", sa.Text(), nullable=True),
        sa.Column("group_key", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("tell_me", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("invitation_id", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_draft_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("resume_hash", name=op.f("uq_draft_resume_hash")),
    )
    op.create_index(op.f("ix_draft_edition_id"), "draft", ["edition_id"])
    op.create_index(op.f("ix_draft_group_key"), "draft", ["group_key"])
    op.create_index(op.f("ix_draft_invitation_id"), "draft", ["invitation_id"])

    op.create_table(
        "draft_section",
        sa.Column("draft_id", sa.String(length=32), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["draft.id"],
            name=op.f("fk_draft_section_draft_id_draft"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_section")),
        sa.UniqueConstraint("draft_id", "section", name=op.f("uq_draft_section_draft_id_section")),
    )
    op.create_table(
        "response",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("edition_id", sa.String(length=32), nullable=False),
        sa.Column("draft_id", sa.String(length=32), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("synthetic", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("excluded_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_response_consultation_id_consultation"),
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_response_draft_id_draft")
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_response_edition_id_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("draft_id", name=op.f("uq_response_draft_id")),
        sa.UniqueConstraint("public_id", name=op.f("uq_response_public_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_response_reference")),
    )
    op.create_index(op.f("ix_response_consultation_id"), "response", ["consultation_id"])
    op.create_index(op.f("ix_response_group_key"), "response", ["group_key"])
    op.create_index(op.f("ix_response_sent_at"), "response", ["sent_at"])

    op.create_table(
        "revision",
        sa.Column("response_id", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("answers", sa.Text(), nullable=True),
        sa.Column("confidential", sa.Text(), nullable=True),
        sa.Column("opted_out", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_revision_response_id_response")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("response_id", "number", name=op.f("uq_revision_response_id_number")),
        sa.UniqueConstraint("token", name=op.f("uq_revision_token")),
    )
    op.create_index(op.f("ix_revision_response_id"), "revision", ["response_id"])

    op.create_table(
        "certificate",
        sa.Column("consultation_id", sa.String(length=32), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("deleted", sa.JSON(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"],
            ["consultation.id"],
            name=op.f("fk_certificate_consultation_id_consultation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
    )
    op.create_index(op.f("ix_certificate_consultation_id"), "certificate", ["consultation_id"])
    make_permanent()


REFUSALS = (
    ("audit_event", "UPDATE", "", "a line of the audit trail is never altered"),
    ("audit_event", "DELETE", "", "a line of the audit trail is never removed"),
    (
        "revision",
        "UPDATE",
        " OF response_id, number, token, digest, sent_at, opted_out, findings",
        "a revision is never altered",
    ),
    ("edition", "UPDATE", "", "an edition is never altered"),
)


def make_permanent() -> None:
    """Let the database itself refuse to alter what is permanent.

    The sealed columns of a revision may be sealed again with a new key: its digest tells whether
    the words are still the same.
    """
    sqlite = op.get_bind().dialect.name == "sqlite"
    for number, (table, act, columns, message) in enumerate(REFUSALS):
        name = f"refuse_{act.lower()}_{table}_{number}"
        if sqlite:
            op.execute(
                f"CREATE TRIGGER {name} BEFORE {act}{columns} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
            continue
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{message}'; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {act}{columns} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
