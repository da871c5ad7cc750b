"""Safety events: raised by anybody, answered by the township and the assessors."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.safety import (
    EVENT,
    LINE,
    NewSafetyNoticeSchema,
    SafetyActionSchema,
    SafetyEventSchema,
    SafetyPageSchema,
    SafetyQuery,
    SafetyReportSchema,
    SafetyReviewSchema,
)
from server.services import safety, safety_acts
from server.services.safety import SafetyFilter, SafetyReport, SafetyStatus
from server.services.safety_acts import NewNotice

blueprint = Blueprint(
    "safety", __name__, url_prefix="/safety-events", description="Emergencies, from the first word to the review."
)

_MOVED = ("not_found", "safety_transition_forbidden")
_REPORT = {"area_code": "430903102203001", "kind": "self_harm_thought", "facts": "她说不想活了，家里只有她一人。"}
_NOTICE = {"recipient": "ambulance_120", "told_at": "2026-11-20T02:30:00+00:00", "note": "救护车约二十分钟到。"}


@blueprint.post("")
@needs(Permission.SAFETY_RAISE)
@refuses("not_found", "diagnosis_in_text", "record_exists", "access_log_unavailable")
@blueprint.arguments(SafetyReportSchema, example=_REPORT)
@blueprint.response(201, SafetyEventSchema, example=EVENT)
def raise_event(body: dict[str, Any]) -> tuple[SafetyStatus, dict[str, str]]:
    """Raise an emergency from any screen; the township and the assessors are called within two hours."""
    return tagged(safety.raise_safety_event(current_caller(), SafetyReport(**body)))


@blueprint.get("")
@needs(Permission.SAFETY_READ)
@refuses("cursor_malformed", "access_log_unavailable")
@blueprint.arguments(SafetyQuery, location="query")
@blueprint.response(200, SafetyPageSchema, example={"items": [LINE], "next_cursor": None})
def list_events(query: dict[str, Any]) -> dict[str, object]:
    """List safety events: those you raised, or those of your area."""
    asked = page_asked(query)
    return shown(safety.list_safety_events(current_caller(), SafetyFilter(**query), asked))


@blueprint.get("/<uuid:event_id>")
@needs(Permission.SAFETY_READ)
@refuses("not_found", "access_log_unavailable")
@blueprint.response(200, SafetyEventSchema, example=EVENT)
def read_event(event_id: UUID) -> tuple[SafetyStatus, dict[str, str]]:
    """Read one safety event."""
    return tagged(safety.read_safety_event(current_caller(), event_id))


@blueprint.post("/<uuid:event_id>/acknowledgement")
@needs(Permission.SAFETY_ACT)
@refuses(*_MOVED)
@versioned
@blueprint.response(200, SafetyEventSchema, example=EVENT)
def acknowledge(event_id: UUID) -> tuple[SafetyStatus, dict[str, str]]:
    """Take it in hand, within two hours; the review is due 72 hours after it was raised."""
    return tagged(safety_acts.acknowledge_event(current_caller(), event_id, expected_version()))


@blueprint.post("/<uuid:event_id>/notices")
@needs(Permission.SAFETY_ACT)
@refuses(*_MOVED, "safety_notice_needs_basis", "safety_told_in_future", "diagnosis_in_text", "record_exists")
@blueprint.arguments(NewSafetyNoticeSchema, example=_NOTICE)
@blueprint.response(201, SafetyEventSchema, example=EVENT)
def tell(body: dict[str, Any], event_id: UUID) -> tuple[SafetyStatus, dict[str, str]]:
    """Write down who was told; family needs consent or a legal basis, police and others a legal basis."""
    return tagged(safety_acts.tell_others(current_caller(), event_id, NewNotice(**body)))


@blueprint.post("/<uuid:event_id>/actions")
@needs(Permission.SAFETY_ACT)
@refuses(*_MOVED, "diagnosis_in_text")
@versioned
@blueprint.arguments(SafetyActionSchema)
@blueprint.response(200, SafetyEventSchema, example=EVENT)
def act(body: dict[str, str], event_id: UUID) -> tuple[SafetyStatus, dict[str, str]]:
    """Write down one thing that was done."""
    return tagged(safety_acts.note_action(current_caller(), event_id, expected_version(), body["text"]))


@blueprint.post("/<uuid:event_id>/review")
@needs(Permission.SAFETY_CLOSE)
@refuses(*_MOVED, "safety_review_own", "diagnosis_in_text")
@versioned
@blueprint.arguments(SafetyReviewSchema)
@blueprint.response(200, SafetyEventSchema, example=EVENT)
def review(body: dict[str, str], event_id: UUID) -> tuple[SafetyStatus, dict[str, str]]:
    """Look back at it; never by whoever raised it."""
    return tagged(safety_acts.review_event(current_caller(), event_id, expected_version(), body.get("text")))


@blueprint.post("/<uuid:event_id>/closure")
@needs(Permission.SAFETY_CLOSE)
@refuses(*_MOVED)
@versioned
@blueprint.response(200, SafetyEventSchema, example=EVENT)
def close(event_id: UUID) -> tuple[SafetyStatus, dict[str, str]]:
    """End it after the review."""
    return tagged(safety_acts.close_event(current_caller(), event_id, expected_version()))
