"""Safety events and the crisis card."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_area, wall_by_county

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Safety events and the crisis card."""
    op.create_table(
        "safety_event",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("sealed_kind", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_facts", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_actions", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ack_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("legal_basis_use_id", sa.Uuid(), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_safety_event_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_safety_event")),
    )
    op.create_index(
        "ix_safety_event_open",
        "safety_event",
        ["county_code", "area_code", "id"],
        unique=False,
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index("ix_safety_event_resident", "safety_event", ["county_code", "resident_id"], unique=False)
    op.create_index("ix_safety_event_subject", "safety_event", ["county_code", "subject_id"], unique=False)
    op.create_table(
        "safety_notice",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.String(length=24), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("legal_basis_use_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "event_id"],
            ["safety_event.county_code", "safety_event.id"],
            name=op.f("fk_safety_notice_county_code_event_id_safety_event"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_safety_notice")),
    )
    op.create_index("ix_safety_notice_event", "safety_notice", ["county_code", "event_id"], unique=False)
    op.create_table(
        "crisis_contact",
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("zh", sa.String(length=60), nullable=False),
        sa.Column("en", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("hours_zh", sa.String(length=60), nullable=False),
        sa.Column("hours_en", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_crisis_contact")),
        sa.UniqueConstraint("county_code", "code", name=op.f("uq_crisis_contact_county_code_code")),
    )
    wall_by_area("safety_event")
    wall_by_area("safety_notice")
    wall_by_county("crisis_contact")
    allow("linli_app", "SELECT, INSERT, UPDATE, DELETE", "safety_event", "crisis_contact")
    allow("linli_app", "SELECT, INSERT", "safety_notice")
    allow("linli_jobs", "SELECT, INSERT, UPDATE, DELETE", "safety_event")
    allow("linli_jobs", "SELECT, INSERT", "safety_notice", "crisis_contact")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("crisis_contact")
    op.drop_table("safety_notice")
    op.drop_table("safety_event")
