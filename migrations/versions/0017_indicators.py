"""Indicator values, targets and body counts."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_area, wall_by_county

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Indicator values, targets and body counts."""
    op.create_table(
        "body_count",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("site_type", sa.String(length=2), nullable=False),
        sa.Column("bodies", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(length=120), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("bodies >= 0", name=op.f("ck_body_count_bodies")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_body_count")),
    )
    op.create_index("ix_body_count_type", "body_count", ["county_code", "site_type", "as_of"], unique=False)
    op.create_table(
        "indicator_target",
        sa.Column("indicator", sa.String(length=12), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("comparison", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Numeric(precision=12, scale=6), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_indicator_target")),
    )
    op.create_index("ix_indicator_target_year", "indicator_target", ["county_code", "indicator", "year"], unique=False)
    op.create_table(
        "indicator_value",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("indicator", sa.String(length=12), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("num", sa.Integer(), nullable=True),
        sa.Column("den", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("evidence", sa.String(length=120), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("definition_version", sa.SmallInteger(), nullable=False),
        sa.Column("rule_id", sa.String(length=24), nullable=True),
        sa.Column("entered_by", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("den > 0", name=op.f("ck_indicator_value_den")),
        sa.CheckConstraint("num >= 0", name=op.f("ck_indicator_value_num")),
        sa.CheckConstraint("num IS NULL OR den IS NULL OR num <= den", name=op.f("ck_indicator_value_num_within_den")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_indicator_value")),
    )
    op.create_index(
        "ix_indicator_value_unit",
        "indicator_value",
        ["county_code", "area_code", "indicator", "year", "as_of"],
        unique=False,
    )
    wall_by_area("indicator_value")
    wall_by_area("body_count")
    wall_by_county("indicator_target")
    allow("linli_app", "SELECT, INSERT", "indicator_value", "body_count", "indicator_target")
    allow("linli_jobs", "SELECT", "indicator_value", "body_count", "indicator_target")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("indicator_value")
    op.drop_table("indicator_target")
    op.drop_table("body_count")
