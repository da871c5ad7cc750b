"""A township's month: opened once, seen from below, closed when both sweeps are in."""

from datetime import timedelta

import pytest

from server import clock
from server.domain.codes import Role
from server.domain.deadlines import month_close
from server.domain.pages import PageAsked
from server.domain.periods import first_day, next_period, previous_period
from server.domain.workdays import Deadline
from server.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from server.services.months import MonthFilter, close_month, list_months, open_month, read_month
from server.services.sweeps import read_sweep, submit_sweep
from server.store.holidays import work_calendar
from server.store.transaction import transaction
from tests.make import County, a_caller
from tests.sweeping import (
    a_month,
    complete,
    coordinator,
    grid_worker,
    judicial,
    last_period,
    sweep_id_of,
    this_period,
    village_officer,
)


def test_opening_a_month_opens_both_sweeps(county: County):
    month = open_month(judicial(county), county.township, this_period())
    assert (month.township_code, month.period, month.state, month.version) == (
        county.township,
        this_period(),
        "open",
        1,
    )
    assert [(sweep.kind, sweep.state, sweep.month_id) for sweep in month.sweeps] == [
        ("concern", "open", month.id),
        ("dispute", "open", month.id),
    ]


def test_a_month_is_opened_once(county: County):
    a_month(county)
    with pytest.raises(Conflict) as refused:
        open_month(coordinator(county), county.township, this_period())
    assert refused.value.code == "record_exists"


@pytest.mark.parametrize("steps", [-4, 2])
def test_a_month_too_far_away_is_not_opened(county: County, steps: int):
    period = this_period()
    for _ in range(abs(steps)):
        period = next_period(period) if steps > 0 else previous_period(period)
    with pytest.raises(Invalid) as refused:
        open_month(judicial(county), county.township, period)
    assert refused.value.code == "period_out_of_range"


@pytest.mark.parametrize("steps", [-3, 1])
def test_a_month_at_the_edge_is_opened(county: County, steps: int):
    period = this_period()
    for _ in range(abs(steps)):
        period = next_period(period) if steps > 0 else previous_period(period)
    assert open_month(judicial(county), county.township, period).period == period


def test_the_month_of_another_township_is_not_there(county: County):
    month = a_month(county)
    stranger = judicial(county, county.other_township)
    with pytest.raises(NotFound):
        open_month(stranger, county.township, last_period())
    with pytest.raises(NotFound):
        read_month(stranger, month.id)
    with pytest.raises(NotFound):
        read_month(grid_worker(county, county.other_grid), month.id)
    assert list_months(stranger, MonthFilter(), PageAsked(10)).items == ()


def test_a_township_that_does_not_exist_has_no_month(county: County):
    everywhere = a_caller(county, Role.JUDICIAL_OFFICER, county.code)
    with pytest.raises(NotFound):
        open_month(everywhere, county.code + "999", this_period())
    with pytest.raises(Invalid) as refused:
        open_month(everywhere, county.village, this_period())
    assert refused.value.code == "area_level_wrong"


def test_grid_and_village_see_the_month_of_their_township(county: County):
    month = a_month(county)
    for caller in (grid_worker(county), village_officer(county), coordinator(county)):
        assert read_month(caller, month.id) == month
        assert list_months(caller, MonthFilter(), PageAsked(10)).items == (month,)


def test_a_grid_worker_does_not_open_a_month(county: County):
    with pytest.raises(Forbidden):
        open_month(grid_worker(county), county.township, this_period())


def test_the_list_is_filtered_and_paged(county: County):
    first, second = a_month(county, last_period()), a_month(county)
    caller = coordinator(county)
    page = list_months(caller, MonthFilter(), PageAsked(1))
    assert page.items == (first,)
    assert list_months(caller, MonthFilter(), PageAsked(1, page.next_keys)).items == (second,)
    assert list_months(caller, MonthFilter(period=last_period()), PageAsked(9)).items == (first,)
    assert (first.township_code, first.township_name) == (county.township, "试验镇101")
    assert list_months(caller, MonthFilter(township_code=county.other_township), PageAsked(9)).items == ()


def test_due_dates_follow_the_month_and_unknown_holidays_are_told(county: County):
    caller = judicial(county)
    due = a_month(county).due
    begins = first_day(this_period())
    after = first_day(next_period(this_period()))
    assert (due.window_from, due.window_to) == (begins, begins.replace(day=20))
    assert due.village_confirm == begins.replace(day=25)
    assert due.township_submit == after - timedelta(days=1)
    assert due.analysis_meeting == after.replace(day=10)
    with transaction(caller) as work:
        calendar = work_calendar(work.session)
    assert Deadline(due.month_close, due.close_provisional) == month_close(calendar, this_period())
    assert due.close_provisional is (after.year not in calendar.known_years)


def test_a_month_closes_with_both_sweeps_submitted(county: County):
    month = a_month(county, last_period())
    for sweep in month.sweeps:
        complete(county, sweep.id)
        submit_sweep(judicial(county), sweep.id, read_sweep(judicial(county), sweep.id).version)
    closed = close_month(coordinator(county), month.id, month.version)
    assert (closed.state, closed.version, [sweep.state for sweep in closed.sweeps]) == ("closed", 2, ["closed"] * 2)
    assert closed.closed_at is not None
    with pytest.raises(Stale):
        close_month(coordinator(county), month.id, month.version)
    with pytest.raises(Conflict) as refused:
        close_month(coordinator(county), month.id, closed.version)
    assert refused.value.code == "month_not_open"


def test_a_month_with_a_sweep_outstanding_stays_open(county: County):
    month = a_month(county, last_period())
    complete(county, sweep_id_of(month))
    submit_sweep(judicial(county), sweep_id_of(month), 2)
    with pytest.raises(Conflict) as refused:
        close_month(coordinator(county), month.id, month.version)
    assert (refused.value.code, refused.value.params) == ("sweeps_not_submitted", {"missing": 1})
    assert read_month(coordinator(county), month.id).state == "open"


def test_a_month_is_not_closed_before_it_is_over(county: County):
    month = a_month(county, next_period(this_period()))
    assert clock.today() < first_day(month.period)
    with pytest.raises(Conflict) as refused:
        close_month(coordinator(county), month.id, month.version)
    assert refused.value.code == "month_not_over"


def test_the_judicial_office_does_not_close_the_month(county: County):
    month = a_month(county, last_period())
    with pytest.raises(Forbidden):
        close_month(judicial(county), month.id, month.version)
    with pytest.raises(NotFound):
        close_month(coordinator(county, county.other_township), month.id, month.version)
