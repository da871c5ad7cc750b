"""The records a tablet holds, one set for each user and area, and how an answer changes them (SYNC.md §4)."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from tests.sync_client.digest import digest_of
from tests.sync_client.store import Store


def positions(store: Store, user_id: str) -> dict[str, dict[str, Any]]:
    """Where this user's feeds stand, as a pull asks."""
    rows = store.db.execute("SELECT * FROM feed WHERE user_id = ?", (user_id,))
    return {row["area_code"]: {"epoch": row["epoch"], "seq": row["seq"]} for row in rows}


def revoked(store: Store, user_id: str) -> list[dict[str, Any]]:
    """Feeds that the user no longer has and the tablet has yet to let go."""
    rows = store.db.execute("SELECT * FROM feed WHERE user_id = ? AND state = 'revoked'", (user_id,))
    return [dict(row) for row in rows]


def held(store: Store, user_id: str, area: str | None = None) -> dict[tuple[str, str], dict[str, Any]]:
    """The records of one user, or of one of their feeds, by kind and id."""
    rows = store.db.execute(
        "SELECT * FROM record WHERE user_id = ? AND area_code = coalesce(?, area_code)", (user_id, area)
    )
    return {(row["kind"], row["id"]): dict(row) | {"data": json.loads(row["data"])} for row in rows}


def state_of(store: Store, user_id: str, area: str) -> tuple[int, str]:
    """How many records a feed holds, and their digest."""
    rows = store.db.execute(
        "SELECT kind, id, version FROM record WHERE user_id = ? AND area_code = ?", (user_id, area)
    ).fetchall()
    return len(rows), digest_of((row["kind"], row["id"], row["version"]) for row in rows)


def take(store: Store, user_id: str, told: Iterable[Mapping[str, Any]], changes: Iterable[Mapping[str, Any]]) -> None:
    """Save changes and positions in one transaction, so that neither can be had without the other."""
    with store.changing() as db:
        known = positions(store, user_id)
        for feed in told:
            if feed["reset"]:
                _forget(store, user_id, feed["area_code"])
            if feed["state"] == "revoked" and feed["area_code"] not in known:
                continue
            row = (user_id, feed["area_code"], feed["epoch"], feed["seq"], feed["state"])
            db.execute("INSERT OR REPLACE INTO feed VALUES (?, ?, ?, ?, ?)", row)
        for change in changes:
            _apply(store, user_id, change)


def revoke_all(store: Store, user_id: str) -> None:
    """Every feed of a user who has no area left is to be let go."""
    store.db.execute("UPDATE feed SET state = 'revoked' WHERE user_id = ?", (user_id,))


def let_go(store: Store, user_id: str, area: str) -> int:
    """Delete a feed's records and its position, and say how many records there were. Call it within a change."""
    rows = _forget(store, user_id, area)
    store.db.execute("DELETE FROM feed WHERE user_id = ? AND area_code = ?", (user_id, area))
    return rows


def _forget(store: Store, user_id: str, area: str) -> int:
    return store.db.execute("DELETE FROM record WHERE user_id = ? AND area_code = ?", (user_id, area)).rowcount


def _apply(store: Store, user_id: str, change: Mapping[str, Any]) -> None:
    key = (user_id, change["area_code"], change["kind"], change["id"])
    if change["op"] == "put":
        row = (*key, change["version"], json.dumps(change["data"]))
        store.db.execute("INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?, ?)", row)
    else:
        store.db.execute("DELETE FROM record WHERE user_id = ? AND area_code = ? AND kind = ? AND id = ?", key)
