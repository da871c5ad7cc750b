"""What tablets hold: feeds, their changes, what stirred them, and how far each tablet has come."""

import sqlalchemy as sa
from alembic import op

from migrations.stirs import settle_down, stir_on, stir_when_changed
from migrations.walls import allow, wall_by_county

revision = "0019"
down_revision = "0018"

_STIRRING = (
    "visit", "plan_item", "sweep_return", "observation", "safety_event", "safety_notice", "ledger_entry", "resident",
    "care_plan", "month", "consent",
)  # fmt: skip

#: A removal that no tablet can still be waiting for: all that hold something of the feed have asked from beyond it.
FORGET_REMOVALS = """
CREATE FUNCTION linli_forget_removals(of_county text, at_most integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH heard AS (
        SELECT reader_id, kind, record_id, area_code FROM feed_change AS c
         WHERE county_code = $1 AND op = 'remove' AND NOT EXISTS (
               SELECT FROM device_feed AS d
                WHERE (d.county_code, d.user_id, d.area_code) = (c.county_code, c.reader_id, c.area_code)
                  AND d.seq < c.seq AND d.purged_at IS NULL AND NOT EXISTS (
                      SELECT FROM device AS t WHERE (t.county_code, t.id) = (d.county_code, d.device_id)
                         AND t.state = 'wiped'))
         LIMIT $2 FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM feed_change AS c USING heard AS h
         WHERE c.county_code = $1 AND c.op = 'remove'
           AND (c.reader_id, c.kind, c.record_id, c.area_code) = (h.reader_id, h.kind, h.record_id, h.area_code)
        RETURNING 1
    )
    SELECT count(*) FROM gone
$$
"""


def upgrade() -> None:
    """What tablets hold: feeds, their changes, what stirred them, and how far each tablet has come."""
    _make_feeds()
    _make_positions()
    # A person's undone tasks: asked for whenever the entry stirs.
    op.create_index(
        "ix_plan_item_entry",
        "plan_item",
        ["county_code", "entry_id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    for table in ("feed", "feed_change", "feed_stir", "device_feed"):
        wall_by_county(table)
    allow("linli_app, linli_jobs", "SELECT, INSERT, UPDATE", "feed", "feed_change")
    # Left-over marks are taken by whoever locks them first, and locking asks for UPDATE.
    allow("linli_app, linli_jobs", "SELECT, INSERT, UPDATE, DELETE", "feed_stir")
    allow("linli_app", "SELECT, INSERT, UPDATE", "device_feed")
    op.execute(FORGET_REMOVALS)
    op.execute("REVOKE ALL ON FUNCTION linli_forget_removals(text, integer) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION linli_forget_removals(text, integer) TO linli_app, linli_jobs")
    _make_triggers()


def downgrade() -> None:
    """Take the tables away again."""
    for table in _STIRRING:
        settle_down(table)
    op.drop_index("ix_plan_item_entry", "plan_item")
    op.execute("DROP FUNCTION linli_forget_removals(text, integer)")
    for table in ("device_feed", "feed_stir", "feed_change", "feed"):
        op.drop_table(table)


def _make_feeds() -> None:
    op.create_table(
        "feed",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "reader_id", "area_code", name=op.f("pk_feed")),
    )
    op.create_table(
        "feed_change",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("op", sa.String(length=6), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("cared", sa.Boolean(), nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=8), nullable=True),
        sa.PrimaryKeyConstraint(
            "county_code", "reader_id", "kind", "record_id", "area_code", name=op.f("pk_feed_change")
        ),
    )
    op.create_index("ix_feed_change_seq", "feed_change", ["county_code", "reader_id", "area_code", "seq"])
    op.create_table(
        "feed_stir",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column(
            "xact", sa.BigInteger(), server_default=sa.text("(pg_current_xact_id()::text)::bigint"), nullable=False
        ),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=True),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("county_code", "xact", "id", name=op.f("pk_feed_stir")),
    )


def _make_positions() -> None:
    op.create_table(
        "device_feed",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("epoch", sa.String(length=24), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("county_code", "device_id", "user_id", "area_code", name=op.f("pk_device_feed")),
    )
    op.create_index("ix_device_feed_user", "device_feed", ["county_code", "user_id", "area_code"])


def _make_triggers() -> None:
    """Every table a feed shows something of; ``tests/store/test_feed_stirs.py`` finds one that is forgotten."""
    stir_on("visit", "care", reader="assignee_id", when="state = 'planned'")
    stir_on("plan_item", "care", reader="owner_id", when="done_at IS NULL")
    stir_on("sweep_return", "return", reader="created_by", record="id")
    stir_on("observation", "observation", reader="created_by", record="id", when="state = 'returned'")
    stir_on("safety_event", "safety_event", reader="created_by", record="id")
    stir_on("safety_notice", "safety_notice", record="event_id")
    stir_on("month", "month", record="id")
    stir_when_changed("ledger_entry", "entry", "id", "area_code", "state", "carer_ids")
    stir_when_changed("resident", "resident", "id", "version")
    stir_on("consent", "entry", record="entry_id", when="scope = 'family_contact'")
    stir_when_changed("care_plan", "entry", "entry_id", "version", "state")
