"""Examples of what tablets fetch, as they stand in the API's document."""

from typing import Any

from server.schemas.leases import SEAL_KEY
from server.schemas.plan_examples import VISIT_TASK

_FEED = {
    "area_code": "430903102201001",
    "epoch": "1.5d41402abc4b",
    "state": "active",
    "seq": 44,
    "more": False,
    "reset": False,
    "count": 1,
    "digest": "9f0c2b7d51e4a806",
}
_PUT = {
    "area_code": "430903102201001",
    "seq": 44,
    "kind": "visit",
    "id": VISIT_TASK["id"],
    "op": "put",
    "version": 7,
    "data": VISIT_TASK,
}
_REMOVE = _PUT | {"seq": 43, "op": "remove", "version": 0, "reason": "ended", "data": None}
PULLED: dict[str, Any] = {
    "feeds": [_FEED],
    "changes": [_REMOVE, _PUT],
    "library": {"codes": "5f0e1c2d3b4a5968"},
    "server_time": "2026-11-20T01:05:00+00:00",
    "backoff_s": 60,
    "lease_expires_at": "2026-11-23T01:05:00+00:00",
    "seal_key": SEAL_KEY,
}
REPAIRED: dict[str, Any] = {"feed": _FEED, "changes": [_PUT]}
LIBRARY: dict[str, Any] = {"items": [{"code": "12356", "number": "12356"}]}
#: What a tablet holds, for the office.
HELD_FEED: dict[str, Any] = {
    "area_code": "430903102201001",
    "user_id": "01936f3e-0000-7000-8000-000000000002",
    "behind": 3,
    "asked_at": "2026-11-20T01:05:00+00:00",
    "revoked_told_at": None,
    "purged_at": None,
}
HOLDING_TABLET: dict[str, Any] = {
    "device_id": "01936f3e-0000-7000-8000-0000000000d1",
    "user_id": "01936f3e-0000-7000-8000-000000000002",
    "area_code": "430903102201001",
    "label": "平板 3",
    "last_sync_at": "2026-11-20T01:05:00+00:00",
}
