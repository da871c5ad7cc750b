"""When a team's composition is complete, how a team moves, and who may be what in it."""

from datetime import date
from itertools import combinations, product

import pytest

from server.domain.case_teams import (
    ROLES_OF,
    TRANSITIONS,
    check_member,
    checked_text,
    gaps_of,
    police_allowed,
    stable_long_enough,
    transition,
)
from server.domain.code_lists import parse_code_entries
from server.domain.codes_teams import (
    Discipline,
    RehabActivity,
    RehabEndReason,
    StandDownReason,
    TeamAct,
    TeamReason,
    TeamState,
)
from server.errors import Conflict, Invalid
from server.store.word_lists import word_list
from tests.domain.seeds import SEEDS
from tests.sweeping import DIAGNOSIS_FACT

D, S, A = Discipline, TeamState, TeamAct
SEVEN = (D.COMMITTEE, D.GRID, D.SMD_DOCTOR, D.POLICE, D.CIVIL_AFFAIRS, D.DISABILITY_HELPER, D.VOLUNTEER)


def test_a_team_is_complete_with_doctor_village_or_grid_and_one_more_over_every_composition_of_three():
    for one in combinations(Discipline, 3):
        complete = D.SMD_DOCTOR in one and bool({D.GRID, D.COMMITTEE} & set(one))
        assert (gaps_of(one, strict=False) == ()) is complete, one


@pytest.mark.parametrize(
    ("members", "gaps"),
    [
        ((), ("smd_doctor", "village_or_grid", "one_more")),
        ((D.SMD_DOCTOR,), ("village_or_grid", "one_more")),
        ((D.SMD_DOCTOR, D.GRID), ("one_more",)),
        ((D.SMD_DOCTOR, D.SMD_DOCTOR, D.GRID), ()),
        ((D.SMD_DOCTOR, D.GRID, D.COMMITTEE), ()),
        ((D.GRID, D.COMMITTEE, D.VOLUNTEER), ("smd_doctor",)),
        ((D.SMD_DOCTOR, D.POLICE, D.FAMILY), ("village_or_grid",)),
    ],
)
def test_what_a_composition_lacks_is_named(members: tuple[Discipline, ...], gaps: tuple[str, ...]):
    assert gaps_of(members, strict=False) == gaps


def test_the_strict_setting_asks_for_all_seven_of_the_plan():
    assert gaps_of(SEVEN, strict=True) == ()
    for missing in SEVEN:
        assert gaps_of([one for one in SEVEN if one is not missing], strict=True) == (missing.value,)


def test_police_only_while_a_safety_event_is_open_unless_the_plan_is_held_to_the_letter():
    assert police_allowed(safety_event_open=True, strict=False)
    assert not police_allowed(safety_event_open=False, strict=False)
    assert police_allowed(safety_event_open=False, strict=True)


def test_only_three_moves_exist_and_one_way_to_give_up():
    assert dict(TRANSITIONS) == {
        (S.PROPOSED, A.CONSTITUTE): S.CONSTITUTED,
        (S.CONSTITUTED, A.ACTIVATE): S.ACTIVE,
        (S.ACTIVE, A.STAND_DOWN): S.STOOD_DOWN,
    }
    reasons = (StandDownReason.STABLE, StandDownReason.TRANSFERRED)
    for state, act in product(S, A):
        if (state, act) not in TRANSITIONS:
            for reason in reasons:
                with pytest.raises(Conflict) as refused:
                    transition(state, act, reason)
                assert refused.value.code == "team_transition_forbidden"
    for state in S:
        if state in (S.PROPOSED, S.CONSTITUTED):
            assert transition(state, A.STAND_DOWN, StandDownReason.NOT_FORMED) is S.STOOD_DOWN
        else:
            with pytest.raises(Conflict):
                transition(state, A.STAND_DOWN, StandDownReason.NOT_FORMED)


def test_the_family_never_gets_an_account_through_a_team():
    check_member(D.FAMILY, has_account=False)
    with pytest.raises(Invalid) as refused:
        check_member(D.FAMILY, has_account=True)
    assert refused.value.code == "team_member_family_account"
    assert set(ROLES_OF) == set(Discipline)


def test_guardrail_g4_no_diagnosis_stands_in_what_a_team_writes():
    assert checked_text("  商定每周 电话联系。 ", word_list()) == "商定每周 电话联系。"
    for text, code in ((DIAGNOSIS_FACT, "note_diagnosis"), ("   ", "team_text_empty")):
        with pytest.raises(Invalid) as refused:
            checked_text(text, word_list())
        assert refused.value.code == code


def test_stable_for_three_months_to_the_day_and_unknown_is_not_stable():
    assert stable_long_enough(date(2026, 8, 22), date(2026, 11, 22))
    assert not stable_long_enough(date(2026, 8, 23), date(2026, 11, 22))
    assert stable_long_enough(date(2025, 11, 30), date(2026, 2, 28))
    assert not stable_long_enough(None, date(2026, 11, 22))


def test_the_code_lists_have_these_codes_and_no_others():
    entries = parse_code_entries((SEEDS / "codes" / "teams.csv").read_text("utf-8"))
    lists = {
        "team_state": TeamState,
        "case_team_reason": TeamReason,
        "team_stand_down_reason": StandDownReason,
        "rehab_activity": RehabActivity,
        "rehab_end_reason": RehabEndReason,
    }
    for name, codes in lists.items():
        assert [entry.code for entry in entries if entry.list == name] == [code.value for code in codes]
    service = parse_code_entries((SEEDS / "codes" / "smd.csv").read_text("utf-8")) + parse_code_entries(
        (SEEDS / "codes" / "service.csv").read_text("utf-8")
    )
    assert [entry.code for entry in service if entry.list == "team_discipline"] == [one.value for one in Discipline]
