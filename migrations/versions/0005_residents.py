"""Residents."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_area, wall_by_county

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Residents."""
    op.create_table(
        "resident",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("sealed_birth_date", sa.LargeBinary(), nullable=True),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        sa.Column("id_type", sa.String(length=2), nullable=False),
        sa.Column("sealed_id_no", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_phone", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_guardian_name", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_guardian_phone", sa.LargeBinary(), nullable=True),
        sa.Column("guardian_relation", sa.String(length=2), nullable=True),
        sa.Column("guardian_conflict", sa.Boolean(), nullable=False),
        sa.Column("language_need", sa.String(length=60), nullable=True),
        sa.Column("address_protected", sa.Boolean(), nullable=False),
        sa.Column("deceased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_resident")),
    )
    op.create_index("ix_resident_area", "resident", ["county_code", "area_code", "id"], unique=False)
    op.create_table(
        "possible_duplicate",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("other_resident_id", sa.Uuid(), nullable=False),
        sa.Column("matched_on", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "other_resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_possible_duplicate_county_code_other_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_possible_duplicate_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_possible_duplicate")),
        sa.UniqueConstraint(
            "county_code",
            "resident_id",
            "other_resident_id",
            name=op.f("uq_possible_duplicate_county_code_resident_id_other_resident_id"),
        ),
    )
    op.create_table(
        "search_bucket",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("field_number", sa.SmallInteger(), nullable=False),
        sa.Column("normaliser_version", sa.SmallInteger(), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("blind_link", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_search_bucket")),
    )
    op.create_index(
        "ix_search_bucket_lookup",
        "search_bucket",
        ["county_code", "field_number", "normaliser_version", "bucket"],
        unique=False,
    )
    wall_by_area("resident")
    wall_by_area("possible_duplicate")
    wall_by_county("search_bucket")
    allow("linli_app", "SELECT, INSERT, UPDATE, DELETE", "resident", "possible_duplicate")
    allow("linli_jobs", "SELECT, UPDATE, DELETE", "resident")
    allow("linli_jobs", "SELECT, DELETE", "possible_duplicate")
    allow("linli_app", "SELECT, INSERT", "search_bucket")
    allow("linli_jobs", "SELECT, INSERT, DELETE", "search_bucket")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("search_bucket")
    op.drop_table("possible_duplicate")
    op.drop_table("resident")
