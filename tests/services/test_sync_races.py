"""Feeds while many write at once: whoever commits when, a tablet that pages through them never skips anything."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from uuid import UUID

import pytest
from sqlalchemy import text

from server.domain.codes import LedgerState
from server.store.feeds import was_stirred
from server.store.transaction import Caller, transaction
from tests.make import County, user_id_of
from tests.make_care import a_plan, in_care, visits_of
from tests.make_plans import a_worker
from tests.services.test_ledger_races import at_once
from tests.tablet_feeds import Tablet, assert_feeds_true, everything, on_a_tablet

#: Rows are taken in the order of their ids, as every write of ours does: else writers would wait for each other in rings.
TAKE = "WITH taken AS MATERIALIZED (SELECT id FROM visit WHERE id = ANY (:ids) ORDER BY id FOR UPDATE) UPDATE visit SET"
TOUCH = text(f"{TAKE} version = version + 1 WHERE id IN (SELECT id FROM taken)")
GIVE = text(f"{TAKE} assignee_id = :reader, version = version + 1 WHERE id IN (SELECT id FROM taken)")
CORRECT = text("UPDATE resident SET version = version + 1 WHERE id = :id")


def writing(county: County, acts: Callable[[random.Random], list[tuple[object, dict[str, object]]]], seed: int) -> None:
    """Some transactions, each holding its rows for a while before it commits."""
    dice = random.Random(seed)
    for _ in range(12):
        with transaction(everything(county)) as work:
            for statement, values in acts(dice):
                work.session.execute(statement, values)
            work.session.execute(text("SELECT pg_sleep(:seconds)"), {"seconds": dice.random() / 100})


@contextmanager
def paging(tablets: list[Tablet]) -> Iterator[None]:
    """Meanwhile each tablet pulls page after page."""
    over = Event()

    def page(tablet: Tablet) -> None:
        while not over.is_set():
            tablet.pull(2)

    threads = [Thread(target=page, args=(tablet,)) for tablet in tablets]
    for thread in threads:
        thread.start()
    yield
    over.set()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_reader_who_pages_while_others_commit_in_any_order_never_skips(county: County, seed: int) -> None:
    readers = [a_worker(county) for _ in range(2)]
    visits: list[UUID] = []
    for reader in readers:
        person = in_care(county, LedgerState.PLAN_ACTIVE)
        a_plan(person, visitor_id=user_id_of(reader), visits=6)
        visits += [visit.id for visit in visits_of(person)]

    def acts(dice: random.Random) -> list[tuple[object, dict[str, object]]]:
        chosen = sorted(dice.sample(visits, 3))
        if dice.random() < 0.5:
            return [(TOUCH, {"ids": chosen})]
        return [(GIVE, {"ids": chosen, "reader": user_id_of(dice.choice(readers))})]

    tablets = [Tablet(on_a_tablet(reader)) for reader in readers]
    writers = [Thread(target=writing, args=(county, acts, seed * 10 + number)) for number in range(4)]
    with paging(tablets):
        for thread in writers:
            thread.start()
        for thread in writers:
            thread.join()
    for tablet in tablets:
        # Without a repair: the count and digest of the last answer are what this tablet gathered page by page.
        tablet.pull_all(2)
        assert all(numbers == sorted(numbers) for numbers in tablet.told.values())
    assert_feeds_true(county)


def test_a_contact_corrected_while_a_visit_is_given_away_reaches_the_new_worker(county: County) -> None:
    """Neither transaction sees the other; the new worker's next pull finds out."""
    worker, other = a_worker(county), a_worker(county)
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(person, visitor_id=user_id_of(worker))
    (visit,) = visits_of(person)
    tablet = Tablet(on_a_tablet(other))
    tablet.pull_all()
    given, corrected = Event(), Event()

    def give() -> None:
        with transaction(everything(county)) as work:
            work.session.execute(GIVE, {"ids": [visit.id], "reader": user_id_of(other)})
            given.set()
            corrected.wait()

    def correct() -> None:
        with transaction(everything(county)) as work:
            given.wait()
            work.session.execute(CORRECT, {"id": person.resident_id})
            corrected.set()

    at_once(give, correct)
    tablet.pull_all()
    assert_feeds_true(county)
    assert set(tablet.data("visit")) == {visit.id}


def test_two_pulls_of_one_user_at_once_are_both_answered(county: County) -> None:
    worker = a_worker(county)
    a_plan(in_care(county, LedgerState.PLAN_ACTIVE), visitor_id=user_id_of(worker), visits=3)
    tablets = [Tablet(on_a_tablet(worker)) for _ in range(2)]
    at_once(*(tablet.pull_all for tablet in tablets))
    assert [len(tablet.held) for tablet in tablets] == [3, 3]


def test_a_transaction_taken_back_stirs_nothing(county: County) -> None:
    worker: Caller = a_worker(county)
    a_plan(in_care(county, LedgerState.PLAN_ACTIVE), visitor_id=user_id_of(worker))

    def write_and_fail() -> None:
        with transaction(everything(county)) as work:
            work.session.execute(text("UPDATE visit SET version = version + 1"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert_feeds_true(county)
    with transaction(everything(county)) as work:
        assert not was_stirred(work.session)
