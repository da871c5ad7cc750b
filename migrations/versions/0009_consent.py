"""Consent, acts without it, and who looks after an entry."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_area

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Consent, acts without it, and who looks after an entry."""
    for column in ("consented_at", "assessment_due_at", "assessed_at", "plan_due_at", "paused_until", "renewed_at"):
        op.add_column("ledger_entry", sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    op.add_column("ledger_entry", sa.Column("carer_ids", sa.ARRAY(sa.Uuid()), nullable=False, server_default="{}"))
    op.execute("UPDATE ledger_entry SET carer_ids = ARRAY[assessor_id] WHERE assessor_id IS NOT NULL")
    op.alter_column("ledger_entry", "carer_ids", server_default=None)
    op.drop_constraint("ck_ledger_entry_expiry", "ledger_entry")
    op.create_check_constraint(
        op.f("ck_ledger_entry_expiry"),
        "ledger_entry",
        "expires_at <= coalesce(renewed_at, accepted_at) + interval '12 months'",
    )
    op.create_index("ix_ledger_entry_resident", "ledger_entry", ["county_code", "resident_id"])
    op.create_index("ix_ledger_entry_carers", "ledger_entry", ["carer_ids"], postgresql_using="gin")
    op.alter_column("task", "kind", type_=sa.String(length=24))
    op.add_column("task", sa.Column("about_table", sa.String(length=24), nullable=True))
    op.add_column("task", sa.Column("about_id", sa.Uuid(), nullable=True))
    op.create_index("ix_task_about", "task", ["county_code", "about_id"])
    op.create_index("ix_task_entry", "task", ["county_code", "entry_id"])
    op.create_table(
        "entry_proposal",
        sa.Column("act", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=2), nullable=True),
        sa.Column("observation_id", sa.Uuid(), nullable=True),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "decided_by IS DISTINCT FROM created_by OR state = 'taken_back'", name=op.f("ck_entry_proposal_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_entry_proposal_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_entry_proposal_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_entry_proposal")),
    )
    op.create_index(
        "uq_entry_proposal_open",
        "entry_proposal",
        ["county_code", "entry_id", "act"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "consent",
        sa.Column("scope", sa.String(length=16), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("leaflet_version", sa.String(length=24), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_asked", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by", sa.String(length=8), nullable=True),
        sa.Column("method", sa.String(length=16), nullable=True),
        sa.Column("guardian_conflict", sa.Boolean(), nullable=False),
        sa.Column("sealed_document", sa.LargeBinary(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_how", sa.String(length=16), nullable=True),
        sa.Column("ask_again_from", sa.Date(), nullable=True),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(scope = 'referral_share') = (agency_id IS NOT NULL)", name=op.f("ck_consent_agency_of_sharing")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_consent_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_consent_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_entry", "consent", ["county_code", "entry_id", "scope"], unique=False)
    op.create_index("ix_consent_resident", "consent", ["county_code", "resident_id"], unique=False)
    op.create_index(
        "uq_consent_one_open",
        "consent",
        ["county_code", "entry_id", "scope", "agency_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('requested', 'given')"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_table(
        "legal_basis_use",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("basis", sa.String(length=1), nullable=False),
        sa.Column("done", sa.String(length=16), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("review_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finding", sa.String(length=10), nullable=True),
        sa.Column("person_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "subject_id"],
            ["subject.county_code", "subject.id"],
            name=op.f("fk_legal_basis_use_county_code_subject_id_subject"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_legal_basis_use_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_legal_basis_use")),
    )
    op.create_index(
        "ix_legal_basis_use_open",
        "legal_basis_use",
        ["county_code", "review_due_at"],
        unique=False,
        postgresql_where=sa.text("reviewed_at IS NULL"),
    )
    op.create_index("ix_legal_basis_use_subject", "legal_basis_use", ["county_code", "subject_id"], unique=False)
    wall_by_area("entry_proposal")
    wall_by_area("consent")
    wall_by_area("legal_basis_use")
    allow("linli_app", "SELECT, INSERT, UPDATE, DELETE", "entry_proposal", "consent", "legal_basis_use")
    allow("linli_jobs", "SELECT, INSERT, UPDATE", "entry_proposal", "consent", "legal_basis_use")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("legal_basis_use")
    op.drop_table("consent")
    op.drop_table("entry_proposal")
    op.drop_index("ix_task_entry", "task")
    op.drop_index("ix_task_about", "task")
    op.drop_column("task", "about_id")
    op.drop_column("task", "about_table")
    op.execute("DELETE FROM task WHERE length(kind) > 20")
    op.alter_column("task", "kind", type_=sa.String(length=20))
    op.drop_index("ix_ledger_entry_carers", "ledger_entry")
    op.drop_index("ix_ledger_entry_resident", "ledger_entry")
    op.drop_constraint("ck_ledger_entry_expiry", "ledger_entry")
    op.execute("UPDATE ledger_entry SET expires_at = accepted_at + interval '12 months' WHERE renewed_at IS NOT NULL")
    op.create_check_constraint(
        op.f("ck_ledger_entry_expiry"), "ledger_entry", "expires_at <= accepted_at + interval '12 months'"
    )
    for column in (
        "carer_ids", "renewed_at", "paused_until", "plan_due_at", "assessed_at", "assessment_due_at", "consented_at",
    ):  # fmt: skip
        op.drop_column("ledger_entry", column)
