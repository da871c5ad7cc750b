"""Removals are forgotten once every tablet that could wait for one has asked beyond it, and not before."""

from uuid import UUID

import pytest
from sqlalchemy import select, text

from server import clock
from server.domain.feeds import HeldRecord, RepairAsked
from server.models.sync import FeedChange
from server.services.nightly import do_parts
from server.services.sync_pull import repair
from server.services.visits import record_visit
from server.store.feed_reading import note_purged
from server.store.transaction import Caller, transaction
from tests.make import County, user_id_of
from tests.make_devices import a_tablet
from tests.make_plans import a_record, planned, visited
from tests.tablet_feeds import Tablet, assert_feeds_true, everything, on_a_tablet

pytestmark = pytest.mark.usefixtures("in_january")


def a_pulled(county: County, worker: Caller) -> Tablet:
    """A tablet that has pulled all, and said so."""
    tablet = Tablet(on_a_tablet(worker, a_tablet(county).id))
    tablet.pull_all()
    tablet.pull_all()
    return tablet


def a_made_visit(county: County, worker: Caller) -> UUID:
    """A visit that was held and has been made."""
    visit = planned(visited(county, worker))[0]
    record_visit(worker, visit.id, visit.version, a_record())
    return visit.id


def night(county: County) -> int:
    return do_parts(county.store, county.code, clock.now(), ["removals_forgotten"])["removals_forgotten"]


def removals(county: County) -> set[UUID]:
    with transaction(everything(county)) as work:
        mine = FeedChange.county_code == county.code, FeedChange.op == "remove"
        return set(work.session.scalars(select(FeedChange.record_id).where(*mine)))


def test_a_removal_is_kept_until_the_last_tablet_has_asked_beyond_it_and_nobody_begins_anew(
    county: County, worker: Caller
) -> None:
    visited(county, worker)
    quick, slow = a_pulled(county, worker), a_pulled(county, worker)
    visit = planned(visited(county, worker))[0]
    quick.pull_all(), slow.pull_all()
    record_visit(worker, visit.id, visit.version, a_record())
    # Told is not yet saved: only the next question says so.
    quick.pull_all()
    assert (night(county), removals(county)) == (0, {visit.id})
    quick.pull_all()
    assert (night(county), removals(county)) == (0, {visit.id})
    answer = slow.pull_all()
    assert [(one.op, one.id) for one in answer.changes] == [("remove", visit.id)]
    slow.pull_all()
    assert (night(county), removals(county)) == (1, set())
    assert_feeds_true(county)
    for tablet in (quick, slow, Tablet(on_a_tablet(worker))):
        answer = tablet.pull_all()
        assert not any(feed.reset for feed in answer.feeds)
        assert len(tablet.held) == 1
    assert quick.pull().changes == []


def test_what_nobody_holds_is_forgotten_the_same_night(county: County, worker: Caller) -> None:
    a_made_visit(county, worker)
    assert (night(county), night(county)) == (1, 0)
    assert_feeds_true(county)


@pytest.mark.parametrize("how", ["wiped", "purged", "revoked"])
def test_a_tablet_that_deleted_what_it_held_waits_for_no_removal(county: County, worker: Caller, how: str) -> None:
    visit = planned(visited(county, worker))[0]
    tablet = a_pulled(county, worker)
    record_visit(worker, visit.id, visit.version, a_record())
    with transaction(everything(county)) as work:
        if how == "purged":
            note_purged(work, tablet.device_id, user_id_of(worker), county.grid)
        else:
            statement = text("UPDATE device SET state = :state WHERE id = :id")
            work.session.execute(statement, {"state": how, "id": tablet.device_id})
    # One that was only taken back may still hold it.
    assert night(county) == (0 if how == "revoked" else 1)


def test_a_tablet_put_back_to_an_earlier_state_learns_of_a_forgotten_removal_by_count_and_digest(
    county: County, worker: Caller
) -> None:
    visited(county, worker)
    visit = planned(visited(county, worker))[0]
    tablet = a_pulled(county, worker)
    copied = Tablet(tablet.caller, dict(tablet.positions), dict(tablet.held))
    record_visit(worker, visit.id, visit.version, a_record())
    tablet.pull_all(), tablet.pull_all()
    assert night(county) == 1
    answer = copied.pull()
    (feed,) = answer.feeds
    assert (answer.changes, feed.reset, feed.more) == ([], False, False)
    assert copied.tally(county.grid) != (feed.count, feed.digest)
    held = [HeldRecord(kind, id_, told.version) for (_, kind, id_), told in copied.held.items()]
    for change in repair(copied.caller, RepairAsked(copied.device_id, county.grid, held)).changes:
        copied.apply(change)
    copied.pull_all()
    assert copied.held.keys() == tablet.held.keys()
