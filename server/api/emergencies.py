"""Emergencies that befell an area."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.emergencies import (
    EMERGENCY,
    ChangeEmergencySchema,
    EmergencyPageSchema,
    EmergencySchema,
    NewEmergencySchema,
)
from server.schemas.places import PlaceQuery
from server.services import emergencies as service

blueprint = Blueprint(
    "emergencies",
    __name__,
    url_prefix="/emergencies",
    description="Emergencies and the psychological aid given; no person.",
)


@blueprint.get("")
@needs(Permission.SITE_READ)
@refuses("cursor_malformed", "area_code_invalid")
@blueprint.arguments(PlaceQuery, location="query")
@blueprint.response(200, EmergencyPageSchema, example={"items": [EMERGENCY], "next_cursor": None})
def list_emergencies(query: dict[str, Any]) -> dict[str, Any]:
    """List emergencies, of the whole of one's area or under a part of it."""
    asked = page_asked(query)
    return shown(service.list_emergencies(current_caller(), query.get("area_code"), asked))


@blueprint.post("")
@needs(Permission.EMERGENCY_WRITE)
@refuses(
    "not_found",
    "record_exists",
    "place_level_wrong",
    "area_code_invalid",
    "day_in_future",
    "day_before_start",
    "access_log_unavailable",
)
@blueprint.arguments(NewEmergencySchema)
@blueprint.response(201, EmergencySchema, example=EMERGENCY)
def enter_emergency(body: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    """Enter an emergency."""
    return tagged(service.enter_emergency(current_caller(), body))


@blueprint.patch("/<uuid:emergency_id>")
@needs(Permission.EMERGENCY_WRITE)
@refuses("not_found", "day_in_future", "day_before_start", "access_log_unavailable")
@versioned
@blueprint.arguments(ChangeEmergencySchema)
@blueprint.response(200, EmergencySchema, example=EMERGENCY | {"version": 2})
def change_emergency(body: dict[str, Any], emergency_id: UUID) -> tuple[Any, dict[str, str]]:
    """Correct an emergency; what is left out stays as it is."""
    return tagged(service.change_emergency(current_caller(), emergency_id, expected_version(), body))
