"""Opening, seeing and closing a township's month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from server import clock
from server.domain import deadlines
from server.domain.area_codes import Level, parse_code_of
from server.domain.codes import PeriodState, SweepState
from server.domain.month_states import MonthAct, month_transition
from server.domain.pages import Page, PageAsked
from server.domain.periods import Period, parse_period
from server.domain.permissions import Facts, Permission, may
from server.domain.returns import check_openable, check_over
from server.domain.sweep_states import SweepAct
from server.domain.workdays import WorkCalendar
from server.errors import Conflict, NotFound
from server.models.sweep import Month, Sweep
from server.services.month_freezing import freeze
from server.services.sweeps import SweepView, sweep_view
from server.store import months, sweeps
from server.store.areas import names_of
from server.store.completeness import has_area
from server.store.holidays import work_calendar
from server.store.months import MonthFilter
from server.store.records import count_up, note_written
from server.store.transaction import Caller, Work, transaction

__all__ = ["MonthFilter", "MonthView", "close_month", "list_months", "month_view", "open_month", "read_month"]


@dataclass(frozen=True)
class DueDates:
    """Every date of the month; ``close_provisional`` says that next month's holidays are not known yet."""

    window_from: date
    window_to: date
    village_confirm: date
    township_submit: date
    month_close: date
    close_provisional: bool
    analysis_meeting: date


@dataclass(frozen=True)
class MonthView:
    """A township's month with its sweeps and dates."""

    id: UUID
    township_code: str
    township_name: str
    period: str
    state: str
    closed_by: UUID | None
    closed_at: datetime | None
    version: int
    due: DueDates
    sweeps: tuple[SweepView, ...]


def open_month(caller: Caller, township_code: str, period: str) -> MonthView:
    """Open a township's month with both sweeps.

    Raises NotFound for a township that is not the caller's or was not there in the month, Invalid
    ``period_out_of_range``, Conflict ``record_exists`` the second time.
    """
    with transaction(caller) as work:
        township, month = parse_code_of(Level.TOWNSHIP, township_code, "township_code"), parse_period(period)
        inside = may(caller.identity, Permission.MONTH_OPEN, Facts(township))
        if not inside or not has_area(work, township, month):
            raise NotFound("not_found")
        check_openable(month, clock.day_of(work.now))
        row, opened = months.add_month(work, township, month)
        note_written(work, "month:open", row)
        return _month_views(work, [row], {row.id: opened})[0]


def read_month(caller: Caller, month_id: UUID) -> MonthView:
    """One month; raises NotFound."""
    with transaction(caller) as work:
        row = months.month_by_id(work, Permission.MONTH_READ, month_id)
        return _month_views(work, [row], months.sweeps_of_months(work, [row.id]))[0]


def list_months(caller: Caller, wanted: MonthFilter, asked: PageAsked) -> Page[MonthView]:
    """A page of the months of the caller's townships."""
    with transaction(caller) as work:
        page = months.months_page(work, wanted, asked)
        found = months.sweeps_of_months(work, [row.id for row in page.items])
        return page.of(_month_views(work, page.items, found))


def close_month(caller: Caller, month_id: UUID, version: int) -> MonthView:
    """Close a month and its sweeps, once both are submitted and the month's last day has come; freeze its figures.

    After the third working day of the next month it is late, which is told and refused to nobody.

    Raises NotFound, Stale, Conflict ``month_not_open``, ``month_not_over`` or ``sweeps_not_submitted``.
    """
    with transaction(caller) as work:
        row = months.month_for_change(work, Permission.MONTH_CLOSE, month_id, version)
        month_transition(PeriodState(row.state), MonthAct.CLOSE)
        check_over(Period(row.period), clock.day_of(work.now))
        found = months.sweeps_of_months(work, [row.id], lock=True)[row.id]
        waiting = sum(sweep.state != SweepState.SUBMITTED for sweep in found)
        if waiting:
            raise Conflict("sweeps_not_submitted", missing=waiting)
        for sweep in found:
            sweeps.move(work, sweep, SweepAct.CLOSE)
        _mark_closed(work, row)
        freeze(work, row)
        return _month_views(work, [row], {row.id: found})[0]


def _mark_closed(work: Work, row: Month) -> None:
    row.state = str(PeriodState.CLOSED)
    row.closed_by, row.closed_at = work.identity.user_id, work.now
    count_up(work, row)
    note_written(work, "month:close", row)


def month_view(work: Work, row: Month) -> MonthView:
    """A month's row as it is shown, with its sweeps."""
    return _month_views(work, [row], months.sweeps_of_months(work, [row.id]))[0]


def _month_views(work: Work, rows: Sequence[Month], found: Mapping[UUID, Sequence[Sweep]]) -> list[MonthView]:
    calendar = work_calendar(work.session)
    names = names_of(work, {row.area_code for row in rows})
    return [_month_view(calendar, names, row, found[row.id]) for row in rows]


def _month_view(calendar: WorkCalendar, names: Mapping[str, str], row: Month, found: Sequence[Sweep]) -> MonthView:
    return MonthView(
        id=row.id,
        township_code=row.area_code,
        township_name=names.get(row.area_code, ""),
        period=row.period,
        state=row.state,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        version=row.version,
        due=_due_dates(calendar, Period(row.period)),
        sweeps=tuple(sweep_view(sweep) for sweep in found),
    )


def _due_dates(calendar: WorkCalendar, period: Period) -> DueDates:
    begins, ends = deadlines.sweep_window(period)
    close = deadlines.month_close(calendar, period)
    return DueDates(
        window_from=begins,
        window_to=ends,
        village_confirm=deadlines.village_confirm(period),
        township_submit=deadlines.township_submit(period),
        month_close=close.on,
        close_provisional=close.provisional,
        analysis_meeting=deadlines.analysis_meeting(period),
    )
