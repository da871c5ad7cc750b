"""Guidance plans, visits and family advice."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_area

revision = "0011"
down_revision = "0010"

#: What a worker recorded of a visit stands, whoever asks (invariant 5). Where the person lives may still change.
_VISIT_STANDS = """
CREATE FUNCTION visit_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.state, NEW.plan_id, NEW.entry_id, NEW.assignee_id, NEW.visit_type, NEW.visited_at, NEW.done_at, NEW.done_by,
        NEW.minutes, NEW.outcome, NEW.not_seen_reason, NEW.sealed_mood_note, NEW.safety_event_id)
       IS DISTINCT FROM
       (OLD.state, OLD.plan_id, OLD.entry_id, OLD.assignee_id, OLD.visit_type, OLD.visited_at, OLD.done_at, OLD.done_by,
        OLD.minutes, OLD.outcome, OLD.not_seen_reason, OLD.sealed_mood_note, OLD.safety_event_id)
    THEN RAISE EXCEPTION 'a recorded visit stands';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER visit_stands BEFORE UPDATE ON visit FOR EACH ROW WHEN (OLD.done_at IS NOT NULL)
EXECUTE FUNCTION visit_stands();
"""
#: What the person agreed to stands; a change is the next version (invariant 5).
_PLAN_STANDS = """
CREATE FUNCTION care_plan_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.number, NEW.entry_id, NEW.sealed_goals, NEW.sealed_contact_wishes, NEW.sealed_safety_note, NEW.starts_on,
        NEW.agreed_at, NEW.agreed_by, NEW.copy_given)
       IS DISTINCT FROM
       (OLD.number, OLD.entry_id, OLD.sealed_goals, OLD.sealed_contact_wishes, OLD.sealed_safety_note, OLD.starts_on,
        OLD.agreed_at, OLD.agreed_by, OLD.copy_given)
    THEN RAISE EXCEPTION 'an agreed plan stands';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER care_plan_stands BEFORE UPDATE ON care_plan FOR EACH ROW WHEN (OLD.agreed_at IS NOT NULL)
EXECUTE FUNCTION care_plan_stands();
"""


def upgrade() -> None:
    """Guidance plans, visits and family advice."""
    op.create_table(
        "care_plan",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("sealed_goals", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_contact_wishes", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_safety_note", sa.LargeBinary(), nullable=True),
        sa.Column("visit_frequency", sa.String(length=12), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("review_due_on", sa.Date(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("agreed_by", sa.String(length=8), nullable=True),
        sa.Column("copy_given", sa.Boolean(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.String(length=16), nullable=True),
        sa.Column("visits_laid_from", sa.Date(), nullable=True),
        sa.Column("visits_laid_to", sa.Date(), nullable=True),
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
            name=op.f("fk_care_plan_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_care_plan_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_care_plan")),
        sa.UniqueConstraint("county_code", "entry_id", "number", name=op.f("uq_care_plan_county_code_entry_id_number")),
    )
    op.create_index(
        "uq_care_plan_one_running",
        "care_plan",
        ["county_code", "entry_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('agreed', 'active')"),
    )
    op.create_table(
        "plan_item",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("service", sa.String(length=2), nullable=False),
        sa.Column("setting", sa.String(length=12), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("frequency", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sealed_detail", sa.LargeBinary(), nullable=True),
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
            name=op.f("fk_plan_item_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "plan_id"],
            ["care_plan.county_code", "care_plan.id"],
            name=op.f("fk_plan_item_county_code_plan_id_care_plan"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_plan_item_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_plan_item")),
    )
    op.create_index(
        "ix_plan_item_owner",
        "plan_item",
        ["county_code", "owner_id", "due_on"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "plan_review",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("with_person", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("sealed_note", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
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
            name=op.f("fk_plan_review_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "plan_id"],
            ["care_plan.county_code", "care_plan.id"],
            name=op.f("fk_plan_review_county_code_plan_id_care_plan"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_plan_review_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_plan_review")),
    )
    op.create_table(
        "visit",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("due_from", sa.Date(), nullable=False),
        sa.Column("due_to", sa.Date(), nullable=False),
        sa.Column("assignee_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("rescheduled", sa.Integer(), nullable=False),
        sa.Column("reschedule_reason", sa.String(length=24), nullable=True),
        sa.Column("visit_type", sa.String(length=1), nullable=True),
        sa.Column("visited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=1), nullable=True),
        sa.Column("not_seen_reason", sa.String(length=2), nullable=True),
        sa.Column("sealed_mood_note", sa.LargeBinary(), nullable=True),
        sa.Column("safety_event_id", sa.Uuid(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=12), nullable=True),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('done', 'not_seen', 'declined')) = (done_at IS NOT NULL)", name=op.f("ck_visit_done")
        ),
        sa.CheckConstraint("due_from <= due_to", name=op.f("ck_visit_due")),
        sa.CheckConstraint("rescheduled BETWEEN 0 AND 2", name=op.f("ck_visit_rescheduled")),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_visit_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "plan_id"],
            ["care_plan.county_code", "care_plan.id"],
            name=op.f("fk_visit_county_code_plan_id_care_plan"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_visit_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_visit")),
    )
    op.create_index(
        "ix_visit_assignee",
        "visit",
        ["county_code", "assignee_id", "due_to", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index(
        "ix_visit_due",
        "visit",
        ["county_code", "area_code", "due_to", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index("ix_visit_entry", "visit", ["county_code", "entry_id", "due_to"], unique=False)
    op.create_index("ix_visit_period", "visit", ["county_code", "period", "area_code"], unique=False)
    op.create_table(
        "family_advice",
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("relation", sa.String(length=2), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("legal_basis_use_id", sa.Uuid(), nullable=True),
        sa.Column("advice", sa.ARRAY(sa.String(length=24)), nullable=False),
        sa.Column("leaflet_version", sa.String(length=24), nullable=True),
        sa.Column("reply", sa.String(length=16), nullable=False),
        sa.Column("sealed_narrative", sa.LargeBinary(), nullable=True),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "consent_id IS NOT NULL OR legal_basis_use_id IS NOT NULL", name=op.f("ck_family_advice_allowed")
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_family_advice_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_family_advice_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_family_advice")),
    )
    wall_by_area("care_plan")
    wall_by_area("plan_item")
    wall_by_area("plan_review")
    wall_by_area("visit")
    wall_by_area("family_advice")
    allow("linli_app", "SELECT, INSERT, UPDATE, DELETE", "care_plan", "plan_item", "visit")
    allow("linli_app", "SELECT, INSERT", "plan_review", "family_advice")
    allow("linli_jobs", "SELECT, INSERT, UPDATE", "care_plan", "plan_item", "visit")
    allow("linli_jobs", "SELECT, INSERT", "plan_review", "family_advice")
    op.execute(_VISIT_STANDS)
    op.execute(_PLAN_STANDS)


def downgrade() -> None:
    """Take the tables away again."""
    op.execute("DROP FUNCTION visit_stands CASCADE")
    op.execute("DROP FUNCTION care_plan_stands CASCADE")
    op.drop_table("family_advice")
    op.drop_table("visit")
    op.drop_table("plan_review")
    op.drop_table("plan_item")
    op.drop_table("care_plan")
