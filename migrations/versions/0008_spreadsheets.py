"""Spreadsheets in and out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import allow, wall_by_area

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Spreadsheets in and out."""
    op.create_table(
        "export_record",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("period", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("exported_by", sa.Uuid(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_export_record")),
    )
    op.create_table(
        "import_batch",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("period", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("entry_count", sa.Integer(), nullable=False),
        sa.Column("duplicate_count", sa.Integer(), nullable=False),
        sa.Column("refused_columns", postgresql.JSONB(), nullable=False),
        sa.Column("report", postgresql.JSONB(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_import_batch")),
        sa.UniqueConstraint(
            "county_code",
            "area_code",
            "period",
            "file_digest",
            name=op.f("uq_import_batch_county_code_area_code_period_file_digest"),
        ),
    )
    wall_by_area("import_batch")
    wall_by_area("export_record")
    allow("linli_app", "SELECT, INSERT", "import_batch", "export_record")
    allow("linli_jobs", "SELECT", "import_batch", "export_record")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("import_batch")
    op.drop_table("export_record")
