"""Field tablets."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_area, wall_by_county

revision = "0018"
down_revision = "0017"

#: Whose data a tablet was shown, by pseudonym, from the log and from what waits to be moved there. The application may
#: read neither by itself; ``since`` is the smallest id an event may have, so that only the tablet's lifetime is read.
_TRACES = """
CREATE FUNCTION linli_device_traces(of_county text, of_device uuid, since uuid)
RETURNS TABLE (subject_ref uuid, first_us bigint, last_us bigint, times bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH said AS (
        SELECT event FROM public.access_log
         WHERE county_code = of_county AND event_id >= since
           AND position(convert_to('"device":"' || of_device || '"', 'UTF8') IN event) > 0
        UNION ALL
        SELECT event FROM public.access_stage
         WHERE county_code = of_county AND id >= since
           AND position(convert_to('"device":"' || of_device || '"', 'UTF8') IN event) > 0
    ), read AS (
        SELECT convert_from(event, 'UTF8')::jsonb AS event FROM said
    )
    SELECT ref::uuid, min((event ->> 'at_us')::bigint), max((event ->> 'at_us')::bigint), count(*)
      FROM read CROSS JOIN LATERAL jsonb_array_elements_text(event -> 'subjects') AS ref
     WHERE event ->> 'device' = of_device::text AND event ->> 'decision' = 'allowed'
     GROUP BY ref
$$
"""


def upgrade() -> None:
    """Field tablets."""
    op.create_table(
        "device_enrolment",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wrong_checks", sa.Integer(), nullable=False),
        *_record(),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_device_enrolment")),
        sa.UniqueConstraint("county_code", "code_digest", name=op.f("uq_device_enrolment_county_code_code_digest")),
    )
    op.create_table(
        "device",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoke_reason", sa.String(length=16), nullable=True),
        sa.Column("wipe_ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wiped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wiped_rows", sa.Integer(), nullable=True),
        sa.Column("unaccounted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sync_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("app_version", sa.String(length=20), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=True),
        sa.Column("oldest_waiting_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("storage_free_mb", sa.BigInteger(), nullable=True),
        sa.Column("storage_persisted", sa.Boolean(), nullable=True),
        sa.Column("highest_seq", sa.BigInteger(), nullable=False),
        sa.Column("missing_seqs", sa.BigInteger(), nullable=False),
        sa.Column("row_mac", sa.LargeBinary(), nullable=False),
        *_record(),
        sa.CheckConstraint("octet_length(public_key) = 65", name=op.f("ck_device_public_key")),
        sa.ForeignKeyConstraint(
            ["county_code", "enrolment_id"],
            ["device_enrolment.county_code", "device_enrolment.id"],
            name=op.f("fk_device_county_code_enrolment_id_device_enrolment"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_device")),
        sa.UniqueConstraint("county_code", "enrolment_id", name=op.f("uq_device_county_code_enrolment_id")),
    )
    op.create_index("ix_device_area", "device", ["county_code", "area_code", "id"], unique=False)
    op.create_table(
        "device_user",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped_share", sa.LargeBinary(), nullable=True),
        sa.Column("share_destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_lease_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "device_id"],
            ["device.county_code", "device.id"],
            name=op.f("fk_device_user_county_code_device_id_device"),
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "user_id"],
            ["app_user.county_code", "app_user.id"],
            name=op.f("fk_device_user_county_code_user_id_app_user"),
        ),
        sa.PrimaryKeyConstraint("county_code", "device_id", "user_id", name=op.f("pk_device_user")),
    )
    op.create_index("ix_device_user_user", "device_user", ["county_code", "user_id"], unique=False)
    wall_by_area("device_enrolment")
    wall_by_area("device")
    wall_by_county("device_user")
    allow("linli_app", "SELECT, INSERT, UPDATE", "device_enrolment", "device", "device_user")
    allow("linli_jobs", "SELECT, UPDATE", "device", "device_user")
    allow("linli_jobs", "SELECT", "device_enrolment")
    op.execute(_TRACES)
    op.execute("REVOKE ALL ON FUNCTION linli_device_traces(text, uuid, uuid) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION linli_device_traces(text, uuid, uuid) TO linli_app")


def downgrade() -> None:
    """Take the tables away again."""
    op.execute("DROP FUNCTION linli_device_traces(text, uuid, uuid)")
    op.drop_table("device_user")
    op.drop_table("device")
    op.drop_table("device_enrolment")


def _record() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
