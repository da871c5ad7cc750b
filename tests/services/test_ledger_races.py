"""Two people at once, on the real database: exactly one wins, and the other is told so."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest

from server import clock
from server.domain.codes import DeclineReason
from server.errors import Conflict, LinliError, Stale
from server.services.expiry import expire_due
from server.services.ledger import promote_observations
from server.services.ledger_reading import read_steps
from server.services.ledger_review import Acceptance, accept_entry, decline_entry, open_review
from server.store.transaction import new_id
from tests.make import County
from tests.make_ledger import (
    a_coordinator,
    a_promotion,
    a_reported_entry,
    an_officer,
    an_opened_entry,
    observed,
    observed_again,
    observed_people,
)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts in threads that start together; each result is the value or the refusal."""
    barrier, results = Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            results[number] = act()
        except LinliError as refused:
            results[number] = refused

    threads = [Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def refused(results: list[object]) -> list[LinliError]:
    return [result for result in results if isinstance(result, LinliError)]


@pytest.mark.parametrize("turn", range(3))
def test_of_two_coordinators_who_open_one_entry_one_wins(county: County, turn: int) -> None:
    entry = a_reported_entry(county)
    each = [a_coordinator(county), a_coordinator(county)]
    results = at_once(*(lambda who=who: open_review(who, entry.id, entry.version) for who in each))
    (loser,) = refused(results)
    assert isinstance(loser, Stale), turn
    assert [step.act for step in read_steps(each[0], entry.id)] == ["promote", "report", "open_review"]


def test_of_two_decisions_one_stands(county: County) -> None:
    first, second = a_coordinator(county), a_coordinator(county)
    opened = an_opened_entry(county, first)
    results = at_once(
        lambda: accept_entry(first, opened.id, opened.version, Acceptance()),
        lambda: decline_entry(second, opened.id, opened.version, DeclineReason.NO_GROUND),
    )
    assert [error.code for error in refused(results)] == ["record_changed"]
    assert len(read_steps(first, opened.id)) == 4


def test_of_two_officers_who_promote_one_observation_one_wins(county: County) -> None:
    promotion = a_promotion(observed(county))
    each = [an_officer(county), an_officer(county)]
    results = at_once(*(lambda who=who: promote_observations(who, promotion) for who in each))
    (loser,) = refused(results)
    assert isinstance(loser, Conflict)
    assert loser.code in {"observation_not_open", "open_entry_exists"}


def test_of_two_entries_for_one_person_one_is_made(county: County) -> None:
    person = observed(county)
    facts = [person.observation_id, observed_again(county, person)]
    each = [a_promotion(person, observation_ids=frozenset({fact}), id=new_id()) for fact in facts]
    results = at_once(*(lambda one=one: promote_observations(an_officer(county), one) for one in each))
    assert [error.code for error in refused(results)] == ["open_entry_exists"]


def test_entries_made_at_once_get_different_numbers(county: County) -> None:
    people = observed_people(county, 4)
    results = at_once(*(lambda one=one: promote_observations(an_officer(county), a_promotion(one)) for one in people))
    assert not refused(results)
    assert sorted(entry.entry_no[-4:] for entry in results) == ["0001", "0002", "0003", "0004"]


def test_two_clockworks_at_once_end_each_entry_once(county: County) -> None:
    entries = [a_reported_entry(county) for _ in range(4)]
    later = clock.now() + timedelta(days=30)
    results = at_once(*[lambda: expire_due(county.store, county.code, later)] * 2)
    assert sum(counts.expired for counts in results) == len(entries)
    acts = [[step.act for step in read_steps(a_coordinator(county), entry.id)] for entry in entries]
    assert acts == [["promote", "report", "expire"]] * len(entries)
