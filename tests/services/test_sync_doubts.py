"""Work dated back, and tokens of authorship that have aged: looked at by a person where it matters, and never lost."""

from datetime import datetime, time, timedelta
from uuid import UUID

import pytest

from server import clock
from server.domain.codes import Role
from server.domain.tablet_operations import PROOF_GOOD_FOR
from server.models.sweep import Observation, SweepReturn
from server.models.sync_push import SyncReceipt, SyncReview
from server.services.sync_reviews import apply_review
from server.store.grants import GrantSpec, add_grant
from server.store.transaction import transaction
from tests.make import County, a_caller
from tests.services.test_sync_push import a_fact, a_filed, ago, end_roles, rows
from tests.sweeping import a_month, coordinator, last_period, sweep_id_of
from tests.tablets import Tablet, a_field_worker, results

OLD = [("quarantined", "author_proof_old")]
DATED_BACK = [("quarantined", "captured_before_lease")]


def moved_to_the_other_grid(county: County, author: UUID, at: datetime) -> None:
    """Her grid is a colleague's from that moment; she has another in the same township, and so leases go on."""
    end_roles(county, author, at)
    give(county, author, county.village + "002")


def test_new_work_is_not_dated_back_into_a_role_that_was_lost(county: County, tablet: Tablet, sweep_id: UUID) -> None:
    author = a_field_worker(county)
    moved_to_the_other_grid(county, author, ago(days=3))
    said = {"captured_at": ago(days=4), "leased_at": ago(days=1)}
    sent = tablet.operation(author, "observation", a_fact(sweep_id, county.grid), **said)
    assert results(tablet.push(sent)) == DATED_BACK
    assert rows(county, Observation, "id") == []
    assert rows(county, SyncReview, "code", "author_id") == [("captured_before_lease", author)]


def test_what_was_written_before_a_role_was_lost_is_applied_however_late(
    county: County, tablet: Tablet, sweep_id: UUID
) -> None:
    """The same author, a fortnight offline, with the token of then; the newer work of the new grid goes with it."""
    author = a_field_worker(county)
    moved_to_the_other_grid(county, author, ago(days=3))
    said = {"captured_at": ago(days=4), "leased_at": ago(days=14)}
    before = tablet.operation(author, "observation", a_fact(sweep_id, county.grid), **said)
    after = tablet.operation(author, "observation", a_fact(sweep_id, county.village + "002"))
    assert results(tablet.push(before, after)) == [("applied", None)] * 2


def test_the_township_applies_what_was_dated_back_where_it_finds_it_true(
    county: County, tablet: Tablet, sweep_id: UUID
) -> None:
    author = a_field_worker(county)
    moved_to_the_other_grid(county, author, ago(days=3))
    said = {"captured_at": ago(days=4), "leased_at": ago(days=1)}
    (receipt,) = tablet.push(tablet.operation(author, "observation", a_fact(sweep_id, county.grid), **said))
    assert receipt.review_id is not None
    assert apply_review(coordinator(county), receipt.review_id, 1).state == "applied"
    assert rows(county, Observation, "created_by") == [(author,)]


@pytest.mark.parametrize("before", [timedelta(seconds=1), timedelta(minutes=9)])
def test_a_clock_a_little_slow_does_not_put_work_before_its_lease(
    county: County, tablet: Tablet, sweep_id: UUID, before: timedelta
) -> None:
    """Leased in the morning and written at once; the grid was lost at noon, and the tablet delivers in the evening."""
    author, leased = a_field_worker(county), ago(hours=10)
    said = {"captured_at": leased - before, "leased_at": leased}
    sent = tablet.operation(author, "observation", a_fact(sweep_id, county.grid), **said)
    end_roles(county, author, ago(hours=5))
    assert results(tablet.push(sent)) == [("applied", None)]


def test_a_role_that_ended_before_the_lease_is_not_had_by_a_slow_clock(
    county: County, tablet: Tablet, sweep_id: UUID
) -> None:
    author = a_field_worker(county)
    moved_to_the_other_grid(county, author, ago(minutes=5))
    said = {"captured_at": ago(minutes=8), "leased_at": ago(minutes=2)}
    sent = tablet.operation(author, "observation", a_fact(sweep_id, county.grid), **said)
    assert results(tablet.push(sent)) == [("quarantined", "not_found")]


@pytest.mark.parametrize("back", [timedelta(seconds=20), timedelta(days=30), timedelta(days=365), timedelta(days=9000)])
@pytest.mark.parametrize("offset_ms", [None, 0, -86_400_000, 86_400_000])
def test_a_clock_that_fell_back_costs_an_author_nothing_that_they_may_do(
    county: County, tablet: Tablet, sweep_id: UUID, back: timedelta, offset_ms: int | None
) -> None:
    said = {"captured_at": clock.now() - back, "leased_at": ago(hours=1), "clock_offset_ms": offset_ms}
    sent = tablet.operation(a_field_worker(county), "observation", a_fact(sweep_id, county.grid), **said)
    assert results(tablet.push(sent)) == [("applied", None)]


def test_a_clock_that_fell_back_keeps_what_was_stated_in_the_receipt(
    county: County, tablet: Tablet, sweep_id: UUID
) -> None:
    stated = ago(days=30)
    sent = tablet.operation(
        a_field_worker(county), "observation", a_fact(sweep_id, county.grid), captured_at=stated, leased_at=ago(days=1)
    )
    tablet.push(sent)
    assert rows(county, SyncReceipt, "captured_at") == [(stated,)]


@pytest.mark.parametrize(
    ("leased", "told"), [(True, [("applied", None)]), (False, [("quarantined", "late_reason_missing")])]
)
def test_a_return_is_not_made_timely_by_a_time_before_its_lease(
    county: County, tablet: Tablet, leased: bool, told: list[tuple[str, str | None]]
) -> None:
    """Written in time, a late one is told to have had no network; that is not had for the asking."""
    sweep_id = sweep_id_of(a_month(county, last_period()))
    in_time = datetime.combine(clock.today().replace(day=1) - timedelta(days=12), time(12), clock.CHINA)
    data = a_filed(sweep_id, county.grid) | {"late_reason": None}
    said = {"captured_at": in_time, "leased_at": in_time if leased else ago(days=1)}
    sent = tablet.operation(a_field_worker(county), "return", data, **said)
    assert results(tablet.push(sent)) == told
    assert rows(county, SweepReturn, "late_reason") == [("offline",)] * leased


def test_work_that_comes_long_after_its_authors_last_lease_is_looked_at_by_a_person(
    county: County, tablet: Tablet, sweep_id: UUID
) -> None:
    """A token that leaked is worth nothing by then; what a forgotten tablet brings is kept all the same."""
    author = a_field_worker(county)
    old, young = (clock.now() - PROOF_GOOD_FOR + more for more in (-timedelta(minutes=1), timedelta(minutes=1)))
    data = a_fact(sweep_id, county.grid)
    first, second = (
        tablet.operation(author, "observation", data, captured_at=clock.now(), leased_at=at) for at in (old, young)
    )
    receipts = tablet.push(first, second)
    assert results(receipts) == [*OLD, ("applied", None)]
    assert tablet.push(first, second) == receipts


@pytest.mark.parametrize("captured", [timedelta(days=100), timedelta(days=1)])
def test_an_old_proof_is_old_whenever_the_work_says_that_it_was_written(
    county: County, tablet: Tablet, sweep_id: UUID, captured: timedelta
) -> None:
    said = {"captured_at": clock.now() - captured, "leased_at": ago(days=101)}
    (receipt,) = tablet.push(
        tablet.operation(a_field_worker(county), "observation", a_fact(sweep_id, county.grid), **said)
    )
    assert results([receipt]) == OLD
    assert receipt.review_id is not None
    assert apply_review(coordinator(county), receipt.review_id, 1).state == "applied"


def test_what_a_tablet_notes_by_itself_is_no_work_for_the_township(county: County, tablet: Tablet) -> None:
    author, look = a_field_worker(county), {"kind": "visit", "viewed_at": ago(days=95).isoformat()}
    gone = {"area_code": county.grid, "epoch": "1", "rows": 3}
    sent = [
        tablet.operation(author, kind, data, leased_at=ago(days=95)) for kind, data in (("view", look), ("purge", gone))
    ]
    assert results(tablet.push(*sent)) == [("applied", None)] * 2


def test_one_in_doubt_among_many_holds_back_nothing_else(county: County, tablet: Tablet, sweep_id: UUID) -> None:
    author = a_field_worker(county)
    sent = [
        tablet.operation(author, "observation", a_fact(sweep_id, county.grid), leased_at=ago(days=days))
        for days in (1, 91, 0, 120, 14)
    ]
    assert results(tablet.push(*sent)) == [("applied", None), *OLD, ("applied", None), *OLD, ("applied", None)]
    assert rows(county, SweepReturn, "item_count") == [(3,)]


def test_the_time_of_issue_cannot_be_said_otherwise(county: County, tablet: Tablet, sweep_id: UUID) -> None:
    """It stands in the token for everybody to read, and is proven with it."""
    author = a_field_worker(county)
    old, fresh = (tablet.token(author, at) for at in (ago(days=100), clock.now()))
    sent = tablet.operation(author, "observation", a_fact(sweep_id, county.grid), token=fresh[:6] + old[6:])
    assert results(tablet.push(sent)) == [("rejected", "author_unproven")]


def give(county: County, user_id: UUID, area: str) -> None:
    """One grid more, from today."""
    with transaction(a_caller(county, Role.SYSADMIN, county.code)) as work:
        add_grant(work, user_id, GrantSpec(Role.GRID_WORKER, area, clock.today()))
