"""What tablets deliver: by themselves, or in a file that the office takes from one that cannot send."""

from typing import Any

from flask import Response

from server.domain.codes_devices import DeviceState
from server.domain.permissions import Permission
from server.http.caller import current_caller, current_device
from server.http.compression import compressed
from server.http.device_proof import rescue_proof
from server.http.openapi import Blueprint
from server.http.routes import by_device, needs, refuses
from server.http.unpacking import pushed_body
from server.schemas.sync_push import PUSH, RECEIPTS, RESCUE, PushSchema, ReceiptsSchema, RescueSchema, receipts_bytes
from server.services import sync_push, sync_rescue
from server.services.sync_rescue import RescueFile

blueprint = Blueprint(
    "sync_push", __name__, url_prefix="/sync", description="What tablets deliver; see mobile_api_spec/SYNC.md."
)
blueprint.after_request(compressed)
_BODY = {"required": True, "content": {"application/json": {"schema": PushSchema, "example": PUSH}}}


@blueprint.post("/push")
@by_device(DeviceState.ACTIVE, DeviceState.REVOKED)
@refuses("body_unreadable", "media_type_unsupported", "device_differs", "push_too_large", "push_failed")
@refuses("tablet_paused", "access_log_unavailable", "seal_broken")
@blueprint.doc(requestBody=_BODY)
@blueprint.response(200, ReceiptsSchema, example=RECEIPTS)
def push() -> Response:
    """Deliver work from the calling tablet; each operation gets a receipt of its own.

    The body may be compressed (``Content-Encoding: gzip`` or ``zstd``). Sent again, it gets the same receipts.
    """
    answer = sync_push.push(current_caller(), current_device(), pushed_body())
    return Response(receipts_bytes(answer), content_type="application/json")


@blueprint.post("/rescue")
@needs(Permission.SYNC_REVIEW_DECIDE)
@refuses("not_found", "rescue_invalid", "push_failed", "access_log_unavailable", "seal_broken")
@blueprint.arguments(RescueSchema, example=RESCUE)
@blueprint.response(200, ReceiptsSchema, example=RECEIPTS)
def rescue(body: dict[str, Any]) -> Any:
    """Deliver the outbox file of a tablet that cannot send, sealed and signed as the tablet wrote it."""
    proof = rescue_proof(body["signature"], body["operations"])
    signed_for = (proof.county_code, proof.device_id)
    file = RescueFile(body["county_code"], body["device_id"], proof.public_key, signed_for, body["operations"])
    return sync_rescue.rescue(current_caller(), file)
