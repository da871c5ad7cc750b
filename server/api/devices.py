"""Tablets as the office keeps them, and the one call by which a tablet sends its key."""

from typing import Any
from uuid import UUID

import segno
from flask import request

from server.domain.codes_devices import RevokeReason
from server.domain.permissions import Permission
from server.http.caller import current_caller, new_device_caller, new_device_proof
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import by_new_device, expected_version, needs, refuses, tagged, versioned
from server.schemas.devices import (
    DEVICE,
    DEVICE_USER,
    ENROLLED,
    ENROLMENT,
    HELD,
    NEW_ENROLMENT,
    ApprovalSchema,
    DeviceEnrolmentPageSchema,
    DevicePageSchema,
    DeviceQuery,
    DeviceSchema,
    DeviceUserListSchema,
    EnrolledSchema,
    GivenCodeSchema,
    HeldSchema,
    NewDeviceEnrolmentSchema,
    NewDeviceSchema,
    RevocationSchema,
)
from server.schemas.shape import PageQuery
from server.services import device_enrolments, device_held, devices
from server.services.devices import DeviceFilter

blueprint = Blueprint(
    "devices", __name__, url_prefix="/devices", description="Field tablets, as the office keeps them."
)

Versioned = tuple[Any, dict[str, str]]


@blueprint.get("/enrolments")
@needs(Permission.DEVICE_MANAGE)
@refuses("cursor_malformed")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, DeviceEnrolmentPageSchema, example={"items": [ENROLMENT], "next_cursor": None})
def list_codes(query: dict[str, Any]) -> dict[str, Any]:
    """List codes that are still good; the codes themselves are not told again."""
    return shown(device_enrolments.list_codes(current_caller(), page_asked(query)))


@blueprint.post("/enrolments")
@needs(Permission.DEVICE_MANAGE)
@refuses("not_found", "area_code_invalid", "area_level_wrong", "access_log_unavailable")
@blueprint.arguments(NewDeviceEnrolmentSchema)
@blueprint.response(201, GivenCodeSchema, example=NEW_ENROLMENT)
def give_code(body: dict[str, Any]) -> dict[str, Any]:
    """Give a code to enrol one tablet with, once and within a day.

    The tablet then shows a number of seven digits; whoever has the tablet in hand reads it out, and the office types it
    in to approve it.
    """
    given = device_enrolments.give_code(current_caller(), body["area_code"], body["label"])
    return vars(given) | {"qr_svg": segno.make_qr(given.link, error="m").svg_inline(scale=6)}


@blueprint.delete("/enrolments/<uuid:enrolment_id>")
@needs(Permission.DEVICE_MANAGE)
@refuses("not_found", "enrolment_used", "access_log_unavailable")
@blueprint.response(204)
def take_back_code(enrolment_id: UUID) -> None:
    """Take a code back that nobody used."""
    device_enrolments.take_back_code(current_caller(), enrolment_id)


@blueprint.post("")
@by_new_device
@refuses("enrolment_code_wrong", "enrolment_paused", "record_exists")
@blueprint.arguments(NewDeviceSchema)
@blueprint.response(201, EnrolledSchema, example=ENROLLED)
def enrol(body: dict[str, Any]) -> Any:
    """Send a tablet's key in, with the code the office gave; the key is that of the proof.

    The same call again, where an answer was lost, is answered alike.
    """
    public_key = new_device_proof(body["id"]).public_key
    new = device_enrolments.NewDevice(**body, public_key=public_key, address=request.remote_addr or "")
    return device_enrolments.enrol(new_device_caller(), new)


@blueprint.get("")
@needs(Permission.DEVICE_READ)
@refuses("cursor_malformed")
@blueprint.arguments(DeviceQuery, location="query")
@blueprint.response(200, DevicePageSchema, example={"items": [DEVICE], "next_cursor": None})
def list_devices(query: dict[str, Any]) -> dict[str, Any]:
    """List tablets and how they fare, what needs a look first."""
    asked = page_asked(query)
    return shown(devices.list_devices(current_caller(), DeviceFilter(**query), asked))


@blueprint.get("/<uuid:device_id>")
@needs(Permission.DEVICE_READ)
@refuses("not_found")
@blueprint.response(200, DeviceSchema, example=DEVICE)
def read_device(device_id: UUID) -> Versioned:
    """Read one tablet."""
    return tagged(devices.read_device(current_caller(), device_id))


@blueprint.post("/<uuid:device_id>/approval")
@needs(Permission.DEVICE_MANAGE)
@refuses("not_found", "device_state_wrong", "check_number_wrong", "access_log_unavailable")
@blueprint.arguments(ApprovalSchema)
@blueprint.response(200, DeviceSchema, example=DEVICE)
def approve_device(body: dict[str, Any], device_id: UUID) -> Versioned:
    """Approve a tablet by the number read off it. The third wrong number ends its enrolment."""
    return tagged(devices.approve_device(current_caller(), device_id, body["check_number"]))


@blueprint.post("/<uuid:device_id>/revocation")
@needs(Permission.DEVICE_MANAGE)
@refuses("not_found", "device_state_wrong", "access_log_unavailable")
@versioned
@blueprint.arguments(RevocationSchema)
@blueprint.response(200, DeviceSchema, example=DEVICE | {"state": "revoked", "attention": ["not_wiped"], "version": 3})
def revoke_device(body: dict[str, RevokeReason], device_id: UUID) -> Versioned:
    """Take a tablet back: it may still send what waits, and is ordered to delete everything."""
    return tagged(devices.revoke_device(current_caller(), device_id, expected_version(), body["reason"]))


@blueprint.get("/<uuid:device_id>/held")
@needs(Permission.DEVICE_HELD_READ)
@refuses("not_found")
@blueprint.response(200, HeldSchema, example=HELD)
def read_held(device_id: UUID) -> Any:
    """See whose data a tablet was shown since it was enrolled, from the access log.

    People are told by pseudonym, with their entry where the caller may read that.
    """
    return device_held.held_by(current_caller(), device_id)


@blueprint.post("/<uuid:device_id>/resync")
@needs(Permission.DEVICE_MANAGE)
@refuses("not_found", "access_log_unavailable")
@blueprint.response(204)
def resync_device(device_id: UUID) -> None:
    """Have everything on a tablet fetched anew; what waits there to be sent is not touched."""
    devices.resync_device(current_caller(), device_id)


@blueprint.get("/<uuid:device_id>/users")
@needs(Permission.DEVICE_READ)
@refuses("not_found", "access_log_unavailable", "disclosure_budget_used")
@blueprint.response(200, DeviceUserListSchema, example={"items": [DEVICE_USER]})
def list_users(device_id: UUID) -> dict[str, Any]:
    """List who took a lease on a tablet, the last one first."""
    return {"items": devices.list_users(current_caller(), device_id)}
