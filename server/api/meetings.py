"""Meetings of the township: called, minuted once, and what came of them."""

from typing import Any
from uuid import UUID

from server.domain.codes_month import MeetingKind
from server.domain.meetings import Minutes
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.meetings import (
    ACTION,
    HELD,
    LINE,
    MEETING,
    ActionItemSchema,
    MeetingCallSchema,
    MeetingPageSchema,
    MeetingQuery,
    MeetingSchema,
    MinutesSchema,
)
from server.services import meetings
from server.services.meetings import ActionView, MeetingFilter, MeetingView

blueprint = Blueprint("meetings", __name__, description="The analysis meeting: agenda, minutes, action items.")


@blueprint.post("/months/<uuid:month_id>/meeting")
@needs(Permission.MEETING_WRITE)
@refuses("not_found", "month_not_closed", "record_exists")
@blueprint.arguments(MeetingCallSchema)
@blueprint.response(201, MeetingSchema, example=MEETING)
def call_meeting(body: dict[str, MeetingKind], month_id: UUID) -> tuple[MeetingView, dict[str, str]]:
    """Call the meeting about a closed month; its agenda is generated and kept, without a name."""
    return tagged(meetings.call_meeting(current_caller(), month_id, body["kind"]))


@blueprint.get("/meetings")
@needs(Permission.MEETING_READ)
@refuses("cursor_malformed")
@blueprint.arguments(MeetingQuery, location="query")
@blueprint.response(200, MeetingPageSchema, example={"items": [LINE], "next_cursor": None})
def list_meetings(query: dict[str, Any]) -> dict[str, Any]:
    """List the township's meetings, without what was said."""
    asked = page_asked(query)
    return shown(meetings.list_meetings(current_caller(), MeetingFilter(**query), asked))


@blueprint.get("/meetings/<uuid:meeting_id>")
@needs(Permission.MEETING_READ)
@refuses("not_found", "seal_broken")
@blueprint.response(200, MeetingSchema, example=HELD)
def read_meeting(meeting_id: UUID) -> tuple[MeetingView, dict[str, str]]:
    """Read a meeting's agenda, minutes, decisions and action items."""
    return tagged(meetings.read_meeting(current_caller(), meeting_id))


@blueprint.post("/meetings/<uuid:meeting_id>/minutes")
@needs(Permission.MEETING_WRITE)
@refuses(
    "not_found",
    "meeting_recorded",
    "month_not_closed",
    "held_in_future",
    "held_before_close",
    "unit_twice",
    "action_due_before_meeting",
)
@versioned
@blueprint.arguments(MinutesSchema)
@blueprint.response(200, MeetingSchema, example=HELD)
def write_minutes(minutes: Minutes, meeting_id: UUID) -> tuple[MeetingView, dict[str, str]]:
    """Write down what a meeting came to, once; name units and entries by number, never a person."""
    return tagged(meetings.write_minutes(current_caller(), meeting_id, expected_version(), minutes))


@blueprint.post("/action-items/<uuid:action_id>/done")
@needs(Permission.ACTION_ITEM_DO)
@refuses("not_found", "action_done", "seal_broken")
@versioned
@blueprint.response(200, ActionItemSchema, example=ACTION | {"done_at": "2026-12-20T08:00:00+00:00", "version": 2})
def finish_action(action_id: UUID) -> tuple[ActionView, dict[str, str]]:
    """Mark an action item as done."""
    return tagged(meetings.finish_action(current_caller(), action_id, expected_version()))
