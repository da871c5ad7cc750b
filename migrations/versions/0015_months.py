"""The closed month, meetings and action items."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_area

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """The closed month, meetings and action items."""
    op.create_table(
        "month_close",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("month_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("closed_by", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("due_provisional", sa.Boolean(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("reopened_by", sa.Uuid(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopen_reason", sa.String(length=24), nullable=True),
        sa.Column("release", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(release IS NULL) = (released_at IS NULL)", name=op.f("ck_month_close_released")),
        sa.CheckConstraint("(reopened_at IS NULL) = (reopen_reason IS NULL)", name=op.f("ck_month_close_reopened")),
        sa.ForeignKeyConstraint(
            ["county_code", "month_id"],
            ["month.county_code", "month.id"],
            name=op.f("fk_month_close_county_code_month_id_month"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_month_close")),
        sa.UniqueConstraint(
            "county_code", "month_id", "number", name=op.f("uq_month_close_county_code_month_id_number")
        ),
        info={"rls": "area"},
    )
    op.create_index("ix_month_close_period", "month_close", ["county_code", "period", "area_code"], unique=False)
    op.create_table(
        "meeting",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("month_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("attendance", sa.Text(), nullable=True),
        sa.Column("sealed_minutes", sa.LargeBinary(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(recorded_at IS NULL) = (held_on IS NULL)", name=op.f("ck_meeting_held")),
        sa.CheckConstraint("(recorded_at IS NULL) = (sealed_minutes IS NULL)", name=op.f("ck_meeting_minutes")),
        sa.ForeignKeyConstraint(
            ["county_code", "month_id"],
            ["month.county_code", "month.id"],
            name=op.f("fk_meeting_county_code_month_id_month"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_meeting")),
        info={"rls": "area"},
    )
    op.create_index("ix_meeting_area", "meeting", ["county_code", "area_code", "id"], unique=False)
    op.create_index(
        "uq_meeting_analysis",
        "meeting",
        ["county_code", "month_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'analysis'"),
    )
    op.create_table(
        "meeting_decision",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "meeting_id"],
            ["meeting.county_code", "meeting.id"],
            name=op.f("fk_meeting_decision_county_code_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_meeting_decision")),
        sa.UniqueConstraint(
            "county_code", "meeting_id", "position", name=op.f("uq_meeting_decision_county_code_meeting_id_position")
        ),
        info={"rls": "area"},
    )
    op.create_table(
        "action_item",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("owner_unit", sa.String(length=24), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name=op.f("ck_action_item_done")),
        sa.ForeignKeyConstraint(
            ["county_code", "meeting_id"],
            ["meeting.county_code", "meeting.id"],
            name=op.f("fk_action_item_county_code_meeting_id_meeting"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_action_item")),
        sa.UniqueConstraint(
            "county_code", "meeting_id", "position", name=op.f("uq_action_item_county_code_meeting_id_position")
        ),
        info={"rls": "area"},
    )
    op.create_index(
        "ix_action_item_open",
        "action_item",
        ["county_code", "area_code", "due_on"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    for table in ("month_close", "meeting", "meeting_decision", "action_item"):
        wall_by_area(table)
    allow(
        "linli_app",
        "SELECT, INSERT, UPDATE (reopened_by, reopened_at, reopen_reason, release, released_at)",
        "month_close",
    )
    allow("linli_app", "SELECT, INSERT", "meeting_decision")
    allow(
        "linli_app",
        "SELECT, INSERT, UPDATE (held_on, attendance, sealed_minutes, recorded_by, recorded_at, updated_at, version)",
        "meeting",
    )
    allow("linli_app", "SELECT, INSERT, UPDATE (done_at, done_by, updated_at, version)", "action_item")
    allow("linli_jobs", "SELECT, UPDATE (release, released_at)", "month_close")
    allow("linli_jobs", "SELECT", "meeting", "meeting_decision", "action_item")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("action_item")
    op.drop_table("meeting_decision")
    op.drop_table("meeting")
    op.drop_table("month_close")
