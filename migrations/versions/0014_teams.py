"""Case teams, severe mental disorder, rehabilitation, family schools, copies of a course."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_area, wall_by_county

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Case teams, severe mental disorder, rehabilitation, family schools, copies of a course."""
    op.create_table(
        "case_team",
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_reason", sa.String(length=24), nullable=False),
        sa.Column("constituted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("constituted_by", sa.Uuid(), nullable=True),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("activated_by", sa.Uuid(), nullable=True),
        sa.Column("stood_down_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stood_down_by", sa.Uuid(), nullable=True),
        sa.Column("stand_down_reason", sa.String(length=24), nullable=True),
        sa.Column("sealed_safety_note", sa.LargeBinary(), nullable=True),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_case_team_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_case_team_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_case_team")),
    )
    op.create_index(
        "uq_case_team_one_open",
        "case_team",
        ["county_code", "entry_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'stood_down'"),
    )
    op.create_table(
        "case_team_member",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("discipline", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(user_id IS NULL) <> (sealed_name IS NULL)", name=op.f("ck_case_team_member_user_or_name")),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_case_team_member_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_case_team_member_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "team_id"],
            ["case_team.county_code", "case_team.id"],
            name=op.f("fk_case_team_member_county_code_team_id_case_team"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_case_team_member")),
    )
    op.create_index("ix_case_team_member_team", "case_team_member", ["county_code", "team_id"], unique=False)
    op.create_table(
        "team_minute",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("present", sa.ARRAY(sa.String(length=24)), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_team_minute_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_team_minute_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "team_id"],
            ["case_team.county_code", "case_team.id"],
            name=op.f("fk_team_minute_county_code_team_id_case_team"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_team_minute")),
    )
    op.create_table(
        "team_task",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_team_task_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_team_task_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "team_id"],
            ["case_team.county_code", "case_team.id"],
            name=op.f("fk_team_task_county_code_team_id_case_team"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_team_task")),
    )
    op.create_index(
        "ix_team_task_assignee",
        "team_task",
        ["county_code", "assignee_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "smd_summary",
        sa.Column("registered", sa.Boolean(), nullable=False),
        sa.Column("stability", sa.String(length=10), nullable=False),
        sa.Column("stability_since", sa.Date(), nullable=True),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("contact_interval", sa.String(length=12), nullable=False),
        sa.Column("next_contact_due_on", sa.Date(), nullable=True),
        sa.Column("sealed_danger", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_adherence", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_diagnosis", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_document", sa.LargeBinary(), nullable=True),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_smd_summary_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_smd_summary_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_smd_summary")),
        sa.UniqueConstraint("county_code", "resident_id", name=op.f("uq_smd_summary_county_code_resident_id")),
    )
    op.create_table(
        "rehab_enrolment",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=16), nullable=True),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_rehab_enrolment_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_rehab_enrolment_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_rehab_enrolment")),
    )
    op.create_index(
        "uq_rehab_enrolment_open",
        "rehab_enrolment",
        ["county_code", "resident_id", "site_id"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "rehab_attendance",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("attended_on", sa.Date(), nullable=False),
        sa.Column("activity", sa.String(length=16), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "enrolment_id"],
            ["rehab_enrolment.county_code", "rehab_enrolment.id"],
            name=op.f("fk_rehab_attendance_county_code_enrolment_id_rehab_enrolment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_rehab_attendance_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_rehab_attendance_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_rehab_attendance")),
        sa.UniqueConstraint(
            "county_code",
            "enrolment_id",
            "attended_on",
            name=op.f("uq_rehab_attendance_county_code_enrolment_id_attended_on"),
        ),
    )
    op.create_table(
        "family_school_session",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("attendees", sa.Integer(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("attendees >= 0", name=op.f("ck_family_school_session_attendees")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_family_school_session")),
    )
    op.create_index(
        "ix_family_school_session_site", "family_school_session", ["county_code", "site_id", "held_on"], unique=False
    )
    op.create_table(
        "course_copy",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by", sa.Uuid(), nullable=False),
        sa.Column("with_identity", sa.Boolean(), nullable=False),
        sa.Column("resource_count", sa.Integer(), nullable=False),
        sa.Column("sealed_reason", sa.LargeBinary(), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_course_copy")),
    )
    wall_by_area("case_team")
    wall_by_area("case_team_member")
    wall_by_area("team_minute")
    wall_by_area("team_task")
    wall_by_area("smd_summary")
    wall_by_area("rehab_enrolment")
    wall_by_area("rehab_attendance")
    wall_by_area("course_copy")
    wall_by_county("family_school_session")
    allow(
        "linli_app",
        "SELECT, INSERT, UPDATE, DELETE",
        "case_team",
        "case_team_member",
        "team_task",
        "smd_summary",
        "rehab_enrolment",
        "rehab_attendance",
        "family_school_session",
    )
    allow("linli_app", "SELECT, INSERT", "team_minute", "course_copy")
    allow(
        "linli_jobs",
        "SELECT, INSERT, UPDATE",
        "case_team",
        "case_team_member",
        "team_minute",
        "team_task",
        "smd_summary",
        "rehab_enrolment",
        "rehab_attendance",
        "family_school_session",
    )


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("course_copy")
    op.drop_table("family_school_session")
    op.drop_table("rehab_attendance")
    op.drop_table("rehab_enrolment")
    op.drop_table("smd_summary")
    op.drop_table("team_task")
    op.drop_table("team_minute")
    op.drop_table("case_team_member")
    op.drop_table("case_team")
