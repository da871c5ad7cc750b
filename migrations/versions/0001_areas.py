"""Areas, code lists and holidays."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

from migrations.walls import allow

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Areas, code lists and holidays."""
    op.create_table(
        "area",
        sa.Column("code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("parent_code", sa.String(length=17, collation="C"), nullable=True),
        sa.Column("admin_type", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("counts_in_indicator", sa.Boolean(), nullable=False),
        sa.Column("urban_rural", sa.String(length=3), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("successor_code", sa.String(length=17, collation="C"), nullable=True),
        sa.Column(
            "geometry",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4490,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_area")),
    )
    op.create_index("ix_area_geometry", "area", ["geometry"], unique=False, postgresql_using="gist")
    op.create_index("ix_area_parent_code", "area", ["parent_code", "code"], unique=False)
    op.create_table(
        "code_entry",
        sa.Column("list", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("zh", sa.String(length=120), nullable=False),
        sa.Column("en", sa.String(length=160), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=160), nullable=False),
        sa.PrimaryKeyConstraint("list", "code", name=op.f("pk_code_entry")),
    )
    op.create_table(
        "holiday",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name_zh", sa.String(length=40), nullable=False),
        sa.Column("name_en", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_holiday")),
    )
    allow("linli_app", "SELECT", "area", "code_entry")
    allow("linli_jobs", "SELECT", "area", "code_entry", "holiday")
    allow("linli_app", "SELECT, INSERT, UPDATE, DELETE", "holiday")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("holiday")
    op.drop_table("code_entry")
    op.drop_table("area")
