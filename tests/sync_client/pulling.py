"""Fetching what changed, and the repair when the tripwire tells of a difference (SYNC.md §4)."""

from typing import TYPE_CHECKING, Any

from tests.sync_client import feeds, outbox

if TYPE_CHECKING:
    from tests.sync_client.engine import Tablet

MOST_HELD = 20_000


class OutOfStep(Exception):
    """What is held still differs after a repair: a fault of the server or of this client."""


def pull(tablet: "Tablet", user_id: str) -> dict[str, Any]:
    """Fetch until there is no more, and repair what differs; the last answer."""
    while True:
        asked = {
            "device_id": tablet.device_id,
            "limit": tablet.page_size,
            "feeds": feeds.positions(tablet.store, user_id),
            "health": health(tablet),
        }
        tablet.step("to pull")
        told: dict[str, Any] = tablet.line.call("POST", "/sync/pull", asked, user_id)
        tablet.step("pulled")
        feeds.take(tablet.store, user_id, told["feeds"], told["changes"])
        tablet.step("taken")
        _keep_seal_key(tablet, user_id, told["seal_key"])
        tablet.backoff_s = told["backoff_s"]
        if not any(feed["more"] for feed in told["feeds"]):
            break
    for feed in told["feeds"]:
        if feed["state"] == "active" and not agrees(tablet, user_id, feed):
            repair(tablet, user_id, feed["area_code"])
    return told


def agrees(tablet: "Tablet", user_id: str, feed: dict[str, Any]) -> bool:
    """Whether the tablet holds what the server says that the feed holds."""
    return feeds.state_of(tablet.store, user_id, feed["area_code"]) == (feed["count"], feed["digest"])


def repair(tablet: "Tablet", user_id: str, area: str) -> None:
    """Compare one feed record by record, until nothing is missing. Raises ``OutOfStep`` when that does not help."""
    held = feeds.held(tablet.store, user_id, area)
    named = [[kind, record_id, record["version"]] for (kind, record_id), record in held.items()][:MOST_HELD]
    tablet.step("to repair")
    asked = {"device_id": tablet.device_id, "area_code": area, "held": named}
    told = tablet.line.call("POST", "/sync/repair", asked, user_id)
    tablet.step("repaired")
    feeds.take(tablet.store, user_id, [told["feed"]], told["changes"])
    if told["feed"]["more"] and any(change["op"] == "put" for change in told["changes"]):
        repair(tablet, user_id, area)
    elif told["feed"]["state"] == "active" and not agrees(tablet, user_id, told["feed"]):
        raise OutOfStep(area)


def refresh_library(tablet: "Tablet", user_id: str, hashes: dict[str, str]) -> list[str]:
    """Fetch what differs of the library; the names fetched."""
    store, fetched = tablet.store, []
    rows = store.db.execute("SELECT name, hash FROM library WHERE user_id = ?", (user_id,))
    known = {row["name"]: row["hash"] for row in rows}
    for name, told in hashes.items():
        if known.get(name) == told:
            continue
        content = tablet.library(user_id, name)
        row = (user_id, name, told, str(content))
        store.db.execute("INSERT OR REPLACE INTO library VALUES (?, ?, ?, ?)", row)
        fetched.append(name)
    return fetched


def health(tablet: "Tablet") -> dict[str, Any]:
    """What the office is told of this tablet."""
    waiting = outbox.waiting(tablet.store)
    return {
        "app_version": tablet.app_version,
        "waiting": len(waiting),
        "oldest_waiting_at": waiting[0]["captured_at"] if waiting else None,
        "clock_offset_ms": tablet.store.said("clock_offset_ms"),
        "storage_free_mb": 812,
        "storage_persisted": True,
    }


def _keep_seal_key(tablet: "Tablet", user_id: str, seal_key: dict[str, str] | None) -> None:
    """Seal to the newest key from now on."""
    _, lease = tablet.store.person(user_id)
    if lease and seal_key and lease["seal_key"] != seal_key:
        tablet.store.keep_lease(user_id, lease | {"seal_key": seal_key})
