"""Reviews of operations, as their authors are told of them: several at once."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select

from server.domain.permissions import Permission
from server.models.sync_push import SyncReview
from server.store.scope import ScopeColumns, within
from server.store.transaction import Work

_SCOPE = ScopeColumns(SyncReview.area_code, SyncReview.author_id, SyncReview.state)


def reviews_by_ids(work: Work, review_ids: Collection[UUID]) -> Sequence[SyncReview]:
    """Those of these reviews that the caller may read, in no order."""
    scope = within(work.identity, Permission.SYNC_REVIEW_READ, _SCOPE)
    statement = select(SyncReview).where(
        SyncReview.county_code == work.county_code, SyncReview.id == func.any(list(review_ids)), scope
    )
    return work.session.scalars(statement).all()
