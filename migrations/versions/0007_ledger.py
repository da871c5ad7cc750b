"""The ledger and its tasks."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_area, wall_by_county

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """The ledger and its tasks."""
    op.create_table(
        "ledger_entry_number",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("township_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "township_code", "year", name=op.f("pk_ledger_entry_number")),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("entry_no", sa.String(length=20, collation="C"), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("township_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("period", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("urgency", sa.String(length=8), nullable=False),
        sa.Column("grounds", sa.ARRAY(sa.String(length=1)), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("assessor_id", sa.Uuid(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("resubmit_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=24), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_contact_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closure_reason", sa.String(length=2), nullable=True),
        sa.Column("purge_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "cardinality(grounds) >= 1 AND NOT ('5' = ANY(grounds))", name=op.f("ck_ledger_entry_grounds")
        ),
        sa.CheckConstraint("expires_at <= accepted_at + interval '12 months'", name=op.f("ck_ledger_entry_expiry")),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (expires_at IS NULL)", name=op.f("ck_ledger_entry_accepted_expires")
        ),
        sa.CheckConstraint(
            "reviewer_id IS DISTINCT FROM reporter_id OR reviewer_id IS NULL",
            name=op.f("ck_ledger_entry_two_people"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_ledger_entry_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("county_code", "entry_no", name=op.f("uq_ledger_entry_county_code_entry_no")),
    )
    op.create_index(
        "ix_ledger_entry_month",
        "ledger_entry",
        ["county_code", "period", "township_code", "id"],
        unique=False,
    )
    op.create_index("ix_ledger_entry_state", "ledger_entry", ["county_code", "state", "id"], unique=False)
    op.create_index(
        "uq_ledger_entry_one_open",
        "ledger_entry",
        ["county_code", "resident_id"],
        unique=True,
        postgresql_where=sa.text(
            "state IN ('accepted', 'assessed', 'awaiting_consent', 'consented', 'draft', 'in_review', 'paused', 'plan_active', 'reported', 'returned', 'stable')"
        ),
    )
    op.create_table(
        "ledger_step",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("from_state", sa.String(length=20), nullable=True),
        sa.Column("to_state", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_ledger_step_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_ledger_step")),
    )
    op.create_index("ix_ledger_step_entry", "ledger_step", ["county_code", "entry_id", "id"], unique=False)
    op.create_table(
        "task",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_task_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_open", "task", ["county_code", "area_code", "due_at"], unique=False)
    op.create_table(
        "ledger_entry_observation",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("observation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_ledger_entry_observation_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "observation_id"],
            ["observation.county_code", "observation.id"],
            name=op.f("fk_ledger_entry_observation_county_code_observation_id_observation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "entry_id", "observation_id", name=op.f("pk_ledger_entry_observation")),
    )
    op.create_index(
        "ix_ledger_entry_observation_of",
        "ledger_entry_observation",
        ["county_code", "observation_id"],
        unique=False,
    )
    wall_by_area("ledger_entry")
    wall_by_county("ledger_entry_observation")
    wall_by_county("ledger_entry_number")
    wall_by_area("ledger_step")
    wall_by_area("task")
    allow("linli_app", "SELECT, INSERT, UPDATE, DELETE", "ledger_entry")
    allow("linli_jobs", "SELECT, UPDATE, DELETE", "ledger_entry")
    allow("linli_app", "SELECT, INSERT, DELETE", "ledger_entry_observation")
    allow("linli_jobs", "SELECT, DELETE", "ledger_entry_observation")
    allow("linli_app", "SELECT, INSERT, UPDATE", "ledger_entry_number", "task")
    allow("linli_jobs", "SELECT", "ledger_entry_number")
    allow("linli_app", "SELECT, INSERT", "ledger_step")
    allow("linli_jobs", "SELECT, INSERT", "ledger_step")
    allow("linli_jobs", "SELECT, INSERT, UPDATE, DELETE", "task")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("ledger_entry_observation")
    op.drop_table("task")
    op.drop_table("ledger_step")
    op.drop_table("ledger_entry")
    op.drop_table("ledger_entry_number")
