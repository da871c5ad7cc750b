"""Grid returns: one per sweep and place, whose count of items always equals the rows it came with."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, select

from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.returns import LateReason
from server.errors import Conflict
from server.models.sweep import SweepReturn
from server.store.pages import records_page
from server.store.records import as_read, count_up, found, note_written
from server.store.scope import ScopeColumns, within
from server.store.taken import insert_new
from server.store.transaction import Work

_SCOPE = ScopeColumns(SweepReturn.area_code, SweepReturn.created_by)
_ONE_PER_PLACE = "uq_sweep_return_county_code_sweep_id_area_code"


@dataclass(frozen=True)
class NewReturn:
    """A return about to be written; late exactly when it has a reason for it."""

    id: UUID
    sweep_id: UUID
    area_code: str
    item_count: int
    captured_at: datetime | None
    late_reason: LateReason | None


def add_return(work: Work, new: NewReturn) -> SweepReturn:
    """Write a return; raises Conflict ``return_exists``, or ``record_exists`` for the same return sent again."""
    _refuse_second(work, new)
    row = SweepReturn(
        county_code=work.county_code,
        id=new.id,
        sweep_id=new.sweep_id,
        area_code=new.area_code,
        nil=new.item_count == 0,
        item_count=new.item_count,
        submitted_at=work.now,
        captured_at=new.captured_at,
        late=new.late_reason is not None,
        late_reason=new.late_reason and str(new.late_reason),
        version=1,
        created_by=work.identity.user_id,
        created_at=work.now,
        updated_at=work.now,
    )
    insert_new(work, row, {_ONE_PER_PLACE: "return_exists"})
    note_written(work, "return:submit", row)
    return row


def return_by_id(work: Work, permission: Permission, return_id: UUID) -> SweepReturn:
    """One return; raises NotFound ``not_found``."""
    return found(work.session.scalar(_returns(work, permission).where(SweepReturn.id == return_id)))


def returns_by_ids(work: Work, return_ids: Collection[UUID]) -> Sequence[SweepReturn]:
    """Those of these returns that the caller may read, in no order."""
    statement = _returns(work, Permission.RETURN_READ).where(SweepReturn.id == func.any(list(return_ids)))
    return work.session.scalars(statement).all()


def return_for_change(work: Work, return_id: UUID, version: int) -> SweepReturn:
    """One return to be added to; raises NotFound, Stale ``record_changed``."""
    statement = _returns(work, Permission.RETURN_SUBMIT).where(SweepReturn.id == return_id).with_for_update()
    return as_read(work.session.scalar(statement.execution_options(populate_existing=True)), version)


def return_of_place(work: Work, sweep_id: UUID, area_code: str) -> SweepReturn | None:
    """What a place has sent in for a sweep, locked to be added to; None where nothing came yet."""
    statement = _returns(work, Permission.RETURN_SUBMIT).where(
        SweepReturn.sweep_id == sweep_id, SweepReturn.area_code == area_code
    )
    return work.session.scalar(statement.with_for_update().execution_options(populate_existing=True))


def count_more(work: Work, row: SweepReturn, count: int) -> None:
    """Count items added to a return; a nil return is none any more."""
    row.item_count += count
    row.nil = False
    count_up(work, row)
    note_written(work, "return:submit", row)


def returns_page(work: Work, sweep_id: UUID, asked: PageAsked) -> Page[SweepReturn]:
    """A page of a sweep's returns within the caller's areas."""
    statement = _returns(work, Permission.RETURN_READ).where(SweepReturn.sweep_id == sweep_id)
    return records_page(work.session, statement, SweepReturn.id, asked)


def of_sweep(work: Work, return_id: SQLColumnExpression[Any], sweep_id: UUID) -> ColumnElement[bool]:
    """The condition that an item, by its column ``return_id``, came with a return of this sweep."""
    returns = select(SweepReturn.id).where(
        SweepReturn.county_code == work.county_code, SweepReturn.sweep_id == sweep_id
    )
    return return_id.in_(returns)


def _refuse_second(work: Work, new: NewReturn) -> None:
    statement = select(SweepReturn.id).where(
        SweepReturn.county_code == work.county_code,
        SweepReturn.sweep_id == new.sweep_id,
        SweepReturn.area_code == new.area_code,
    )
    there = work.session.scalar(statement)
    if there is not None:
        raise Conflict("record_exists" if there == new.id else "return_exists")


def _returns(work: Work, permission: Permission) -> Select[SweepReturn]:
    scope = within(work.identity, permission, _SCOPE)
    return select(SweepReturn).where(SweepReturn.county_code == work.county_code, scope)
