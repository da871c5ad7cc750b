"""What a tablet asks of its own: where it stands, a lease to work with, and to say that it is wiped."""

from typing import Any

from server.domain.codes_devices import DeviceState
from server.domain.permissions import Permission
from server.http.caller import current_caller, current_device
from server.http.openapi import Blueprint
from server.http.routes import by_device, needs, refuses
from server.schemas.leases import LEASE, STANDING, LeaseAskedSchema, LeaseSchema, StandingSchema, WipedSchema
from server.services import leases

blueprint = Blueprint("leases", __name__, url_prefix="/sync", description="A tablet's standing, lease and wiping.")


@blueprint.get("/standing")
@by_device(*DeviceState)
@blueprint.response(200, StandingSchema, example=STANDING)
def read_standing() -> Any:
    """See where the calling tablet stands, and whether it is to delete everything."""
    return leases.standing_of(current_caller(), current_device())


@blueprint.post("/wiped")
@by_device(DeviceState.ACTIVE, DeviceState.REVOKED, DeviceState.WIPED)
@blueprint.arguments(WipedSchema)
@blueprint.response(204)
def say_wiped(body: dict[str, Any]) -> None:
    """Say that the calling tablet deleted everything: taken back, or emptied by hand."""
    leases.wiped(current_caller(), body["rows"])


@blueprint.post("/lease")
@needs(Permission.SYNC_PULL)
@refuses("app_too_old", "device_not_of_area", "access_log_unavailable")
@blueprint.arguments(LeaseAskedSchema)
@blueprint.response(200, LeaseSchema, example=LEASE)
def take_lease(body: dict[str, Any]) -> Any:
    """Take a lease: until it ends, what the tablet holds for this user can be opened there."""
    return leases.lease(current_caller(), body.get("app_version"))
