"""The records a feed names, read by the same functions as single reads, so that the two cannot differ.

Where the policy of this moment, or what happened since, gives nothing, a removal is told: the tablet keeps nothing
that a single read would refuse.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from server.domain.codes_sync import FeedKind
from server.domain.feeds import READINGS, is_readable
from server.domain.identity import Identity
from server.services.observations import observation_views
from server.services.own_reviews import own_review_views
from server.services.plan_items import open_item_views
from server.services.returns import return_view
from server.services.safety import safety_views
from server.services.visit_reading import visit_views
from server.store.feed_reading import Change
from server.store.observations import observations_by_ids
from server.store.own_reviews import reviews_by_ids
from server.store.plans import open_items_by_ids
from server.store.returns import returns_by_ids
from server.store.safety_records import events_by_ids
from server.store.transaction import Work, for_purpose
from server.store.visit_pages import visit_rows_by_ids

#: Records of one kind opened together; one event of the log names everybody among them.
_TOGETHER = 1000
Sorts = frozenset[tuple[str, bool]]
Views = Callable[[Work, Collection[UUID]], Iterable[tuple[UUID, Any]]]


@dataclass(frozen=True, repr=False)
class Told:
    """One change as a tablet is told it; has no readable ``repr``. ``data`` is none of a removal."""

    area_code: str
    seq: int
    kind: str
    id: UUID
    op: str
    version: int
    reason: str | None
    data: Any


def readable_sorts(identity: Identity, area_code: str) -> Sorts:
    """The kinds the user may read in an area, and whether of those they look after (true) or of others (false)."""
    sorts = ((kind.value, cared) for kind in FeedKind for cared in (False, True))
    return frozenset((kind, cared) for kind, cared in sorts if is_readable(identity, area_code, kind, cared=cared))


def tell(work: Work, changes: Sequence[Change], fresh: Collection[str] = ()) -> list[Told]:
    """These changes with what the records hold, in their order: a few statements for each kind, however many.

    Nothing is told of kinds that the user's roles never read in the area, nor, of what they may not read, to a tablet
    that begins with the area (``fresh``) and so holds nothing of it.
    """
    sorts_of = cache(lambda area: readable_sorts(work.identity, area))
    puts = [one for one in changes if one.op == "put" and (one.kind, one.cared) in sorts_of(one.area_code)]
    data = _data(work, puts)
    known = set(puts)
    told = (
        _put(change, data[change.kind].get(change.record_id))
        if change in known
        else told_removal(change, change.reason or "refused")
        for change in changes
        if change in known or (change.area_code not in fresh and (change.kind, True) in sorts_of(change.area_code))
    )
    return list(told)


def told_removal(change: Change, reason: str) -> Told:
    """That a record is to be deleted."""
    return Told(change.area_code, change.seq, change.kind, change.record_id, "remove", 0, reason, None)


def _put(change: Change, data: Any) -> Told:
    if data is None:
        return told_removal(change, "refused")
    one = change
    return Told(one.area_code, one.seq, one.kind, one.record_id, "put", one.version, None, data)


def _data(work: Work, puts: Iterable[Change]) -> dict[str, dict[UUID, Any]]:
    ids: dict[str, list[UUID]] = {}
    for change in puts:
        ids.setdefault(change.kind, []).append(change.record_id)
    return {kind: _views_of(work, FeedKind(kind), some) for kind, some in ids.items()}


def _views_of(work: Work, kind: FeedKind, ids: Sequence[UUID]) -> dict[UUID, Any]:
    """What single reads would give of these, by id, read for the kind's purpose."""
    reading = for_purpose(work, READINGS[kind].purpose)
    found: dict[UUID, Any] = {}
    for start in range(0, len(ids), _TOGETHER):
        found.update(_VIEWS[kind](reading, ids[start : start + _TOGETHER]))
    reading.flush_events()
    return found


def _visits(work: Work, ids: Collection[UUID]) -> Iterable[tuple[UUID, Any]]:
    return ((view.id, view) for view in visit_views(work, visit_rows_by_ids(work, ids)))


def _items(work: Work, ids: Collection[UUID]) -> Iterable[tuple[UUID, Any]]:
    return ((view.item.id, view) for view in open_item_views(work, open_items_by_ids(work, ids)))


def _returns(work: Work, ids: Collection[UUID]) -> Iterable[tuple[UUID, Any]]:
    return ((row.id, return_view(row)) for row in returns_by_ids(work, ids))


def _observations(work: Work, ids: Collection[UUID]) -> Iterable[tuple[UUID, Any]]:
    return ((view.id, view) for view in observation_views(work, observations_by_ids(work, ids)))


def _events(work: Work, ids: Collection[UUID]) -> Iterable[tuple[UUID, Any]]:
    return ((view.id, view) for view in safety_views(work, events_by_ids(work, ids)))


def _reviews(work: Work, ids: Collection[UUID]) -> Iterable[tuple[UUID, Any]]:
    return ((view.id, view) for view in own_review_views(work, reviews_by_ids(work, ids)))


_VIEWS: Mapping[FeedKind, Views] = MappingProxyType(
    {
        FeedKind.VISIT: _visits,
        FeedKind.PLAN_ITEM: _items,
        FeedKind.RETURN: _returns,
        FeedKind.OBSERVATION: _observations,
        FeedKind.SAFETY_EVENT: _events,
        FeedKind.REVIEW: _reviews,
    }
)
