"""Field numbers are for ever: what is pinned here may be added to, never changed."""

import pytest

from server.crypto.registry import FIELDS, Retention, SealedField, _registry

FROZEN = {
    100: ("resident.name", "id"),
    101: ("resident.birth_date", "id"),
    102: ("resident.id_no", "id"),
    103: ("resident.phone", "id"),
    104: ("resident.address", "id"),
    105: ("resident.guardian_name", "id"),
    106: ("resident.guardian_phone", "id"),
    200: ("observation.fact", "case"),
    300: ("dispute.parties", "case"),
    400: ("user.display_name", "id"),
    401: ("user.phone", "id"),
    500: ("statement.reason", "evid"),
    600: ("consent.document", "case"),
    601: ("legal_basis_use.reason", "case"),
    700: ("assessment.needs", "case"),
    701: ("assessment.strengths", "case"),
    702: ("assessment.narrative", "case"),
    703: ("assessment_input.text", "case"),
    710: ("screening.answers", "case"),
    711: ("screening.result", "case"),
    800: ("care_plan.goals", "case"),
    801: ("plan_item.detail", "case"),
    802: ("plan_review.note", "case"),
    803: ("care_plan.contact_wishes", "case"),
    804: ("care_plan.safety_note", "case"),
    810: ("visit.mood_note", "case"),
    820: ("family_advice.narrative", "case"),
    900: ("safety_event.kind", "case"),
    901: ("safety_event.facts", "case"),
    902: ("safety_event.actions", "case"),
    903: ("safety_notice.note", "case"),
    1000: ("referral.packet", "case"),
    1001: ("referral.feedback", "case"),
    1100: ("case_team_member.name", "case"),
    1101: ("team_minute.text", "case"),
    1102: ("team_task.text", "case"),
    1103: ("case_team.safety_note", "case"),
    1110: ("smd_summary.danger", "case"),
    1111: ("smd_summary.adherence", "case"),
    1112: ("smd_summary.diagnosis", "case"),
    1113: ("smd_summary.document", "case"),
    1200: ("meeting.minutes", "case"),
    1201: ("meeting_decision.text", "case"),
    1202: ("action_item.text", "case"),
    1300: ("sync_review.payload", "case"),
    1301: ("sync_review.note", "case"),
}


def test_numbers_names_and_classes_are_as_they_were_first_given():
    assert {field.number: (field.name, field.retention.value) for field in FIELDS.values()} == FROZEN


def test_each_field_is_found_by_its_own_name():
    assert all(name == field.name for name, field in FIELDS.items())


def test_retention_codes_are_as_ciphertexts_hold_them():
    assert [member.value for member in Retention] == ["id", "case", "evid"]


def test_the_registry_cannot_be_changed_at_run_time():
    with pytest.raises(TypeError):
        FIELDS["resident.name"] = FIELDS["resident.phone"]
    with pytest.raises(AttributeError):
        FIELDS["resident.name"].number = 7


@pytest.mark.parametrize(
    "fields",
    [
        (SealedField(1, "a.b", Retention.ID), SealedField(1, "a.c", Retention.ID)),
        (SealedField(1, "a.b", Retention.ID), SealedField(2, "a.b", Retention.ID)),
        (SealedField(0, "a.b", Retention.ID),),
        (SealedField(65_536, "a.b", Retention.ID),),
    ],
    ids=["number twice", "name twice", "zero", "too large"],
)
def test_a_registry_with_an_ambiguous_field_is_refused(fields: tuple):
    with pytest.raises(ValueError, match="distinct"):
        _registry(*fields)
