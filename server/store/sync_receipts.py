"""Receipts: what became of each operation, so that the same one sent again gets the same answer."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select

from server.domain.codes_sync_push import OperationResult
from server.domain.tablet_operations import Outcome, Sent
from server.models.sync_push import SyncReceipt
from server.store.bulk import insert_rows
from server.store.transaction import Work

#: Long after any tablet has sent what it held; a later one would still be known by the record it made.
KEPT_FOR = timedelta(days=730)
BATCH = 5000


def receipts_of(work: Work, device_id: UUID, op_ids: Collection[UUID]) -> dict[UUID, tuple[bytes, Outcome]]:
    """The digest and outcome of those operations that have a receipt: one indexed read."""
    statement = select(
        SyncReceipt.op_id, SyncReceipt.payload_hash, SyncReceipt.result, SyncReceipt.version, SyncReceipt.code,
        SyncReceipt.field, SyncReceipt.review_id,
    ).where(
        SyncReceipt.county_code == work.county_code,
        SyncReceipt.device_id == device_id,
        SyncReceipt.op_id == func.any(list(op_ids)),
    )  # fmt: skip
    return {
        row.op_id: (
            row.payload_hash,
            Outcome(OperationResult(row.result), row.version, row.code, row.field, row.review_id),
        )
        for row in work.session.execute(statement)
    }


def add_receipts(work: Work, device_id: UUID, given: Sequence[tuple[Sent, Outcome]]) -> None:
    """Write receipts: one statement however many."""
    insert_rows(work.session, SyncReceipt, [_row(work, device_id, sent, outcome) for sent, outcome in given])


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


def _row(work: Work, device_id: UUID, sent: Sent, outcome: Outcome) -> dict[str, object]:
    return {
        "county_code": work.county_code,
        "device_id": device_id,
        "op_id": sent.op_id,
        "author_id": sent.author_id,
        "device_seq": sent.device_seq,
        "payload_hash": sent.digest(),
        "kind": sent.kind,
        "period": sent.period,
        "captured_at": sent.captured_at,
        "clock_offset_ms": sent.clock_offset_ms,
        "received_at": work.now,
        "result": str(outcome.result),
        "version": outcome.version,
        "code": outcome.code,
        "field": outcome.field,
        "review_id": outcome.review_id,
    }
