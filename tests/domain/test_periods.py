from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.periods import first_day, last_day, next_period, parse_period, period_of, previous_period
from server.errors import Invalid

days = st.dates(date(2000, 2, 1), date(2099, 11, 30))


@pytest.mark.parametrize("text", ["202611", "200001", "209912"])
def test_a_year_and_a_month_are_a_period(text):
    assert parse_period(text) == text


@pytest.mark.parametrize(
    "text", ["", "2026-11", "202600", "202613", "199912", "20261", "2026111", "２０２６１１", "202611\n"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(Invalid) as refused:
        parse_period(text)
    assert refused.value.code == "period_invalid"


@given(days)
def test_a_day_lies_in_its_period_and_in_no_neighbour(day):
    period = period_of(day)
    assert first_day(period) <= day <= last_day(period)
    assert last_day(previous_period(period)) < day < first_day(next_period(period))


@given(days)
def test_next_and_previous_undo_each_other(day):
    period = period_of(day)
    assert previous_period(next_period(period)) == period == next_period(previous_period(period))


def test_the_year_turns():
    assert next_period(parse_period("202612")) == "202701"
    assert previous_period(parse_period("202701")) == "202612"
    assert last_day(parse_period("202402")) == date(2024, 2, 29)
