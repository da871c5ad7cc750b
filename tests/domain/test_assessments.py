"""What an assessment must be before it is kept: words, days, recommendations, and the deadlines around it."""

from datetime import date, datetime, timedelta

import pytest

from server.clock import CHINA
from server.domain.assessments import (
    check_held_on,
    check_medical_words,
    check_recommendations,
    medical_fields,
)
from server.domain.codes_assessments import Recommendation, ResultBand
from server.domain.deadlines import proposal_due
from server.domain.ledger_rules import times_after
from server.domain.ledger_states import LedgerAct
from server.errors import Invalid
from server.store.word_lists import word_list
from tests.domain.test_ledger_rules import CALENDAR, china, last_second
from tests.make_ledger import refusal

R = Recommendation


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("本人说医生诊断为抑郁症。", True),
        ("本人说医生诊断为抑 郁 症。", True),
        ("本人說醫生說是精神分裂。", True),
        ("這人有精神病", True),
        ("本人说连续几晚睡不着，谈到房租时落泪。", False),
        ("曾陪同到精神病医院挂号，未说明原因。", False),
        ("", False),
        (None, False),
    ],
)
def test_guardrail_g4_a_word_of_diagnosis_is_found_in_any_disguise(text: str | None, *, found: bool) -> None:
    assert medical_fields({"narrative": text, "strengths": "会种菜"}, word_list()) == (("narrative",) if found else ())


def test_guardrail_g4_each_field_is_named_and_no_word_is() -> None:
    with pytest.raises(Invalid) as refused:
        check_medical_words(("strengths", "narrative"), confirmed=False)
    error = refused.value
    assert (error.code, error.field, error.params) == ("medical_word_found", "strengths", {})
    assert [(each.field, each.code, each.params) for each in error.errors] == [
        ("strengths", "medical_word_found", {}),
        ("narrative", "medical_word_found", {}),
    ]


def test_what_was_confirmed_or_is_not_there_passes() -> None:
    check_medical_words(("narrative",), confirmed=True)
    check_medical_words((), confirmed=False)


def test_guardrail_g3_an_assessment_is_held_between_the_yes_and_today() -> None:
    yes, today = date(2026, 11, 1), date(2026, 11, 22)
    for day in (yes, today):
        check_held_on(day, yes, today)
    with refusal(Invalid, "assessment_before_consent"):
        check_held_on(yes - timedelta(days=1), yes, today)
    with refusal(Invalid, "assessment_in_future"):
        check_held_on(today + timedelta(days=1), yes, today)


@pytest.mark.parametrize("band", ResultBand)
def test_whoever_is_worried_for_somebody_found_a_need(band: ResultBand) -> None:
    if band is ResultBand.NO_NEED:
        with refusal(Invalid, "concern_without_need"):
            check_recommendations(band, {R.COUNSELLING}, safety_concern=True)
    else:
        check_recommendations(band, {R.COUNSELLING}, safety_concern=True)


@pytest.mark.parametrize("band", ResultBand)
def test_no_service_goes_with_no_need_and_alone(band: ResultBand) -> None:
    check_recommendations(band, {R.COUNSELLING, R.REFERRAL})
    with refusal(Invalid, "recommendations_contradict"):
        check_recommendations(band, {R.COUNSELLING, R.NO_SERVICE})
    if band is ResultBand.NO_NEED:
        check_recommendations(band, {R.NO_SERVICE})
    else:
        with refusal(Invalid, "recommendations_contradict"):
            check_recommendations(band, {R.NO_SERVICE})


@pytest.mark.parametrize(
    ("act", "at", "column", "due"),
    [
        (LedgerAct.CONSENT, china(2025, 12, 31), "assessment_due_at", last_second(2026, 1, 15)),
        (LedgerAct.ASSESS, china(2025, 12, 31), "plan_due_at", last_second(2026, 1, 8)),
        (LedgerAct.ACCEPT, china(2028, 2, 29), "expires_at", datetime(2029, 2, 28, tzinfo=CHINA)),
        (LedgerAct.ACCEPT, china(2026, 12, 31, 23), "expires_at", datetime(2027, 12, 31, tzinfo=CHINA)),
    ],
)
def test_deadlines_of_care_run_over_the_new_year_and_leap_days(
    act: LedgerAct, at: datetime, column: str, due: datetime
) -> None:
    assert getattr(times_after(act, at, CALENDAR), column) == due


def test_the_other_side_has_five_working_days() -> None:
    assert proposal_due(CALENDAR, date(2025, 12, 31)).on == date(2026, 1, 8)
