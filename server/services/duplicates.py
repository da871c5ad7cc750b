"""Possible duplicates: shown to those in whose area they were found, and decided by a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.domain.duplicates import Decision
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.resident_views import ResidentView, resident_view
from server.errors import Conflict
from server.models.resident import PossibleDuplicate
from server.store.disclosure import refs_of
from server.store.duplicate_pairs import pair_for_change, pairs, seen_of, townships_of
from server.store.duplicates import OPEN
from server.store.events import AccessEvent
from server.store.records import note_written
from server.store.residents import open_residents
from server.store.transaction import Caller, Work, transaction

__all__ = ["PairView", "SideView", "decide_duplicate", "list_duplicates"]

#: What people are told apart by.
SHOWN = ("resident.address", "resident.birth_date", "resident.id_no", "resident.name", "resident.phone")


def list_duplicates(caller: Caller, state: str | None, asked: PageAsked) -> "Page[PairView]":
    """One page of pairs; of somebody outside the caller's area only the township is told, and nothing is opened."""
    with transaction(caller) as work:
        page = pairs(work, state, asked)
        shown = _sides(work, page.items)
        return page.of([_view(row, shown) for row in page.items])


def decide_duplicate(caller: Caller, pair_id: UUID, version: int, decision: Decision) -> "PairView":
    """Write down whether two are one, by whom and when. Neither record is touched.

    Raises:
        Conflict: ``duplicate_decided``, somebody has decided already.
    """
    with transaction(caller) as work:
        row = pair_for_change(work, pair_id, version)
        if row.state != OPEN:
            raise Conflict("duplicate_decided")
        row.state, row.version = str(decision), row.version + 1
        row.decided_by, row.decided_at = work.identity.user_id, work.now
        _note(work, row)
        return _view(row, _sides(work, [row]))


def _note(work: Work, row: PossibleDuplicate) -> None:
    refs = refs_of(work, (row.resident_id, row.other_resident_id))
    note_written(work, Permission.DUPLICATE_DECIDE, row, refs.values())


def _sides(work: Work, rows: "list[PossibleDuplicate] | tuple[PossibleDuplicate, ...]") -> "dict[UUID, SideView]":
    ids = {id_ for row in rows for id_ in (row.resident_id, row.other_resident_id)}
    event = AccessEvent(Permission.DUPLICATE_DECIDE, table="resident")
    seen = open_residents(work, event, seen_of(work, ids), SHOWN) if ids else []
    views = {plain.id: resident_view(work.identity, plain) for plain in seen}
    return {id_: SideView(code, views.get(id_)) for id_, code in townships_of(work, ids).items()}


def _view(row: PossibleDuplicate, sides: "Mapping[UUID, SideView]") -> "PairView":
    return PairView(
        id=row.id,
        state=row.state,
        matched_on=row.matched_on,
        found_at=row.found_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        version=row.version,
        sides=tuple(sides[id_] for id_ in (row.resident_id, row.other_resident_id)),
    )


@dataclass(frozen=True)
class SideView:
    """One of the two: the person where they live in the caller's area, else the township alone."""

    township_code: str
    resident: ResidentView | None


@dataclass(frozen=True)
class PairView:
    """Two residents who may be one person."""

    id: UUID
    state: str
    #: A code of ``MatchOn``.
    matched_on: str
    found_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    version: int
    #: The one entered later first.
    sides: tuple[SideView, ...]
