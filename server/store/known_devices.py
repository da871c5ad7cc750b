"""Tablets as the edge knows them: one indexed read per call, and a fingerprint that the database cannot forge.

Whoever could write a key or a state into the database could slip a tablet in, or bring a revoked one back; the
fingerprint covers both, with the township and the version.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from server import clock
from server.crypto.canonical import Json
from server.crypto.keys import RowMacKey
from server.crypto.row_mac import check_row_mac, row_mac
from server.domain.codes_devices import DOUBTED, DeviceState
from server.models.device import Device
from server.store.transaction import Store, bind, looking


@dataclass(frozen=True)
class KnownDevice:
    """A tablet that the application enrolled, as it stands now. ``public_key`` is its 65-byte uncompressed point."""

    county_code: str
    id: UUID
    #: The township's nine digits.
    area_code: str
    state: DeviceState
    public_key: bytes
    #: Taken back because somebody else may have it, or its key: what it still delivers is looked at by a person.
    doubted: bool = False


def known_device(store: Store, county_code: str, device_id: UUID) -> KnownDevice | None:
    """The tablet with this id; None where there is none. Raises Unavailable ``seal_broken`` for a forged row."""
    with looking(store) as session:
        bind(session, county_code, (county_code,))
        row = session.scalar(select(Device).where(Device.county_code == county_code, Device.id == device_id))
        if row is None:
            return None
        return as_known(check_device(store.cupboard.keys_of(session, county_code, clock.now()).row_key, row))


def as_known(row: Device) -> KnownDevice:
    """A checked row as the edge passes it on."""
    doubted = row.revoke_reason in DOUBTED
    return KnownDevice(row.county_code, row.id, row.area_code, DeviceState(row.state), row.public_key, doubted)


def prove_device(key: RowMacKey, row: Device) -> None:
    """Give a new or changed row its fingerprint; a row that was read must have been checked before."""
    row.row_mac = row_mac(key, _fields(row))


def check_device(key: RowMacKey, row: Device) -> Device:
    """The tablet, if the row is as the application wrote it; raises Unavailable ``seal_broken``."""
    check_row_mac(key, _fields(row), row.row_mac)
    return row


def _fields(row: Device) -> dict[str, Json]:
    return {
        "table": "device",
        "county": row.county_code,
        "id": str(row.id),
        "area": row.area_code,
        "key": row.public_key.hex(),
        "state": row.state,
        "reason": row.revoke_reason,
        "version": row.version,
    }
