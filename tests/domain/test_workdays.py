from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.deadlines import (
    add_months,
    analysis_meeting,
    anonymise_closed,
    entry_expiry,
    first_contact_due,
    lapse_unreviewed,
    month_close,
    no_assessment,
    observed_from,
    purge_declined,
    resubmit_due,
    review_due,
    sweep_window,
    township_submit,
    urgent_ack_due,
    village_confirm,
)
from server.domain.periods import parse_period
from server.domain.workdays import (
    Deadline,
    WorkCalendar,
    add_working_days,
    due_at,
    is_working_day,
    nth_working_day_of_month,
)
from tests.domain.seeds import work_calendar

EMPTY = WorkCalendar({}, frozenset())


def test_the_seed_agrees_with_its_source_on_every_day_it_covers():
    day = date(2024, 1, 1)
    while day.year <= 2026:
        assert is_working_day(work_calendar(), day) == chinese_calendar.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # over a weekend
        (date(2026, 11, 18), 3, date(2026, 11, 23)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),  # over National Day, into a make-up Saturday
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a make-up Saturday counts
        (date(2025, 12, 31), 1, date(2026, 1, 4)),  # over New Year, into a make-up Sunday
    ],
)
def test_working_days_follow_holidays_and_make_up_days(start, n, end):
    assert add_working_days(work_calendar(), start, n) == Deadline(end, provisional=False)


def test_a_deadline_that_runs_into_a_year_without_holidays_is_provisional():
    assert add_working_days(work_calendar(), date(2026, 12, 30), 1) == Deadline(date(2026, 12, 31), provisional=False)
    assert add_working_days(work_calendar(), date(2026, 12, 30), 3) == Deadline(date(2027, 1, 4), provisional=True)


@given(st.dates(date(2027, 1, 1), date(2090, 1, 1)), st.integers(1, 40))
def test_an_unknown_year_counts_weekdays_and_never_fails(start, n):
    deadline = add_working_days(work_calendar(), start, n)
    assert deadline.provisional
    assert deadline == add_working_days(EMPTY, start, n)
    weekdays = sum((start + timedelta(days=k)).weekday() < 5 for k in range(1, (deadline.on - start).days + 1))
    assert weekdays == n


@given(st.dates(date(2024, 1, 1), date(2026, 6, 1)), st.integers(1, 30), st.integers(1, 30))
def test_working_days_add_up(start, first, second):
    at_once = add_working_days(work_calendar(), start, first + second).on
    in_two = add_working_days(work_calendar(), add_working_days(work_calendar(), start, first).on, second).on
    assert at_once == in_two
    assert is_working_day(work_calendar(), at_once)


def test_an_unknown_year_on_the_way_makes_a_deadline_provisional():
    gap = WorkCalendar({}, frozenset({2026, 2028}))
    deadline = add_working_days(gap, date(2026, 12, 1), 300)
    assert (deadline.on.year, deadline.provisional) == (2028, True)


@pytest.mark.parametrize("n", [0, -1])
def test_no_deadline_lies_on_or_before_its_start(n):
    with pytest.raises(ValueError):
        add_working_days(EMPTY, date(2026, 11, 2), n)


def test_the_first_of_the_month_counts_if_it_is_a_working_day():
    assert nth_working_day_of_month(work_calendar(), parse_period("202612"), 1).on == date(2026, 12, 1)
    assert nth_working_day_of_month(work_calendar(), parse_period("202610"), 1).on == date(2026, 10, 8)


def test_a_deadline_ends_with_its_day_in_china():
    assert due_at(Deadline(date(2026, 11, 23), provisional=False)) == datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)


def test_the_month_has_its_days():
    november = parse_period("202611")
    assert sweep_window(november) == (date(2026, 11, 1), date(2026, 11, 20))
    assert village_confirm(november) == date(2026, 11, 25)
    assert township_submit(november) == date(2026, 11, 30)
    assert month_close(work_calendar(), november) == Deadline(date(2026, 12, 3), provisional=False)
    assert month_close(work_calendar(), parse_period("202612")).provisional
    assert analysis_meeting(november) == date(2026, 12, 10)
    assert observed_from(november) == date(2026, 10, 1)


def test_the_ledger_has_its_days():
    monday = date(2026, 11, 2)
    counted = [due(work_calendar(), monday).on for due in (review_due, resubmit_due, first_contact_due)]
    assert counted == [date(2026, 11, day) for day in (5, 9, 11)]
    assert lapse_unreviewed(monday) == date(2026, 12, 2)
    assert purge_declined(monday) == date(2026, 12, 2)
    assert no_assessment(monday) == date(2027, 1, 31)


def test_an_urgent_report_is_acknowledged_within_two_hours():
    assert urgent_ack_due(datetime(2026, 11, 2, 23, 30, tzinfo=UTC)) == datetime(2026, 11, 3, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("accepted", "expires"),
    [
        (date(2026, 11, 21), date(2027, 11, 21)),
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_an_entry_lives_twelve_months(accepted, expires):
    assert entry_expiry(accepted) == expires


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_no_entry_outlives_its_year(accepted):
    assert timedelta(days=365) <= entry_expiry(accepted) - accepted <= timedelta(days=366)
    assert anonymise_closed(accepted) > entry_expiry(accepted)


def test_a_month_is_cut_to_its_length():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 10, 31), 4) == date(2027, 2, 28)
