"""Assessments, instruments and screenings."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_area, wall_by_county

#: What was signed stays (invariant 5): of such a row only these columns change, and its state only to "corrected".
_FREEZE = """
CREATE FUNCTION linli_signed_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (to_jsonb(NEW) - ARRAY['state', 'version', 'updated_at'])
        IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['state', 'version', 'updated_at'])
        OR (NEW.state IS DISTINCT FROM OLD.state AND NEW.state <> 'corrected')
    THEN
        RAISE EXCEPTION 'what was signed stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

revision = "0010"
down_revision = "0009"

#: The care of an ended entry is erased whole, where the person stays on record for another: every table that ends with
#: its entry, those of later migrations too. As the owner, for nobody may delete from these tables by themselves.
_ERASE = """
CREATE FUNCTION linli_erase_care(of_county text, of_entries uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    care regclass;
BEGIN
    FOR care IN
        SELECT DISTINCT conrelid::regclass FROM pg_constraint
        WHERE contype = 'f' AND confdeltype = 'c' AND confrelid = 'ledger_entry'::regclass
            AND conrelid NOT IN ('ledger_step'::regclass, 'ledger_entry_observation'::regclass, 'task'::regclass)
    LOOP
        EXECUTE format(
            'DELETE FROM %s AS gone USING ledger_entry AS ended WHERE gone.county_code = $1 AND gone.entry_id = ANY ($2)'
            ' AND ended.county_code = gone.county_code AND ended.id = gone.entry_id AND ended.closed_at IS NOT NULL',
            care
        ) USING of_county, of_entries;
    END LOOP;
END $$
"""


def upgrade() -> None:
    """Assessments, instruments and screenings."""
    op.create_table(
        "assessment",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("result_band", sa.String(length=12), nullable=False),
        sa.Column("safety_concern", sa.Boolean(), nullable=False),
        sa.Column("recommendations", sa.ARRAY(sa.String(length=24)), nullable=False),
        sa.Column("sealed_needs", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_strengths", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_narrative", sa.LargeBinary(), nullable=True),
        sa.Column("has_medical_word", sa.Boolean(), nullable=False),
        sa.Column("correction_reason", sa.String(length=24), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("area_code", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("resident_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'draft') = (signed_at IS NULL)", name=op.f("ck_assessment_signed")),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_assessment_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_assessment_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_assessment")),
        sa.UniqueConstraint(
            "county_code", "series_id", "number", name=op.f("uq_assessment_county_code_series_id_number")
        ),
    )
    op.create_index("ix_assessment_entry", "assessment", ["county_code", "entry_id"], unique=False)
    op.create_table(
        "assessment_input",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("discipline", sa.String(length=24), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
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
            ["county_code", "assessment_id"],
            ["assessment.county_code", "assessment.id"],
            name=op.f("fk_assessment_input_county_code_assessment_id_assessment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "entry_id"],
            ["ledger_entry.county_code", "ledger_entry.id"],
            name=op.f("fk_assessment_input_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_assessment_input_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_assessment_input")),
    )
    op.create_table(
        "instrument",
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("edition", sa.String(length=24), nullable=False),
        sa.Column("definition", sa.Text(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("enabled_by", sa.Uuid(), nullable=True),
        sa.Column("enabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("licence_evidence", sa.String(length=200), nullable=True),
        sa.Column("cut_off", sa.Integer(), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_instrument")),
        sa.UniqueConstraint("county_code", "code", "edition", name=op.f("uq_instrument_county_code_code_edition")),
    )
    op.create_table(
        "screening",
        sa.Column("assessment_id", sa.Uuid(), nullable=True),
        sa.Column("instrument_code", sa.String(length=24), nullable=False),
        sa.Column("instrument_edition", sa.String(length=24), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_answers", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_result", sa.LargeBinary(), nullable=False),
        sa.Column("safety_event_id", sa.Uuid(), nullable=True),
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
            name=op.f("fk_screening_county_code_entry_id_ledger_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["county_code", "resident_id"],
            ["resident.county_code", "resident.id"],
            name=op.f("fk_screening_county_code_resident_id_resident"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_screening")),
    )
    op.create_index("ix_screening_entry", "screening", ["county_code", "entry_id"], unique=False)
    op.execute(_FREEZE)
    op.execute(_ERASE)
    op.execute("REVOKE ALL ON FUNCTION linli_erase_care(text, uuid[]) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION linli_erase_care(text, uuid[]) TO linli_app, linli_jobs")
    op.execute(
        "CREATE TRIGGER assessment_signed_stays BEFORE UPDATE ON assessment FOR EACH ROW"
        " WHEN (OLD.state <> 'draft') EXECUTE FUNCTION linli_signed_stays()"
    )
    wall_by_area("assessment")
    wall_by_area("assessment_input")
    wall_by_area("screening")
    wall_by_county("instrument")
    # Nobody deletes an assessment or changes what a partner gave; both go with the person, by the table's own cascade.
    allow("linli_app", "SELECT, INSERT, UPDATE", "assessment")
    allow("linli_app", "SELECT, INSERT", "assessment_input")
    # Instruments stay for the screenings they explain; a screening is never changed.
    allow("linli_app", "SELECT, INSERT, UPDATE", "instrument")
    allow("linli_app", "SELECT, INSERT", "screening")
    allow("linli_jobs", "SELECT", "assessment", "assessment_input")
    allow("linli_jobs", "SELECT", "instrument", "screening")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("screening")
    op.drop_table("instrument")
    op.drop_table("assessment_input")
    op.drop_table("assessment")
    op.execute("DROP FUNCTION linli_signed_stays()")
    op.execute("DROP FUNCTION linli_erase_care(text, uuid[])")
