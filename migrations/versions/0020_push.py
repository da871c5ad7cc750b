"""Keys that tablets seal to, receipts of operations, and operations that wait for a person."""

import sqlalchemy as sa
from alembic import op

from migrations.stirs import settle_down, stir_on
from migrations.walls import allow, wall_by_area, wall_by_county

revision = "0020"
down_revision = "0019"

#: Nobody may delete what feeds told or take a receipt's review away, except with the records of who is forgotten.
FORGET_TOLD = """
CREATE FUNCTION linli_forget_told(of_county text, of_records uuid[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM feed_change WHERE county_code = $1 AND record_id = ANY ($2);
    DELETE FROM task WHERE county_code = $1 AND about_table = 'sync_review' AND about_id = ANY ($2);
    UPDATE sync_receipt AS t SET review_id = NULL FROM sync_review AS r
     WHERE r.county_code = $1 AND r.id = ANY ($2)
       AND (t.county_code, t.device_id, t.op_id) = (r.county_code, r.device_id, r.op_id)
$$
"""


def upgrade() -> None:
    """Keys that tablets seal to, receipts of operations, and operations that wait for a person."""
    op.create_table(
        "seal_key",
        sa.Column("epoch", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_seal_key")),
        sa.UniqueConstraint("county_code", "epoch", "number", name=op.f("uq_seal_key_county_code_epoch_number")),
    )
    op.create_table(
        "sync_receipt",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=False),
        sa.Column("payload_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("period", sa.String(length=6, collation="C"), nullable=True),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=48), nullable=True),
        sa.Column("field", sa.String(length=60), nullable=True),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "device_id", "op_id", name=op.f("pk_sync_receipt")),
    )
    op.create_index("ix_sync_receipt_sequence", "sync_receipt", ["county_code", "device_id", "device_seq"])
    op.create_index("ix_sync_receipt_received", "sync_receipt", ["county_code", "received_at"])
    _make_reviews()
    wall_by_county("seal_key")
    wall_by_county("sync_receipt")
    wall_by_area("sync_review")
    allow("linli_app", "SELECT, INSERT", "seal_key")
    # A receipt that was slipped in is written over by a true one.
    allow("linli_app", "SELECT, INSERT, UPDATE", "sync_receipt", "sync_review")
    allow("linli_jobs", "SELECT, INSERT", "seal_key")
    allow("linli_jobs", "SELECT, DELETE", "sync_receipt", "sync_review")
    stir_on("sync_review", "review", reader="author_id", record="id")
    op.execute(FORGET_TOLD)
    op.execute("REVOKE ALL ON FUNCTION linli_forget_told(text, uuid[]) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION linli_forget_told(text, uuid[]) TO linli_app, linli_jobs")


def downgrade() -> None:
    """Take the tables away again."""
    op.execute("DROP FUNCTION linli_forget_told(text, uuid[])")
    settle_down("sync_review")
    op.drop_table("sync_review")
    op.drop_table("sync_receipt")
    op.drop_table("seal_key")


def _make_reviews() -> None:
    op.create_table(
        "sync_review",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("op_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("captured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(length=48), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_payload", sa.LargeBinary(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_sync_review_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_sync_review")),
    )
    op.create_index("ix_sync_review_area", "sync_review", ["county_code", "area_code", "id"])
    op.create_index("ix_sync_review_author", "sync_review", ["county_code", "author_id", "op_id"])
    op.create_index("ix_sync_review_resident", "sync_review", ["county_code", "resident_id"])
    op.create_index("ix_sync_review_decided", "sync_review", ["county_code", "decided_at"])
