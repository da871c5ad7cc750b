"""Totals are the sums of the returns, whatever came from wherever (invariants 10 and 11)."""

from hypothesis import given
from hypothesis import strategies as st

from server.domain.area_codes import AreaCode
from server.domain.codes import SweepKind
from server.domain.completeness import Filed, places_of, tally
from server.domain.returns import ReturnDraft, check_items
from server.errors import Invalid
from tests.sweeping import a_dispute, an_observation

VILLAGES = [AreaCode(f"430999101{number}") for number in range(201, 206)]
villages = st.sampled_from(VILLAGES)
grids = st.builds(lambda village, number: AreaCode(f"{village}{number:03d}"), villages, st.integers(1, 9))
areas = st.sets(villages | grids)
returns = st.dictionaries(villages | grids, st.tuples(st.integers(0, 9), st.booleans())).map(
    lambda found: [Filed(code, items == 0, late, items) for code, (items, late) in found.items()]
)


@given(areas, returns, st.sets(villages))
def test_totals_are_the_sums_of_the_returns(there, came, confirmed):
    found = tally(places_of(there), came, confirmed)
    assert found.total.returned == len(came)
    assert found.total.items == sum(one.item_count for one in came)
    assert found.total.nil == sum(one.item_count == 0 for one in came)
    assert found.total.late == sum(one.late for one in came)
    for name in ("expected", "returned", "nil", "late", "items"):
        assert getattr(found.total, name) == sum(getattr(village.count, name) for village in found.villages)


@given(areas, returns)
def test_a_place_is_missing_exactly_when_it_has_not_returned(there, came):
    places = places_of(there)
    found = tally(places, came, ())
    expected = {place for each in places.values() for place in each}
    assert {place for village in found.villages for place in village.missing} == expected - {
        one.area_code for one in came
    }


@given(areas)
def test_a_village_returns_itself_exactly_when_it_has_no_grids(there):
    for village, places in places_of(there).items():
        grids_there = {code for code in there if len(code) == 15 and code.startswith(village)}
        assert set(places) == (grids_there or {village})


@given(st.booleans(), st.integers(0, 3), st.sampled_from(SweepKind))
def test_a_return_is_nil_exactly_when_it_has_no_items(nil, count, kind):
    items = {"observations": (an_observation(),) * count} if kind is SweepKind.CONCERN else {}
    items |= {"disputes": (a_dispute(),) * count} if kind is SweepKind.DISPUTE else {}
    code = None if nil is (count == 0) else "return_nil_with_items" if nil else "return_empty_not_nil"
    assert refusal_of(kind, ReturnDraft("430999101201001", nil=nil, **items)) == code


def refusal_of(kind: SweepKind, draft: ReturnDraft) -> str | None:
    try:
        check_items(kind, draft)
    except Invalid as refused:
        return refused.code
    return None
