"""Reviews of operations, as their authors are told of them: several at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from server.domain.permissions import Permission
from server.models.sync_push import SyncReview
from server.store.scope import ScopeColumns, within
from server.store.transaction import Work

_SCOPE = ScopeColumns(SyncReview.area_code, SyncReview.author_id, SyncReview.state)


@dataclass(frozen=True)
class ReviewSize:
    """How many sealed bytes a review holds."""

    id: UUID
    sealed_bytes: int


def review_sizes(work: Work, review_ids: Collection[UUID]) -> list[ReviewSize]:
    """Of those of these reviews that the caller may read, how large they are; what they hold stays in the database."""
    payload, note = (
        func.coalesce(func.octet_length(column), 0) for column in (SyncReview.sealed_payload, SyncReview.sealed_note)
    )
    rows = work.session.execute(select(SyncReview.id, payload + note).where(*_readable(work, review_ids)))
    return [ReviewSize(*row) for row in rows]


def reviews_by_ids(work: Work, review_ids: Collection[UUID]) -> Sequence[SyncReview]:
    """Those of these reviews that the caller may read, in no order."""
    return work.session.scalars(select(SyncReview).where(*_readable(work, review_ids))).all()


def _readable(work: Work, review_ids: Collection[UUID]) -> tuple[ColumnElement[bool], ...]:
    return (
        SyncReview.county_code == work.county_code,
        SyncReview.id == func.any(list(review_ids)),
        within(work.identity, Permission.SYNC_REVIEW_READ, _SCOPE),
    )
