"""Pulling: what a worker may hold, as single reads give it, and nothing else."""


import pytest

from server.services.visit_reading import read_visit
from server.services.visits import record_visit
from server.store.transaction import Caller
from tests.make import County
from tests.make_plans import a_record, a_worker, planned, set_clock, visited
from tests.tablet_feeds import Tablet, assert_feeds_true, on_a_tablet


@pytest.fixture(autouse=True)
def in_january(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, 2027, 1, 5)


@pytest.fixture
def worker(county: County) -> Caller:
    return a_worker(county)


def test_a_tablet_holds_what_is_due_and_lets_go_of_what_was_done(county: County, worker: Caller) -> None:
    person = visited(county, worker)
    tablet = Tablet(on_a_tablet(worker))
    answer = tablet.pull_all()
    visit = planned(person)[0]
    assert [feed.area_code for feed in answer.feeds] == [county.grid]
    assert set(tablet.data("visit")) == {visit.id}
    assert tablet.data("visit")[visit.id] == read_visit(worker, visit.id)
    record_visit(worker, visit.id, 1, a_record())
    assert_feeds_true(county)
    answer = tablet.pull()
    assert [(one.op, one.id, one.reason) for one in answer.changes] == [("remove", visit.id, "ended")]
    assert tablet.pull().changes == []
