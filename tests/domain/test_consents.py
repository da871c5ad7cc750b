"""Who may say yes for whom, when nobody asks again, what ends with what, and what no basis can stand for."""

from datetime import date, timedelta
from itertools import product
from uuid import UUID

import pytest

from server.domain import codes_consents
from server.domain.ages import age_on
from server.domain.codes import LedgerState
from server.domain.codes_care import ConsentScope, ConsentState
from server.domain.codes_consents import BasisAct, ConsentAnswer, ConsentMethod, GivenBy
from server.domain.consents import (
    Answer,
    Decider,
    check_agency_named,
    check_askable,
    check_form,
    check_not_too_soon,
    check_speaker,
    check_step,
    check_validity,
    ends_the_entry,
)
from server.domain.deadlines import ask_again_from, report_again_from
from server.domain.leaflets import check_leaflet, parse_leaflets, valid_leaflets
from server.domain.ledger_states import IN_SERVICE_STATES
from server.domain.legal_basis import check_basis_act
from server.errors import Conflict, Invalid, LinliError, Malformed
from server.store.leaflets import LEAFLETS, leaflets
from tests.domain.seeds import code_entries

YES, NO = ConsentAnswer.GIVEN, ConsentAnswer.REFUSED
SELF, GUARDIAN, BOTH = GivenBy
TODAY = date(2026, 11, 22)
HEADING = "version,scope,zh,en,valid_from,valid_to\n"


def code_of(answer: ConsentAnswer, by: GivenBy, decider: Decider, *, conflict: bool = False) -> str | None:
    """The refusal, or None."""
    try:
        check_speaker(decider, Answer(answer, by, ConsentMethod.PAPER, guardian_conflict=conflict))
    except LinliError as refused:
        return refused.code
    return None


def guarded(age: int | None, *, conflict: bool = False, related: bool = False) -> Decider:
    return Decider(age, has_guardian=True, guardian_related=related, guardian_conflict=conflict)


@pytest.mark.parametrize(
    ("age", "by", "code"),
    [
        (13, SELF, "consent_guardian_needed"),
        (13, GUARDIAN, None),
        (13, BOTH, None),
        (14, SELF, "consent_guardian_needed"),
        (14, GUARDIAN, "consent_person_needed"),
        (14, BOTH, None),
        (17, SELF, "consent_guardian_needed"),
        (17, GUARDIAN, "consent_person_needed"),
        (17, BOTH, None),
        (18, SELF, None),
        (18, GUARDIAN, "consent_for_adult"),
        (18, BOTH, "consent_for_adult"),
        (None, SELF, None),
        (None, GUARDIAN, "consent_for_adult"),
        (None, BOTH, "consent_for_adult"),
    ],
)
def test_guardrail_g8_a_yes_comes_from_those_whom_the_age_asks_for(age: int | None, by: GivenBy, code: str | None):
    assert code_of(YES, by, guarded(age)) == code


@pytest.mark.parametrize("age", [3, 13, 14, 17, 18, 70, None])
@pytest.mark.parametrize("decider", [guarded, Decider])
def test_guardrail_g3_the_persons_own_no_counts_at_any_age(age: int | None, decider: type[Decider]):
    assert code_of(NO, SELF, decider(age)) is None


@pytest.mark.parametrize(("age", "by"), [*product([13, 17], [GUARDIAN, BOTH])])
def test_a_guardians_no_counts_for_a_minor(age: int, by: GivenBy):
    assert code_of(NO, by, guarded(age)) is None


@pytest.mark.parametrize(("answer", "by"), [*product(ConsentAnswer, [GUARDIAN, BOTH])])
@pytest.mark.parametrize("age", [13, 15, 40])
def test_invariant_19_nobody_is_a_guardian_who_is_not_recorded(answer: ConsentAnswer, by: GivenBy, age: int):
    assert code_of(answer, by, Decider(age)) == "consent_guardian_unknown"


@pytest.mark.parametrize("answer", ConsentAnswer)
def test_an_adults_guardian_speaks_only_where_the_relation_is_recorded(answer: ConsentAnswer):
    assert code_of(answer, GUARDIAN, guarded(40, related=True)) is None
    assert code_of(answer, GUARDIAN, guarded(40)) == "consent_for_adult"
    assert code_of(answer, GUARDIAN, guarded(None, related=True)) == "consent_for_adult"


@pytest.mark.parametrize("age", [14, 17])
def test_invariant_19_with_a_recorded_conflict_the_person_answers_alone_and_says_so(age: int):
    torn = guarded(age, conflict=True)
    assert code_of(YES, SELF, torn, conflict=True) is None
    assert code_of(YES, SELF, torn) == "consent_guardian_needed"
    assert {code_of(each, by, torn) for each in (YES, NO) for by in (GUARDIAN, BOTH)} == {"consent_guardian_conflict"}
    assert code_of(YES, SELF, guarded(age), conflict=True) == "consent_conflict_not_recorded"


def test_under_fourteen_a_stated_conflict_is_not_enough():
    assert code_of(YES, SELF, guarded(13, conflict=True), conflict=True) == "consent_guardian_needed"
    assert code_of(YES, GUARDIAN, guarded(13, conflict=True)) is None


@pytest.mark.parametrize(
    ("born", "year", "age"),
    [
        (date(2012, 11, 23), 2012, 13),
        (date(2012, 11, 22), 2012, 14),
        (date(2008, 11, 23), 2008, 17),
        (date(2008, 11, 22), 2008, 18),
        (date(2008, 2, 29), 2008, 18),
        (None, 2008, 18),
        (None, 2012, 14),
        (None, None, None),
    ],
)
def test_the_age_is_reached_on_the_birthday(born: date | None, year: int | None, age: int | None):
    assert age_on(TODAY, born, year) == age


def test_an_answer_before_a_witness_names_the_witness():
    check_form(Answer(YES, SELF, ConsentMethod.PAPER))
    check_form(Answer(YES, SELF, ConsentMethod.WITNESSED, document="见证人：村妇联主任"))
    with pytest.raises(Invalid, check=lambda refused: refused.code == "consent_witness_needed"):
        check_form(Answer(YES, SELF, ConsentMethod.WITNESSED))


@pytest.mark.parametrize(
    ("answer", "valid_to", "fits"),
    [
        (YES, None, True),
        (YES, TODAY, True),
        (YES, date(2027, 11, 22), True),
        (YES, date(2027, 11, 23), False),
        (YES, TODAY - timedelta(days=1), False),
        (NO, TODAY, False),
        (NO, None, True),
    ],
)
def test_a_yes_ends_with_the_entry_at_the_latest_and_a_no_has_no_end(
    answer: ConsentAnswer, valid_to: date | None, fits: bool
):
    said = Answer(answer, SELF, ConsentMethod.PAPER, valid_to=valid_to)
    if fits:
        check_validity(said, TODAY, date(2027, 11, 22))
    else:
        with pytest.raises(Invalid, check=lambda refused: refused.code == "consent_valid_to_wrong"):
            check_validity(said, TODAY, date(2027, 11, 22))


ALLOWED = {
    ("requested", "given"), ("requested", "refused"), ("requested", "expired"), ("given", "withdrawn"),
    ("given", "expired"),
}  # fmt: skip


@pytest.mark.parametrize(("state", "target"), [*product(ConsentState, ConsentState)])
def test_a_question_goes_its_one_way_and_never_back(state: ConsentState, target: ConsentState):
    if (state.value, target.value) in ALLOWED:
        check_step(state, target)
    else:
        with pytest.raises(Conflict):
            check_step(state, target)


@pytest.mark.parametrize(("state", "scope"), [*product(sorted(IN_SERVICE_STATES), ConsentScope)])
def test_before_somebody_was_told_only_the_assessment_and_contact_are_asked(state: LedgerState, scope: ConsentScope):
    early = state is LedgerState.ACCEPTED and scope not in {ConsentScope.ASSESSMENT, ConsentScope.CONTACT}
    if early:
        with pytest.raises(Conflict, check=lambda refused: refused.code == "consent_scope_too_early"):
            check_askable(state, scope)
    else:
        check_askable(state, scope)


@pytest.mark.parametrize("scope", ConsentScope)
def test_sharing_names_its_one_agency_and_nothing_else_does(scope: ConsentScope):
    some_id = UUID(int=1)
    wrong = None if scope is ConsentScope.REFERRAL_SHARE else some_id
    check_agency_named(scope, some_id if wrong is None else None)
    with pytest.raises(Invalid, check=lambda refused: refused.code == "consent_agency_wrong"):
        check_agency_named(scope, wrong)


@pytest.mark.parametrize(
    ("said_no", "assessment", "again"),
    [
        (date(2026, 11, 30), True, date(2027, 2, 28)),
        (date(2026, 12, 31), False, date(2027, 1, 31)),
        (date(2027, 11, 30), True, date(2028, 2, 29)),
        (date(2027, 1, 31), False, date(2027, 2, 28)),
    ],
)
def test_guardrail_g3_nobody_is_asked_again_before_the_day_also_over_a_year_end(
    said_no: date, assessment: bool, again: date
):
    assert ask_again_from(said_no, assessment=assessment) == again
    with pytest.raises(Conflict, check=lambda refused: refused.params == {"day": again.isoformat()}):
        check_not_too_soon(again, again - timedelta(days=1), person_asked=False)
    check_not_too_soon(again, again - timedelta(days=1), person_asked=True)
    check_not_too_soon(again, again, person_asked=False)
    check_not_too_soon(None, said_no, person_asked=False)


def test_three_months_keep_somebody_who_refused_from_being_reported():
    assert report_again_from(date(2026, 11, 30)) == date(2027, 2, 28)


ENDING = {
    ConsentScope.ASSESSMENT: IN_SERVICE_STATES,
    ConsentScope.CONTACT: {LedgerState.ACCEPTED, LedgerState.AWAITING_CONSENT},
    ConsentScope.PLAN_VISIT: IN_SERVICE_STATES,
}


@pytest.mark.parametrize(("scope", "state"), [*product(ConsentScope, LedgerState)])
def test_what_is_taken_back_ends_the_entry_where_nothing_is_left_to_do(scope: ConsentScope, state: LedgerState):
    assert ends_the_entry(scope, state, keep_open=False) is (state in ENDING.get(scope, ()))


@pytest.mark.parametrize(("scope", "state"), [*product(ConsentScope, sorted(IN_SERVICE_STATES))])
def test_an_entry_is_kept_open_only_before_there_is_a_plan(scope: ConsentScope, state: LedgerState):
    with_a_plan = state in {LedgerState.PLAN_ACTIVE, LedgerState.PAUSED, LedgerState.STABLE}
    ends = state in ENDING.get(scope, ()) and (scope is not ConsentScope.PLAN_VISIT or with_a_plan)
    if ends:
        with pytest.raises(Conflict, check=lambda refused: refused.code == "consent_cannot_keep_open"):
            ends_the_entry(scope, state, keep_open=True)
    else:
        assert ends_the_entry(scope, state, keep_open=True) is False


@pytest.mark.parametrize("done", BasisAct)
def test_guardrail_g6_no_basis_stands_for_consent_to_an_assessment(done: BasisAct):
    if done is BasisAct.ASSESSMENT:
        with pytest.raises(Conflict, check=lambda refused: refused.code == "legal_basis_not_for_assessment"):
            check_basis_act(done)
    else:
        check_basis_act(done)


# Leaflets


def test_every_question_has_a_leaflet_that_tells_the_essentials():
    today = {leaflet.scope: leaflet for leaflet in valid_leaflets(leaflets(), TODAY)}
    assert set(today) == set(ConsentScope)
    for leaflet in today.values():
        assert all(said in leaflet.zh for said in ("完全由您自己决定", "不需要理由", "不会影响", "以后想停", "12356"))
        assert all(said in leaflet.en for said in ("entirely up to you", "no reason", "To stop", "12356"))
        assert len(leaflet.zh) < 500


def test_a_leaflet_is_given_out_for_its_question_within_its_validity():
    known = parse_leaflets(HEADING + "a,contact,一,One,2026-01-01,2026-06-30\nb,contact,二,Two,2026-07-01,\n")
    check_leaflet(known, ConsentScope.CONTACT, "a", date(2026, 6, 30))
    check_leaflet(known, ConsentScope.CONTACT, "b", date(2026, 7, 1))
    for scope, version, day in [
        (ConsentScope.CONTACT, "a", date(2026, 7, 1)),
        (ConsentScope.CONTACT, "b", date(2026, 6, 30)),
        (ConsentScope.ASSESSMENT, "b", date(2026, 7, 1)),
        (ConsentScope.CONTACT, "c", date(2026, 7, 1)),
    ]:
        with pytest.raises(Invalid, check=lambda refused: refused.code == "leaflet_unknown"):
            check_leaflet(known, scope, version, day)


@pytest.mark.parametrize(
    "row",
    [
        "a,photo,一,One,2026-01-01,",
        "a,contact,,One,2026-01-01,",
        "a,contact,一,One,2026-13-01,",
        "a,contact,一,One,2026-01-01,\na,contact,一,One,2026-01-01,",
        "a,contact,一",
    ],
)
def test_a_leaflet_that_cannot_be_given_out_is_refused(row: str):
    with pytest.raises(Malformed, check=lambda refused: refused.code == "leaflets_invalid"):
        parse_leaflets(HEADING + row)


def test_leaflets_need_their_heading():
    with pytest.raises(Malformed):
        parse_leaflets("version,zh\n")
    assert LEAFLETS.is_file()


@pytest.mark.parametrize(
    ("name", "enum"),
    [
        ("consent_scope", ConsentScope),
        ("consent_state", ConsentState),
        ("consent_given_by", codes_consents.GivenBy),
        ("consent_method", codes_consents.ConsentMethod),
        ("withdrawal_channel", codes_consents.WithdrawalChannel),
        ("legal_basis_act", codes_consents.BasisAct),
        ("legal_basis_finding", codes_consents.BasisFinding),
    ],
)
def test_a_list_names_exactly_the_codes_the_rules_know(name: str, enum: type):
    assert [entry.code for entry in code_entries() if entry.list == name] == [str(member) for member in enum]
