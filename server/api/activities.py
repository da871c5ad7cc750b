"""Outreach activities."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.activities import (
    ACTIVITY,
    ActivityPageSchema,
    ActivitySchema,
    ChangeActivitySchema,
    NewActivitySchema,
)
from server.schemas.places import PlaceQuery
from server.services import activities as service

blueprint = Blueprint(
    "activities",
    __name__,
    url_prefix="/activities",
    description="Science brought to people: what, where, how many it reached.",
)


@blueprint.get("")
@needs(Permission.SITE_READ)
@refuses("cursor_malformed", "area_code_invalid")
@blueprint.arguments(PlaceQuery, location="query")
@blueprint.response(200, ActivityPageSchema, example={"items": [ACTIVITY], "next_cursor": None})
def list_activities(query: dict[str, Any]) -> dict[str, Any]:
    """List activities, of the whole of one's area or under a part of it."""
    asked = page_asked(query)
    return shown(service.list_activities(current_caller(), query.get("area_code"), asked))


@blueprint.post("")
@needs(Permission.SITE_WRITE)
@refuses(
    "not_found", "record_exists", "place_level_wrong", "area_code_invalid", "day_in_future", "access_log_unavailable"
)
@blueprint.arguments(NewActivitySchema)
@blueprint.response(201, ActivitySchema, example=ACTIVITY)
def enter_activity(body: dict[str, Any]) -> tuple[Any, dict[str, str]]:
    """Enter an activity."""
    return tagged(service.enter_activity(current_caller(), body))


@blueprint.patch("/<uuid:activity_id>")
@needs(Permission.SITE_WRITE)
@refuses("not_found", "day_in_future", "access_log_unavailable")
@versioned
@blueprint.arguments(ChangeActivitySchema)
@blueprint.response(200, ActivitySchema, example=ACTIVITY | {"version": 2})
def change_activity(body: dict[str, Any], activity_id: UUID) -> tuple[Any, dict[str, str]]:
    """Correct an activity; what is left out stays as it is."""
    return tagged(service.change_activity(current_caller(), activity_id, expected_version(), body))
