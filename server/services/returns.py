"""Filing a grid's return, adding to it later, and seeing what came."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from server import clock
from server.domain.area_codes import AreaCode, Level, level_of, parse_area_code, village_of
from server.domain.codes import SweepKind
from server.domain.completeness import places_of
from server.domain.pages import Page, PageAsked
from server.domain.periods import Period
from server.domain.permissions import Facts, Permission, may
from server.domain.returns import (
    DisputeDraft,
    ObservationDraft,
    ReturnDraft,
    check_items,
    check_place,
    checked_lateness,
    reason_offline,
)
from server.errors import Invalid, NotFound
from server.models.sweep import Sweep, SweepReturn
from server.services.disputes import note_disputes
from server.services.observations import note_observations
from server.store import completeness, returns, sweeps
from server.store.observations import Place
from server.store.returns import NewReturn
from server.store.transaction import Caller, Work, new_id, transaction

__all__ = [
    "Filed",
    "ReturnView",
    "add_dispute",
    "add_observation",
    "file_or_join_in",
    "file_return",
    "list_returns",
    "read_return",
    "return_view",
]


@dataclass(frozen=True)
class ReturnView:
    """One return: counts and times, no person."""

    id: UUID
    sweep_id: UUID
    area_code: str
    nil: bool
    item_count: int
    submitted_at: datetime
    captured_at: datetime | None
    late: bool
    late_reason: str | None
    created_by: UUID
    version: int


def file_return(caller: Caller, sweep_id: UUID, draft: ReturnDraft) -> ReturnView:
    """File a grid's whole return, nil or with items, in one transaction; its village must be confirmed again.

    Raises NotFound for a sweep or area that is not the caller's or was not there in the month; Invalid for what
    ``server/domain/returns.py`` refuses; Conflict ``sweep_not_taking_returns``, ``sweep_not_begun``,
    ``return_exists`` or ``record_exists``.
    """
    with transaction(caller) as work:
        sweep = sweeps.sweep_for_filing(work, sweep_id)
        return return_view(_file_in(work, sweep, _checked_place(work, sweep, draft.area_code), draft))


def file_or_join_in(work: Work, sweep_id: UUID, draft: ReturnDraft, written_on: date) -> "Filed":
    """File a return that was written elsewhere and comes late, or add its items to what the place has sent in since.

    Late for having been offline, where it was ``written_on`` a day in time. A nil return after another adds nothing.
    Raises as ``file_return``, but for a return that is there.
    """
    sweep = sweeps.sweep_for_filing(work, sweep_id)
    area_code = _checked_place(work, sweep, draft.area_code)
    check_items(SweepKind(sweep.kind), draft)
    there = returns.return_of_place(work, sweep.id, area_code)
    if there is None:
        reason = draft.late_reason or reason_offline(Period(sweep.period), written_on)
        return Filed(_file_in(work, sweep, area_code, replace(draft, late_reason=reason)))
    if not draft.nil:
        returns.count_more(work, there, _count(draft))
        _note_items(work, sweep, there, draft)
    return Filed(there, joined=True)


def add_observation(caller: Caller, return_id: UUID, version: int, draft: ObservationDraft) -> ReturnView:
    """Add one observation to a concern return; raises NotFound, Stale, and as ``file_return``."""
    return _add(
        caller,
        _Addition(return_id, version, SweepKind.CONCERN),
        lambda work, place: note_observations(work, place, (draft,)),
    )


def add_dispute(caller: Caller, return_id: UUID, version: int, draft: DisputeDraft) -> ReturnView:
    """Add one dispute to a dispute return; raises NotFound, Stale, and as ``file_return``."""
    return _add(
        caller,
        _Addition(return_id, version, SweepKind.DISPUTE),
        lambda work, place: note_disputes(work, place, (draft,)),
    )


def read_return(caller: Caller, return_id: UUID) -> ReturnView:
    """One return; raises NotFound."""
    with transaction(caller) as work:
        return return_view(returns.return_by_id(work, Permission.RETURN_READ, return_id))


def list_returns(caller: Caller, sweep_id: UUID, asked: PageAsked) -> Page[ReturnView]:
    """A page of a sweep's returns in the caller's areas; raises NotFound for another's sweep."""
    with transaction(caller) as work:
        sweeps.sweep_by_id(work, Permission.RETURN_READ, sweep_id)
        page = returns.returns_page(work, sweep_id, asked)
        return page.of([return_view(row) for row in page.items])


@dataclass(frozen=True)
class Filed:
    """A return that came from a tablet: filed, or ``joined`` to what was there."""

    row: SweepReturn
    joined: bool = False


@dataclass(frozen=True)
class _Addition:
    return_id: UUID
    version: int
    kind: SweepKind


def _add(caller: Caller, wanted: _Addition, note: Callable[[Work, Place], None]) -> ReturnView:
    """One item more on a return that was read; the sweep is locked first, as everywhere."""
    with transaction(caller) as work:
        seen = returns.return_by_id(work, Permission.RETURN_SUBMIT, wanted.return_id)
        sweep = sweeps.sweep_for_filing(work, seen.sweep_id)
        row = returns.return_for_change(work, wanted.return_id, wanted.version)
        if sweep.kind != wanted.kind:
            raise Invalid("return_items_wrong", kind=sweep.kind)
        returns.count_more(work, row, 1)
        note(work, _place(sweep, row))
        sweeps.unconfirm(work, sweep.id, village_of(AreaCode(row.area_code)))
        return return_view(row)


def _file_in(work: Work, sweep: Sweep, area_code: AreaCode, draft: ReturnDraft) -> SweepReturn:
    """File a place's first return within an open transaction."""
    check_items(SweepKind(sweep.kind), draft)
    reason = checked_lateness(Period(sweep.period), clock.day_of(work.now), draft.late_reason)
    new = NewReturn(draft.id or new_id(), sweep.id, area_code, _count(draft), draft.captured_at, reason)
    row = returns.add_return(work, new)
    _note_items(work, sweep, row, draft)
    return row


def _note_items(work: Work, sweep: Sweep, row: SweepReturn, draft: ReturnDraft) -> None:
    """Write what a return brings; its village must be confirmed again."""
    note_observations(work, _place(sweep, row), draft.observations)
    note_disputes(work, _place(sweep, row), draft.disputes)
    sweeps.unconfirm(work, sweep.id, village_of(AreaCode(row.area_code)))


def _count(draft: ReturnDraft) -> int:
    return len(draft.observations) + len(draft.disputes)


def _checked_place(work: Work, sweep: Sweep, text: str) -> AreaCode:
    """Where the return comes from: of the sweep's township, the caller's, there in the month, and a grid if any."""
    area_code = parse_area_code(text)
    if level_of(area_code) not in {Level.VILLAGE, Level.GRID}:
        raise Invalid("area_level_wrong", field="area_code", level=Level.VILLAGE.name.lower())
    village = village_of(area_code)
    places = places_of(completeness.areas_in(work, (village,), Period(sweep.period)))
    known = area_code in {village, *places.get(village, ())} and village in places
    inside = may(work.identity, Permission.RETURN_SUBMIT, Facts(area_code)) and village.startswith(sweep.area_code)
    if not (known and inside):
        raise NotFound("not_found", field="area_code")
    check_place(area_code, sum(place != village for place in places[village]))
    return area_code


def _place(sweep: Sweep, row: SweepReturn) -> Place:
    return Place(row.id, sweep.area_code, row.area_code, sweep.period)


def return_view(row: SweepReturn) -> ReturnView:
    """One return that the caller has reached."""
    return ReturnView(
        id=row.id,
        sweep_id=row.sweep_id,
        area_code=row.area_code,
        nil=row.nil,
        item_count=row.item_count,
        submitted_at=row.submitted_at,
        captured_at=row.captured_at,
        late=row.late,
        late_reason=row.late_reason,
        created_by=row.created_by,
        version=row.version,
    )
