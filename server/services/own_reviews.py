"""What became of operations that could not be applied as they came, for whoever wrote them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.models.sync_push import SyncReview
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.review_texts import NOTE, PAYLOAD, open_payload
from server.store.transaction import Work


@dataclass(frozen=True, repr=False)
class OwnReview:
    """An operation that needs attention, with what its author had written; has no readable ``repr``."""

    id: UUID
    op_id: UUID
    kind: str
    record_id: UUID
    code: str
    field: str | None
    state: str
    captured_at: datetime
    #: A code of ``sync_review_reason``, and the township's own words, once it has decided.
    reason: str | None
    note: str | None
    #: None once it is applied.
    data: Any
    version: int


def own_review_views(work: Work, rows: Sequence[SyncReview]) -> list[OwnReview]:
    """These reviews for their author, in the rows' order; one event names everybody they are about."""
    event = AccessEvent(Permission.SYNC_REVIEW_READ, table="sync_review", fields=(NOTE, PAYLOAD))
    keys = disclose(work, event, {row.subject_id for row in rows})
    return [_view(keys, row) for row in rows]


def _view(keys: SubjectKeys, row: SyncReview) -> OwnReview:
    return OwnReview(
        id=row.id,
        op_id=row.op_id,
        kind=row.kind,
        record_id=row.record_id,
        code=row.code,
        field=row.field,
        state=row.state,
        captured_at=row.captured_at,
        reason=row.reason,
        note=keys.open_optional(NOTE, row.id, row.subject_id, row.sealed_note),
        data=open_payload(keys, row).data,
        version=row.version,
    )
