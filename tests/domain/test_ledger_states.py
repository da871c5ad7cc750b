from itertools import product

import pytest

from server.domain.codes import LedgerState, Role
from server.domain.ledger_states import (
    OPEN_STATES,
    PRE_ACCEPTANCE_STATES,
    TERMINAL_STATES,
    TRANSITIONS,
    Actor,
    LedgerAct,
    ReasonList,
    Transition,
    find,
    transition,
)
from server.errors import Conflict

S, A = LedgerState, LedgerAct
PERMITTED = {(row.source, row.act) for row in TRANSITIONS}
SERVED = {S.CONSENTED, S.ASSESSED, S.PLAN_ACTIVE, S.PAUSED, S.STABLE}


def acts_from(state: LedgerState) -> tuple[Transition, ...]:
    """Every move out of a state."""
    return tuple(row for row in TRANSITIONS if row.source is state)


@pytest.mark.parametrize(
    ("acts", "end"),
    [
        ([A.REPORT, A.OPEN_REVIEW, A.DECLINE], S.DECLINED),
        ([A.REPORT, A.OPEN_REVIEW, A.RETURN, A.LAPSE], S.LAPSED),
        ([A.REPORT, A.OPEN_REVIEW, A.RETURN, A.RESUBMIT, A.OPEN_REVIEW, A.ACCEPT], S.ACCEPTED),
        ([A.REPORT, A.OPEN_REVIEW, A.ACCEPT, A.INFORM, A.REFUSE], S.SERVICE_DECLINED),
        ([A.REPORT, A.OPEN_REVIEW, A.ACCEPT, A.INFORM, A.CONSENT, A.ASSESS, A.CLOSE], S.CLOSED),
        (
            [
                A.REPORT,
                A.OPEN_REVIEW,
                A.ACCEPT,
                A.INFORM,
                A.CONSENT,
                A.ASSESS,
                A.START_PLAN,
                A.PAUSE,
                A.RESUME,
                A.SETTLE,
                A.CLOSE,
            ],
            S.CLOSED,
        ),
        ([A.REPORT, A.EXPIRE], S.EXPIRED),
        ([A.REPORT, A.OPEN_REVIEW, A.ACCEPT, A.PURGE_FORBIDDEN], S.CLOSED),
    ],
)
def test_an_entry_can_go_this_way(acts, end):
    state = S.DRAFT
    for act in acts:
        state = transition(state, act)
    assert state is end
    assert end in TERMINAL_STATES or end is S.ACCEPTED


@pytest.mark.parametrize(
    ("state", "act"),
    [(state, act) for state, act in product(S, A) if (state, act) not in PERMITTED],
    ids=lambda value: value.value,
)
def test_every_other_jump_is_refused(state, act):
    with pytest.raises(Conflict) as refused:
        transition(state, act)
    assert refused.value.code == "ledger_transition_forbidden"
    assert refused.value.params == {"state": state.value, "act": act.value}


@pytest.mark.parametrize(
    ("state", "target"),
    [
        (S.REPORTED, S.ASSESSED),
        (S.ACCEPTED, S.PLAN_ACTIVE),
        (S.REPORTED, S.ACCEPTED),
        (S.DRAFT, S.ACCEPTED),
        (S.AWAITING_CONSENT, S.ASSESSED),
        (S.CONSENTED, S.PLAN_ACTIVE),
        (S.RETURNED, S.ACCEPTED),
    ],
)
def test_no_single_move_makes_a_named_forbidden_jump(state, target):
    assert target not in {row.target for row in acts_from(state)}


def test_terminal_states_have_no_way_out_and_open_ones_can_always_end():
    assert set(S) == OPEN_STATES | TERMINAL_STATES
    assert not OPEN_STATES & TERMINAL_STATES
    for state in TERMINAL_STATES:
        assert acts_from(state) == ()
    for state in OPEN_STATES:
        assert {A.EXPIRE, A.CLOSE, A.PURGE_FORBIDDEN} <= {row.act for row in acts_from(state)}


def test_states_before_acceptance_are_those_no_acceptance_leads_to():
    reached, fresh = set(), {S.ACCEPTED}
    while fresh:
        reached |= fresh
        fresh = {row.target for state in fresh for row in acts_from(state)} - reached
    assert OPEN_STATES - reached == PRE_ACCEPTANCE_STATES


def test_each_act_in_a_state_leads_to_one_place():
    assert len(PERMITTED) == len(TRANSITIONS)


def test_a_plan_is_reached_only_with_consent_to_it():
    for row in TRANSITIONS:
        if row.target is S.PLAN_ACTIVE:
            assert "consent_plan_visit_given" in row.guards


def test_nobody_reviews_what_they_reported():
    reviewed = [row for row in TRANSITIONS if row.act in {A.OPEN_REVIEW, A.RETURN, A.ACCEPT, A.DECLINE}]
    assert len(reviewed) == 4
    assert all("not_the_reporter" in row.guards and row.roles == (Role.TOWNSHIP_COORDINATOR,) for row in reviewed)


def test_reporting_needs_ground_fact_and_no_open_question():
    for row in (find(S.DRAFT, A.REPORT), find(S.RETURNED, A.RESUBMIT)):
        assert set(row.guards) == {"ground_present", "observation_present", "no_forbidden_word_unresolved"}
        assert row.roles == (Role.JUDICIAL_OFFICER,)


def test_decisions_and_closures_need_a_reason_from_their_list():
    assert find(S.IN_REVIEW, A.RETURN).reason is ReasonList.RETURN
    assert find(S.IN_REVIEW, A.DECLINE).reason is ReasonList.DECLINE
    assert {row.reason for row in TRANSITIONS if row.act is A.CLOSE} == {ReasonList.CLOSURE}


def test_timers_are_moved_by_the_system_alone():
    for row in TRANSITIONS:
        assert (Actor.SYSTEM in row.roles) == (row.act in {A.EXPIRE, A.LAPSE})
