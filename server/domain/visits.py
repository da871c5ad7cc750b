"""What must be true of a visit that is recorded or moved, and what several visits together mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.clock import day_of
from server.domain.codes_care import VisitState
from server.domain.codes_plans import NotSeenReason, VisitDue, VisitOutcome, VisitType
from server.domain.crisis_reports import CrisisReport
from server.domain.periods import last_day, parse_period, period_of, previous_period
from server.errors import Conflict, Invalid

#: A visit may be made this long before its first day: the worker happened to be there.
EARLY_AT_MOST = timedelta(days=7)
#: A visit moved out of its month goes this far beyond its last day at most.
LATER_AT_MOST = timedelta(days=14)
MOVED_AT_MOST = 2
#: Not seen this often one after the other, somebody is looked after by phone or through a relative.
NOT_SEEN_IN_A_ROW = 3
_CALM_MONTHS = 3
_STATE_OF = {VisitOutcome.NOT_SEEN: VisitState.NOT_SEEN, VisitOutcome.DECLINED: VisitState.DECLINED}


def state_after(outcome: VisitOutcome) -> VisitState:
    """What becomes of a planned visit by this outcome."""
    return _STATE_OF.get(outcome, VisitState.DONE)


def check_record(record: "VisitRecord", planned: "PlannedVisit", now: datetime) -> None:
    """Hold a record to its outcome and its dates.

    Raises Invalid: ``not_seen_reason_missing``, ``not_seen_reason_without``, ``safety_event_missing``,
    ``safety_event_without``, ``visit_in_future``, ``visit_too_early``, ``visit_before_plan``.
    """
    _check_parts(record)
    if record.visited_at > now:
        raise Invalid("visit_in_future", field="visited_at")
    day = day_of(record.visited_at)
    if day < planned.due_from - EARLY_AT_MOST:
        raise Invalid("visit_too_early", field="visited_at", days=EARLY_AT_MOST.days)
    if planned.plan_starts_on is None or day < planned.plan_starts_on:
        raise Invalid("visit_before_plan", field="visited_at")


def _check_parts(record: "VisitRecord") -> None:
    missed, unsafe = record.outcome is VisitOutcome.NOT_SEEN, record.outcome is VisitOutcome.SAFETY_EVENT
    if missed != (record.not_seen_reason is not None):
        raise Invalid("not_seen_reason_missing" if missed else "not_seen_reason_without", field="not_seen_reason")
    if unsafe != (record.safety_event is not None):
        raise Invalid("safety_event_missing" if unsafe else "safety_event_without", field="safety_event")


def check_moving(planned: "PlannedVisit", due_from: date, due_to: date, today: date) -> None:
    """A visit is moved twice at most, within its month or fourteen days later at most, never into the past.

    Raises:
        Conflict: ``visit_moved_twice``.
        Invalid: ``visit_days_reversed``, ``visit_days_past``, ``visit_moved_too_far``.
    """
    if planned.rescheduled >= MOVED_AT_MOST:
        raise Conflict("visit_moved_twice", times=MOVED_AT_MOST)
    check_days(due_from, due_to, today)
    if due_to > max(last_day(parse_period(planned.period)), planned.due_to + LATER_AT_MOST):
        raise Invalid("visit_moved_too_far", field="due_to", days=LATER_AT_MOST.days)


def check_days(due_from: date, due_to: date, today: date) -> None:
    """Days of a visit to come; raises Invalid ``visit_days_reversed`` or ``visit_days_past``."""
    if due_to < due_from:
        raise Invalid("visit_days_reversed", field="due_to")
    if due_from < today:
        raise Invalid("visit_days_past", field="due_from")


def due_of(state: str, due_from: date, due_to: date, today: date) -> VisitDue | None:
    """Where a planned visit stands today; None for one that was made or called off."""
    if state != VisitState.PLANNED:
        return None
    if today < due_from:
        return VisitDue.UPCOMING
    return VisitDue.DUE if today <= due_to else VisitDue.OVERDUE


def missed_in_a_row(states: Sequence[str]) -> bool:
    """Whether the latest recorded visits, the newest first, were all made in vain."""
    latest = states[:NOT_SEEN_IN_A_ROW]
    return len(latest) == NOT_SEEN_IN_A_ROW and all(state == VisitState.NOT_SEEN for state in latest)


def three_calm_months(contacts: "Sequence[Contact]", today: date) -> bool:
    """Whether each of three months in a row, the last of them this or the last one, had a visit, all of them calm.

    A visit in vain, one declined and one of any other outcome all break the row.
    """
    by_period: dict[str, list[str]] = {}
    for contact in contacts:
        by_period.setdefault(period_of(contact.day), []).append(contact.outcome)
    period = period_of(today)
    if period not in by_period:
        period = previous_period(period)
    for _ in range(_CALM_MONTHS):
        outcomes = by_period.get(period)
        if not outcomes or any(outcome != VisitOutcome.STABLE for outcome in outcomes):
            return False
        period = previous_period(period)
    return True


@dataclass(frozen=True)
class Contact:
    """A recorded visit: its day in China, and its outcome's code."""

    day: date
    outcome: str


@dataclass(frozen=True)
class PlannedVisit:
    """What of a planned visit its rules look at."""

    period: str
    due_from: date
    due_to: date
    rescheduled: int
    plan_starts_on: date | None


@dataclass(frozen=True, repr=False)
class VisitRecord:
    """How a visit went, by the worker's own word; has no readable ``repr``. Where they stood is never asked."""

    visit_type: VisitType
    visited_at: datetime
    outcome: VisitOutcome
    not_seen_reason: NotSeenReason | None = None
    mood_note: str | None = None
    minutes: int | None = None
    #: What happened that must be answered within two hours.
    safety_event: CrisisReport | None = None
