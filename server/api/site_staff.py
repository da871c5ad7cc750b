"""The staff of sites and their trainings."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.shape import PageQuery
from server.schemas.site_staff import (
    STAFF,
    TRAINING,
    ChangeStaffSchema,
    NewStaffSchema,
    NewTrainingSchema,
    StaffPageSchema,
    StaffSchema,
    TrainingPageSchema,
    TrainingSchema,
)
from server.services import site_staff as service

blueprint = Blueprint("site_staff", __name__, description="Who works at sites, by staff number; nobody's name.")


@blueprint.get("/sites/<uuid:site_id>/staff")
@needs(Permission.SITE_READ)
@refuses("not_found", "cursor_malformed")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, StaffPageSchema, example={"items": [STAFF], "next_cursor": None})
def list_staff(query: dict[str, Any], site_id: UUID) -> dict[str, Any]:
    """List one site's staff, those who left among them."""
    return shown(service.list_staff(current_caller(), site_id, page_asked(query)))


@blueprint.post("/sites/<uuid:site_id>/staff")
@needs(Permission.SITE_WRITE)
@refuses("not_found", "record_exists", "day_before_start", "access_log_unavailable")
@blueprint.arguments(NewStaffSchema)
@blueprint.response(201, StaffSchema, example=STAFF)
def enter_staff(body: dict[str, Any], site_id: UUID) -> tuple[Any, dict[str, str]]:
    """Enter a member of a site's staff."""
    return tagged(service.enter_staff(current_caller(), site_id, body))


@blueprint.patch("/site-staff/<uuid:staff_id>")
@needs(Permission.SITE_WRITE)
@refuses("not_found", "day_before_start", "access_log_unavailable")
@versioned
@blueprint.arguments(ChangeStaffSchema)
@blueprint.response(200, StaffSchema, example=STAFF | {"version": 2})
def change_staff(body: dict[str, Any], staff_id: UUID) -> tuple[Any, dict[str, str]]:
    """Correct what is known of a member, or end their time at the site."""
    return tagged(service.change_staff(current_caller(), staff_id, expected_version(), body))


@blueprint.get("/site-staff/<uuid:staff_id>/trainings")
@needs(Permission.SITE_READ)
@refuses("not_found", "cursor_malformed")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, TrainingPageSchema, example={"items": [TRAINING], "next_cursor": None})
def list_trainings(query: dict[str, Any], staff_id: UUID) -> dict[str, Any]:
    """List one member's trainings."""
    return shown(service.list_trainings(current_caller(), staff_id, page_asked(query)))


@blueprint.post("/site-staff/<uuid:staff_id>/trainings")
@needs(Permission.SITE_WRITE)
@refuses("not_found", "record_exists", "day_in_future", "day_before_start", "access_log_unavailable")
@blueprint.arguments(NewTrainingSchema)
@blueprint.response(201, TrainingSchema, example=TRAINING)
def record_training(body: dict[str, Any], staff_id: UUID) -> tuple[Any, dict[str, str]]:
    """Record that a member was trained."""
    return tagged(service.record_training(current_caller(), staff_id, body))
