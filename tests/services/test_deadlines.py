"""The ledger's working days as the services count them: over a year's end and over National Day, the clock set there."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from server import clock
from server.domain.codes import DeclineReason, LedgerState, ReturnReason, Urgency
from server.domain.deadlines import add_months
from server.errors import Invalid
from server.models.ledger import Task
from server.services.expiry import expire_due
from server.services.ledger import promote_observations
from server.services.ledger_moves import EntryView
from server.services.ledger_review import Acceptance, accept_entry, decline_entry, open_review, return_entry
from server.services.returns import file_return
from server.services.seeds import load_seeds
from server.store.transaction import transaction
from tests.make import County
from tests.make_assessments import signed
from tests.make_care import entry_of, in_care
from tests.make_consents import move_clock
from tests.make_ledger import a_coordinator, a_promotion, an_officer, observed, refusal
from tests.make_plans import set_clock
from tests.sweeping import a_month, a_return, judicial, sweep_id_of

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
#: A last working day before a holiday → the third, fifth and seventh working day after it. The first runs over the
#: New Year of 2026 with a Sunday worked instead, the second over National Day with a Saturday worked instead.
OVER = [
    (date(2025, 12, 31), (date(2026, 1, 6), date(2026, 1, 8), date(2026, 1, 12))),
    (date(2026, 9, 30), (date(2026, 10, 10), date(2026, 10, 13), date(2026, 10, 15))),
]


@pytest.fixture(scope="module", autouse=True)
def seeds(owner_engine: Engine) -> None:
    """The holidays."""
    with owner_engine.begin() as connection:
        load_seeds(connection, SEEDS)


def reported_on(county: County, day: date, **changes: object) -> EntryView:
    """An entry reported on this day about something seen the day before."""
    person = observed(county, observed_on=day - timedelta(days=1), period=f"{day:%Y%m}")
    return promote_observations(an_officer(county), a_promotion(person, **changes))


def opened_on(county: County, day: date) -> EntryView:
    entry = reported_on(county, day)
    return open_review(a_coordinator(county), entry.id, entry.version)


def day_of(due: datetime | None) -> date | None:
    return due and clock.day_of(due)


@pytest.mark.parametrize(("day", "days"), OVER)
def test_review_resubmission_first_contact_and_plan_follow_the_holidays(
    county: County, monkeypatch: pytest.MonkeyPatch, day: date, days: tuple[date, date, date]
) -> None:
    move_clock(monkeypatch)(day)
    coordinator = a_coordinator(county)
    reported = reported_on(county, day)
    one, other = opened_on(county, day), opened_on(county, day)
    back = return_entry(coordinator, one.id, one.version, ReturnReason.NEEDS_FACT)
    accepted = accept_entry(coordinator, other.id, other.version, Acceptance())
    person = in_care(county, LedgerState.CONSENTED)
    signed(person)
    with transaction(person.assessor) as work:
        plan_due = entry_of(work, person).plan_due_at
    found = [reported.review_due_at, back.resubmit_due_at, accepted.first_contact_due_at, plan_due]
    assert [day_of(due) for due in found] == [days[0], days[1], days[2], days[1]]
    assert not accepted.due_provisional


def test_into_a_year_whose_holidays_nobody_knows_a_day_is_provisional(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    move_clock(monkeypatch)(date(2026, 12, 31))
    reported = reported_on(county, date(2026, 12, 31))
    assert (day_of(reported.review_due_at), reported.due_provisional) == (date(2027, 1, 5), True)


def test_an_urgent_report_late_on_new_years_eve_is_due_two_hours_later_in_the_new_year(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, 2026, 12, 31, hour=23)
    entry = reported_on(county, date(2026, 12, 31), urgency=Urgency.URGENT)
    with transaction(a_coordinator(county)) as work:
        due = work.session.scalars(select(Task.due_at).where(Task.entry_id == entry.id, Task.kind == "urgent_report"))
        assert due.one() == datetime(2027, 1, 1, 1, tzinfo=clock.CHINA)


@pytest.mark.parametrize(
    ("end", "last_day"),
    [
        ("unreviewed", date(2027, 1, 30)),
        ("unassessed", date(2027, 3, 31)),
        ("whole term", date(2027, 12, 31)),
    ],
)
def test_what_waits_ends_on_its_day_in_the_next_year_and_not_a_moment_sooner(
    county: County, monkeypatch: pytest.MonkeyPatch, end: str, last_day: date
) -> None:
    """Reported, accepted or assessed on New Year's Eve: thirty days, ninety days, twelve months."""
    begun = date(2026, 12, 31)
    move_clock(monkeypatch)(begun)
    if end == "unreviewed":
        reported_on(county, begun)
    else:
        person = in_care(county, LedgerState.ACCEPTED if end == "unassessed" else LedgerState.PLAN_ACTIVE)
        with transaction(person.assessor) as work:
            entry = entry_of(work, person)
            entry.accepted_at = clock.now()
            entry.expires_at = datetime.combine(add_months(begun, 12), datetime.min.time(), clock.CHINA)
    midnight = datetime.combine(last_day, datetime.min.time(), clock.CHINA)
    assert expire_due(county.store, county.code, midnight - timedelta(seconds=1)).expired == 0
    assert expire_due(county.store, county.code, midnight).expired == 1


def test_a_declined_person_is_forgotten_thirty_days_later_in_the_new_year(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = date(2026, 12, 20)
    move_clock(monkeypatch)(begun)
    entry = opened_on(county, begun)
    decline_entry(a_coordinator(county), entry.id, entry.version, DeclineReason.NO_GROUND)
    due = datetime.combine(begun + timedelta(days=30), datetime.min.time(), clock.CHINA)
    assert expire_due(county.store, county.code, due - timedelta(seconds=1)).forgotten == 0
    assert expire_due(county.store, county.code, due).forgotten == 1


@pytest.mark.parametrize("day", [20, 21])
def test_a_december_return_after_the_twentieth_needs_a_reason(
    county: County, monkeypatch: pytest.MonkeyPatch, day: int
) -> None:
    move_clock(monkeypatch)(date(2026, 12, day))
    sweep_id = sweep_id_of(a_month(county, "202612"))
    nil = a_return(county.grid, late_reason=None)
    if day == 20:
        assert file_return(judicial(county), sweep_id, nil).nil
    else:
        with refusal(Invalid, "late_reason_missing"):
            file_return(judicial(county), sweep_id, nil)
