"""Reading assessments: whole for whoever assesses and looks after the person, in short for the others.

The short view has no text, no need and no partner's input, not even as empty keys; and of a series it shows the
version that stands, for a draft is nobody else's business and a corrected band was wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from server.domain.codes import FieldGroup, Purpose
from server.domain.codes_assessments import AssessmentState
from server.domain.identity import Identity
from server.domain.permissions import Permission
from server.domain.visibility import Sight, sight_of
from server.errors import NotFound
from server.models.assessment import Assessment, AssessmentInput
from server.models.ledger import LedgerEntry
from server.store.assessments import INPUT, NARRATIVE, NEEDS, STRENGTHS, WHOLE, assessments_of, inputs_of
from server.store.care import record_by_id
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.ledger import entry_by_id
from server.store.transaction import Caller, Work, transaction

_ASSESSING = frozenset({Purpose.CARE, Purpose.SUBJECT_REQUEST})


def list_assessments(caller: Caller, entry_id: UUID) -> "list[AssessmentShown]":
    """An entry's assessments, oldest first, as far as the caller may see them; raises NotFound."""
    with transaction(caller) as work:
        entry = entry_by_id(work, Permission.ASSESSMENT_READ, entry_id)
        return _shown(work, entry, assessments_of(work, entry.id))


def read_assessment(caller: Caller, assessment_id: UUID) -> "AssessmentShown":
    """One version of an assessment, whole or in short; raises NotFound, also for a draft that is not the caller's."""
    with transaction(caller) as work:
        row = record_by_id(work, Permission.ASSESSMENT_READ, Assessment, assessment_id)
        entry = entry_by_id(work, Permission.ASSESSMENT_READ, row.entry_id)
        found = _shown(work, entry, [row])
        if not found:
            raise NotFound("not_found")
        return found[0]


def sees_whole(identity: Identity, entry: LedgerEntry) -> bool:
    """Whether the caller reads this entry as somebody who assesses and looks after the person."""
    sight = sight_of(identity, FieldGroup.SCREENING, entry.area_code)
    return sight is Sight.FULL and identity.user_id in entry.carer_ids and identity.purpose in _ASSESSING


def whole_view(work: Work, row: Assessment, keys: SubjectKeys) -> "AssessmentView":
    """One version with everything in it, opened with keys that ``disclose`` gave."""
    return _whole(keys, row, inputs_of(work, [row.series_id])[row.series_id])


def _shown(work: Work, entry: LedgerEntry, rows: Sequence[Assessment]) -> "list[AssessmentShown]":
    """One event names the person, whether much is opened or nothing."""
    whole = sees_whole(work.identity, entry)
    record_id = rows[0].id if len(rows) == 1 else None
    event = AccessEvent(
        Permission.ASSESSMENT_READ, table="assessment", record_id=record_id, fields=WHOLE if whole else ()
    )
    keys = disclose(work, event, [entry.resident_id])
    if not whole:
        return [_brief(row) for row in rows if row.state == AssessmentState.SIGNED]
    inputs = inputs_of(work, {row.series_id for row in rows})
    return [_whole(keys, row, inputs[row.series_id]) for row in rows]


def _brief(row: Assessment) -> "AssessmentBrief":
    return AssessmentBrief(**{name: getattr(row, name) for name in AssessmentBrief.__dataclass_fields__})


def _whole(keys: SubjectKeys, row: Assessment, inputs: Sequence[AssessmentInput]) -> "AssessmentView":
    def opened(field: str, sealed: bytes | None) -> str | None:
        return keys.open_optional(field, row.id, row.resident_id, sealed)

    needs = opened(NEEDS, row.sealed_needs)
    return AssessmentView(
        **vars(_brief(row)),
        series_id=row.series_id,
        needs=needs.split(",") if needs else [],
        strengths=opened(STRENGTHS, row.sealed_strengths),
        narrative=opened(NARRATIVE, row.sealed_narrative),
        has_medical_word=row.has_medical_word,
        correction_reason=row.correction_reason,
        created_by=row.created_by,
        created_at=row.created_at,
        inputs=[input_view(keys, each) for each in inputs],
    )


def input_view(keys: SubjectKeys, row: AssessmentInput) -> "InputView":
    """What a partner gave, opened."""
    return InputView(
        id=row.id,
        discipline=row.discipline,
        given_on=row.given_on,
        text=keys.open(INPUT, row.id, row.resident_id, row.sealed_text),
        created_by=row.created_by,
        created_at=row.created_at,
        version=row.version,
    )


@dataclass(frozen=True)
class AssessmentBrief:
    """An assessment as the township and the counsellor see it: its band, and what it recommends."""

    id: UUID
    entry_id: UUID
    number: int
    kind: str
    state: str
    held_on: date
    result_band: str
    safety_concern: bool
    recommendations: list[str]
    signed_by: UUID | None
    signed_at: datetime | None
    version: int


@dataclass(frozen=True, repr=False)
class InputView:
    """What a partner gave to an assessment; has no readable ``repr``."""

    id: UUID
    discipline: str
    given_on: date
    text: str
    created_by: UUID
    created_at: datetime
    version: int


@dataclass(frozen=True, repr=False)
class AssessmentView(AssessmentBrief):
    """An assessment with everything in it; has no readable ``repr``."""

    series_id: UUID
    needs: list[str]
    strengths: str | None
    narrative: str | None
    has_medical_word: bool
    correction_reason: str | None
    created_by: UUID
    created_at: datetime
    inputs: list[InputView]


AssessmentShown = AssessmentBrief | AssessmentView
