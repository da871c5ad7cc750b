from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.area_codes import AreaCode, grid_codes
from server.domain.codes import SweepState
from server.domain.sweep_states import (
    SweepAct,
    check_confirmable,
    check_return,
    check_submittable,
    sweep_transition,
    takes_returns,
)
from server.errors import Conflict, Invalid

S, A = SweepState, SweepAct
MOVES = {
    (S.OPEN, A.COLLECT): S.COLLECTING,
    (S.COLLECTING, A.COLLECT): S.COLLECTING,
    (S.REOPENED, A.COLLECT): S.REOPENED,
    (S.COLLECTING, A.SUBMIT): S.SUBMITTED,
    (S.REOPENED, A.SUBMIT): S.SUBMITTED,
    (S.SUBMITTED, A.CLOSE): S.CLOSED,
    (S.SUBMITTED, A.REOPEN): S.REOPENED,
    (S.CLOSED, A.REOPEN): S.REOPENED,
}
GRIDS = grid_codes(AreaCode("430903101201"), 4)


@pytest.mark.parametrize(("state", "act"), list(product(S, A)))
def test_a_sweep_moves_so_and_not_otherwise(state, act):
    if (state, act) in MOVES:
        assert sweep_transition(state, act) is MOVES[state, act]
    else:
        with pytest.raises(Conflict) as refused:
            sweep_transition(state, act)
        assert refused.value.params == {"state": state.value, "act": act.value}


def test_returns_are_taken_until_the_sweep_is_handed_in():
    assert {state for state in S if takes_returns(state)} == {S.OPEN, S.COLLECTING, S.REOPENED}


@given(st.booleans(), st.integers(0, 50))
def test_a_return_is_nil_exactly_when_it_has_no_items(nil, count):
    if nil == (count == 0):
        check_return(nil=nil, item_count=count)
    else:
        with pytest.raises(Invalid) as refused:
            check_return(nil=nil, item_count=count)
        assert refused.value.code == ("return_nil_with_items" if nil else "return_empty_not_nil")


def test_a_village_is_confirmed_when_every_grid_has_returned():
    check_confirmable(GRIDS, GRIDS)
    check_confirmable(GRIDS, (*GRIDS, AreaCode("430903101202001")))
    with pytest.raises(Conflict) as refused:
        check_confirmable(GRIDS, GRIDS[:1])
    assert (refused.value.code, refused.value.params) == ("village_grids_missing", {"missing": 3})


@pytest.mark.parametrize(("unconfirmed", "reason"), [(0, None), (0, ""), (2, "大雪封路，两村未回")])
def test_a_sweep_is_handed_in_complete_or_with_a_reason(unconfirmed, reason):
    check_submittable(unconfirmed, late_reason=reason)


@pytest.mark.parametrize("reason", [None, "", "  "])
def test_a_sweep_with_gaps_and_no_reason_stays(reason):
    with pytest.raises(Conflict) as refused:
        check_submittable(2, late_reason=reason)
    assert (refused.value.code, refused.value.params) == ("sweep_villages_missing", {"missing": 2})
