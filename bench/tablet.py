"""Tablets as the measuring needs them: by `mobile_api_spec/SYNC.md`, in memory, and nothing tried again unasked.

Proofs and sealing are those of the independent client in `tests/sync_client`.
"""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection
from time import time
from typing import Any
from uuid import UUID

import orjson
import zstandard
from uuid_utils.compat import uuid7

from server.cli.run import HOST
from tests.sync_client.keys import DeviceKey, Proof, sealed_to, sealing_info, signed

BASE = "/api/v1"
#: What a tablet's browser says that it unpacks; of these the server chooses zstd.
_TAKEN = "gzip, deflate, br, zstd"


@dataclass(frozen=True)
class Told:
    """An answer: its status, its body, and the bytes of both bodies on the wire."""

    status: int
    said: Any
    sent_bytes: int
    got_bytes: int
    retry_after: float = 0


@dataclass
class Tablet:
    """One device in one worker's hands."""

    county: str
    device_id: UUID
    key: DeviceKey
    user_id: UUID
    login: str
    area_code: str
    access_token: str = ""
    lease: dict[str, Any] = field(default_factory=dict)
    feeds: dict[str, dict[str, Any]] = field(default_factory=dict)
    device_seq: int = 0

    def __getstate__(self) -> dict[str, Any]:
        """As another process takes it: the key as text."""
        return self.__dict__ | {"key": self.key.pem}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """The tablet again, in the other process."""
        self.__dict__.update(state | {"key": DeviceKey.from_pem(state["key"])})

    def sign_in(self, port: int, password: str) -> None:
        """Open a session on the device, and take a lease."""
        told = self.call(port, "/sessions", {"login": self.login, "password": password})
        assert told.status == 201, told.said
        self.access_token = told.said["access_token"]
        told = self.call(port, "/sync/lease", {})
        assert told.status == 200, told.said
        self.lease = told.said

    def sealed(self, kind: str, record_id: UUID, data: Mapping[str, Any], period: str | None = None) -> dict[str, Any]:
        """One operation, sealed, as it goes into the outbox."""
        self.device_seq += 1
        op = {
            "op_id": str(uuid7()),
            "device_seq": self.device_seq,
            "kind": kind,
            "record_id": str(record_id),
            "author_id": str(self.user_id),
            "period": period,
            "captured_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "clock_offset_ms": 0,
            "key_id": self.lease["seal_key"]["id"],
        }
        inner = {"author_token": self.lease["author_token"], "base_version": None, "form_version": None, "data": data}
        info = sealing_info(self.county, str(self.device_id), op)
        return op | {"sealed": sealed_to(self.lease["seal_key"]["public_key"], inner, info)}

    def pack(self, operations: Sequence[Mapping[str, Any]], *, zipped: bool = False) -> bytes:
        """The body of a push."""
        raw = json.dumps({"device_id": str(self.device_id), "operations": operations}).encode()
        return gzip.compress(raw, 6) if zipped else raw

    def pull(self, port: int, limit: int = 500, *, zipped: bool = True) -> Told:
        """One pull from where the tablet stands; its position then moves on."""
        body = {"device_id": str(self.device_id), "limit": limit, "feeds": self.feeds, "health": self._health()}
        told = self.call(port, "/sync/pull", body, zipped=zipped)
        if told.status == 200:
            for feed in told.said["feeds"]:
                self.feeds[feed["area_code"]] = {"epoch": feed["epoch"], "seq": feed["seq"]}
        return told

    def call(self, port: int, path: str, body: Any, *, zipped: bool = False) -> Told:
        """Send one JSON body with proof and token."""
        return self.send(port, path, json.dumps(body).encode(), zipped=zipped)

    def headers(self, path: str, body: bytes) -> dict[str, str]:
        """What goes with a body: proof, token, and how it is packed."""
        proof = Proof("POST", BASE + path, int(time()), self.county, str(self.device_id), body)
        headers = {"Content-Type": "application/json", "DPoP": signed(self.key, proof)}
        if body[:2] == b"\x1f\x8b":
            headers["Content-Encoding"] = "gzip"
        if self.access_token:
            headers["Authorization"] = f"Bearer {self.access_token}"
        return headers

    def send(self, port: int, path: str, body: bytes, *, zipped: bool = False) -> Told:
        """Send a body as it is, on a connection of its own; ``zipped`` asks for a packed answer."""
        headers = self.headers(path, body) | ({"Accept-Encoding": _TAKEN} if zipped else {})
        connection = HTTPConnection(HOST, port, timeout=120)
        try:
            connection.request("POST", BASE + path, body, headers)
            answer = connection.getresponse()
            raw = answer.read()
            wait = float(answer.getheader("Retry-After") or 0)
            text = zstandard.decompress(raw) if answer.getheader("Content-Encoding") == "zstd" else raw
            return Told(answer.status, orjson.loads(text) if text else None, len(body), len(raw), wait)
        finally:
            connection.close()

    @staticmethod
    def _health() -> dict[str, Any]:
        return {
            "app_version": "1.0.0",
            "waiting": 0,
            "oldest_waiting_at": None,
            "clock_offset_ms": 0,
            "storage_free_mb": 812,
            "storage_persisted": True,
        }
