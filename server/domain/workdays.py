"""Working days by a holiday table that an administrator edits; years it does not know count weekends only.

A deadline that leaned on an unknown year is marked provisional, so that it can be shown as such and
counted again once the State Council has published that year's holidays.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from server.clock import CHINA
from server.domain.periods import Period, first_day

_SATURDAY = 5


def is_working_day(calendar: "WorkCalendar", day: date) -> bool:
    """What the table says of this day, else whether it is Monday to Friday."""
    return calendar.days.get(day, day.weekday() < _SATURDAY)


def add_working_days(calendar: "WorkCalendar", start: date, n: int) -> "Deadline":
    """The ``n``-th working day after ``start``, which itself never counts; ``n`` is at least 1."""
    if n < 1:
        raise ValueError(n)
    day = start
    known = True
    while n:
        day += timedelta(days=1)
        known = known and day.year in calendar.known_years
        n -= is_working_day(calendar, day)
    return Deadline(day, provisional=not known)


def nth_working_day_of_month(calendar: "WorkCalendar", period: Period, n: int) -> "Deadline":
    """The ``n``-th working day of the month, the first day included; a large ``n`` runs on into the next."""
    return add_working_days(calendar, first_day(period) - timedelta(days=1), n)


def due_at(deadline: "Deadline") -> datetime:
    """The last second of the deadline's day in China, as an aware UTC instant."""
    return datetime.combine(deadline.on, time(23, 59, 59), CHINA).astimezone(UTC)


@dataclass(frozen=True)
class WorkCalendar:
    """Days off the weekday rule (False: holiday, True: make-up workday), and the years covered."""

    days: Mapping[date, bool]
    known_years: frozenset[int]


@dataclass(frozen=True)
class Deadline:
    """The last day something is in time; provisional if a year without a holiday table took part."""

    on: date
    provisional: bool
