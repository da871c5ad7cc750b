"""Receipts: what became of each operation, so that the same one sent again gets the same answer.

A tablet lets go of what has a receipt, so one slipped into the database would lose work that was never written: each
has a fingerprint over tablet, operation, content and answer. The review is left out: it goes with whoever it is about.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import bindparam, delete, func, select, update

from server.crypto.canonical import Json
from server.crypto.errors import SealBroken
from server.crypto.row_mac import check_row_mac, row_mac
from server.domain.codes_sync_push import OperationResult
from server.domain.tablet_operations import Outcome, Sent
from server.models.sync_push import SyncReceipt
from server.store.bulk import insert_rows
from server.store.transaction import Work

#: Long after any tablet has sent what it held; a later one would still be known by the record it made.
KEPT_FOR = timedelta(days=730)
BATCH = 5000
#: Made once: every push asks for them.
_KNOWN = select(
    SyncReceipt.op_id, SyncReceipt.payload_hash, SyncReceipt.result, SyncReceipt.version, SyncReceipt.code,
    SyncReceipt.field, SyncReceipt.review_id, SyncReceipt.row_mac,
).where(
    SyncReceipt.county_code == bindparam("county"),
    SyncReceipt.device_id == bindparam("device"),
    SyncReceipt.op_id == func.any(bindparam("ops")),
)  # fmt: skip
_log = structlog.get_logger("linli.sync")


@dataclass(frozen=True)
class Known:
    """What receipts tell of operations: digest and outcome of each, and whose receipt is not to be believed."""

    answers: dict[UUID, tuple[bytes, Outcome]]
    forged: frozenset[UUID]


def receipts_of(work: Work, device_id: UUID, op_ids: Collection[UUID]) -> Known:
    """What is known of these operations: one indexed read. The database's keeper is told of forged receipts."""
    asked = {"county": work.county_code, "device": device_id, "ops": list(op_ids)}
    answers: dict[UUID, tuple[bytes, Outcome]] = {}
    forged: set[UUID] = set()
    for row in work.session.execute(_KNOWN, asked).mappings():
        if _is_proven(work, device_id, row):
            outcome = Outcome(
                OperationResult(row["result"]), row["version"], row["code"], row["field"], row["review_id"]
            )
            answers[row["op_id"]] = row["payload_hash"], outcome
        else:
            forged.add(row["op_id"])
    if forged:
        _log.error("seal_broken", table="sync_receipt", device_id=str(device_id), rows=len(forged))
    return Known(answers, frozenset(forged))


def add_receipts(
    work: Work, device_id: UUID, given: Sequence[tuple[Sent, Outcome]], over: Collection[UUID] = ()
) -> None:
    """Write receipts: one statement however many, and one for each that is written ``over`` a forged one."""
    rows = [_row(work, device_id, sent, outcome) for sent, outcome in given]
    insert_rows(work.session, SyncReceipt, [row for row in rows if row["op_id"] not in over])
    for row in rows:
        if row["op_id"] in over:
            statement = (
                update(SyncReceipt)
                .values(**row)
                .where(
                    SyncReceipt.county_code == work.county_code,
                    SyncReceipt.device_id == device_id,
                    SyncReceipt.op_id == row["op_id"],
                )
            )
            work.session.execute(statement.execution_options(synchronize_session=False))


def forget_receipts(work: Work, now: datetime) -> int:
    """Delete a batch of receipts that nobody will ask for again; how many."""
    old = select(SyncReceipt.device_id, SyncReceipt.op_id).where(
        SyncReceipt.county_code == work.county_code, SyncReceipt.received_at < now - KEPT_FOR
    )
    ids = [tuple(row) for row in work.session.execute(old.limit(BATCH))]
    for device_id in {device for device, _ in ids}:
        statement = delete(SyncReceipt).where(
            SyncReceipt.county_code == work.county_code,
            SyncReceipt.device_id == device_id,
            SyncReceipt.op_id == func.any([op_id for device, op_id in ids if device == device_id]),
        )
        work.session.execute(statement.execution_options(synchronize_session=False))
    return len(ids)


def _is_proven(work: Work, device_id: UUID, row: Mapping[Any, Any]) -> bool:
    try:
        check_row_mac(work.keys.row_key, _proven(work, device_id, row), row["row_mac"])
    except SealBroken:
        return False
    return True


def _proven(work: Work, device_id: UUID, row: Mapping[Any, Any]) -> dict[str, Json]:
    return {
        "table": "sync_receipt",
        "county": work.county_code,
        "device": str(device_id),
        "op": str(row["op_id"]),
        "content": row["payload_hash"].hex(),
        "result": row["result"],
        "version": row["version"],
        "code": row["code"],
        "field": row["field"],
    }


def _row(work: Work, device_id: UUID, sent: Sent, outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {
        "county_code": work.county_code,
        "device_id": device_id,
        "op_id": sent.op_id,
        "author_id": sent.author_id,
        "device_seq": sent.device_seq,
        "payload_hash": sent.digest(),
        "kind": sent.kind,
        "period": sent.period,
        # In a zone the database knows: it takes no offset of sixteen hours and more, and would refuse the whole push.
        "captured_at": sent.captured_at.astimezone(UTC),
        "clock_offset_ms": sent.clock_offset_ms,
        "received_at": work.now,
        "result": str(outcome.result),
        "version": outcome.version,
        "code": outcome.code,
        "field": outcome.field,
        "review_id": outcome.review_id,
    }
    return row | {"row_mac": row_mac(work.keys.row_key, _proven(work, device_id, row))}
