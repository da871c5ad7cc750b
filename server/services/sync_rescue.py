"""The outbox of a tablet that cannot send, brought to the office as a file: sealed and signed by the tablet."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from server import clock
from server.domain.codes_devices import DeviceState
from server.domain.feeds import BACKOFF_S
from server.domain.permissions import Facts, Permission, may
from server.domain.tablet_operations import OPERATIONS_AT_MOST, read_operations
from server.errors import Invalid, NotFound
from server.services.access import KnownDevice, known_device
from server.services.sync_push import Pushed, deliver
from server.store.events import AccessEvent
from server.store.transaction import Caller, transaction


@dataclass(frozen=True)
class RescueFile:
    """A rescue file whose signature is right, by the key that ``public_key`` names."""

    county_code: str
    device_id: UUID
    #: The 65-byte point that signed it, and whom its proof names.
    public_key: bytes
    signed_for: tuple[str, UUID]
    operations: list[Any]


def rescue(caller: Caller, file: RescueFile) -> Pushed:
    """Take in a rescue file of a tablet of the caller's township; receipts as for pushes of a hundred.

    Raises NotFound for a tablet that is not of the caller's areas; Invalid ``rescue_invalid`` where another key signed
    it; Unavailable as ``push`` does: what was taken in before stands, and is known when the file comes again.
    """
    device = _device_of(caller, file)
    with transaction(caller) as work:
        work.note(AccessEvent("sync:rescue", table="device", record_id=device.id, count=len(file.operations)))
    operations = read_operations([msgspec.Raw(msgspec.json.encode(one)) for one in file.operations])
    receipts = [
        receipt
        for start in range(0, len(operations), OPERATIONS_AT_MOST)
        for receipt in deliver(caller, device, operations[start : start + OPERATIONS_AT_MOST], counted=False)
    ]
    return Pushed(receipts, clock.now(), BACKOFF_S)


def _device_of(caller: Caller, file: RescueFile) -> KnownDevice:
    county_code = caller.identity.county_code
    device = known_device(caller.store, county_code, file.device_id) if file.county_code == county_code else None
    if device is None or not may(caller.identity, Permission.SYNC_REVIEW_DECIDE, Facts(device.area_code)):
        raise NotFound("not_found", field="device_id")
    named_rightly = file.signed_for == (county_code, device.id)
    if not named_rightly or file.public_key != device.public_key or device.state is DeviceState.PENDING:
        raise Invalid("rescue_invalid", field="signature")
    return device
