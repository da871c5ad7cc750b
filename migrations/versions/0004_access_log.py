"""The access log."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_county

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """The access log."""
    op.create_table(
        "access_log",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("logged_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "seq", name=op.f("pk_access_log")),
    )
    op.create_index("uq_access_log_event", "access_log", ["county_code", "event_id"], unique=True)
    op.create_table(
        "access_stage",
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_access_stage")),
    )
    op.create_table(
        "disclosure_budget",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "user_id", "hour", name=op.f("pk_disclosure_budget")),
    )
    wall_by_county("access_stage")
    wall_by_county("access_log")
    wall_by_county("disclosure_budget")
    allow("linli_app", "INSERT", "access_stage")
    allow("linli_jobs", "SELECT, INSERT, DELETE", "access_stage")
    allow("linli_jobs", "SELECT, INSERT", "access_log")
    allow("linli_app", "SELECT, INSERT, UPDATE", "disclosure_budget")
    allow("linli_jobs", "SELECT, DELETE", "disclosure_budget")
    op.execute("CREATE POLICY every_county ON access_stage FOR SELECT TO linli_jobs USING (true)")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("disclosure_budget")
    op.drop_table("access_stage")
    op.drop_table("access_log")
