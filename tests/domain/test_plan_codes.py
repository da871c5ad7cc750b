"""The lists of plans, visits and family advice name exactly the codes the rules know."""

from enum import StrEnum

import pytest

from server.domain import codes_care
from server.domain import codes_plans as codes
from server.schemas.plans import SERVICES, SETTINGS
from tests.domain.seeds import code_entries

LISTED: dict[str, type[StrEnum]] = {
    "plan_state": codes_care.PlanState,
    "plan_agreed_by": codes.AgreedBy,
    "plan_item_frequency": codes.ItemFrequency,
    "plan_review_outcome": codes.ReviewOutcome,
    "plan_end_reason": codes.PlanEndReason,
    "pause_reason": codes.PauseReason,
    "resume_reason": codes.ResumeReason,
    "visit_frequency": codes.VisitFrequency,
    "visit_type": codes.VisitType,
    "visit_outcome": codes.VisitOutcome,
    "not_seen_reason": codes.NotSeenReason,
    "visit_state": codes_care.VisitState,
    "visit_due": codes.VisitDue,
    "reschedule_reason": codes.RescheduleReason,
    "family_advice": codes.AdviceCode,
    "family_reply": codes.FamilyReply,
}


def codes_of(name: str) -> list[str]:
    return [entry.code for entry in code_entries() if entry.list == name]


@pytest.mark.parametrize(("name", "enum"), LISTED.items(), ids=LISTED)
def test_a_list_names_exactly_the_codes_the_rules_know(name: str, enum: type[StrEnum]) -> None:
    assert codes_of(name) == [str(member) for member in enum]


def test_services_and_settings_are_those_listed() -> None:
    assert (tuple(codes_of("service_type")), tuple(codes_of("service_setting"))) == (SERVICES, SETTINGS)
