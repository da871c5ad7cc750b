from datetime import date
from enum import StrEnum

import pytest

from server.domain import (
    codes,
    codes_assessments,
    codes_leaving,
    codes_month,
    codes_outreach,
    codes_sites,
    indicators,
    ledger_states,
    site_states,
)
from server.domain.area_codes import AdminType, Level, TownshipKind, VillageKind
from server.domain.code_lists import parse_code_entries, valid_on
from server.domain.duplicates import MatchOn
from server.domain.id_number import IdWarning
from server.errors import Malformed
from tests.domain.seeds import code_entries

HEADING = "list,code,zh,en,valid_from,valid_to,source\n"
LISTED = {
    "admin_type": AdminType,
    "township_kind": TownshipKind,
    "village_kind": VillageKind,
    "id_warning": IdWarning,
    "match_on": MatchOn,
    "sex": codes.Sex,
    "id_type": codes.IdType,
    "guardian_relation": codes.GuardianRelation,
    "care_category": codes.CareCategory,
    "ground": codes.Ground,
    "return_reason": codes.ReturnReason,
    "decline_reason": codes.DeclineReason,
    "urgency": codes.Urgency,
    "observation_source": codes.ObservationSource,
    "dispute_type": codes.DisputeType,
    "dispute_outcome": codes.DisputeOutcome,
    "sweep_kind": codes.SweepKind,
    "sweep_state": codes.SweepState,
    "period_state": codes.PeriodState,
    "ledger_state": codes.LedgerState,
    "closure_reason": codes.ClosureReason,
    "purpose": codes.Purpose,
    "legal_basis": codes.LegalBasis,
    "month_reopen_reason": codes_month.MonthReopenReason,
    "meeting_kind": codes_month.MeetingKind,
    "meeting_unit": codes_month.MeetingUnit,
    "late_kind": codes_month.LateKind,
    "assessment_kind": codes_assessments.AssessmentKind,
    "assessment_state": codes_assessments.AssessmentState,
    "assessment_need": codes_assessments.AssessmentNeed,
    "assessment_recommendation": codes_assessments.Recommendation,
    "result_band": codes_assessments.ResultBand,
    "correction_reason": codes_assessments.CorrectionReason,
    "proposal_act": codes_leaving.ProposalAct,
    "proposal_side": codes_leaving.Side,
    "proposal_state": codes_leaving.ProposalState,
    "site_type": codes_sites.SiteType,
    "site_state": codes_sites.SiteState,
    "site_act": site_states.SiteAct,
    "site_reason": codes_sites.SiteReason,
    "site_check_item": codes_sites.CheckItem,
    "site_check_result": codes_sites.CheckResult,
    "staff_qualification": codes_sites.Qualification,
    "staff_employment": codes_sites.Employment,
    "training_topic": codes_sites.TrainingTopic,
    "outreach_type": codes_outreach.OutreachType,
    "survey_among": codes_outreach.SurveyAmong,
    "survey_method": codes_outreach.SurveyMethod,
    "survey_residence": codes_outreach.Residence,
    "evaluation_result": codes_outreach.EvaluationResult,
    "emergency_kind": codes_outreach.EmergencyKind,
    "emergency_grade": codes_outreach.EmergencyGrade,
    "hotline_channel": codes_outreach.HotlineChannel,
    "hotline_topic": codes_outreach.HotlineTopic,
    "indicator_kind": indicators.Kind,
    "indicator_source": indicators.Source,
    "target_comparison": indicators.Comparison,
}


@pytest.mark.parametrize(("name", "enum"), LISTED.items(), ids=LISTED)
def test_a_list_names_exactly_the_codes_the_rules_know(name: str, enum: type[StrEnum]):
    assert [entry.code for entry in code_entries() if entry.list == name] == [str(member) for member in enum]


def test_levels_are_listed_by_name():
    assert [entry.code for entry in code_entries() if entry.list == "level"] == [level.name.lower() for level in Level]


def test_no_code_is_listed_twice_in_a_list():
    keys = [(entry.list, entry.code) for entry in code_entries()]
    assert len(keys) == len(set(keys))


def test_reason_lists_of_the_ledger_exist():
    lists = {entry.list for entry in code_entries()}
    assert {str(reason) for reason in ledger_states.ReasonList if reason != "text"} <= lists


def test_roles_are_numbered_in_the_order_of_the_reference():
    assert [role.number for role in codes.Role] == [f"R{number}" for number in range(1, 19)]
    assert (codes.Role.CLINICIAN.number, codes.Role.RESIDENT.number) == ("R6", "R18")


def test_restricted_categories_are_the_eight_that_harm_most():
    restricted = {category.value for category in codes.CareCategory if category.restricted}
    assert restricted == {"13", "14", "15", "16", "17", "18", "19", "22"}


def test_one_ground_is_for_import_only():
    assert [ground.value for ground in codes.Ground if ground.import_only] == ["5"]


@pytest.mark.parametrize(
    "row",
    [
        "sex,1,男,Male,2026-13-01,,GB",
        "sex,1,,Male,2026-01-01,,GB",
        "sex,1,男,Male,2026-01-01,2025-01-01,GB",
        "sex,1,男",
        "sex,1,男,Male,2026-01-01,,",
    ],
)
def test_a_line_that_cannot_stand_is_refused_with_its_number(row):
    with pytest.raises(Malformed) as refused:
        parse_code_entries(HEADING + "sex,0,未知,Unknown,2026-01-01,,GB\n" + row + "\n")
    assert (refused.value.code, refused.value.params) == ("code_list_invalid", {"line": 3})


def test_a_repeated_code_is_refused():
    with pytest.raises(Malformed) as refused:
        parse_code_entries(HEADING + "sex,0,未知,Unknown,2026-01-01,,GB\n" * 2)
    assert refused.value.params == {"line": 3}


def test_other_columns_are_refused():
    with pytest.raises(Malformed) as refused:
        parse_code_entries("list,code,name\n")
    assert refused.value.params == {"line": 1}


def test_validity_includes_both_ends():
    (entry,) = parse_code_entries(HEADING + "sex,0,未知,Unknown,2026-01-01,2026-12-31,GB\n")
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))
    assert [valid_on(entry, day) for day in days] == [False, True, True, False]
