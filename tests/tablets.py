"""A tablet as the server sees it: a device id, people who work on it, operations sealed as a client seals them."""

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any
from uuid import UUID

from server import clock
from server.crypto.author_token import author_token
from server.crypto.operations import OperationName, seal_operation
from server.domain.codes import Role
from server.domain.codes_devices import DeviceState
from server.domain.identity import NOBODY, Identity
from server.domain.tablet_operations import Receipt
from server.services.access import KnownDevice
from server.services.sync_push import push
from server.store.seal_keys import current_seal_key
from server.store.transaction import Caller, new_id, transaction
from tests.make import County
from tests.signed_in import a_user


@dataclass
class Tablet:
    """One tablet of a county's first township, and what it knows to seal with."""

    county: County
    id: UUID = field(default_factory=new_id)
    state: DeviceState = DeviceState.ACTIVE
    doubted: bool = False
    numbers: Any = field(default_factory=lambda: count(1))

    @property
    def known(self) -> KnownDevice:
        """As the edge knows it."""
        key = b"\x04" + b"\0" * 64
        return KnownDevice(self.county.code, self.id, self.county.township, self.state, key, self.doubted)

    @property
    def caller(self) -> Caller:
        """The tablet itself as the caller."""
        return Caller(Identity(NOBODY, self.county.code, NOBODY, new_id(), (), device_id=self.id), self.county.store)

    def seal_key(self) -> tuple[UUID, bytes]:
        """What its last lease gave."""
        with transaction(self.caller) as work:
            return current_seal_key(work)

    def token(self, author_id: UUID, issued_at: datetime | None = None) -> str:
        """The author's token on this tablet, of a lease of now or another time."""
        with transaction(self.caller) as work:
            return author_token(work.keys.row_key, self.id, author_id, issued_at or work.now)

    def operation(self, author_id: UUID, kind: str, data: Any, **said: Any) -> dict[str, Any]:
        """One operation, sealed; ``said`` overwrites parts of the envelope (and token, base_version, replaces, key).

        Its token was issued at ``leased_at``: when it was captured, unless said.
        """
        key_id, public_key = said.pop("key", None) or self.seal_key()
        leased_at = said.pop("leased_at", None) or said.get("captured_at")
        written = {
            "author_token": said.pop("token", None) or self.token(author_id, leased_at),
            "base_version": said.pop("base_version", None),
            "form_version": 1,
            "data": data,
        }
        if "replaces" in said:
            written["replaces"] = str(said.pop("replaces"))
        sealed_as = said.pop("sealed_as", {})
        sent = {
            "op_id": str(said.pop("op_id", None) or new_id()),
            "device_seq": said.pop("device_seq", None) or next(self.numbers),
            "kind": kind,
            "record_id": str(said.pop("record_id", None) or new_id()),
            "author_id": str(author_id),
            "period": None,
            "captured_at": _iso(said.pop("captured_at", None) or clock.now()),
            "clock_offset_ms": 0,
            "key_id": str(key_id),
        } | said
        names = sent | sealed_as
        name = OperationName(
            self.county.code, self.id, UUID(names["op_id"]), UUID(names["author_id"]), kind, UUID(names["record_id"])
        )
        text = json.dumps(written, ensure_ascii=False, default=str).encode()
        sealed = seal_operation(public_key, name, text)
        return sent | {"sealed": urlsafe_b64encode(sealed).rstrip(b"=").decode()}

    def push(self, *operations: dict[str, Any]) -> list[Receipt]:
        """Send them; a receipt for each."""
        body = json.dumps({"device_id": str(self.id), "operations": operations}).encode()
        return push(self.caller, self.known, body).receipts


def _iso(at: datetime) -> str:
    return at.isoformat()


def results(receipts: list[Receipt]) -> list[tuple[str, str | None]]:
    """Result and code of each receipt."""
    return [(str(one.result), one.code) for one in receipts]


def a_field_worker(county: County, role: Role = Role.GRID_WORKER, area: str = "") -> UUID:
    """A user with a grid (or another role) in the database, as authors must be."""
    return a_user(county, (role, area or county.grid))[0]
