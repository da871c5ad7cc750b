from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.suppression import suppress

tables = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 40), max_size=8)


def test_a_table_without_small_counts_is_shown_whole():
    shown = suppress({"1": 12, "2": 0, "3": 5})
    assert (shown.cells, shown.total) == ({"1": 12, "2": 0, "3": 5}, 17)


def test_a_lone_small_count_takes_another_cell_with_it():
    shown = suppress({"1": 12, "2": 3, "3": 30})
    assert (shown.cells, shown.total) == ({"1": None, "2": None, "3": 30}, 45)


def test_a_small_count_among_zeros_takes_the_total_with_it():
    shown = suppress({"1": 0, "2": 3, "3": 0})
    assert (shown.cells, shown.total) == ({"1": 0, "2": None, "3": 0}, None)


def test_two_small_counts_at_their_limit_are_not_enough():
    assert suppress({"1": 1, "2": 1, "3": 9}).cells == {"1": None, "2": None, "3": None}
    assert suppress({"1": 4, "2": 4, "3": 9}).cells == {"1": None, "2": None, "3": None}
    assert suppress({"1": 2, "2": 3, "3": 9}).cells == {"1": None, "2": None, "3": 9}


def test_the_further_cell_is_taken_by_place_not_by_size():
    assert suppress({"1": 30, "2": 3, "3": 9}).cells == {"1": None, "2": None, "3": 9}


@given(tables, st.integers(3, 12))
def test_no_count_below_k_is_shown_and_shown_counts_are_true(counts, k):
    shown = suppress(counts, k)
    assert set(shown.cells) == set(counts)
    for key, count in shown.cells.items():
        assert count is None or (count == counts[key] and (count == 0 or count >= k))
    assert shown.total in {None, sum(counts.values())}
    assert shown.total is None or shown.total == 0 or shown.total >= k


@given(tables, st.integers(3, 12))
def test_one_hidden_cell_never_stands_alone_beside_the_total(counts, k):
    shown = suppress(counts, k)
    hidden = [key for key, count in shown.cells.items() if count is None]
    assert shown.total is None or len(hidden) != 1


@given(tables, st.integers(3, 12))
def test_every_small_cell_has_another_possible_value_even_if_the_small_ones_are_known(counts, k):
    shown = suppress(counts, k)
    if shown.total is None:
        return
    left = shown.total - sum(count for count in shown.cells.values() if count)
    small = [key for key, count in shown.cells.items() if count is None and counts[key] < k]
    large = [key for key, count in shown.cells.items() if count is None and counts[key] >= k]
    for cell in small:
        low = len(small) - 1 + k * len(large)
        high = None if large else (len(small) - 1) * (k - 1)
        possible = [value for value in range(1, k) if left - value >= low and (high is None or left - value <= high)]
        assert counts[cell] in possible
        assert len(possible) >= 2


@pytest.mark.parametrize("size", [1, 2, 3])
def test_even_a_reader_who_knows_this_very_rule_cannot_tell_a_small_cell(size):
    most, checked_up_to = 14, 8
    same_answer = defaultdict(list)
    for table in product(range(most + 1), repeat=size):
        shown = suppress({str(place): count for place, count in enumerate(table)})
        same_answer[tuple(shown.cells.values()), shown.total].append(table)
    seen = 0
    for (cells, _), candidates in same_answer.items():
        for place, cell in enumerate(cells):
            values = {table[place] for table in candidates}
            if cell is None and min(values) < 5 and any(max(table) <= checked_up_to for table in candidates):
                seen += 1
                assert len(values) >= 2, (cells, candidates)
    assert seen
