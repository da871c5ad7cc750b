"""Visits, advice, tasks and emergencies from tablets, by the rules of single writes and the consent of this moment."""

from datetime import datetime, timedelta

from server.domain.codes_care import VisitState
from server.domain.tablet_data import AdviceData, PlanItemData, SafetyData, VisitData, given, instant, read_data
from server.domain.tablet_operations import Opened, Outcome, applied, duplicate, merged
from server.domain.visits import VisitRecord
from server.models.plan import FamilyAdvice, Visit
from server.models.safety import SafetyEvent
from server.services.family_advice import NewAdvice, give_advice_in
from server.services.plan_items import do_item_in, item_to_do
from server.services.safety import SafetyReport, raise_safety_event_in
from server.services.visits import record_visit_in
from server.store.care import record_for_change, sealing_keys
from server.store.operation_records import made_already, task_done_already, visit_as_recorded, visit_for_decider
from server.store.transaction import Work
from server.store.visits import MOOD_NOTE, RECORDING


def apply_visit(work: Work, opened: Opened) -> Outcome:
    """Record a visit; without a version, for it is recorded once. Raises as ``record_visit_in`` does."""
    data = read_data(opened, VisitData)
    record = data.draft(_not_in_future(instant(data.visited_at), opened, work.now))
    there = visit_as_recorded(work, opened.sent.record_id)
    if there is not None and _says_the_same(work, there, record):
        return duplicate(there.version)
    visit = _visit_to_record(work, opened)
    record_visit_in(work, visit, record)
    return applied(visit.version)


def apply_advice(work: Work, opened: Opened) -> Outcome:
    """Write down what a family was told; raises as ``give_advice_in`` does."""
    data, own_id = read_data(opened, AdviceData), opened.sent.record_id
    known = made_already(work, FamilyAdvice, [own_id]).get(own_id)
    if known is not None and known.created_by == work.identity.user_id:
        return duplicate(known.version)
    values = given(data) | {"id": own_id, "relation": str(data.relation)}
    entry_id = values.pop("entry_id")
    return applied(give_advice_in(work, entry_id, NewAdvice(**values)).version)


def apply_safety_event(work: Work, opened: Opened) -> Outcome:
    """Raise an emergency; raises as ``raise_safety_event_in`` does."""
    data, own_id = read_data(opened, SafetyData), opened.sent.record_id
    known = made_already(work, SafetyEvent, [own_id]).get(own_id)
    if known is not None and known.created_by == work.identity.user_id:
        return duplicate(known.version)
    basis = data.legal_basis
    report = SafetyReport(
        data.kind, data.facts, data.area_code, data.resident_id, data.entry_id, data.actions,
        basis.basis if basis else None, basis.reason if basis else "", own_id,
    )  # fmt: skip
    return applied(raise_safety_event_in(work, report).version)


def apply_plan_item(work: Work, opened: Opened) -> Outcome:
    """Say that a task is done; merged where the task was changed since the tablet had it. Raises as ``do_item_in``."""
    read_data(opened, PlanItemData)
    done = task_done_already(work, opened.sent.record_id)
    if done is not None:
        return duplicate(done)
    item = item_to_do(work, opened.sent.record_id, None)
    changed = opened.written.base_version not in {None, item.version}
    do_item_in(work, item)
    return merged(item.version) if changed else applied(item.version)


def _visit_to_record(work: Work, opened: Opened) -> Visit:
    """The visit, locked: reached by its author, or by the township that decided to take it."""
    if opened.taken_by:
        return visit_for_decider(work, opened.sent.record_id, opened.taken_by)
    return record_for_change(work, RECORDING, opened.sent.record_id, None)


def _not_in_future(at: datetime, opened: Opened, now: datetime) -> datetime:
    """The instant given, corrected as the tablet's clock is where it would lie ahead of the server's."""
    if at <= now:
        return at
    corrected = at + timedelta(milliseconds=opened.sent.clock_offset_ms or 0)
    return corrected if corrected <= now else at


def _says_the_same(work: Work, visit: Visit, record: VisitRecord) -> bool:
    """Whether this author wrote this very record before."""
    if visit.done_by != work.identity.user_id or visit.state == VisitState.PLANNED:
        return False
    reason = record.not_seen_reason.value if record.not_seen_reason else None
    told = (record.visit_type.value, record.visited_at, record.outcome.value, reason, record.minutes)
    if told != (visit.visit_type, visit.visited_at, visit.outcome, visit.not_seen_reason, visit.minutes):
        return False
    keys = sealing_keys(work, "visit:record", visit.resident_id, MOOD_NOTE)
    note = keys.open_optional(MOOD_NOTE, visit.id, visit.resident_id, visit.sealed_mood_note)
    return " ".join((note or "").split()) == " ".join((record.mood_note or "").split())
