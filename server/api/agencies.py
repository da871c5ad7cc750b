"""The directory of agencies people are referred to."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.agencies import (
    AGENCY,
    AgencyChangeSchema,
    AgencyMembersSchema,
    AgencyPageSchema,
    AgencyQuery,
    AgencySchema,
    NewAgencySchema,
)
from server.services import agencies
from server.services.agencies import AgencyFilter, AgencyView, MemberView, NewAgency

blueprint = Blueprint(
    "agencies", __name__, url_prefix="/agencies", description="Where people can be referred to, and who answers there."
)

_MEMBER = {"user_id": "01936f3e-0000-7000-8000-000000000052", "since": "2026-11-20T02:15:00+00:00"}
_NEW = {"name": "试验县人民医院心理门诊", "kind": "14", "phone": "0000-12345", "hours": "周一至周五 8:00-17:00"}


@blueprint.get("")
@needs(Permission.AGENCY_READ)
@refuses("cursor_malformed")
@blueprint.arguments(AgencyQuery, location="query")
@blueprint.response(200, AgencyPageSchema, example={"items": [AGENCY], "next_cursor": None})
def list_agencies(query: dict[str, Any]) -> dict[str, object]:
    """List agencies with their hours, phones and capacity."""
    asked = page_asked(query)
    return shown(agencies.list_agencies(current_caller(), AgencyFilter(**query), asked))


@blueprint.post("")
@needs(Permission.AGENCY_MANAGE)
@refuses("agency_name_taken", "resident_area_unknown", "record_exists", "access_log_unavailable")
@blueprint.arguments(NewAgencySchema, example=_NEW)
@blueprint.response(201, AgencySchema, example=AGENCY)
def enter_agency(body: dict[str, Any]) -> tuple[AgencyView, dict[str, str]]:
    """Enter an agency."""
    return tagged(agencies.enter_agency(current_caller(), NewAgency(**body)))


@blueprint.patch("/<uuid:agency_id>")
@needs(Permission.AGENCY_MANAGE)
@refuses("not_found", "agency_name_taken", "resident_area_unknown", "access_log_unavailable")
@versioned
@blueprint.arguments(AgencyChangeSchema)
@blueprint.response(200, AgencySchema, example=AGENCY)
def change_agency(body: dict[str, Any], agency_id: UUID) -> tuple[AgencyView, dict[str, str]]:
    """Correct what is known of an agency, or take it out of use."""
    return tagged(agencies.change_agency(current_caller(), agency_id, expected_version(), body))


@blueprint.get("/<uuid:agency_id>/members")
@needs(Permission.AGENCY_MANAGE)
@refuses("not_found")
@blueprint.response(200, AgencyMembersSchema, example={"items": [_MEMBER]})
def list_members(agency_id: UUID) -> dict[str, list[MemberView]]:
    """List who answers for an agency."""
    return {"items": agencies.list_members(current_caller(), agency_id)}


@blueprint.put("/<uuid:agency_id>/members/<uuid:user_id>")
@needs(Permission.AGENCY_MANAGE)
@refuses("not_found", "agency_member_role", "agency_without_members", "access_log_unavailable")
@blueprint.response(204)
def put_member(agency_id: UUID, user_id: UUID) -> None:
    """Let a user with the role receiving_agency answer for it; twice changes nothing."""
    agencies.put_member(current_caller(), agency_id, user_id)


@blueprint.delete("/<uuid:agency_id>/members/<uuid:user_id>")
@needs(Permission.AGENCY_MANAGE)
@refuses("not_found", "access_log_unavailable")
@blueprint.response(204)
def leave_agency(agency_id: UUID, user_id: UUID) -> None:
    """Let a user answer for it no longer; from the next request on they see nothing of it."""
    agencies.leave_agency(current_caller(), agency_id, user_id)
