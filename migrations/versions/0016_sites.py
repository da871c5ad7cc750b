"""Sites, staff, checks, activities, providers, surveys, emergencies, hotline."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_area

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Sites, staff, checks, activities, providers, surveys, emergencies, hotline."""
    op.create_table(
        "emergency_event",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("grade", sa.String(length=14), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("aid_started_on", sa.Date(), nullable=True),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "aid_started_on IS NULL OR aid_started_on >= started_on", name=op.f("ck_emergency_event_aid")
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_emergency_event")),
    )
    op.create_table(
        "hotline_contact",
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("topic", sa.String(length=12), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("crisis", sa.Boolean(), nullable=False),
        sa.Column("handed_over", sa.Boolean(), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_hotline_contact")),
    )
    op.create_index("ix_hotline_contact_own", "hotline_contact", ["county_code", "created_by", "id"], unique=False)
    op.create_table(
        "outreach_activity",
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("reach", sa.Integer(), nullable=False),
        sa.Column("materials", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("reach >= 0 AND materials >= 0", name=op.f("ck_outreach_activity_counts")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_outreach_activity")),
    )
    op.create_table(
        "provider",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("licence_no", sa.String(length=40), nullable=False),
        sa.Column("supervisor", sa.String(length=60), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= registered_on", name=op.f("ck_provider_ended_on")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_provider")),
    )
    op.create_table(
        "service_site",
        sa.Column("type", sa.String(length=2), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=30), nullable=True),
        sa.Column("hours", sa.String(length=80), nullable=False),
        sa.Column("hours_per_day", sa.Integer(), nullable=True),
        sa.Column("accessible", sa.Boolean(), nullable=False),
        sa.Column("psychiatric", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours_per_day BETWEEN 0 AND 24", name=op.f("ck_service_site_hours_per_day")),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_service_site")),
    )
    op.create_index("ix_service_site_area", "service_site", ["county_code", "area_code", "id"], unique=False)
    op.create_table(
        "survey",
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("among", sa.String(length=10), nullable=False),
        sa.Column("method", sa.String(length=8), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_survey")),
    )
    op.create_table(
        "provider_evaluation",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "provider_id"],
            ["provider.county_code", "provider.id"],
            name=op.f("fk_provider_evaluation_county_code_provider_id_provider"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_provider_evaluation")),
    )
    op.create_index(
        "ix_provider_evaluation_provider", "provider_evaluation", ["county_code", "provider_id"], unique=False
    )
    op.create_table(
        "site_check",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("in_order", sa.ARRAY(sa.String(length=16)), nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "site_id"],
            ["service_site.county_code", "service_site.id"],
            name=op.f("fk_site_check_county_code_site_id_service_site"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_site_check")),
    )
    op.create_index("ix_site_check_site", "site_check", ["county_code", "site_id", "held_on"], unique=False)
    op.create_table(
        "site_staff",
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("staff_no", sa.String(length=20), nullable=False),
        sa.Column("qualification", sa.String(length=16), nullable=False),
        sa.Column("employment", sa.String(length=10), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_site_staff_until")),
        sa.ForeignKeyConstraint(
            ["county_code", "site_id"],
            ["service_site.county_code", "service_site.id"],
            name=op.f("fk_site_staff_county_code_site_id_service_site"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_site_staff")),
    )
    op.create_index("ix_site_staff_site", "site_staff", ["county_code", "site_id"], unique=False)
    op.create_table(
        "site_step",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("act", sa.String(length=8), nullable=False),
        sa.Column("from_state", sa.String(length=10), nullable=True),
        sa.Column("to_state", sa.String(length=10), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "site_id"],
            ["service_site.county_code", "service_site.id"],
            name=op.f("fk_site_step_county_code_site_id_service_site"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_site_step")),
    )
    op.create_index("ix_site_step_site", "site_step", ["county_code", "site_id", "held_on", "id"], unique=False)
    op.create_table(
        "survey_answer",
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("residence", sa.String(length=5), nullable=False),
        sa.Column("correct", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("has_leaflet", sa.Boolean(), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("total > 0 AND correct BETWEEN 0 AND total", name=op.f("ck_survey_answer_correct")),
        sa.ForeignKeyConstraint(
            ["county_code", "survey_id"],
            ["survey.county_code", "survey.id"],
            name=op.f("fk_survey_answer_county_code_survey_id_survey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_survey_answer")),
    )
    op.create_index("ix_survey_answer_survey", "survey_answer", ["county_code", "survey_id"], unique=False)
    op.create_table(
        "training_record",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=16), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("valid_to >= held_on", name=op.f("ck_training_record_valid_to")),
        sa.ForeignKeyConstraint(
            ["county_code", "staff_id"],
            ["site_staff.county_code", "site_staff.id"],
            name=op.f("fk_training_record_county_code_staff_id_site_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_training_record")),
    )
    op.create_index("ix_training_record_staff", "training_record", ["county_code", "staff_id"], unique=False)
    changed = ("service_site", "site_staff", "outreach_activity", "provider", "emergency_event")
    kept = ("site_step", "site_check", "training_record", "survey", "survey_answer", "provider_evaluation")
    for table in (*changed, *kept, "hotline_contact"):
        wall_by_area(table)
    allow("linli_app", "SELECT, INSERT, UPDATE", *changed)
    allow("linli_app", "SELECT, INSERT", *kept, "hotline_contact")
    allow("linli_jobs", "SELECT", *changed, *kept)


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("training_record")
    op.drop_table("survey_answer")
    op.drop_table("site_step")
    op.drop_table("site_staff")
    op.drop_table("site_check")
    op.drop_table("provider_evaluation")
    op.drop_table("survey")
    op.drop_table("service_site")
    op.drop_table("provider")
    op.drop_table("outreach_activity")
    op.drop_table("hotline_contact")
    op.drop_table("emergency_event")
