"""Agencies and referrals."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_area, wall_by_county

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Agencies and referrals."""
    op.create_table(
        "agency",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("township_code", sa.String(length=17, collation="C"), nullable=True),
        sa.Column("phone", sa.String(length=30), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=True),
        sa.Column("hours", sa.String(length=80), nullable=False),
        sa.Column("hours_per_day", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("green_channel", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_agency")),
        sa.UniqueConstraint("county_code", "name", name=op.f("uq_agency_county_code_name")),
    )
    op.create_table(
        "agency_member",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "agency_id"],
            ["agency.county_code", "agency.id"],
            name=op.f("fk_agency_member_county_code_agency_id_agency"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_agency_member")),
        sa.UniqueConstraint(
            "county_code", "agency_id", "user_id", name=op.f("uq_agency_member_county_code_agency_id_user_id")
        ),
    )
    op.create_index("ix_agency_member_user", "agency_member", ["county_code", "user_id"], unique=False)
    op.create_table(
        "referral",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("urgency", sa.String(length=14), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("sealed_packet", sa.LargeBinary(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("legal_basis_use_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ack_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejection", sa.String(length=20), nullable=True),
        sa.Column("alternative_agency_id", sa.Uuid(), nullable=True),
        sa.Column("seen_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appointment_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feedback_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feedback_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sealed_feedback", sa.LargeBinary(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("back_of", sa.Uuid(), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "direction = 'in' OR (entry_id IS NOT NULL AND resident_id IS NOT NULL)",
            name=op.f("ck_referral_out_has_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_referral_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_referral")),
    )
    op.create_index("ix_referral_agency", "referral", ["county_code", "agency_id", "state", "id"], unique=False)
    op.create_index("ix_referral_entry", "referral", ["county_code", "entry_id"], unique=False)
    op.create_index("ix_referral_resident", "referral", ["county_code", "resident_id"], unique=False)
    op.create_index("ix_referral_subject", "referral", ["county_code", "subject_id"], unique=False)
    op.create_index(
        "ix_referral_waiting",
        "referral",
        ["county_code", "ack_due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'sent'"),
    )
    op.create_table(
        "referral_step",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("referral_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("from_state", sa.String(length=14), nullable=True),
        sa.Column("to_state", sa.String(length=14), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "referral_id"],
            ["referral.county_code", "referral.id"],
            name=op.f("fk_referral_step_county_code_referral_id_referral"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_referral_step")),
    )
    op.create_index("ix_referral_step_of", "referral_step", ["county_code", "referral_id", "id"], unique=False)
    wall_by_area("referral")
    wall_by_area("referral_step")
    wall_by_county("agency")
    wall_by_county("agency_member")
    allow("linli_app", "SELECT, INSERT, UPDATE, DELETE", "agency", "agency_member", "referral")
    allow("linli_app", "SELECT, INSERT", "referral_step")
    allow("linli_jobs", "SELECT", "agency", "agency_member")
    allow("linli_jobs", "SELECT, INSERT, UPDATE, DELETE", "referral")
    allow("linli_jobs", "SELECT, INSERT", "referral_step")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("referral_step")
    op.drop_table("referral")
    op.drop_table("agency_member")
    op.drop_table("agency")
