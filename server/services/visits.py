"""A visit recorded: by whoever was to make it, with the person's consent standing at that instant (invariant 3)."""

from uuid import UUID

from server.clock import day_of
from server.domain.care_notes import checked_notes
from server.domain.codes import Role
from server.domain.codes_care import ConsentScope, SafetySource, VisitState
from server.domain.codes_consents import WithdrawalChannel
from server.domain.codes_plans import VisitOutcome
from server.domain.deadlines import welfare_check_due
from server.domain.visits import PlannedVisit, VisitRecord, check_record, missed_in_a_row, state_after
from server.domain.workdays import due_at
from server.errors import Conflict
from server.models.ledger import LedgerEntry
from server.models.plan import CarePlan, Visit
from server.services.consents import withdraw_plan_visit
from server.services.ledger_moves import roles_over
from server.services.visit_reading import VisitTask, shown_visit
from server.store.care import note_care, record_for_change, sealing_keys
from server.store.consents import require_consent
from server.store.holidays import work_calendar
from server.store.records import as_read, count_up
from server.store.safety_events import NewSafetyEvent, raise_event
from server.store.tasks import NewTask, TaskKind, finish_tasks, insert_tasks
from server.store.transaction import Caller, Work, transaction
from server.store.visits import MOOD_NOTE, RECORDING, asked_to_check, latest_states
from server.store.word_lists import word_list


def record_visit(caller: Caller, visit_id: UUID, version: int, record: VisitRecord) -> VisitTask:
    """Write down how a visit went; it then stands for ever. What it brings about happens with it, or not at all.

    A safety event calls the township and the assessors; a person met in vain three times in a row becomes a welfare
    check for the township, and is never reported to the police; a person who wants no more visits has none.

    Raises NotFound; Conflict ``consent_missing``, ``visit_not_planned``; Stale; Invalid as ``check_record`` and
    ``checked_notes`` do, ``diagnosis_in_text``.
    """
    with transaction(caller) as work:
        visit = record_for_change(work, RECORDING, visit_id, None)
        record_visit_in(work, visit, record, version)
        return shown_visit(work, visit)


def record_visit_in(work: Work, visit: Visit, record: VisitRecord, version: int | None = None) -> None:
    """Write down how a visit went that was reached, its entry locked; raises as ``record_visit`` does."""
    entry = work.session.get_one(LedgerEntry, (work.county_code, visit.entry_id))
    require_consent(work, entry, ConsentScope.PLAN_VISIT)
    check_planned(as_read(visit, version))
    check_record(record, planned_visit(work, visit), work.now)
    note = _checked_note(work, entry, record)
    event_id = _raised(work, entry, record)
    _write(work, visit, record, note)
    visit.safety_event_id = event_id
    count_up(work, visit)
    work.session.flush()
    note_care(work, "visit:record", visit)
    _follow_up(work, entry, record.outcome)


def check_planned(visit: Visit) -> None:
    """Raises Conflict ``visit_not_planned`` for a visit that was made or called off: its record stands."""
    if visit.state != VisitState.PLANNED:
        raise Conflict("visit_not_planned", state=visit.state)


def planned_visit(work: Work, visit: Visit) -> PlannedVisit:
    """What the rules look at."""
    plan = work.session.get_one(CarePlan, (work.county_code, visit.plan_id))
    return PlannedVisit(visit.period, visit.due_from, visit.due_to, visit.rescheduled, plan.starts_on)


def _checked_note(work: Work, entry: LedgerEntry, record: VisitRecord) -> str | None:
    clinical = Role.CLINICIAN in roles_over(work, entry.area_code)
    return checked_notes({"mood_note": record.mood_note}, word_list(), clinical=clinical)["mood_note"]


def _raised(work: Work, entry: LedgerEntry, record: VisitRecord) -> UUID | None:
    """Raise what happened; its id. Before the visit is written, whose record then stands."""
    if record.safety_event is None:
        return None
    told = record.safety_event.checked(word_list(), "safety_event.")
    event = NewSafetyEvent(entry.area_code, told, SafetySource.VISIT, entry.resident_id, entry.id)
    return raise_event(work, event).id


def _write(work: Work, visit: Visit, record: VisitRecord, note: str | None) -> None:
    keys = sealing_keys(work, "visit:record", visit.resident_id, MOOD_NOTE)
    visit.state = state_after(record.outcome).value
    visit.visit_type, visit.outcome = record.visit_type.value, record.outcome.value
    visit.not_seen_reason = record.not_seen_reason.value if record.not_seen_reason else None
    visit.visited_at, visit.minutes = record.visited_at, record.minutes
    visit.done_at, visit.done_by = work.now, work.identity.user_id
    visit.sealed_mood_note = keys.seal_optional(MOOD_NOTE, visit.id, visit.resident_id, note)


def _follow_up(work: Work, entry: LedgerEntry, outcome: VisitOutcome) -> None:
    if outcome is VisitOutcome.NOT_SEEN:
        _ask_for_check(work, entry)
    else:
        finish_tasks(work, [entry.id], TaskKind.WELFARE_CHECK)
    if outcome is VisitOutcome.WITHDRAWN:
        withdraw_plan_visit(work, entry, WithdrawalChannel.PERSON_SAID)


def _ask_for_check(work: Work, entry: LedgerEntry) -> None:
    """Three in vain: the township calls, or asks a relative where the person agreed."""
    if not missed_in_a_row(latest_states(work, entry.id)) or asked_to_check(work, entry.id):
        return
    due = due_at(welfare_check_due(work_calendar(work.session), day_of(work.now)))
    role = Role.TOWNSHIP_COORDINATOR
    insert_tasks(work, [NewTask(entry.area_code, TaskKind.WELFARE_CHECK, role, due, entry.id)])
