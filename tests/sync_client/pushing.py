"""Sending what waits (SYNC.md §5)."""

import json
from typing import TYPE_CHECKING, Any

from tests.sync_client import outbox
from tests.sync_client.calls import Refused

if TYPE_CHECKING:
    from tests.sync_client.engine import Tablet

MOST_OPERATIONS = 100
MOST_BYTES = 900_000


def push(tablet: "Tablet") -> bool:
    """Send what waits, oldest first; whether nothing waits any more. Raises ``Refused`` and ``NoAnswer``."""
    limit = MOST_OPERATIONS
    while waiting := _fitting(outbox.waiting(tablet.store)[:limit]):
        try:
            settled = send(tablet, waiting)
        except Refused as refusal:
            if refusal.status != 413 or len(waiting) == 1:
                raise
            limit = len(waiting) // 2
            continue
        if not settled:
            return False
    return True


def send(tablet: "Tablet", operations: list[dict[str, Any]]) -> int:
    """One push of these operations; how many got a receipt."""
    tablet.step("to push")
    told = tablet.line.call("POST", "/sync/push", {"device_id": tablet.device_id, "operations": operations})
    tablet.step("pushed")
    sent = {op["op_id"] for op in operations}
    receipts = [receipt for receipt in told["receipts"] if receipt["op_id"] in sent]
    outbox.settle(tablet.store, receipts)
    tablet.step("settled")
    tablet.backoff_s = told["backoff_s"]
    return len(receipts)


def _fitting(operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first of them that fit into one body; at least one."""
    taken, size = [], 0
    for operation in operations:
        size += len(json.dumps(operation)) + 2
        if taken and size > MOST_BYTES:
            break
        taken.append(operation)
    return taken
