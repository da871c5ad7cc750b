"""A month's end: frozen figures that never change, late data beside them, opening again, putting away."""

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from server import clock
from server.domain.codes import Ground, LedgerState
from server.domain.codes_month import MonthReopenReason
from server.domain.periods import first_day
from server.errors import Conflict, NotFound, Stale, Unavailable
from server.models.month import MonthClose
from server.models.plan import Visit
from server.models.sweep import Observation, SweepReturn
from server.services.figures import read_figures
from server.services.month_close import archive_month, read_frozen, read_late, reopen_month
from server.services.month_freezing import count_month
from server.services.months import read_month
from server.services.sweeps import read_sweep
from server.store.month_frozen import digest_of, frozen_text, thawed
from server.store.transaction import transaction
from tests.make import County
from tests.make_care import a_plan, in_care, visits_of
from tests.make_ledger import refusal
from tests.make_months import (
    a_closed_month,
    a_held_meeting,
    a_meeting,
    a_submitted_month,
    closed,
    hand_in,
    noon,
    supervisor,
)
from tests.services.test_ledger_reading import statements
from tests.sweeping import a_dispute, an_observation, coordinator, events_of, judicial, last_period, this_period

At = Callable[[datetime], None]
REASON = MonthReopenReason.CORRECTION


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Move the clock to an instant."""
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)


def seen(number: int, ground: Ground = Ground.LIFE_SETBACK) -> list[object]:
    """So many observations of a day in the last month."""
    day = first_day(last_period()) + timedelta(days=4)
    return [an_observation(ground=ground, observed_on=day) for _ in range(number)]


def close_row(county: County, number: int = 1) -> MonthClose:
    with transaction(coordinator(county)) as work:
        return work.session.scalars(select(MonthClose).where(MonthClose.number == number)).one()


def test_invariant_11_frozen_totals_are_the_sums_of_the_returns(county: County) -> None:
    month = a_closed_month(county, *seen(3), *seen(1, Ground.IMBALANCE), a_dispute(), a_dispute())
    figures = read_frozen(coordinator(county), month.id).figures
    with transaction(coordinator(county)) as work:
        rows = work.session.scalars(select(SweepReturn).where(SweepReturn.county_code == county.code)).all()
    assert sum(cells["items"] for cells in figures["returns"].values()) == sum(row.item_count for row in rows) == 6
    assert figures["returns"]["concern"] == {
        "due": 6, "villages": 3, "confirmed": 3, "returned": 6, "nil": 5, "late": 6, "items": 4,
    }  # fmt: skip
    assert figures["groups"]["observations"] == {"2": 3, "3": 1}
    assert figures["groups"]["disputes"] == {"debt:ongoing": 2}
    assert figures["operations"]["OP-1"] == [0, 12]


def test_invariant_11_the_hash_is_stable_and_stands_in_the_access_log(county: County) -> None:
    month = a_closed_month(county, *seen(2))
    shown = read_frozen(coordinator(county), month.id)
    row = close_row(county)
    assert shown.intact
    assert shown.digest == row.digest == hashlib.sha256(row.figures.encode()).hexdigest()
    assert [event["digest"] for event in events_of(county) if event["action"] == "month:freeze"] == [row.digest]
    with transaction(coordinator(county)) as work:
        again = count_month(work, county.township, month.period, thawed(row).nonce)
    assert frozen_text(again) == row.figures


def test_the_hash_confirms_no_guess_at_a_small_count(county: County) -> None:
    first, second = (a_closed_month(county, township=town) for town in (county.township, county.other_township))
    digests = [
        read_frozen(coordinator(county, month.township_code), month.id).figures["nonce"] for month in (first, second)
    ]
    assert len(set(digests)) == 2
    assert all(len(nonce) == 32 for nonce in digests)


def test_a_changed_text_is_noticed_and_never_shown(county: County) -> None:
    month = a_closed_month(county, *seen(2))
    with county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :code, true)"), {"code": county.code})
        connection.execute(text("SELECT set_config('linli.areas', :code, true)"), {"code": county.code})
        connection.execute(update(MonthClose).values(figures=func.replace(MonthClose.figures, '"2":2', '"2":1')))
    shown = read_frozen(coordinator(county), month.id)
    assert (shown.intact, shown.figures) == (False, {})
    with refusal(Unavailable, "figures_not_intact"):
        read_figures(supervisor(county), county.township, last_period())


def test_the_application_cannot_change_frozen_figures(county: County) -> None:
    a_closed_month(county)
    with pytest.raises(Exception, match="permission denied"), transaction(coordinator(county)) as work:
        work.session.execute(update(MonthClose).values(figures="{}"))


def test_freezing_takes_as_many_statements_for_one_as_for_many(county: County) -> None:
    counts = []
    for people in (1, 12):
        for _ in range(people):
            person = in_care(county, LedgerState.PLAN_ACTIVE)
            a_plan(person, visits=2)
        with transaction(coordinator(county)) as work, statements(county.store) as sent:
            count_month(work, county.township, this_period(), "")
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 30


def test_closing_after_the_third_working_day_is_allowed_and_told(county: County, at: At) -> None:
    month = a_submitted_month(county)
    other = a_submitted_month(county, township=county.other_township)
    first = first_day(this_period())
    at(noon(first + timedelta(days=1)))
    closed(county, month)
    at(noon(first + timedelta(days=12)))
    closed(county, other)
    assert not read_frozen(coordinator(county), month.id).late
    late = read_frozen(coordinator(county, county.other_township), other.id)
    assert late.late
    assert late.due_on < first + timedelta(days=12)


def test_a_december_is_closed_in_january_on_provisional_days(county: County, at: At) -> None:
    at(noon(date(2026, 12, 28)))
    month = a_submitted_month(county, period="202612")
    at(noon(date(2027, 1, 6)))
    closed(county, month)
    shown = read_frozen(coordinator(county), month.id)
    assert (shown.due_on, shown.due_provisional, shown.late) == (date(2027, 1, 5), True, True)


def test_frozen_figures_do_not_move_and_late_data_is_told_beside_them(county: County, at: At) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    begins = first_day(this_period())
    at(noon(begins - timedelta(days=3)))
    a_plan(person, visits=2)
    at(noon(begins + timedelta(days=1)))
    month = a_closed_month(county)
    before = read_frozen(coordinator(county), month.id)
    assert before.figures["groups"]["visits"]["overdue"] == 2
    at(noon(begins + timedelta(days=6)))
    _visited(county, visits_of(person)[0])
    current = a_submitted_month(county, an_observation(observed_on=begins - timedelta(days=4)), period=this_period())
    assert read_frozen(coordinator(county), month.id) == before
    assert dict(read_late(coordinator(county), month.id).counts) == {"observations": 1, "visits": 1}
    at(noon(begins + timedelta(days=40)))
    closed(county, current)
    assert read_frozen(coordinator(county), current.id).figures["late"] == {
        month.period: {"observations": 1, "visits": 1}
    }


def test_a_month_is_opened_again_with_a_reason_and_frozen_as_the_next_version(county: County) -> None:
    month = a_closed_month(county, *seen(1))
    first = read_frozen(coordinator(county), month.id)
    again = reopen_month(coordinator(county), month.id, month.version, REASON)
    assert (again.state, again.closed_at, [sweep.state for sweep in again.sweeps]) == ("open", None, ["reopened"] * 2)
    assert [sweep.reopen_reason for sweep in again.sweeps] == ["correction"] * 2
    for sweep in again.sweeps:
        hand_in(county, sweep.id)
    closed(county, month)
    second = read_frozen(coordinator(county), month.id)
    old = read_frozen(coordinator(county), month.id, 1)
    assert (second.number, second.reopen_reason) == (2, None)
    assert (old.figures, old.digest, old.reopen_reason) == (first.figures, first.digest, "correction")
    assert second.digest != first.digest


def test_an_open_month_is_not_opened_again_nor_one_whose_meeting_is_called(county: County) -> None:
    month = a_submitted_month(county)
    with refusal(Conflict, "month_not_closed"):
        reopen_month(coordinator(county), month.id, month.version, REASON)
    done = closed(county, month)
    with refusal(Stale, "record_changed"):
        reopen_month(coordinator(county), month.id, 1, REASON)
    a_meeting(county, done)
    with refusal(Conflict, "meeting_called"):
        reopen_month(coordinator(county), month.id, done.version, REASON)


def test_a_month_is_put_away_after_its_meeting_only(county: County) -> None:
    month = a_closed_month(county)
    with refusal(Conflict, "meeting_not_held"):
        archive_month(coordinator(county), month.id, month.version)
    a_held_meeting(county, month, clock.today())
    held = read_month(coordinator(county), month.id)
    assert held.state == "meeting_held"
    assert archive_month(coordinator(county), month.id, held.version).state == "archived"


def test_invariant_12_every_move_of_a_month_has_actor_time_and_reason(county: County) -> None:
    month = a_closed_month(county)
    actor = coordinator(county)
    reopen_month(actor, month.id, month.version, REASON)
    event = [each for each in events_of(county) if each["action"] == "month:reopen"][-1]
    assert (event["actor"], event["record"], event["before"]) == (str(actor.identity.user_id), str(month.id), 2)
    row = close_row(county)
    assert (row.reopened_by, row.reopen_reason) == (actor.identity.user_id, "correction")
    assert row.reopened_at is not None
    assert read_sweep(judicial(county), month.sweeps[0].id).reopen_reason == "correction"


def test_nobody_of_another_township_sees_the_frozen_month(county: County) -> None:
    month = a_closed_month(county)
    stranger = coordinator(county, county.other_township)
    for act in (read_frozen, read_late):
        with refusal(NotFound, "not_found"):
            act(stranger, month.id)
    with refusal(NotFound, "not_found"):
        reopen_month(stranger, month.id, month.version, REASON)
    with refusal(NotFound, "not_found"):
        read_frozen(coordinator(county), month.id, 7)


def test_frozen_figures_name_nobody(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(person)
    a_closed_month(county, *seen(2))
    said = close_row(county).figures
    assert json.loads(said)
    with transaction(coordinator(county)) as work:
        people = work.session.scalars(select(Observation.resident_id)).all()
    assert not [id_ for id_ in (*people, person.entry_id, person.resident_id) if str(id_) in said]
    assert digest_of(said) == close_row(county).digest


def _visited(county: County, visit: Visit) -> None:
    with transaction(coordinator(county)) as work:
        work.session.execute(
            update(Visit).where(Visit.id == visit.id).values(state="done", done_at=work.now, visited_at=work.now)
        )
