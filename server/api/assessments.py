"""Assessments: written, given to by partners, signed, corrected and read."""

from typing import Any
from uuid import UUID

from server.domain.assessments import AssessmentDraft, PartnerInput
from server.domain.codes_assessments import CorrectionReason
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.assessments import (
    BRIEF,
    DRAFT,
    INPUT,
    SIGNED,
    WHOLE,
    AssessmentChangeSchema,
    AssessmentCorrectionSchema,
    AssessmentSchema,
    AssessmentShownSchema,
    AssessmentsSchema,
    GivenInputSchema,
    NewAssessmentSchema,
    PartnerInputSchema,
    SignedAssessmentSchema,
)
from server.services import assessments, assessments_reading
from server.services.assessments import Signed
from server.services.assessments_reading import AssessmentShown, AssessmentView, InputView

blueprint = Blueprint(
    "assessments", __name__, description="What was found together with a person who agreed to it; never a diagnosis."
)

_OF_ENTRY = "/ledger-entries/<uuid:entry_id>/assessments"
_ONE = "/assessments/<uuid:assessment_id>"
_WORDS = ("medical_word_found", "recommendations_contradict", "assessment_before_consent", "assessment_in_future")


@blueprint.post(_OF_ENTRY)
@needs(Permission.ASSESSMENT_WRITE)
@refuses("not_found", "consent_missing", "record_exists", "seal_broken", *_WORDS)
@blueprint.arguments(NewAssessmentSchema)
@blueprint.response(201, AssessmentSchema, example=DRAFT | {"inputs": []})
def draft_assessment(body: AssessmentDraft, entry_id: UUID) -> tuple[AssessmentView, dict[str, str]]:
    """Begin an assessment of somebody who agreed to one.

    A text that names a diagnosis is refused once; confirm that the person told of it, and it is kept and marked.
    """
    return tagged(assessments.draft_assessment(current_caller(), entry_id, body))


@blueprint.get(_OF_ENTRY)
@needs(Permission.ASSESSMENT_READ)
@refuses("not_found", "seal_broken")
@blueprint.response(200, AssessmentsSchema, example={"items": [BRIEF]})
def list_assessments(entry_id: UUID) -> dict[str, list[AssessmentShown]]:
    """Read an entry's assessments: whole for those who assess and look after the person, in short for the others."""
    return {"items": assessments_reading.list_assessments(current_caller(), entry_id)}


@blueprint.get(_ONE)
@needs(Permission.ASSESSMENT_READ)
@refuses("not_found", "seal_broken")
@blueprint.response(200, AssessmentShownSchema, example=WHOLE)
def read_assessment(assessment_id: UUID) -> tuple[AssessmentShown, dict[str, str]]:
    """Read one version of an assessment, whole or in short."""
    return tagged(assessments_reading.read_assessment(current_caller(), assessment_id))


@blueprint.patch(_ONE)
@needs(Permission.ASSESSMENT_WRITE)
@refuses("not_found", "assessment_signed", "consent_missing", "seal_broken", *_WORDS)
@versioned
@blueprint.arguments(AssessmentChangeSchema(partial=True), example={"result_band": "moderate"})
@blueprint.response(200, AssessmentSchema, example=DRAFT | {"result_band": "moderate", "version": 2})
def change_assessment(body: dict[str, Any], assessment_id: UUID) -> tuple[AssessmentView, dict[str, str]]:
    """Change a draft; fields left out stay as they are."""
    return tagged(assessments.change_assessment(current_caller(), assessment_id, expected_version(), body))


@blueprint.post(_ONE + "/inputs")
@needs(Permission.ASSESSMENT_INPUT)
@refuses("not_found", "assessment_signed", "consent_missing", "record_exists")
@refuses("input_in_future", "medical_word_refused")
@blueprint.arguments(PartnerInputSchema)
@blueprint.response(201, GivenInputSchema, example=INPUT)
def give_input(body: PartnerInput, assessment_id: UUID) -> tuple[InputView, dict[str, str]]:
    """Add what another discipline knows to a draft; you read back your own words and nothing else."""
    return tagged(assessments.give_input(current_caller(), assessment_id, body))


@blueprint.post(_ONE + "/signature")
@needs(Permission.ASSESSMENT_WRITE)
@refuses("not_found", "assessment_of_other_assessor", "assessment_signed", "consent_missing", "seal_broken")
@versioned
@blueprint.response(200, SignedAssessmentSchema, example=SIGNED)
def sign_assessment(assessment_id: UUID) -> tuple[Signed, dict[str, str]]:
    """Sign a draft: it never changes again. The plan is due in five working days, or leaving is proposed."""
    return tagged(assessments.sign_assessment(current_caller(), assessment_id, expected_version()))


@blueprint.post(_ONE + "/correction")
@needs(Permission.ASSESSMENT_WRITE)
@refuses("not_found", "assessment_not_signed", "correction_open", "consent_missing", "seal_broken")
@versioned
@blueprint.arguments(AssessmentCorrectionSchema)
@blueprint.response(201, AssessmentSchema, example=DRAFT | {"number": 2, "correction_reason": "wrong_fact"})
def correct_assessment(body: dict[str, CorrectionReason], assessment_id: UUID) -> tuple[AssessmentView, dict[str, str]]:
    """Begin the next version of a signed assessment; the old one stands until the new one is signed."""
    return tagged(assessments.correct_assessment(current_caller(), assessment_id, expected_version(), body["reason"]))
