"""Visits planned by hand: moved to other days, given to somebody else, or added between the regular ones.

The township and the assessors plan; whoever makes the visits asks them.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server.clock import day_of
from server.domain.codes_care import ConsentScope
from server.domain.codes_plans import RescheduleReason
from server.domain.permissions import Permission
from server.domain.plans import check_worker
from server.domain.visit_schedule import Window
from server.domain.visits import check_days, check_moving
from server.errors import Conflict, Invalid
from server.models.ledger import LedgerEntry
from server.models.plan import Visit
from server.services.visit_reading import VisitTask, shown_visit
from server.services.visits import check_planned, planned_visit
from server.store.care import entry_for_care, note_care, record_for_change
from server.store.consents import require_consent
from server.store.plans import crew_of, running_plan
from server.store.records import count_up
from server.store.taken import insert_new
from server.store.transaction import Caller, Work, new_id, transaction
from server.store.visit_laying import last_day_in_service, visit_row
from server.store.visits import PLANNING


def reschedule_visit(caller: Caller, visit_id: UUID, version: int, days: "NewDays") -> VisitTask:
    """Move a visit: twice at most, within its month or fourteen days later; it counts for its month all the same.

    Raises NotFound; Stale; Conflict ``visit_not_planned``, ``visit_moved_twice``, ``consent_missing``; Invalid as
    ``check_moving``, ``visit_after_entry``.
    """
    with transaction(caller) as work:
        visit, entry = _planned(work, visit_id, version)
        check_moving(planned_visit(work, visit), days.due_from, days.due_to, day_of(work.now))
        _check_in_service(entry, days.due_to)
        visit.due_from, visit.due_to = days.due_from, days.due_to
        visit.rescheduled, visit.reschedule_reason = visit.rescheduled + 1, days.reason.value
        return _changed(work, visit, "visit:reschedule")


def assign_visit(caller: Caller, visit_id: UUID, version: int, assignee_id: UUID) -> VisitTask:
    """Give a visit to somebody else who works where the person lives.

    Raises NotFound; Stale; Conflict ``visit_not_planned``, ``consent_missing``; Invalid ``worker_unknown``.
    """
    with transaction(caller) as work:
        visit, entry = _planned(work, visit_id, version)
        check_worker(assignee_id, crew_of(work, entry, [assignee_id]), field="assignee_id")
        visit.assignee_id = assignee_id
        return _changed(work, visit, "visit:assign")


def add_visit(caller: Caller, entry_id: UUID, new: "NewVisit") -> VisitTask:
    """Plan a visit beside the regular ones; without an assignee, the plan's visitor makes it.

    Raises NotFound; Conflict ``consent_missing``, ``plan_not_running``, ``record_exists``; Invalid
    ``visit_days_reversed``, ``visit_days_past``, ``visit_after_entry``, ``worker_unknown``.
    """
    with transaction(caller) as work:
        entry = entry_for_care(work, Permission.VISIT_PLAN, entry_id)
        require_consent(work, entry, ConsentScope.PLAN_VISIT)
        plan = running_plan(work, entry.id)
        if plan is None:
            raise Conflict("plan_not_running")
        check_days(new.due_from, new.due_to, day_of(work.now))
        _check_in_service(entry, new.due_to)
        assignee_id = new.assignee_id or plan.visitor_id
        check_worker(assignee_id, crew_of(work, entry, [assignee_id]), field="assignee_id")
        row = visit_row(work, entry, plan, Window(new.due_from, new.due_to))
        visit = Visit(**row | {"id": new.id or new_id(), "assignee_id": assignee_id})
        insert_new(work, visit)
        note_care(work, "visit:plan", visit)
        return shown_visit(work, visit)


def _planned(work: Work, visit_id: UUID, version: int) -> tuple[Visit, LedgerEntry]:
    visit = record_for_change(work, PLANNING, visit_id, version)
    entry = work.session.get_one(LedgerEntry, (work.county_code, visit.entry_id))
    require_consent(work, entry, ConsentScope.PLAN_VISIT)
    check_planned(visit)
    return visit, entry


def _check_in_service(entry: LedgerEntry, due_to: date) -> None:
    if due_to > last_day_in_service(entry.expires_at):
        raise Invalid("visit_after_entry", field="due_to")


def _changed(work: Work, visit: Visit, action: str) -> VisitTask:
    count_up(work, visit)
    work.session.flush()
    note_care(work, action, visit)
    return shown_visit(work, visit)


@dataclass(frozen=True)
class NewDays:
    """Other days for a visit, and why."""

    due_from: date
    due_to: date
    reason: RescheduleReason


@dataclass(frozen=True)
class NewVisit:
    """A visit about to be planned."""

    due_from: date
    due_to: date
    assignee_id: UUID | None = None
    id: UUID | None = None
