"""When somebody is visited: the plan's frequency laid out over the calendar as windows of days.

Sources: plan of Yiyang (a visit every month); the rest are the product's own choices. While a plan runs each calendar
month holds a window at least; somebody whose plan starts after the 20th is first visited the month after. Fortnightly
means the two halves of a month; quarterly a whole month, every third.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from server.domain.codes_plans import VisitFrequency
from server.domain.periods import Period, first_day, last_day, next_period, period_of

#: Visits are planned for the present month and this many after it.
MONTHS_AHEAD = 3
#: Whoever starts later in a month than this day is first visited in the next.
LATEST_START = 20
_HALF = 15
_QUARTER = 3


def windows(schedule: "Schedule", until: date, visited: Collection[date] = ()) -> "list[Window]":
    """Every window from the schedule's start to ``until``, both days included, in order.

    The first is cut at the start and the last at ``until``; none of the others is. A window in whose days, also those
    cut off, somebody was there already is left out.
    """
    return [
        Window(max(window.due_from, schedule.starts_on), min(window.due_to, until))
        for window in _whole(schedule, until)
        if window.due_to >= schedule.starts_on and window.due_from <= until and not any(map(window.holds, visited))
    ]


def windows_after(schedule: "Schedule", laid_to: date, until: date) -> "list[Window]":
    """The windows that begin after ``laid_to``: what the night adds to what is planned already."""
    return [window for window in windows(schedule, until) if window.due_from > laid_to]


def horizon(today: date, last_day_in_service: date) -> date:
    """The last day to plan for: the end of the third month after this one, or the entry's own end."""
    period = period_of(today)
    for _ in range(MONTHS_AHEAD):
        period = next_period(period)
    return min(last_day(period), last_day_in_service)


def _whole(schedule: "Schedule", until: date) -> "Iterator[Window]":
    """Uncut windows of every month that has one."""
    period, months = period_of(schedule.starts_on), 0
    while first_day(period) <= until:
        if _has_visit(schedule, months):
            yield from _of_month(schedule.frequency, period)
        period, months = next_period(period), months + 1


def _has_visit(schedule: "Schedule", months: int) -> bool:
    """Whether the month this many after the start's holds a window."""
    if schedule.frequency is VisitFrequency.QUARTERLY:
        return months > 0 and months % _QUARTER == 0
    return months > 0 or not schedule.spares_late_start or schedule.starts_on.day <= LATEST_START


def _of_month(frequency: VisitFrequency, period: Period) -> "Iterator[Window]":
    first, last = first_day(period), last_day(period)
    if frequency is VisitFrequency.FORTNIGHTLY:
        middle = first.replace(day=_HALF)
        yield Window(first, middle)
        yield Window(middle + timedelta(days=1), last)
    else:
        yield Window(first, last)


@dataclass(frozen=True)
class Schedule:
    """How often, from which day; ``spares_late_start`` leaves out a first month that begins after its 20th."""

    frequency: VisitFrequency
    starts_on: date
    spares_late_start: bool = True


@dataclass(frozen=True, order=True)
class Window:
    """The days on which a visit may be made, both included; never over a month's end."""

    due_from: date
    due_to: date

    @property
    def period(self) -> Period:
        """The month the visit counts for."""
        return period_of(self.due_to)

    def holds(self, day: date) -> bool:
        """Whether the day lies inside."""
        return self.due_from <= day <= self.due_to
