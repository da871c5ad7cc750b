"""What is due, and by whom it was taken in hand."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.tasks import TaskPageSchema, TaskQuery, TaskSchema
from server.services.tasks import TaskView, acknowledge_task, list_tasks

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks", description="What a role must do by a time.")

_TASK = {
    "id": "01936f3e-0000-7000-8000-000000000007",
    "kind": "urgent_report",
    "area_code": "430903102203001",
    "role": "township_coordinator",
    "assignee_id": None,
    "entry_id": "01936f3e-0000-7000-8000-000000000001",
    "entry_no": "43090310220260001",
    "about_table": None,
    "about_id": None,
    "due_at": "2026-11-20T04:15:00+00:00",
    "overdue": False,
    "done_by": None,
    "done_at": None,
    "version": 1,
}


@blueprint.get("")
@needs(Permission.TASK_READ)
@refuses("cursor_malformed", "access_log_unavailable")
@blueprint.arguments(TaskQuery, location="query")
@blueprint.response(200, TaskPageSchema, example={"items": [_TASK], "next_cursor": None})
def show_tasks(query: dict[str, Any]) -> dict[str, object]:
    """Read what your roles must do in your areas."""
    asked = page_asked(query)
    return shown(list_tasks(current_caller(), asked, overdue_only=query["due"] == "overdue"))


@blueprint.post("/<uuid:task_id>/acknowledgement")
@needs(Permission.TASK_DONE)
@refuses("not_found", "task_done", "access_log_unavailable")
@versioned
@blueprint.response(200, TaskSchema, example=_TASK)
def acknowledge(task_id: UUID) -> tuple[TaskView, dict[str, str]]:
    """Say that you have taken a task in hand; who and when is kept."""
    return tagged(acknowledge_task(current_caller(), task_id, expected_version()))
