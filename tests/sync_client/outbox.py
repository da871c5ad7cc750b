"""Work that has not been receipted. An operation enters once, sealed, and leaves by a receipt that names it and by nothing else."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from tests.sync_client.store import Store

DONE = frozenset({"applied", "merged", "duplicate", "conflict", "quarantined"})


def put(store: Store, op_id: str, author_id: str, write: Callable[[int], dict[str, Any]]) -> dict[str, Any]:
    """Take the device's next number, have the operation written with it, and keep both together. Call it within a change."""
    row = (op_id, author_id, "")
    number = store.db.execute("INSERT INTO outbox (op_id, author_id, body) VALUES (?, ?, ?)", row).lastrowid
    operation = write(int(number or 0))
    store.db.execute("UPDATE outbox SET body = ? WHERE op_id = ?", (json.dumps(operation), op_id))
    return operation


def waiting(store: Store) -> list[dict[str, Any]]:
    """What is still to be sent, oldest first."""
    rows = store.db.execute("SELECT body FROM outbox WHERE rejected IS NULL ORDER BY device_seq")
    return [json.loads(row["body"]) for row in rows]


def rejected(store: Store) -> list[dict[str, Any]]:
    """What the server can never take: kept, shown, and offered as a rescue file."""
    rows = store.db.execute("SELECT body FROM outbox WHERE rejected IS NOT NULL ORDER BY device_seq")
    return [json.loads(row["body"]) for row in rows]


def settle(store: Store, receipts: Iterable[dict[str, Any]]) -> None:
    """Let go what was receipted; keep what was rejected, apart."""
    with store.changing() as db:
        for receipt in receipts:
            text = json.dumps(receipt)
            db.execute("INSERT OR REPLACE INTO receipt VALUES (?, ?)", (receipt["op_id"], text))
            if receipt["result"] in DONE:
                db.execute("DELETE FROM outbox WHERE op_id = ?", (receipt["op_id"],))
            else:
                db.execute("UPDATE outbox SET rejected = ? WHERE op_id = ?", (text, receipt["op_id"]))


def receipts(store: Store) -> dict[str, dict[str, Any]]:
    """Every receipt this tablet has, by operation."""
    return {row["op_id"]: json.loads(row["receipt"]) for row in store.db.execute("SELECT * FROM receipt")}


def empty(store: Store) -> None:
    """Delete even what was rejected: the last act of a wipe, after everything else got its receipt."""
    with store.changing() as db:
        db.execute("DELETE FROM outbox")
