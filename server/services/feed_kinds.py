"""How the records of each kind of a feed are found, weighed and opened: by the functions that single reads use."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from uuid import UUID

from server.domain.codes_sync import FeedKind
from server.models.plan import PlanItem
from server.models.safety import SafetyEvent
from server.models.sweep import Observation, SweepReturn
from server.services.observations import observation_views
from server.services.own_reviews import own_review_views
from server.services.plan_items import open_item_views
from server.services.returns import return_view
from server.services.safety import safety_views
from server.services.visit_reading import visit_views
from server.store.observations import observations_by_ids
from server.store.own_reviews import ReviewSize, review_sizes, reviews_by_ids
from server.store.plans import open_items_by_ids
from server.store.returns import returns_by_ids
from server.store.safety_records import events_by_ids
from server.store.transaction import Work
from server.store.visit_pages import VisitRow, visit_rows_by_ids

Found = Any
"""A record that was found and is still sealed, in its kind's own shape."""


@dataclass(frozen=True)
class KindReading:
    """How one kind is read."""

    #: Those of these records that the caller may read now, still sealed; one statement.
    find: Callable[[Work, Collection[UUID]], Iterable[tuple[UUID, Found]]]
    #: How many sealed bytes would be opened of one.
    weigh: Callable[[Found], int]
    #: What a single read gives of these; one event of the log names everybody they are about.
    open: Callable[[Work, Sequence[Found]], Iterable[tuple[UUID, Any]]]


def _bytes(*sealed: bytes | None) -> int:
    return sum(len(one) for one in sealed if one is not None)


def _find_visits(work: Work, ids: Collection[UUID]) -> Iterable[tuple[UUID, VisitRow]]:
    return ((row.id, row) for row in visit_rows_by_ids(work, ids))


def _weigh_visit(row: VisitRow) -> int:
    of_person = _bytes(row.sealed_name, row.sealed_phone, row.sealed_address)
    return of_person + _bytes(row.sealed_contact_wishes, row.sealed_safety_note, row.sealed_mood_note)


def _open_visits(work: Work, rows: Sequence[VisitRow]) -> Iterable[tuple[UUID, Any]]:
    return ((view.id, view) for view in visit_views(work, rows))


def _find_items(work: Work, ids: Collection[UUID]) -> Iterable[tuple[UUID, PlanItem]]:
    return ((row.id, row) for row in open_items_by_ids(work, ids))


def _weigh_item(row: PlanItem) -> int:
    return _bytes(row.sealed_detail)


def _open_items(work: Work, rows: Sequence[PlanItem]) -> Iterable[tuple[UUID, Any]]:
    return ((view.item.id, view) for view in open_item_views(work, rows))


def _find_returns(work: Work, ids: Collection[UUID]) -> Iterable[tuple[UUID, SweepReturn]]:
    return ((row.id, row) for row in returns_by_ids(work, ids))


def _weigh_return(_row: SweepReturn) -> int:
    return 0


def _open_returns(_work: Work, rows: Sequence[SweepReturn]) -> Iterable[tuple[UUID, Any]]:
    return ((row.id, return_view(row)) for row in rows)


def _find_observations(work: Work, ids: Collection[UUID]) -> Iterable[tuple[UUID, Observation]]:
    return ((row.id, row) for row in observations_by_ids(work, ids))


def _weigh_observation(row: Observation) -> int:
    return _bytes(row.sealed_fact)


def _open_observations(work: Work, rows: Sequence[Observation]) -> Iterable[tuple[UUID, Any]]:
    return ((view.id, view) for view in observation_views(work, rows))


def _find_events(work: Work, ids: Collection[UUID]) -> Iterable[tuple[UUID, SafetyEvent]]:
    return ((row.id, row) for row in events_by_ids(work, ids))


def _weigh_event(row: SafetyEvent) -> int:
    """Without the notes on whom it was told to: they are few and short."""
    return _bytes(row.sealed_kind, row.sealed_facts, row.sealed_actions)


def _open_events(work: Work, rows: Sequence[SafetyEvent]) -> Iterable[tuple[UUID, Any]]:
    return ((view.id, view) for view in safety_views(work, rows))


def _find_reviews(work: Work, ids: Collection[UUID]) -> Iterable[tuple[UUID, ReviewSize]]:
    """Their sizes only: each may be as large as a push, and most of them may have to wait for the next page."""
    return ((size.id, size) for size in review_sizes(work, ids))


def _weigh_review(size: ReviewSize) -> int:
    return size.sealed_bytes


def _open_reviews(work: Work, sizes: Sequence[ReviewSize]) -> Iterable[tuple[UUID, Any]]:
    rows = reviews_by_ids(work, [size.id for size in sizes])
    return ((view.id, view) for view in own_review_views(work, rows))


KINDS: Mapping[FeedKind, KindReading] = MappingProxyType(
    {
        FeedKind.VISIT: KindReading(_find_visits, _weigh_visit, _open_visits),
        FeedKind.PLAN_ITEM: KindReading(_find_items, _weigh_item, _open_items),
        FeedKind.RETURN: KindReading(_find_returns, _weigh_return, _open_returns),
        FeedKind.OBSERVATION: KindReading(_find_observations, _weigh_observation, _open_observations),
        FeedKind.SAFETY_EVENT: KindReading(_find_events, _weigh_event, _open_events),
        FeedKind.REVIEW: KindReading(_find_reviews, _weigh_review, _open_reviews),
    }
)
