"""Answers limited in bytes: large records come in several, all of them and each once, and the log names no more."""

import json
from collections.abc import Collection
from uuid import UUID

import pytest

from server.domain.feeds import PAGE_BYTES, HeldRecord, RepairAsked
from server.services.sync_pull import repair
from server.store.disclosure import refs_of
from server.store.transaction import Caller, transaction
from tests.make import County
from tests.make_plans import planned, visited
from tests.sweeping import events_of
from tests.tablet_feeds import Tablet, a_review_of, everything, on_a_tablet

#: Three of them fit into an answer, a fourth does not.
LARGE = PAGE_BYTES * 3 // 10


pytestmark = pytest.mark.usefixtures("in_january")


def a_large_review_of(county: County, author: Caller, length: int) -> UUID:
    return a_review_of(county, author, json.dumps({"note": "x" * length}).encode())


def named(county: County, first: int) -> list[set[str]]:
    """Whom each event since this one named, of those by which reviews are read."""
    return [set(one["subjects"]) for one in events_of(county)[first:] if one["table"] == "sync_review"]


def refs(county: County, reviews: Collection[UUID]) -> set[str]:
    """The pseudonyms of whom these reviews are about: each of somebody of its own."""
    with transaction(everything(county)) as work:
        return {str(ref) for ref in refs_of(work, reviews).values()}


def test_large_records_come_in_several_pages_each_once_and_the_log_names_whom_each_shows(
    county: County, worker: Caller
) -> None:
    reviews = [a_large_review_of(county, worker, LARGE) for _ in range(7)]
    visit = planned(visited(county, worker))[0]
    tablet = Tablet(on_a_tablet(worker))
    pages, more = [], True
    while more:
        before = len(events_of(county))
        answer = tablet.pull(1000)
        (feed,) = answer.feeds
        pages.append([change.id for change in answer.changes])
        shown = {change.id for change in answer.changes if change.kind == "review"}
        assert named(county, before) == [refs(county, shown)]
        assert feed.seq == (answer.changes[-1].seq if feed.more else 8)
        more = feed.more
    assert [len(page) for page in pages] == [3, 3, 2]
    assert sorted(id_ for page in pages for id_ in page) == sorted([*reviews, visit.id])
    assert {len(data.data["note"]) for data in tablet.data("review").values()} == {LARGE}
    assert tablet.pull_all().changes == []


def test_a_record_larger_than_a_page_comes_by_itself(county: County, worker: Caller) -> None:
    small = a_review_of(county, worker)
    large = a_large_review_of(county, worker, PAGE_BYTES + 1)
    last = a_review_of(county, worker)
    tablet = Tablet(on_a_tablet(worker))
    pages = [tablet.pull(), tablet.pull(), tablet.pull()]
    assert [[change.id for change in page.changes] for page in pages] == [[small], [large], [last]]
    assert [page.feeds[0].more for page in pages] == [True, True, False]


def test_small_records_are_not_parted(county: County, worker: Caller) -> None:
    reviews = {a_review_of(county, worker) for _ in range(5)}
    answer = Tablet(on_a_tablet(worker)).pull()
    assert ({change.id for change in answer.changes}, answer.feeds[0].more) == (reviews, False)


def test_a_repair_comes_in_several_answers_too(county: County, worker: Caller) -> None:
    reviews = [a_large_review_of(county, worker, LARGE) for _ in range(4)]
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    versions = {id_: told.version for (_, _, id_), told in tablet.held.items()}
    held: list[HeldRecord] = []
    brought = []
    for _ in range(2):
        before = len(events_of(county))
        answer = repair(tablet.caller, RepairAsked(tablet.device_id, county.grid, held))
        brought.append((len(answer.changes), answer.feed.more))
        assert named(county, before) == [refs(county, [change.id for change in answer.changes])]
        held += [HeldRecord("review", change.id, change.version) for change in answer.changes]
    assert brought == [(3, True), (1, False)]
    assert {one.id: one.version for one in held} == versions
    assert sorted(versions) == sorted(reviews)
