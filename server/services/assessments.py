"""Assessments: written as drafts, weighed with what partners know, signed by the assessor, corrected by new versions.

Each act asks for the person's consent at that instant (invariant 3). What was signed never changes (invariant 5);
the database refuses it too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from server.clock import day_of
from server.domain.assessments import (
    AssessmentDraft,
    PartnerInput,
    check_held_on,
    check_medical_words,
    check_recommendations,
    medical_fields,
)
from server.domain.codes import LedgerState, Role
from server.domain.codes_assessments import (
    AssessmentKind,
    AssessmentNeed,
    AssessmentState,
    CorrectionReason,
    Recommendation,
    ResultBand,
)
from server.domain.codes_care import ConsentScope
from server.domain.ledger_states import LedgerAct
from server.domain.permissions import Permission
from server.errors import Conflict, Forbidden, Invalid
from server.models.assessment import Assessment
from server.services.assessments_reading import AssessmentView, InputView, input_view, whole_view
from server.services.entry_proposals import propose_no_need
from server.services.ledger_moves import move, roles_over
from server.store import assessments as store
from server.store.care import Reach, entry_for_care, note_care, record_for_change, sealing_keys
from server.store.consents import require_consent
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.ledger import entry_by_id
from server.store.records import count_up
from server.store.transaction import Caller, Work, transaction
from server.store.word_lists import word_list

_WRITE = Permission.ASSESSMENT_WRITE
_WRITING = Reach(_WRITE, Assessment)
#: Beside the event of the writing itself: the author kept a medical word after being stopped.
WORDS_KEPT = "assessment:words_kept"


def draft_assessment(caller: Caller, entry_id: UUID, draft: AssessmentDraft) -> AssessmentView:
    """Begin an assessment of somebody who agreed to it.

    Raises:
        NotFound: ``not_found``. Conflict: ``consent_missing``, ``record_exists``.
        Invalid: as ``check_held_on``, ``check_recommendations`` and ``check_medical_words``.
    """
    with transaction(caller) as work:
        entry = entry_for_care(work, _WRITE, entry_id)
        consent = require_consent(work, entry, ConsentScope.ASSESSMENT)
        check_held_on(draft.held_on, day_of(consent.answered_at or consent.asked_at), day_of(work.now))
        checked = _checked(draft, confirmed=draft.words_confirmed)
        keys = _opened(work, entry.resident_id)
        row = store.insert_draft(work, entry, checked, keys)
        _note(work, "assessment:write", row)
        return whole_view(work, row, keys)


def change_assessment(caller: Caller, assessment_id: UUID, version: int, changes: Mapping[str, Any]) -> AssessmentView:
    """Change a draft; what is left out stays. Raises as ``draft_assessment``, Stale, Conflict ``assessment_signed``."""
    with transaction(caller) as work:
        row = record_for_change(work, _WRITING, assessment_id, version)
        entry = entry_by_id(work, _WRITE, row.entry_id)
        _require_draft(row)
        consent = require_consent(work, entry, ConsentScope.ASSESSMENT)
        if "held_on" in changes:
            check_held_on(changes["held_on"], day_of(consent.answered_at or consent.asked_at), day_of(work.now))
        keys = _opened(work, row.resident_id, row.id)
        before = _as_written(keys, row)
        after = replace(before, **changes)
        kept = row.has_medical_word and (after.strengths, after.narrative) == (before.strengths, before.narrative)
        store.write_draft(row, _checked(after, confirmed=kept or after.words_confirmed), keys)
        count_up(work, row)
        _note(work, "assessment:write", row)
        return whole_view(work, row, keys)


def give_input(caller: Caller, assessment_id: UUID, given: PartnerInput) -> InputView:
    """Add what another discipline knows to a draft; whoever gives it reads back their own words and no more.

    Raises:
        NotFound: ``not_found``. Conflict: ``assessment_signed``, ``consent_missing``, ``record_exists``.
        Invalid: ``input_in_future``; ``medical_word_refused``, only a clinician may name a diagnosis (guardrail G4).
    """
    with transaction(caller) as work:
        row = record_for_change(work, Reach(Permission.ASSESSMENT_INPUT, Assessment), assessment_id, None)
        entry = entry_by_id(work, Permission.ASSESSMENT_INPUT, row.entry_id)
        _require_draft(row)
        require_consent(work, entry, ConsentScope.ASSESSMENT)
        if given.given_on > day_of(work.now):
            raise Invalid("input_in_future", field="given_on")
        clinical = Role.CLINICIAN in roles_over(work, entry.area_code)
        if medical_fields({"text": given.text}, word_list()) and not clinical:
            raise Invalid("medical_word_refused", field="text")
        keys = sealing_keys(work, "assessment:input", entry.resident_id, store.INPUT)
        known = store.insert_input(work, row, entry, given, keys)
        note_care(work, "assessment:input", known)
        return input_view(keys, known)


def sign_assessment(caller: Caller, assessment_id: UUID, version: int) -> "Signed":
    """Sign a draft: from now on it never changes. Only the assessor who answers for the entry signs.

    The first signature after consent moves the entry on; a correction takes the place of the version before; where no
    need was found, the township is asked to agree that the person leaves.

    Raises:
        NotFound, Stale. Forbidden: ``assessment_of_other_assessor``, ``role_forbidden``.
        Conflict: ``assessment_signed``, ``consent_missing``.
    """
    with transaction(caller) as work:
        row = record_for_change(work, _WRITING, assessment_id, version)
        entry = entry_by_id(work, _WRITE, row.entry_id)
        if entry.assessor_id != work.identity.user_id:
            raise Forbidden("assessment_of_other_assessor")
        _require_draft(row)
        require_consent(work, entry, ConsentScope.ASSESSMENT)
        _sign(work, row)
        if entry.state == LedgerState.CONSENTED:
            move(work, entry, LedgerAct.ASSESS)
        proposal_id = propose_no_need(work, entry) if row.result_band == ResultBand.NO_NEED else None
        return Signed(whole_view(work, row, _opened(work, row.resident_id, row.id)), proposal_id)


def correct_assessment(caller: Caller, assessment_id: UUID, version: int, reason: CorrectionReason) -> AssessmentView:
    """Begin the next version of a signed assessment as a draft that says the same; the old one stands until then.

    Raises NotFound, Stale, Conflict ``assessment_not_signed``, ``correction_open`` or ``consent_missing``.
    """
    with transaction(caller) as work:
        row = record_for_change(work, _WRITING, assessment_id, version)
        entry = entry_by_id(work, _WRITE, row.entry_id)
        if row.state != AssessmentState.SIGNED:
            raise Conflict("assessment_not_signed", state=row.state)
        if store.has_later_version(work, row):
            raise Conflict("correction_open")
        require_consent(work, entry, ConsentScope.ASSESSMENT)
        keys = _opened(work, row.resident_id, row.id)
        written = replace(_as_written(keys, row), words_confirmed=row.has_medical_word)
        copy = store.insert_draft(work, entry, written, keys, corrects=row)
        copy.correction_reason = reason.value
        _note(work, "assessment:correct", copy)
        return whole_view(work, copy, keys)


def _sign(work: Work, row: Assessment) -> None:
    row.state, row.signed_by, row.signed_at = AssessmentState.SIGNED.value, work.identity.user_id, work.now
    count_up(work, row)
    note_care(work, "assessment:sign", row)
    corrected = store.set_corrected(work, row)
    if corrected is not None:
        note_care(work, "assessment:correct", corrected)


def _require_draft(row: Assessment) -> None:
    if row.state != AssessmentState.DRAFT:
        raise Conflict("assessment_signed", state=row.state)


def _checked(draft: AssessmentDraft, *, confirmed: bool) -> AssessmentDraft:
    """The draft, saying of its medical words that they stay; raises where one does and nobody confirmed it."""
    check_recommendations(draft.result_band, draft.recommendations, safety_concern=draft.safety_concern)
    found = medical_fields({"strengths": draft.strengths, "narrative": draft.narrative}, word_list())
    check_medical_words(found, confirmed=confirmed)
    return replace(draft, words_confirmed=bool(found))


def _note(work: Work, action: str, row: Assessment) -> None:
    note_care(work, action, row)
    if row.has_medical_word:
        note_care(work, WORDS_KEPT, row)


def _opened(work: Work, resident_id: UUID, record_id: UUID | None = None) -> SubjectKeys:
    """Keys for what the author writes and reads back; the person is named in the log."""
    event = AccessEvent(_WRITE, table="assessment", record_id=record_id, fields=store.WHOLE)
    return disclose(work, event, [resident_id])


def _as_written(keys: SubjectKeys, row: Assessment) -> AssessmentDraft:
    needs = keys.open_optional(store.NEEDS, row.id, row.resident_id, row.sealed_needs)
    return AssessmentDraft(
        kind=AssessmentKind(row.kind),
        held_on=row.held_on,
        result_band=ResultBand(row.result_band),
        safety_concern=row.safety_concern,
        recommendations=frozenset(map(Recommendation, row.recommendations)),
        needs=frozenset(map(AssessmentNeed, needs.split(","))) if needs else frozenset(),
        strengths=keys.open_optional(store.STRENGTHS, row.id, row.resident_id, row.sealed_strengths),
        narrative=keys.open_optional(store.NARRATIVE, row.id, row.resident_id, row.sealed_narrative),
    )


@dataclass(frozen=True, repr=False)
class Signed:
    """A signed assessment, and the proposal that the person leaves where no need was found."""

    assessment: AssessmentView
    closure_proposal_id: UUID | None

    @property
    def version(self) -> int:
        """The assessment's."""
        return self.assessment.version
