"""Community rehabilitation: a place in a site, the days it was used, and its end."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.domain.rehab import Ending, NewAttendance, NewEnrolment
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.rehab import (
    ATTENDANCE_EXAMPLE,
    ENROLMENT_EXAMPLE,
    AttendancePageSchema,
    AttendanceSchema,
    EndingSchema,
    EnrolmentListSchema,
    EnrolmentSchema,
    NewAttendanceSchema,
    NewEnrolmentSchema,
)
from server.schemas.shape import PageQuery
from server.services import rehab
from server.services.rehab import AttendanceView, EnrolmentView

blueprint = Blueprint("rehab", __name__, description="Places in community rehabilitation.")


@blueprint.post("/ledger-entries/<uuid:entry_id>/rehab-enrolments")
@needs(Permission.REHAB_WRITE)
@refuses(
    "not_found", "consent_missing", "rehab_place_taken", "record_exists", "service_site_unknown", "rehab_day_unfit"
)
@blueprint.arguments(NewEnrolmentSchema)
@blueprint.response(201, EnrolmentSchema, example=ENROLMENT_EXAMPLE)
def enrol(new: NewEnrolment, entry_id: UUID) -> tuple[EnrolmentView, dict[str, str]]:
    """Give somebody a place who agreed to a plan with visits."""
    return tagged(rehab.enrol(current_caller(), entry_id, new))


@blueprint.get("/ledger-entries/<uuid:entry_id>/rehab-enrolments")
@needs(Permission.REHAB_READ)
@refuses("not_found")
@blueprint.response(200, EnrolmentListSchema, example={"items": [ENROLMENT_EXAMPLE]})
def list_enrolments(entry_id: UUID) -> dict[str, object]:
    """List every place somebody has or had."""
    return {"items": rehab.list_enrolments(current_caller(), entry_id)}


@blueprint.post("/rehab-enrolments/<uuid:enrolment_id>/attendance")
@needs(Permission.REHAB_WRITE)
@refuses("not_found", "consent_missing", "rehab_place_ended", "rehab_day_known", "record_exists", "rehab_day_unfit")
@blueprint.arguments(NewAttendanceSchema)
@blueprint.response(201, AttendanceSchema, example=ATTENDANCE_EXAMPLE)
def attend(new: NewAttendance, enrolment_id: UUID) -> AttendanceView:
    """Write down a day somebody came."""
    return rehab.attend(current_caller(), enrolment_id, new)


@blueprint.get("/rehab-enrolments/<uuid:enrolment_id>/attendance")
@needs(Permission.REHAB_READ)
@refuses("not_found", "cursor_malformed")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, AttendancePageSchema, example={"items": [ATTENDANCE_EXAMPLE], "next_cursor": None})
def list_attendance(query: dict[str, Any], enrolment_id: UUID) -> dict[str, object]:
    """List the days of one place."""
    return shown(rehab.list_attendance(current_caller(), enrolment_id, page_asked(query)))


@blueprint.post("/rehab-enrolments/<uuid:enrolment_id>/end")
@needs(Permission.REHAB_WRITE)
@refuses("not_found", "rehab_place_ended", "rehab_day_unfit")
@versioned
@blueprint.arguments(EndingSchema)
@blueprint.response(200, EnrolmentSchema, example=ENROLMENT_EXAMPLE | {"ended_on": "2026-11-21", "version": 2})
def end_enrolment(ending: Ending, enrolment_id: UUID) -> tuple[EnrolmentView, dict[str, str]]:
    """Give a place up, with the reason."""
    return tagged(rehab.end_enrolment(current_caller(), enrolment_id, expected_version(), ending))
