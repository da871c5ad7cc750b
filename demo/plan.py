"""What a demo month will bring: which grids find something, what, and what becomes of whoever is entered.

Everything follows from the seed, the month and the places, so that a second run plans the same month.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import count, cycle
from math import ceil
from random import Random

from demo.findings import Dispute, Finding, make_dispute, make_finding
from demo.people import Person, Place, make_person
from server.domain.codes import Urgency
from server.domain.periods import Period, first_day

_TRIES_FOR_URGENT = 500


class Fate(StrEnum):
    """What the township does with an entry."""

    ACCEPT = "accept"
    """Takes the person on."""
    DECLINE = "decline"
    """Ends it, with a reason."""
    RETURN = "return"
    """Sends it back; it stays there for now."""
    BETTER = "better"
    """Sends it back; the office adds a second fact, and it is taken on."""


#: In the order in which people are found; the first is the urgent one.
FATES = (
    Fate.ACCEPT, Fate.BETTER, Fate.RETURN, Fate.DECLINE, Fate.ACCEPT, Fate.ACCEPT,
    Fate.ACCEPT, Fate.DECLINE, Fate.ACCEPT, Fate.RETURN, Fate.ACCEPT, Fate.ACCEPT,
)  # fmt: skip


def make_plan(seed: str, period: Period, today: date, places: Sequence[Place], share: float) -> "Plan":
    """A month for these grids, of which ``share``, rounded up, find somebody, and as many a dispute."""
    grids = sorted(places, key=code_of)
    wanted = ceil(share * len(grids))
    finding = sorted(Random(f"{seed}/{period}/concern").sample(grids, wanted), key=code_of)
    disputing = Random(f"{seed}/{period}/dispute").sample(grids, wanted)
    return Plan(
        period=period,
        found={code_of(place): found for place, found in _found(seed, period, today, finding)},
        disputes={code_of(place): _disputes(seed, period, place) for place in disputing},
    )


def code_of(place: Place) -> str:
    """The code a place files under: its grid's, or its village's where that has no grids."""
    return place.grid_code or place.village_code


def _found(
    seed: str, period: Period, today: date, places: Sequence[Place]
) -> Iterator[tuple[Place, tuple["Found", ...]]]:
    """One or two observations a grid: of one person, of the same person twice, or of two."""
    fates = cycle(FATES)
    upcoming = next(fates)
    for number, place in enumerate(places):
        people = _people(seed, place, period)
        found = [_urgent(seed, period, today, place) if number == 0 else Found(next(people), upcoming, ())]
        upcoming = next(fates)
        if number and upcoming is not Fate.BETTER and found[0].fate is not Fate.BETTER and number % 3 == 0:
            found.append(Found(next(people), upcoming, ()))
            upcoming = next(fates)
        yield place, tuple(_with_facts(seed, period, today, place, each) for each in found)


def _with_facts(seed: str, period: Period, today: date, place: Place, found: "Found") -> "Found":
    """With one fact, or with the second that a returned entry is bettered with."""
    if found.facts:
        return found
    seeds = (seed, f"{seed}/again") if found.fate is Fate.BETTER else (seed,)
    facts = tuple(make_finding(each, place, found.person, period, today) for each in seeds)
    return Found(found.person, found.fate, facts)


def _urgent(seed: str, period: Period, today: date, place: Place) -> "Found":
    """The first resident of the grid whose finding is urgent."""
    for number in range(1, _TRIES_FOR_URGENT):
        person = make_person(seed, place, number, first_day(period))
        finding = make_finding(seed, place, person, period, today)
        if finding.urgency is Urgency.URGENT:
            return Found(person, FATES[0], (finding,))
    raise AssertionError("among so many one is urgent")


def _people(seed: str, place: Place, period: Period) -> Iterator[Person]:
    """The grid's residents, no name twice; of an age as on the month's first day, so that a later run meets them."""
    names: set[str] = set()
    for number in count(1):
        person = make_person(seed, place, number, first_day(period))
        if person.name not in names:
            names.add(person.name)
            yield person


def _disputes(seed: str, period: Period, place: Place) -> tuple[Dispute, ...]:
    many = Random(f"{seed}/{period}/{code_of(place)}/disputes").choice((1, 1, 2))
    return tuple(make_dispute(seed, place, period, number) for number in range(1, many + 1))


@dataclass(frozen=True)
class Found:
    """Somebody a grid observes, the facts, and what will become of the entry."""

    person: Person
    fate: Fate
    facts: tuple[Finding, ...]


@dataclass(frozen=True)
class Plan:
    """A county's month; grids that are not named file nil returns."""

    period: Period
    found: dict[str, tuple[Found, ...]]
    disputes: dict[str, tuple[Dispute, ...]]

    def fate_of(self, area_code: str, name: str) -> Fate:
        """What becomes of the entry about a resident of a grid; whoever is not of this plan is taken on."""
        fates = {each.person.name: each.fate for each in self.found.get(area_code, ())}
        return fates.get(name, Fate.ACCEPT)
