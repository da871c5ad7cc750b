"""What a case team does: minutes and tasks."""

from typing import Any
from uuid import UUID

from server.domain.case_teams import NewMinute, NewTeamTask
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.case_teams import (
    MINUTE_EXAMPLE,
    TASK_EXAMPLE,
    MinutePageSchema,
    MinuteSchema,
    NewMinuteSchema,
    NewTeamTaskSchema,
    TeamTaskPageSchema,
    TeamTaskSchema,
)
from server.schemas.shape import PageQuery
from server.services import case_team_work
from server.services.case_team_work import MinuteView, TeamTaskView

blueprint = Blueprint("case_team_work", __name__, description="Minutes and tasks of case teams.")
_TEXT = ("team_text_empty", "note_too_long", "note_diagnosis", "note_character", "note_forbidden")


@blueprint.post("/case-teams/<uuid:team_id>/minutes")
@needs(Permission.TEAM_MINUTE)
@refuses("not_found", "team_not_at_work", "team_minute_in_future", "record_exists", *_TEXT)
@blueprint.arguments(NewMinuteSchema)
@blueprint.response(201, MinuteSchema, example=MINUTE_EXAMPLE)
def add_minute(new: NewMinute, team_id: UUID) -> MinuteView:
    """Keep what a meeting came to; the first lets the team begin, and none ever changes."""
    return case_team_work.add_minute(current_caller(), team_id, new)


@blueprint.get("/case-teams/<uuid:team_id>/minutes")
@needs(Permission.TEAM_READ)
@refuses("not_found", "cursor_malformed")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, MinutePageSchema, example={"items": [MINUTE_EXAMPLE], "next_cursor": None})
def list_minutes(query: dict[str, Any], team_id: UUID) -> dict[str, object]:
    """List a team's minutes."""
    return shown(case_team_work.list_minutes(current_caller(), team_id, page_asked(query)))


@blueprint.post("/case-teams/<uuid:team_id>/tasks")
@needs(Permission.TEAM_MINUTE)
@refuses("not_found", "team_not_at_work", "team_assignee_no_member", "team_task_due_past", "record_exists", *_TEXT)
@blueprint.arguments(NewTeamTaskSchema)
@blueprint.response(201, TeamTaskSchema, example=TASK_EXAMPLE)
def add_task(new: NewTeamTask, team_id: UUID) -> tuple[TeamTaskView, dict[str, str]]:
    """Give a task to a member who has an account."""
    return tagged(case_team_work.add_task(current_caller(), team_id, new))


@blueprint.get("/case-teams/<uuid:team_id>/tasks")
@needs(Permission.TEAM_READ)
@refuses("not_found", "cursor_malformed")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, TeamTaskPageSchema, example={"items": [TASK_EXAMPLE], "next_cursor": None})
def list_tasks(query: dict[str, Any], team_id: UUID) -> dict[str, object]:
    """List a team's tasks; members who visit see their own."""
    return shown(case_team_work.list_tasks(current_caller(), team_id, page_asked(query)))


@blueprint.get("/team-tasks")
@needs(Permission.TEAM_TASK_DO)
@refuses("cursor_malformed")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, TeamTaskPageSchema, example={"items": [TASK_EXAMPLE], "next_cursor": None})
def list_own_tasks(query: dict[str, Any]) -> dict[str, object]:
    """List one's own undone tasks in every team one belongs to."""
    return shown(case_team_work.list_own_tasks(current_caller(), page_asked(query)))


@blueprint.post("/team-tasks/<uuid:task_id>/done")
@needs(Permission.TEAM_TASK_DO)
@refuses("not_found", "team_task_done")
@versioned
@blueprint.response(200, TeamTaskSchema, example=TASK_EXAMPLE | {"done_at": "2026-11-21T08:00:00+00:00", "version": 2})
def finish_task(task_id: UUID) -> tuple[TeamTaskView, dict[str, str]]:
    """Report one's own task as done."""
    return tagged(case_team_work.finish_task(current_caller(), task_id, expected_version()))
