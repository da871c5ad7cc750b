"""A plan that rests and goes on: visits are called off and planned anew, never without consent."""

from datetime import date
from uuid import UUID

from server.clock import day_of
from server.domain.codes import LedgerState
from server.domain.codes_care import ConsentScope
from server.domain.codes_plans import PauseReason, ResumeReason, VisitFrequency
from server.domain.ledger_states import LedgerAct
from server.domain.permissions import Permission
from server.domain.plans import check_rest
from server.domain.visit_schedule import Schedule
from server.domain.workdays import Deadline, due_at
from server.errors import Conflict
from server.models.ledger import LedgerEntry
from server.services.ledger_moves import EntryView, entry_view, move
from server.store.care import entry_for_care, note_care
from server.store.care_stop import stop_visits
from server.store.consents import require_consent
from server.store.plans import running_plan
from server.store.records import as_read, count_up
from server.store.tasks import TaskKind, finish_tasks
from server.store.transaction import Caller, Work, transaction
from server.store.visit_laying import lay_visits


def pause_plan(caller: Caller, entry_id: UUID, version: int, reason: PauseReason, until: date) -> EntryView:
    """Let a plan rest until a day, ninety days away at most; its visits are called off.

    Raises NotFound; Stale; Conflict ``ledger_transition_forbidden``; Invalid ``pause_past``, ``pause_too_long``.
    """
    with transaction(caller) as work:
        entry = as_read(entry_for_care(work, Permission.PLAN_PAUSE, entry_id), version)
        check_rest(until, day_of(work.now))
        move(work, entry, LedgerAct.PAUSE, reason.value)
        entry.paused_until = due_at(Deadline(until, provisional=False))
        stop_visits(work, [entry.id], "paused")
        return entry_view(entry)


def resume_plan(caller: Caller, entry_id: UUID, version: int, reason: ResumeReason) -> EntryView:
    """Go on after a rest, or because somebody stable got worse again: visits every month from now.

    Raises NotFound; Stale; Forbidden ``role_forbidden`` (only assessors find that things got worse); Conflict
    ``ledger_transition_forbidden``, ``consent_missing``, ``plan_not_running``.
    """
    with transaction(caller) as work:
        entry = as_read(entry_for_care(work, Permission.PLAN_PAUSE, entry_id), version)
        rested = entry.state == LedgerState.PAUSED
        move(work, entry, LedgerAct.RESUME, reason.value)
        require_consent(work, entry, ConsentScope.PLAN_VISIT)
        entry.paused_until = None
        _plan_anew(work, entry, spares_late_start=rested)
        finish_tasks(work, [entry.id], TaskKind.PAUSE_ENDED)
        return entry_view(entry)


def _plan_anew(work: Work, entry: LedgerEntry, *, spares_late_start: bool) -> None:
    plan = running_plan(work, entry.id)
    if plan is None:
        raise Conflict("plan_not_running")
    if plan.visit_frequency == VisitFrequency.QUARTERLY:
        plan.visit_frequency = VisitFrequency.MONTHLY.value
    stop_visits(work, [entry.id], "replanned")
    schedule = Schedule(VisitFrequency(plan.visit_frequency), day_of(work.now), spares_late_start)
    lay_visits(work, entry, plan, schedule)
    count_up(work, plan)
    note_care(work, "plan:resume", plan)
