"""What leaves the township, against a reader who collects every answer there is and counts back (G11, invariant 8)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.month_figures import RELEASED, MonthFigures
from server.domain.periods import Period
from server.domain.releases import Release, Told, is_release_due, told_of_county, told_of_townships

K = 5
#: The reader's own bound on a hidden count: above every count tried here.
MOST = 10
GROUNDS = ("2", "3")
Answers = Mapping[str, Told]


def a_month(township: str, counts: Sequence[int], found: int = 0, **groups: Mapping[str, int]) -> MonthFigures:
    """A township whose observations are these, by ground, from so many of its twenty places."""
    places = {
        "due": 20,
        "villages": 5,
        "confirmed": 5,
        "returned": 20,
        "nil": 20 - found,
        "late": 0,
        "items": sum(counts),
    }
    observations = dict(zip(GROUNDS, counts, strict=False))
    return MonthFigures(
        township=township,
        period="202611",
        nonce="",
        returns={"concern": places},
        groups={"observations": {key: count for key, count in observations.items() if count}} | groups,
        feedback_median_days=None,
        late={},
        operations={"OP-1": (20, 20), "OP-2": (1, 2)},
    )


def every_answer(releases: Sequence[Release]) -> list[Answers]:
    """Whatever a supervisor can ask, after each release: the county and each township, on screen or on paper."""
    said = []
    for number in range(1, len(releases) + 1):
        known = releases[:number]
        lines = {town: told for release in known for town, told in told_of_townships(release).items()}
        said.append({"county": told_of_county(known)} | lines)
    return said


def cell_of(told: Told, ground: str) -> int | None:
    return told.groups["observations"].cells.get(ground, 0)


def agrees(table: Mapping[tuple[str, str], int], found: Mapping[str, int | None], said: Sequence[Answers]) -> bool:
    """Whether a table could be the truth: sums that are told are right, and no place found somebody without a fact."""
    for answers in said:
        towns = [town for town in answers if town != "county"]
        for ground in {ground for _, ground in table}:
            total = cell_of(answers["county"], ground)
            if total is not None and total != sum(table[town, ground] for town in towns):
                return False
    for town, places in found.items():
        if places is not None and places > sum(count for (place, _), count in table.items() if place == town):
            return False
    return True


def tables(grounds: Sequence[str], said: Sequence[Answers]) -> Iterator[dict[tuple[str, str], int]]:
    """Every table of hidden counts that agrees with all answers."""
    last = said[-1]
    towns = [town for town in last if town != "county"]
    keys = [(town, ground) for town in towns for ground in grounds]
    shown = {key: cell_of(last[key[0]], key[1]) for key in keys}
    nil = {town: last[town].returns["concern"]["nil"] for town in towns}
    found = {town: None if count is None else 20 - count for town, count in nil.items()}
    choices = [range(1, MOST + 1) if shown[key] is None else (shown[key] or 0,) for key in keys]
    for values in product(*choices):
        table = dict(zip(keys, values, strict=True))
        if agrees(table, found, said):
            yield table


@st.composite
def counties(draw: st.DrawFn) -> tuple[Sequence[str], list[list[MonthFigures]]]:
    """A small county: its grounds, and its townships in one release or two."""
    townships, grounds = draw(st.sampled_from([(1, 2), (2, 1), (2, 2), (3, 1), (4, 1)]))
    months = []
    for number in range(townships):
        counts = [draw(st.integers(0, 9)) for _ in range(grounds)]
        found = draw(st.integers(0, min(sum(counts), 20)))
        months.append(a_month(f"99000110{number}", counts, found))
    first = draw(st.integers(1, townships))
    return GROUNDS[:grounds], [part for part in (months[:first], months[first:]) if part]


@settings(max_examples=60, deadline=None)
@given(counties())
def test_invariant_8_no_one_to_four_people_can_be_told_from_all_answers_together(
    made: tuple[Sequence[str], list[list[MonthFigures]]],
) -> None:
    grounds, releases = made
    possible = list(tables(grounds, every_answer(releases)))
    truth = {
        (month.township, ground): month.groups["observations"].get(ground, 0)
        for release in releases
        for month in release
        for ground in grounds
    }
    assert truth in possible
    for size in range(1, len(truth) + 1):
        for some in combinations(truth, size):
            sums = {sum(table[key] for key in some) for table in possible}
            assert len(sums) > 1 or sums.pop() not in range(1, K), (some, truth)


@pytest.mark.parametrize("together", [True, False])
def test_g11_a_reader_who_knows_the_rule_itself_cannot_tell_a_small_count(together: bool) -> None:
    most, checked_up_to = 14, 8
    same: dict[Any, list[tuple[int, int]]] = defaultdict(list)
    for counts in product(range(most + 1), repeat=2):
        months = [a_month(f"99000110{place}", [count]) for place, count in enumerate(counts)]
        releases = [months] if together else [[month] for month in months]
        said = every_answer(releases)
        same[tuple((name, cell_of(told, "2")) for answers in said for name, told in answers.items())].append(counts)
    hidden = 0
    for answers, candidates in same.items():
        shown = dict(answers)
        for place in range(2):
            values = {counts[place] for counts in candidates}
            if shown[f"99000110{place}"] is None and any(max(counts) <= checked_up_to for counts in candidates):
                hidden += 1
                assert len(values) >= 2
    assert hidden


@given(st.lists(st.lists(st.integers(0, 9), min_size=2, max_size=2), min_size=1, max_size=4))
def test_g11_no_shown_count_is_below_five_and_shown_counts_are_true(rows: list[list[int]]) -> None:
    months = [a_month(f"99000110{number}", counts) for number, counts in enumerate(rows)]
    (answers,) = every_answer([months])
    for number, counts in enumerate(rows):
        for ground, count in zip(GROUNDS, counts, strict=True):
            shown = cell_of(answers[f"99000110{number}"], ground)
            assert shown is None or (shown == count and shown not in range(1, K))


def test_what_was_told_is_never_told_differently() -> None:
    first = [a_month("990001100", [7, 3]), a_month("990001101", [9, 8])]
    before, after = every_answer([first, [a_month("990001102", [2, 6])]])
    assert {town: after[town] for town in before if town != "county"} == {
        town: told for town, told in before.items() if town != "county"
    }
    assert cell_of(after["county"], "2") is None


def test_totals_subsets_medians_and_operations_of_people_stay_in_the_township() -> None:
    visits = {"due": 14, "done": 8, "not_seen": 0, "declined": 0, "overdue": 6, "planned": 0, "cancelled": 3}
    safety = {"raised": 9, "acknowledged_in_time": 8, "reviewed": 8, "open": 1}
    told = told_of_county([[a_month("990001100", [6, 5], 6, visits=visits, safety=safety)]])
    assert dict(told.groups["visits"].cells) == {"done": 8, "not_seen": 0, "declined": 0, "overdue": 6}
    assert dict(told.groups["safety"].cells) == {"raised": 9}
    assert set(told.operations) == {"OP-1"}
    assert set(told.returns["concern"]) == {"due", "returned", "nil", "late", "villages", "confirmed"}
    assert set(told.groups) == {*RELEASED, "sites", "outreach"}


def test_how_many_places_found_somebody_is_hidden_with_the_people_found() -> None:
    hidden = told_of_county([[a_month("990001100", [4, 4], 8)]])
    assert hidden.returns["concern"]["nil"] is None
    shown = told_of_county([[a_month("990001100", [6, 0], 6)]])
    assert shown.returns["concern"]["nil"] == 14


def test_g12_a_county_in_which_nobody_was_found_is_told_whole() -> None:
    told = told_of_county([[a_month("990001100", [0, 0]), a_month("990001101", [0, 0])]])
    assert (told.returns["concern"]["returned"], told.returns["concern"]["nil"]) == (40, 40)
    assert told.groups["observations"].total == 0


def test_a_period_is_released_when_all_have_closed_or_the_meetings_are_over() -> None:
    period = Period("202611")
    assert is_release_due((), period, date(2026, 12, 1))
    assert not is_release_due({"990001101"}, period, date(2026, 12, 10))
    assert is_release_due({"990001101"}, period, date(2026, 12, 11))
