"""Referrals as an agency uses them: answering what it was sent, and telling a township of somebody."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.referrals import (
    REFERRAL,
    NewReferralInSchema,
    ReferralAppointmentSchema,
    ReferralAttendanceSchema,
    ReferralFeedbackSchema,
    ReferralRejectionSchema,
    ReferralSchema,
    SendingBackInSchema,
)
from server.services import referral_answers, referrals_in
from server.services.referral_answers import Attendance, Feedback, Rejection, SendingBack
from server.services.referral_reading import ReferralStatus
from server.services.referrals_in import NewReferralIn

blueprint = Blueprint("referral_answers", __name__, description="An agency's side of a referral.")

_MOVED = ("not_found", "referral_transition_forbidden")
_REFERRAL = "/referrals/<uuid:referral_id>"
_NEW = {
    "agency_id": "01936f3e-0000-7000-8000-000000000051",
    "township_code": "430903102",
    "urgency": "routine",
    "reason": "specialist",
    "name": "欧阳试验",
    "person_agreed": True,
}


@blueprint.post(f"{_REFERRAL}/receipt")
@needs(Permission.REFERRAL_ANSWER)
@refuses(*_MOVED)
@versioned
@blueprint.response(200, ReferralSchema, example=REFERRAL)
def receive(referral_id: UUID) -> tuple[ReferralStatus, dict[str, str]]:
    """Take a referral; late is better than never."""
    return tagged(referral_answers.receive_referral(current_caller(), referral_id, expected_version()))


@blueprint.post(f"{_REFERRAL}/rejection")
@needs(Permission.REFERRAL_ANSWER)
@refuses(*_MOVED, "referral_alternative_missing", "agency_unknown")
@versioned
@blueprint.arguments(ReferralRejectionSchema, example={"reason": "no_capacity"})
@blueprint.response(200, ReferralSchema, example=REFERRAL)
def reject(body: dict[str, Any], referral_id: UUID) -> tuple[ReferralStatus, dict[str, str]]:
    """Say that the agency cannot; what cannot wait needs another agency named."""
    refusal = Rejection(**body)
    return tagged(referral_answers.reject_referral(current_caller(), referral_id, expected_version(), refusal))


@blueprint.post(f"{_REFERRAL}/appointment")
@needs(Permission.REFERRAL_ANSWER)
@refuses(*_MOVED, "appointment_in_past")
@versioned
@blueprint.arguments(ReferralAppointmentSchema)
@blueprint.response(200, ReferralSchema, example=REFERRAL)
def appoint(body: dict[str, Any], referral_id: UUID) -> tuple[ReferralStatus, dict[str, str]]:
    """Name a day, or another one."""
    return tagged(referral_answers.appoint_referral(current_caller(), referral_id, expected_version(), body["at"]))


@blueprint.post(f"{_REFERRAL}/attendance")
@needs(Permission.REFERRAL_ANSWER)
@refuses(*_MOVED, "attendance_in_future")
@versioned
@blueprint.arguments(ReferralAttendanceSchema)
@blueprint.response(200, ReferralSchema, example=REFERRAL)
def attend(body: dict[str, Any], referral_id: UUID) -> tuple[ReferralStatus, dict[str, str]]:
    """Say whether the person came."""
    came = Attendance(**body)
    return tagged(referral_answers.attend_referral(current_caller(), referral_id, expected_version(), came))


@blueprint.post(f"{_REFERRAL}/feedback")
@needs(Permission.REFERRAL_ANSWER)
@refuses(*_MOVED)
@versioned
@blueprint.arguments(ReferralFeedbackSchema)
@blueprint.response(200, ReferralSchema, example=REFERRAL)
def tell(body: dict[str, Any], referral_id: UUID) -> tuple[ReferralStatus, dict[str, str]]:
    """Tell what came of it: a code for everybody, a text for those who look after the person."""
    told = Feedback(**body)
    return tagged(referral_answers.tell_outcome(current_caller(), referral_id, expected_version(), told))


@blueprint.post(f"{_REFERRAL}/back-referral")
@needs(Permission.REFERRAL_ANSWER)
@refuses(*_MOVED, "referral_back_open", "diagnosis_in_text", "record_exists")
@blueprint.arguments(SendingBackInSchema, example={"urgency": "routine"})
@blueprint.response(201, ReferralSchema, example=REFERRAL)
def send_back(body: dict[str, Any], referral_id: UUID) -> tuple[ReferralStatus, dict[str, str]]:
    """Send somebody back to the community, as a referral in."""
    return tagged(referral_answers.send_back(current_caller(), referral_id, SendingBack(**body)))


@blueprint.post("/referrals-in")
@needs(Permission.REFERRAL_SEND_IN)
@refuses("not_found", "referral_person_not_agreed", "referral_guardian_not_agreed", "diagnosis_in_text")
@refuses("name_invalid", "phone_invalid", "record_exists", "access_log_unavailable")
@blueprint.arguments(NewReferralInSchema, example=_NEW)
@blueprint.response(201, ReferralSchema, example=REFERRAL)
def refer_in(body: dict[str, Any]) -> tuple[ReferralStatus, dict[str, str]]:
    """Tell a township of somebody who agreed; back come codes alone."""
    return tagged(referrals_in.refer_in(current_caller(), NewReferralIn(**body)))
