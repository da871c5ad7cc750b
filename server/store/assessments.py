"""Assessments as rows: versions of a series, each sealed under its own id, with what partners gave to them."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import exists, func, select

from server.domain.assessments import AssessmentDraft, PartnerInput
from server.domain.codes_assessments import AssessmentState
from server.models.assessment import Assessment, AssessmentInput
from server.models.ledger import LedgerEntry
from server.store.care import columns_of
from server.store.disclosure import SubjectKeys
from server.store.records import count_up
from server.store.taken import insert_new
from server.store.transaction import Work

NEEDS, STRENGTHS, NARRATIVE = "assessment.needs", "assessment.strengths", "assessment.narrative"
INPUT = "assessment_input.text"
#: What a reader of the whole assessment has opened for them.
WHOLE = (NEEDS, STRENGTHS, NARRATIVE, INPUT)


def insert_draft(
    work: Work, entry: LedgerEntry, draft: AssessmentDraft, keys: SubjectKeys, corrects: Assessment | None = None
) -> Assessment:
    """A draft: the first of a series, or the next version of the one it corrects.

    Raises Conflict ``record_exists`` for an id that is taken.
    """
    columns = columns_of(work, entry, draft.id)
    row = Assessment(
        **columns,
        series_id=corrects.series_id if corrects else columns["id"],
        number=corrects.number + 1 if corrects else 1,
        state=AssessmentState.DRAFT.value,
    )
    write_draft(row, draft, keys)
    insert_new(work, row)
    return row


def write_draft(row: Assessment, draft: AssessmentDraft, keys: SubjectKeys) -> None:
    """Set what an assessor wrote, its texts sealed; ``words_confirmed`` says that a medical word stays."""
    row.kind = draft.kind.value
    row.held_on = draft.held_on
    row.result_band = draft.result_band.value
    row.safety_concern = draft.safety_concern
    row.recommendations = sorted(code.value for code in draft.recommendations)
    needs = ",".join(sorted(code.value for code in draft.needs)) or None
    row.sealed_needs = keys.seal_optional(NEEDS, row.id, row.resident_id, needs)
    row.sealed_strengths = keys.seal_optional(STRENGTHS, row.id, row.resident_id, draft.strengths)
    row.sealed_narrative = keys.seal_optional(NARRATIVE, row.id, row.resident_id, draft.narrative)
    row.has_medical_word = draft.words_confirmed


def insert_input(
    work: Work, row: Assessment, entry: LedgerEntry, given: PartnerInput, keys: SubjectKeys
) -> AssessmentInput:
    """What a partner knows, for this version; raises Conflict ``record_exists`` for an id that is taken."""
    columns = columns_of(work, entry, given.id)
    known = AssessmentInput(
        **columns,
        assessment_id=row.id,
        discipline=given.discipline,
        given_on=given.given_on,
        sealed_text=keys.seal(INPUT, columns["id"], entry.resident_id, given.text),
    )
    insert_new(work, known)
    return known


def assessments_of(work: Work, entry_id: UUID) -> Sequence[Assessment]:
    """An entry's assessments with all their versions, oldest first; see that the caller may read the entry first."""
    statement = select(Assessment).where(Assessment.county_code == work.county_code, Assessment.entry_id == entry_id)
    return work.session.scalars(statement.order_by(Assessment.created_at, Assessment.id)).all()


def inputs_of(work: Work, series_ids: Collection[UUID]) -> dict[UUID, list[AssessmentInput]]:
    """What partners gave to each series, oldest first: a correction is read with what the first version had."""
    statement = (
        select(Assessment.series_id, AssessmentInput)
        .join(
            Assessment,
            (Assessment.county_code == AssessmentInput.county_code) & (Assessment.id == AssessmentInput.assessment_id),
        )
        .where(AssessmentInput.county_code == work.county_code, Assessment.series_id == func.any(list(series_ids)))
        .order_by(AssessmentInput.created_at, AssessmentInput.id)
    )
    found: dict[UUID, list[AssessmentInput]] = {series_id: [] for series_id in series_ids}
    for series_id, row in work.session.execute(statement):
        found[series_id].append(row)
    return found


def has_later_version(work: Work, row: Assessment) -> bool:
    """Whether a correction of this version was begun."""
    later = exists().where(
        Assessment.county_code == work.county_code,
        Assessment.series_id == row.series_id,
        Assessment.number > row.number,
    )
    return bool(work.session.scalar(select(later)))


def set_corrected(work: Work, row: Assessment) -> Assessment | None:
    """Mark the version before a signed correction as corrected; nothing else of a signed version ever changes."""
    before = work.session.scalar(
        select(Assessment).where(
            Assessment.county_code == work.county_code,
            Assessment.series_id == row.series_id,
            Assessment.number == row.number - 1,
        )
    )
    if before is not None:
        before.state = AssessmentState.CORRECTED.value
        count_up(work, before)
    return before
