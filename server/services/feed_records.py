"""The records a feed names, read by the same functions as single reads, so that the two cannot differ.

Where the policy of this moment, or what happened since, gives nothing, a removal is told: the tablet keeps nothing
that a single read would refuse. What does not fit into one answer is not opened, and nobody in it is named.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, compress
from typing import Any
from uuid import UUID

from server.domain.codes_sync import FeedKind
from server.domain.feeds import PAGE_BYTES, READINGS, is_readable
from server.domain.identity import Identity
from server.services.feed_kinds import KINDS, Found
from server.store.feed_reading import Change
from server.store.transaction import Work, for_purpose

Sorts = frozenset[tuple[str, bool]]


@dataclass(repr=False)
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


@dataclass(frozen=True, repr=False)
class Gathered:
    """As many changes as one answer takes, in their order, with the records to be told of, by kind and still sealed."""

    changes: Sequence[Change]
    #: Of each change, whether it brings a record of a kind that the user reads there.
    shown: Sequence[bool]
    records: Mapping[str, Sequence[Found]]


def readable_sorts(identity: Identity, area_code: str) -> Sorts:
    """The kinds the user may read in an area, and whether of those they look after (true) or of others (false)."""
    sorts = ((kind.value, cared) for kind in FeedKind for cared in (False, True))
    return frozenset((kind, cared) for kind, cared in sorts if is_readable(identity, area_code, kind, cared=cared))


def gather(work: Work, changes: Sequence[Change]) -> Gathered:
    """The first of these changes, as many as ``PAGE_BYTES`` allow and at least one: a statement for each kind."""
    sorts_of = cache(lambda area: readable_sorts(work.identity, area))
    shown = [one.op == "put" and (one.kind, one.cared) in sorts_of(one.area_code) for one in changes]
    found = _found(work, compress(changes, shown))
    lines = [
        found[one.kind].get(one.record_id) if is_shown else None for one, is_shown in zip(changes, shown, strict=True)
    ]
    fitting = _fitting(changes, lines)
    records: dict[str, list[Found]] = {kind: [] for kind in found}
    for change, record in zip(changes[:fitting], lines, strict=False):
        if record is not None:
            records[change.kind].append(record)
    return Gathered(changes[:fitting], shown[:fitting], records)


def tell(work: Work, gathered: Gathered, fresh: Collection[str] = ()) -> list[Told]:
    """These changes with what the records hold, in their order; one event for each kind names everybody told of.

    Nothing is told of kinds that the user's roles never read in the area, nor, of what they may not read, to a tablet
    that begins with the area (``fresh``) and so holds nothing of it.
    """
    data = _opened(work, gathered.records)
    sorts_of = cache(lambda area: readable_sorts(work.identity, area))
    told = []
    for change, is_shown in zip(gathered.changes, gathered.shown, strict=True):
        if is_shown:
            told.append(_put(change, data[change.kind].get(change.record_id)))
        elif change.area_code not in fresh and (change.kind, True) in sorts_of(change.area_code):
            told.append(told_removal(change, change.reason or "refused"))
    return told


def told_removal(change: Change, reason: str) -> Told:
    """That a record is to be deleted."""
    return Told(change.area_code, change.seq, change.kind, change.record_id, "remove", 0, reason, None)


def _put(change: Change, data: Any) -> Told:
    if data is None:
        return told_removal(change, "refused")
    one = change
    return Told(one.area_code, one.seq, one.kind, one.record_id, "put", one.version, None, data)


def _found(work: Work, puts: Iterable[Change]) -> dict[str, dict[UUID, Found]]:
    ids: dict[str, list[UUID]] = {}
    for change in puts:
        ids.setdefault(change.kind, []).append(change.record_id)
    return {kind: dict(KINDS[FeedKind(kind)].find(_reading(work, kind), some)) for kind, some in ids.items()}


def _fitting(changes: Sequence[Change], records: Sequence[Found | None]) -> int:
    """How many changes come before the sealed bytes of their records pass a page's; one always does."""
    weights = (
        0 if record is None else KINDS[FeedKind(change.kind)].weigh(record)
        for change, record in zip(changes, records, strict=True)
    )
    return max(1, bisect_right(list(accumulate(weights)), PAGE_BYTES))


def _opened(work: Work, records: Mapping[str, Sequence[Found]]) -> dict[str, dict[UUID, Any]]:
    """What single reads would give of these records, by kind and id, each read for its kind's purpose."""
    opened = {}
    for kind, some in records.items():
        reading = _reading(work, kind)
        opened[kind] = dict(KINDS[FeedKind(kind)].open(reading, some))
        reading.flush_events()
    return opened


def _reading(work: Work, kind: str) -> Work:
    return for_purpose(work, READINGS[FeedKind(kind)].purpose)
