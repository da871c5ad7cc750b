"""Referrals as those use them who look after somebody, and the township."""

from typing import Any
from uuid import UUID

from server.domain.codes_referral import ReferralOutcome
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.referrals import (
    LINE,
    REFERRAL,
    NewReferralSchema,
    ReferralClosureSchema,
    ReferralPageSchema,
    ReferralQuery,
    ReferralSchema,
)
from server.services import referral_reading, referrals, referrals_in
from server.services.referral_reading import ReferralFilter, ReferralStatus
from server.services.referrals import NewReferral

blueprint = Blueprint("referrals", __name__, description="People sent on to an agency, and sent to us by one.")

_MOVED = ("not_found", "referral_transition_forbidden")
_REFERRAL = "/referrals/<uuid:referral_id>"
_NEW = {"agency_id": "01936f3e-0000-7000-8000-000000000051", "urgency": "routine", "reason": "specialist"}


@blueprint.post("/ledger-entries/<uuid:entry_id>/referrals")
@needs(Permission.REFERRAL_WRITE)
@refuses("not_found", "agency_unknown", "agency_no_green_channel", "agency_emergency_only", "diagnosis_in_text")
@refuses("referral_basis_not_urgent", "referral_urgency_not_for_role", "referral_entry_not_in_service")
@refuses("record_exists")
@blueprint.arguments(NewReferralSchema, example=_NEW)
@blueprint.response(201, ReferralSchema, example=REFERRAL)
def draft(body: dict[str, Any], entry_id: UUID) -> tuple[ReferralStatus, dict[str, str]]:
    """Draft a referral; the packet is generated and holds the minimum."""
    return tagged(referrals.draft_referral(current_caller(), entry_id, NewReferral(**body)))


@blueprint.get("/referrals")
@needs(Permission.REFERRAL_READ)
@refuses("cursor_malformed", "access_log_unavailable")
@blueprint.arguments(ReferralQuery, location="query")
@blueprint.response(200, ReferralPageSchema, example={"items": [LINE], "next_cursor": None})
def list_referrals(query: dict[str, Any]) -> dict[str, object]:
    """List where referrals stand; an agency sees those sent to it, without what is behind them."""
    asked = page_asked(query)
    return shown(referral_reading.list_referrals(current_caller(), ReferralFilter(**query), asked))


@blueprint.get(_REFERRAL)
@needs(Permission.REFERRAL_READ)
@refuses("not_found", "access_log_unavailable")
@blueprint.response(200, ReferralSchema, example=REFERRAL)
def read(referral_id: UUID) -> tuple[ReferralStatus, dict[str, str]]:
    """Read one referral as your side sees it."""
    return tagged(referral_reading.read_referral(current_caller(), referral_id))


@blueprint.post(f"{_REFERRAL}/sending")
@needs(Permission.REFERRAL_WRITE)
@refuses(*_MOVED, "consent_missing", "referral_entry_not_in_service", "referral_urgency_not_for_role")
@versioned
@blueprint.response(200, ReferralSchema, example=REFERRAL)
def send(referral_id: UUID) -> tuple[ReferralStatus, dict[str, str]]:
    """Let the agency see it, if the person's consent or a legal basis stands at this instant."""
    return tagged(referrals.send_referral(current_caller(), referral_id, expected_version()))


@blueprint.post(f"{_REFERRAL}/cancellation")
@needs(Permission.REFERRAL_WRITE)
@refuses(*_MOVED)
@versioned
@blueprint.response(200, ReferralSchema, example=REFERRAL)
def cancel(referral_id: UUID) -> tuple[ReferralStatus, dict[str, str]]:
    """Call it off while nobody outside has seen it."""
    return tagged(referrals.cancel_referral(current_caller(), referral_id, expected_version()))


@blueprint.post(f"{_REFERRAL}/closure")
@needs(Permission.REFERRAL_WRITE)
@refuses(*_MOVED, "referral_still_running", "referral_outcome_missing")
@versioned
@blueprint.arguments(ReferralClosureSchema)
@blueprint.response(200, ReferralSchema, example=REFERRAL)
def close(body: dict[str, ReferralOutcome], referral_id: UUID) -> tuple[ReferralStatus, dict[str, str]]:
    """End it: the agency no longer sees whom it was about."""
    caller, version = current_caller(), expected_version()
    return tagged(referrals.close_referral(caller, referral_id, version, body.get("outcome")))


@blueprint.post(f"{_REFERRAL}/taking-in")
@needs(Permission.REFERRAL_TAKE_IN)
@refuses(*_MOVED)
@versioned
@blueprint.response(200, ReferralSchema, example=REFERRAL)
def take_in(referral_id: UUID) -> tuple[ReferralStatus, dict[str, str]]:
    """Take somebody an agency referred; the answer says how they come to the ledger, nothing is made by itself."""
    return tagged(referrals_in.take_in(current_caller(), referral_id, expected_version()))
