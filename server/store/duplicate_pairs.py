"""Possible duplicates as rows: listing and deciding them, and who of a pair the caller may see."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, func, select

from server.domain.area_codes import Level
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.models.resident import PossibleDuplicate, Resident
from server.store.pages import records_page
from server.store.records import as_read
from server.store.scope import ScopeColumns, within
from server.store.transaction import Work, widened

_SCOPE = ScopeColumns(PossibleDuplicate.area_code)
_RESIDENTS = ScopeColumns(Resident.area_code)


def pairs(work: Work, state: str | None, asked: PageAsked) -> Page[PossibleDuplicate]:
    """One page of the pairs of the caller's area, of one state or of all, in the order they were found."""
    statement = _pairs(work)
    if state is not None:
        statement = statement.where(PossibleDuplicate.state == state)
    return records_page(work.session, statement, PossibleDuplicate.id, asked)


def pair_for_change(work: Work, pair_id: UUID, version: int) -> PossibleDuplicate:
    """One pair of the caller's area, locked; raises NotFound ``not_found`` or Stale ``record_changed``."""
    statement = _pairs(work).where(PossibleDuplicate.id == pair_id)
    return as_read(work.session.scalar(statement.with_for_update()), version)


def seen_of(work: Work, resident_ids: Collection[UUID]) -> list[Resident]:
    """Those of these residents who live in the caller's area."""
    statement = select(Resident).where(
        Resident.county_code == work.county_code,
        Resident.id == func.any(list(resident_ids)),
        within(work.identity, Permission.DUPLICATE_DECIDE, _RESIDENTS),
    )
    return list(work.session.scalars(statement.order_by(Resident.id)))


def townships_of(work: Work, resident_ids: Collection[UUID]) -> dict[UUID, str]:
    """The township each lives in, wherever in the county: the one thing told of somebody outside the area."""
    statement = select(Resident.id, func.left(Resident.area_code, Level.TOWNSHIP.value)).where(
        Resident.county_code == work.county_code, Resident.id == func.any(list(resident_ids))
    )
    with widened(work):
        return {id_: code for id_, code in work.session.execute(statement)}  # noqa: C416  typed rows are not pairs


def _pairs(work: Work) -> Select[PossibleDuplicate]:
    scope = within(work.identity, Permission.DUPLICATE_DECIDE, _SCOPE)
    return select(PossibleDuplicate).where(PossibleDuplicate.county_code == work.county_code, scope)
