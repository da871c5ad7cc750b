"""Planned visits as rows: laid out ahead when a plan begins or goes on, and a little further each night."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, cast, exists, func, insert, or_, select

from server.clock import CHINA, day_of
from server.domain.codes_care import ConsentScope, ConsentState, PlanState, VisitState
from server.domain.codes_plans import VisitFrequency
from server.domain.plans import VISITED_STATES
from server.domain.visit_schedule import Schedule, Window, horizon, windows, windows_after
from server.models.consent import Consent
from server.models.ledger import LedgerEntry
from server.models.plan import CarePlan, Visit
from server.store.care import columns_of
from server.store.transaction import Work

_MOMENT = timedelta(microseconds=1)
_BATCH = 200


def lay_visits(work: Work, entry: LedgerEntry, plan: CarePlan, schedule: Schedule) -> None:
    """Plan a running plan's visits from the schedule's start; a window in which somebody was there is left out.

    Lock the entry first, and call off what was planned before.
    """
    until = horizon(day_of(work.now), last_day_in_service(entry.expires_at))
    wanted = windows(schedule, until, days_visited(work, entry.id))
    insert_visits(work, [(entry, plan, window) for window in wanted])
    plan.visits_laid_from, plan.visits_laid_to = schedule.starts_on, until


def lay_further(work: Work, now: datetime) -> int:
    """Plan on for a batch of running plans that do not reach far enough; returns how many there were.

    Only while the person still agrees to visits. Entries somebody else is at work on are left for the next time.
    """
    today = day_of(now)
    short = _short_plans(work, today)
    added: list[tuple[LedgerEntry, CarePlan, Window]] = []
    for plan, entry in short:
        until = horizon(today, last_day_in_service(entry.expires_at))
        laid_to = plan.visits_laid_to or today
        schedule = Schedule(VisitFrequency(plan.visit_frequency), plan.visits_laid_from or today)
        added += [(entry, plan, window) for window in windows_after(schedule, laid_to, until)]
        plan.visits_laid_to = until
    insert_visits(work, added)
    return len(short)


def insert_visits(work: Work, planned: Iterable[tuple[LedgerEntry, CarePlan, Window]]) -> None:
    """Insert planned visits for the plans' visitors: one statement however many."""
    rows = [visit_row(work, entry, plan, window) for entry, plan, window in planned]
    if rows:
        work.session.execute(insert(Visit), rows)


def visit_row(work: Work, entry: LedgerEntry, plan: CarePlan, window: Window) -> dict[str, object]:
    """The columns of one planned visit."""
    return {
        **columns_of(work, entry),
        "plan_id": plan.id,
        "period": window.period,
        "due_from": window.due_from,
        "due_to": window.due_to,
        "assignee_id": plan.visitor_id,
        "state": VisitState.PLANNED.value,
        "rescheduled": 0,
    }


def days_visited(work: Work, entry_id: UUID) -> Collection[date]:
    """The days on which somebody came, in China, whatever came of it."""
    statement = select(Visit.visited_at).where(
        Visit.county_code == work.county_code, Visit.entry_id == entry_id, Visit.visited_at.is_not(None)
    )
    return {day_of(instant) for instant in work.session.scalars(statement) if instant is not None}


def last_day_in_service(expires_at: datetime | None) -> date:
    """The last whole day before an entry's time is over."""
    return date.max if expires_at is None else day_of(expires_at - _MOMENT)


def _short_plans(work: Work, today: date) -> "Sequence[Row[CarePlan, LedgerEntry]]":
    """Running plans whose visits do not reach as far as they could, each with its entry locked."""
    last_in_service = cast(func.timezone(str(CHINA), LedgerEntry.expires_at - _MOMENT), Date)
    statement = (
        select(CarePlan, LedgerEntry)
        .join(LedgerEntry, (LedgerEntry.county_code == CarePlan.county_code) & (LedgerEntry.id == CarePlan.entry_id))
        .where(
            CarePlan.county_code == work.county_code,
            CarePlan.state == PlanState.ACTIVE.value,
            CarePlan.visits_laid_to < func.least(horizon(today, date.max), last_in_service),
            LedgerEntry.state.in_(sorted(VISITED_STATES)),
            _still_agreed(today),
        )
        .order_by(CarePlan.id)
        .limit(_BATCH)
        .with_for_update(of=LedgerEntry, skip_locked=True)
    )
    return work.session.execute(statement).all()


def _still_agreed(today: date) -> ColumnElement[bool]:
    """Whether the person's consent to visits stands (invariant 3)."""
    return exists().where(
        Consent.county_code == LedgerEntry.county_code,
        Consent.entry_id == LedgerEntry.id,
        Consent.scope == ConsentScope.PLAN_VISIT.value,
        Consent.state == ConsentState.GIVEN.value,
        or_(Consent.valid_to.is_(None), Consent.valid_to >= today),
    )
