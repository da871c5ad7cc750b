"""Keys and pseudonyms."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_county

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Keys and pseudonyms."""
    op.create_table(
        "county_settings",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("suite", sa.SmallInteger(), nullable=False),
        sa.Column("wrapped_index_key", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_row_key", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped_link_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_code", name=op.f("pk_county_settings")),
    )
    op.create_table(
        "master_key",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("epoch", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("canary", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "epoch", name=op.f("pk_master_key")),
    )
    op.create_table(
        "subject",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject_ref", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_subject")),
        sa.UniqueConstraint("county_code", "subject_ref", name=op.f("uq_subject_county_code_subject_ref")),
    )
    op.create_table(
        "subject_key",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("retention", sa.String(length=4), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("suite", sa.SmallInteger(), nullable=False),
        sa.Column("epoch", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "epoch"],
            ["master_key.county_code", "master_key.epoch"],
            name=op.f("fk_subject_key_county_code_epoch_master_key"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "subject_id"],
            ["subject.county_code", "subject.id"],
            name=op.f("fk_subject_key_county_code_subject_id_subject"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "subject_id", "retention", "version", name=op.f("pk_subject_key")),
    )
    wall_by_county("county_settings")
    wall_by_county("master_key")
    wall_by_county("subject")
    wall_by_county("subject_key")
    allow("linli_app", "SELECT", "county_settings")
    allow("linli_jobs", "SELECT", "county_settings")
    allow("linli_app", "SELECT, INSERT", "master_key")
    allow("linli_jobs", "SELECT, INSERT", "master_key")
    allow("linli_app", "SELECT, INSERT, DELETE", "subject")
    allow("linli_jobs", "SELECT, DELETE", "subject")
    allow("linli_app", "SELECT, INSERT, UPDATE, DELETE", "subject_key")
    allow("linli_jobs", "SELECT, UPDATE, DELETE", "subject_key")
    op.execute("CREATE POLICY every_county ON county_settings FOR SELECT TO linli_jobs USING (true)")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("subject_key")
    op.drop_table("subject")
    op.drop_table("master_key")
    op.drop_table("county_settings")
