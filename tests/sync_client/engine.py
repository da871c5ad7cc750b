"""A tablet: everything it does by SYNC.md. What is written is on its disk before anything else happens to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.sync_client import feeds, leaving, outbox, pulling, pushing
from tests.sync_client.calls import Line, Refused
from tests.sync_client.keys import DeviceKey, sealed_to, sealing_info
from tests.sync_client.store import Store


def nothing_happens(_step: str) -> None:
    """A tablet that does not crash."""


@dataclass
class Tablet:
    """One device with the people who use it. ``step`` is told before and after all that changes the disk or leaves the tablet."""

    line: Line
    step: Callable[[str], None] = nothing_happens
    app_version: str = "1.0.0"
    page_size: int = 500
    backoff_s: int = field(default=0, init=False)

    @property
    def store(self) -> Store:
        return self.line.store

    @property
    def device_id(self) -> str:
        return str(self.store.said("device_id"))

    # --- the device ---------------------------------------------------------------------------------------------------

    def enrol(self, code: str) -> str:
        """Ask to be taken in with the office's code, and give the check number to show. May be repeated after a lost answer."""
        if self.store.said("key") is None:
            key = DeviceKey.fresh()
            self.store.say(key=key.pem, county=code[:6], device_id=self.line.clock.new_id())
        asked = {"id": self.device_id, "code": code, "app_version": self.app_version}
        self.line.call("POST", "/devices", asked)
        return self.line.key.check_number

    def standing(self) -> dict[str, Any]:
        """How the device stands, and the server's time."""
        told: dict[str, Any] = self.line.call("GET", "/sync/standing")
        return told

    # --- the people ---------------------------------------------------------------------------------------------------

    def sign_in(self, login: str, password: str) -> str:
        """Open a session bound to this device; the id of whoever signed in."""
        session = self.line.call("POST", "/sessions", {"login": login, "password": password})
        self.store.keep_session(session["user_id"], session)
        self.step("signed in")
        return str(session["user_id"])

    def lease(self, user_id: str) -> dict[str, Any]:
        """Take a new lease: what opens the store, proves the author, and seals."""
        lease: dict[str, Any] = self.line.call("POST", "/sync/lease", {}, user_id)
        self.store.keep_lease(user_id, lease)
        self.step("leased")
        return lease

    def library(self, user_id: str, name: str) -> Any:
        """One part of the library, as it is now."""
        return self.line.call("GET", f"/sync/library/{name}", None, user_id)

    # --- the work -----------------------------------------------------------------------------------------------------

    def save(self, user_id: str, kind: str, record_id: str, data: dict[str, Any], **more: Any) -> str:
        """Write one operation, sealed, into the outbox; its id. ``more``: base_version, form_version, replaces, period."""
        op_id = self.line.clock.new_id()
        self.step("to save")
        with self.store.changing():
            self.write(op_id, user_id, (kind, record_id), data, **more)
            self.step("saving")
        self.step("saved")
        return op_id

    def write(self, op_id: str, user_id: str, about: tuple[str, str], data: dict[str, Any], **more: Any) -> None:
        """The same within a change that is under way."""
        period = more.pop("period", None)
        _, lease = self.store.person(user_id)
        assert lease is not None, "nobody writes on a tablet before their first lease"
        inner = {"author_token": lease["author_token"], "base_version": None, "form_version": None, "data": data} | more
        kind, record_id = about
        op = {
            "op_id": op_id, "kind": kind, "record_id": record_id, "author_id": user_id, "period": period,
            "captured_at": self.line.clock.instant(), "clock_offset_ms": self.store.said("clock_offset_ms"),
            "key_id": lease["seal_key"]["id"],
        }  # fmt: skip
        info = sealing_info(self.store.said("county"), self.device_id, op)
        op["sealed"] = sealed_to(lease["seal_key"]["public_key"], inner, info)
        outbox.put(self.store, op_id, user_id, lambda number: op | {"device_seq": number})

    def look_at(self, user_id: str, kind: str, record_id: str) -> dict[str, Any]:
        """Open a record that is held, and note that it was opened before it is shown."""
        record = feeds.held(self.store, user_id)[kind, record_id]
        self.save(user_id, "view", record_id, {"kind": kind, "viewed_at": self.line.clock.instant()})
        shown: dict[str, Any] = record["data"]
        return shown

    # --- the exchange -------------------------------------------------------------------------------------------------

    def push(self) -> bool:
        """Send what waits; whether everything has its receipt."""
        return pushing.push(self)

    def pull(self, user_id: str) -> dict[str, Any]:
        """Fetch what changed for one user; the last answer."""
        return pulling.pull(self, user_id)

    def sync(self, user_id: str) -> None:
        """Push, pull, let go of what is no longer the user's, and push the acknowledgement. A revoked device is wiped instead."""
        try:
            self.push()
            self._pull_or_lose_all(user_id)
            if leaving.let_go(self, user_id):
                self.push()
        except Refused as refusal:
            if not self._is_revoked(refusal):
                raise
            leaving.leave(self)

    def _pull_or_lose_all(self, user_id: str) -> None:
        try:
            self.pull(user_id)
        except Refused as refusal:
            if refusal.code != "role_forbidden":
                raise
            feeds.revoke_all(self.store, user_id)

    def _is_revoked(self, refusal: Refused) -> bool:
        """Whether a refusal means that the device is revoked: its sessions end with it, so a 401 may."""
        return refusal.code == "device_revoked" or (refusal.status == 401 and self.standing()["state"] == "revoked")
