"""One call to the server: proof, token, packing, and the clock that is put right once (SYNC.md §2)."""

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

from tests.sync_client.clock import DeviceClock
from tests.sync_client.keys import DeviceKey, Proof, signed
from tests.sync_client.store import Store
from tests.sync_client.transport import Answer, Carrier, Request

BASE = "/api/v1"
PACK_FROM = 1024


class Refused(Exception):
    """The server's answer was a refusal; ``code`` is its stable name."""

    def __init__(self, answer: Answer):
        problem = answer.json if "json" in answer.headers.get("content-type", "") else {}
        self.status, self.problem = answer.status, problem or {}
        self.code: str = self.problem.get("code", "")
        super().__init__(f"{self.status} {self.code} {self.problem.get('fields', '')}")


@dataclass
class Line:
    """The tablet's line to the server: its store, its clock, and how requests travel."""

    store: Store
    carrier: Carrier
    clock: DeviceClock = field(default_factory=DeviceClock)

    @property
    def key(self) -> DeviceKey:
        return DeviceKey.from_pem(self.store.said("key"))

    def call(self, method: str, path: str, body: Any = None, user_id: str | None = None) -> Any:
        """The answer's JSON. Raises ``Refused``, and ``NoAnswer`` from the carrier."""
        raw = json.dumps(body, ensure_ascii=False).encode() if body is not None else b""
        answer = self.send(method, path, raw, user_id)
        if answer.status == 401 and _code(answer) == "device_clock_off":
            self.learn(answer.json["server_time"])
            answer = self.send(method, path, raw, user_id)
        if answer.status >= 400:
            raise Refused(answer)
        said = answer.json
        if isinstance(said, dict) and said.get("server_time"):
            self.learn(said["server_time"])
        return said

    def now(self) -> float:
        """Seconds since 1970, by the tablet's clock and what was learnt of its error."""
        return self.clock.seconds() + (self.store.said("clock_offset_ms") or 0) / 1000

    def learn(self, server_time: str) -> None:
        """Remember how far the tablet's clock is off."""
        self.store.say(clock_offset_ms=self.clock.offset_to(server_time))

    def send(self, method: str, path: str, raw: bytes, user_id: str | None) -> Answer:
        """One request as it is, with its proof; the answer as it came."""
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        if raw:
            headers["Content-Type"] = "application/json"
        if len(raw) >= PACK_FROM:
            raw, headers["Content-Encoding"] = gzip.compress(raw, 6), "gzip"
        headers["DPoP"] = self._proof(method, BASE + path, raw)
        if user_id:
            session, _ = self.store.person(user_id)
            headers["Authorization"] = f"Bearer {(session or {}).get('access_token', '')}"
        return self.carrier(Request(method, BASE + path, headers, raw))

    def _proof(self, method: str, path: str, raw: bytes) -> str:
        about = Proof(method, path, int(self.now()), self.store.said("county"), self.store.said("device_id"), raw)
        return signed(self.key, about)


def _code(answer: Answer) -> str:
    return Refused(answer).code
