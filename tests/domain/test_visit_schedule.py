"""The schedule of visits: every month covered, over year ends and leap days, never beyond the entry."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.codes_plans import VisitFrequency
from server.domain.periods import first_day, last_day, next_period, period_of
from server.domain.visit_schedule import Schedule, Window, horizon, windows, windows_after

DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
SPANS = st.integers(0, 400).map(lambda days: timedelta(days=days))
REGULAR = st.sampled_from([VisitFrequency.MONTHLY, VisitFrequency.FORTNIGHTLY])
ALL = st.sampled_from(VisitFrequency)


def months_between(first: date, last: date) -> list[str]:
    found, period = [], period_of(first)
    while first_day(period) <= last:
        found.append(period)
        period = next_period(period)
    return found


@given(frequency=REGULAR, start=DAYS, span=SPANS, spares=st.booleans())
def test_every_month_of_a_running_plan_holds_a_window(
    frequency: VisitFrequency, start: date, span: timedelta, spares: bool
) -> None:
    until = start + span
    covered = {window.period for window in windows(Schedule(frequency, start, spares), until)}
    months = months_between(start, until)
    assert covered == set(months[1:] if spares and start.day > 20 else months)


@given(frequency=ALL, start=DAYS, span=SPANS, spares=st.booleans())
def test_windows_are_in_order_inside_their_month_and_between_start_and_end(
    frequency: VisitFrequency, start: date, span: timedelta, spares: bool
) -> None:
    found = windows(Schedule(frequency, start, spares), start + span)
    assert found == sorted(found)
    assert all(start <= each.due_from <= each.due_to <= start + span for each in found)
    assert all(period_of(each.due_from) == period_of(each.due_to) == each.period for each in found)
    assert all(earlier.due_to < later.due_from for earlier, later in pairwise(found))


@given(frequency=ALL, start=DAYS, nights=st.lists(st.integers(1, 60), max_size=8), ends=st.integers(0, 400))
def test_planning_on_by_night_gives_what_planning_at_once_gives(
    frequency: VisitFrequency, start: date, nights: list[int], ends: int
) -> None:
    schedule, last = Schedule(frequency, start), start + timedelta(days=ends)
    today, laid_to = start, horizon(start, last)
    found = windows(schedule, laid_to)
    for days in nights:
        today += timedelta(days=days)
        until = max(horizon(today, last), laid_to)
        found += windows_after(schedule, laid_to, until)
        laid_to = until
    assert found == windows(schedule, laid_to)


@pytest.mark.parametrize(("day", "first"), [(20, (20, 30)), (1, (1, 30))])
def test_a_plan_that_starts_by_the_20th_has_a_visit_in_its_first_month(day: int, first: tuple[int, int]) -> None:
    (window, *_) = windows(Schedule(VisitFrequency.MONTHLY, date(2026, 11, day)), date(2026, 12, 31))
    assert window == Window(date(2026, 11, first[0]), date(2026, 11, first[1]))


def test_a_plan_that_starts_after_the_20th_has_its_first_visit_in_the_next_month() -> None:
    schedule = Schedule(VisitFrequency.MONTHLY, date(2026, 12, 21))
    assert windows(schedule, date(2027, 1, 31)) == [Window(date(2027, 1, 1), date(2027, 1, 31))]


def test_somebody_already_visited_regularly_is_not_spared_a_month() -> None:
    schedule = Schedule(VisitFrequency.MONTHLY, date(2026, 12, 21), spares_late_start=False)
    assert windows(schedule, date(2026, 12, 31)) == [Window(date(2026, 12, 21), date(2026, 12, 31))]


def test_fortnightly_means_both_halves_also_of_a_leap_february() -> None:
    found = windows(Schedule(VisitFrequency.FORTNIGHTLY, date(2028, 2, 10)), date(2028, 2, 29))
    assert found == [Window(date(2028, 2, 10), date(2028, 2, 15)), Window(date(2028, 2, 16), date(2028, 2, 29))]


def test_quarterly_means_a_month_in_three() -> None:
    found = windows(Schedule(VisitFrequency.QUARTERLY, date(2026, 11, 22)), date(2027, 8, 31))
    assert [window.period for window in found] == ["202702", "202705", "202708"]
    assert found[0] == Window(date(2027, 2, 1), date(2027, 2, 28))


def test_nothing_is_planned_after_the_entry_ends() -> None:
    last = date(2026, 12, 9)
    found = windows(Schedule(VisitFrequency.MONTHLY, date(2026, 11, 2)), horizon(date(2026, 11, 2), last))
    assert found[-1] == Window(date(2026, 12, 1), last)


@given(today=DAYS)
def test_planning_reaches_three_months_beyond_this_one(today: date) -> None:
    until = horizon(today, date.max)
    assert until == last_day(period_of(until))
    assert len(months_between(today, until)) == 4


def test_an_entry_renewed_is_planned_on_without_a_second_visit_in_a_month() -> None:
    schedule, laid_to = Schedule(VisitFrequency.MONTHLY, date(2026, 10, 1)), date(2026, 11, 10)
    assert windows_after(schedule, laid_to, date(2026, 12, 31)) == [Window(date(2026, 12, 1), date(2026, 12, 31))]
