"""The month and its sweeps."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_area

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """The month and its sweeps."""
    op.create_table(
        "month",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("period", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_month")),
        sa.UniqueConstraint("county_code", "area_code", "period", name=op.f("uq_month_county_code_area_code_period")),
    )
    op.create_table(
        "sweep",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("month_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopen_reason", sa.String(length=40), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "month_id"],
            ["month.county_code", "month.id"],
            name=op.f("fk_sweep_county_code_month_id_month"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_sweep")),
        sa.UniqueConstraint(
            "county_code",
            "area_code",
            "period",
            "kind",
            name=op.f("uq_sweep_county_code_area_code_period_kind"),
        ),
    )
    op.create_table(
        "sweep_return",
        sa.Column("sweep_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("nil", sa.Boolean(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("late_reason", sa.String(length=24), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("nil = (item_count = 0)", name=op.f("ck_sweep_return_nil_means_no_items")),
        sa.ForeignKeyConstraint(
            ["county_code", "sweep_id"],
            ["sweep.county_code", "sweep.id"],
            name=op.f("fk_sweep_return_county_code_sweep_id_sweep"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_sweep_return")),
        sa.UniqueConstraint(
            "county_code",
            "sweep_id",
            "area_code",
            name=op.f("uq_sweep_return_county_code_sweep_id_area_code"),
        ),
    )
    op.create_table(
        "village_confirmation",
        sa.Column("sweep_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("return_count", sa.Integer(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("confirmed_by", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "sweep_id"],
            ["sweep.county_code", "sweep.id"],
            name=op.f("fk_village_confirmation_county_code_sweep_id_sweep"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_village_confirmation")),
        sa.UniqueConstraint(
            "county_code",
            "sweep_id",
            "area_code",
            name=op.f("uq_village_confirmation_county_code_sweep_id_area_code"),
        ),
    )
    op.create_table(
        "dispute",
        sa.Column("return_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("period", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("dispute_type", sa.String(length=20), nullable=False),
        sa.Column("party_count", sa.Integer(), nullable=False),
        sa.Column("mediation_body", sa.String(length=60), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("sealed_parties", sa.LargeBinary(), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "return_id"],
            ["sweep_return.county_code", "sweep_return.id"],
            name=op.f("fk_dispute_county_code_return_id_sweep_return"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_dispute")),
    )
    op.create_index("ix_dispute_period", "dispute", ["county_code", "period", "area_code"], unique=False)
    op.create_index("ix_dispute_return", "dispute", ["county_code", "return_id"], unique=False)
    op.create_table(
        "observation",
        sa.Column("return_id", sa.Uuid(), nullable=True),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("period", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("ground", sa.String(length=1), nullable=False),
        sa.Column("sealed_fact", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("needs_word_review", sa.Boolean(), nullable=False),
        sa.Column("word_review_by", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("return_reason", sa.String(length=24), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_observation_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "return_id"],
            ["sweep_return.county_code", "sweep_return.id"],
            name=op.f("fk_observation_county_code_return_id_sweep_return"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_observation")),
    )
    op.create_index("ix_observation_period", "observation", ["county_code", "period", "area_code"], unique=False)
    op.create_index("ix_observation_resident", "observation", ["county_code", "resident_id"], unique=False)
    op.create_index("ix_observation_return", "observation", ["county_code", "return_id"], unique=False)
    wall_by_area("month")
    wall_by_area("sweep")
    wall_by_area("sweep_return")
    wall_by_area("village_confirmation")
    wall_by_area("observation")
    wall_by_area("dispute")
    allow("linli_app", "SELECT, INSERT, UPDATE", "month", "sweep", "sweep_return", "dispute")
    allow("linli_jobs", "SELECT", "month", "sweep", "sweep_return", "village_confirmation")
    allow("linli_app", "SELECT, INSERT, UPDATE, DELETE", "village_confirmation", "observation")
    allow("linli_jobs", "SELECT, UPDATE, DELETE", "observation")
    allow("linli_jobs", "SELECT, DELETE", "dispute")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("observation")
    op.drop_table("dispute")
    op.drop_table("village_confirmation")
    op.drop_table("sweep_return")
    op.drop_table("sweep")
    op.drop_table("month")
