"""The ledger's guards and deadlines as values: no database, any day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clock import CHINA, day_of
from server.domain.deadlines import add_months
from server.domain.ledger_expiry import last_unused_period, rules_at
from server.domain.ledger_rules import Due, Person, entry_number, needs_guardian, overdue, times_after, times_of_leaving
from server.domain.ledger_states import LedgerAct
from server.domain.workdays import WorkCalendar

#: New Year 2026 as announced: 1 to 3 January off, Sunday the 4th worked; National Day closes the year's list.
CALENDAR = WorkCalendar(
    {
        date(2026, 1, 1): False,
        date(2026, 1, 2): False,
        date(2026, 1, 3): False,
        date(2026, 1, 4): True,
        date(2026, 10, 1): False,
    },
    frozenset({2025, 2026}),
)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def china(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=CHINA)


def last_second(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 23, 59, 59, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("act", "at", "column", "due", "provisional"),
    [
        (LedgerAct.REPORT, china(2025, 12, 31), "review_due_at", last_second(2026, 1, 6), False),
        (LedgerAct.RESUBMIT, china(2025, 12, 31), "review_due_at", last_second(2026, 1, 6), False),
        (LedgerAct.RETURN, china(2025, 12, 31), "resubmit_due_at", last_second(2026, 1, 8), False),
        (LedgerAct.ACCEPT, china(2025, 12, 31), "first_contact_due_at", last_second(2026, 1, 12), False),
        (LedgerAct.REPORT, china(2026, 12, 30), "review_due_at", last_second(2027, 1, 4), True),
        (LedgerAct.REPORT, china(2026, 12, 28), "review_due_at", last_second(2026, 12, 31), False),
        (LedgerAct.REPORT, china(2027, 6, 4), "review_due_at", last_second(2027, 6, 9), True),
    ],
)
def test_deadlines_are_counted_across_the_new_year(
    act: LedgerAct, at: datetime, column: str, due: datetime, *, provisional: bool
) -> None:
    times = times_after(act, at, CALENDAR)
    assert (getattr(times, column), times.due_provisional) == (due, provisional)


def test_the_day_of_an_act_is_the_day_in_china() -> None:
    late_utc = datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert times_after(LedgerAct.REPORT, late_utc, CALENDAR).review_due_at == last_second(2026, 11, 26)


@given(INSTANTS)
def test_an_entry_never_outlives_twelve_months_in_any_zone_of_the_database(now: datetime) -> None:
    expires = times_after(LedgerAct.ACCEPT, now, CALENDAR).expires_at
    assert expires is not None
    for zone in (UTC, CHINA):
        local = now.astimezone(zone)
        assert expires <= datetime.combine(add_months(local.date(), 12), local.timetz())
    assert expires > now + timedelta(days=363)


@given(INSTANTS)
def test_whoever_was_never_taken_on_is_forgotten_in_thirty_days_others_in_two_years(now: datetime) -> None:
    kept = [times_of_leaving(now, accepted=accepted).purge_due_at for accepted in (False, True)]
    days = [(day_of(due) - day_of(now)).days for due in kept if due is not None]
    assert days[0] == 30
    assert 729 <= days[1] <= 731


@given(INSTANTS)
def test_time_never_ends_an_entry_before_its_rule_says_so(now: datetime) -> None:
    bounds = {rule.reason: rule.before for rule in rules_at(now)}
    assert day_of(bounds["not_reviewed"]) == day_of(now) - timedelta(days=29)
    assert day_of(bounds["not_assessed"]) == day_of(now) - timedelta(days=89)
    assert bounds["not_resubmitted"] == now
    assert all(bound <= now + timedelta(microseconds=1) for bound in bounds.values())


@pytest.mark.parametrize(
    ("today", "period"),
    [
        (date(2026, 11, 30), "202609"),
        (date(2026, 12, 1), "202610"),
        (date(2027, 3, 30), "202701"),
        (date(2027, 3, 31), "202702"),
    ],
)
def test_unused_facts_are_kept_thirty_days_beyond_their_month(today: date, period: str) -> None:
    assert last_unused_period(today) == period


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("draft", ()),
        ("reported", ("review",)),
        ("in_review", ("review",)),
        ("returned", ("resubmission",)),
        ("accepted", ("first_contact",)),
        ("declined", ()),
        ("expired", ()),
    ],
)
def test_only_what_is_waited_for_is_overdue(state: str, expected: tuple[str, ...]) -> None:
    now = china(2026, 11, 20)
    passed = Due(now - timedelta(seconds=1), now - timedelta(seconds=1), now - timedelta(seconds=1))
    assert overdue(state, passed, now) == expected
    assert overdue(state, Due(now, now, now), now) == ()
    assert overdue(state, Due(), now) == ()


@pytest.mark.parametrize(
    ("person", "needed"),
    [
        (Person(date(2008, 11, 21), 2008, has_guardian=False, guardian_conflict=False), True),
        (Person(date(2008, 11, 20), 2008, has_guardian=False, guardian_conflict=False), False),
        (Person(date(2012, 1, 1), 2012, has_guardian=True, guardian_conflict=False), False),
        (Person(date(2012, 1, 1), 2012, has_guardian=False, guardian_conflict=True), False),
        (Person(None, 2009, has_guardian=False, guardian_conflict=False), True),
        (Person(None, None, has_guardian=False, guardian_conflict=False), False),
    ],
)
def test_a_minor_needs_a_guardian_or_a_stated_conflict(person: Person, *, needed: bool) -> None:
    assert needs_guardian(person, date(2026, 11, 20)) is needed


def test_a_number_tells_township_year_and_place_in_it() -> None:
    assert entry_number("430903102", 2026, 7) == "43090310220260007"
    assert entry_number("430903102", 2026, 12345) == "430903102202612345"
