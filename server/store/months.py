"""Months of townships, and who may see them from below: a grid's worker sees the month of the grid's township."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, or_, select

from server.domain.area_codes import Level
from server.domain.codes import PeriodState, SweepKind, SweepState
from server.domain.identity import Identity
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission, allowances
from server.models.sweep import Month, Sweep
from server.store.pages import records_page
from server.store.records import as_read, found
from server.store.scope import under
from server.store.taken import unless_taken
from server.store.transaction import Work, new_id, widened


@dataclass(frozen=True)
class MonthFilter:
    """Which months; None leaves a column open."""

    township_code: str | None = None
    period: str | None = None


def around(identity: Identity, permission: Permission, township: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Townships in the caller's areas, and the one that holds the caller's village or grid.

    Such a row is above a grid worker's wall of row-level security, so it is read inside ``widened``; this
    condition is then its scope check. Raises as ``allowances`` does.
    """
    prefixes = sorted({allowance.prefix for allowance in allowances(identity, permission)})
    return or_(*(_around(prefix, township) for prefix in prefixes))


def add_month(work: Work, township_code: str, period: str) -> tuple[Month, list[Sweep]]:
    """A new month with its two sweeps; raises Conflict ``record_exists`` when the township has it already."""
    stamps = {"created_by": work.identity.user_id, "created_at": work.now, "updated_at": work.now, "version": 1}
    place = {"county_code": work.county_code, "area_code": township_code, "period": period}
    month = Month(id=new_id(), state=str(PeriodState.OPEN), **place, **stamps)
    with unless_taken():
        work.session.add(month)
        work.session.flush()
        sweeps = [
            Sweep(id=new_id(), month_id=month.id, kind=str(kind), state=str(SweepState.OPEN), **place, **stamps)
            for kind in sorted(SweepKind)
        ]
        work.session.add_all(sweeps)
        work.session.flush()
    return month, sweeps


def month_by_id(work: Work, permission: Permission, month_id: UUID) -> Month:
    """One month; raises NotFound ``not_found``."""
    with widened(work):
        return found(work.session.scalar(_months(work, permission).where(Month.id == month_id)))


def month_for_change(work: Work, permission: Permission, month_id: UUID, version: int | None) -> Month:
    """One month, kept from others until the end; raises NotFound, Stale ``record_changed`` at another version."""
    statement = _months(work, permission).where(Month.id == month_id).with_for_update()
    return as_read(work.session.scalar(statement), version)


def months_page(work: Work, wanted: MonthFilter, asked: PageAsked) -> Page[Month]:
    """A page of the months the caller may see."""
    statement = _months(work, Permission.MONTH_READ)
    if wanted.township_code is not None:
        statement = statement.where(Month.area_code == wanted.township_code)
    if wanted.period is not None:
        statement = statement.where(Month.period == wanted.period)
    with widened(work):
        return records_page(work.session, statement, Month.id, asked)


def sweeps_of_months(work: Work, month_ids: Iterable[UUID], *, lock: bool = False) -> dict[UUID, list[Sweep]]:
    """The sweeps of months already found within scope, by month, in the order of their kinds."""
    wanted = list(month_ids)
    statement = select(Sweep).where(Sweep.county_code == work.county_code, Sweep.month_id.in_(wanted))
    statement = statement.order_by(Sweep.month_id, Sweep.kind)
    by_month: dict[UUID, list[Sweep]] = {month_id: [] for month_id in wanted}
    with widened(work):
        for sweep in work.session.scalars(statement.with_for_update() if lock else statement):
            by_month[sweep.month_id].append(sweep)
    return by_month


def _months(work: Work, permission: Permission) -> Select[Month]:
    condition = around(work.identity, permission, Month.area_code)
    return select(Month).where(Month.county_code == work.county_code, condition)


def _around(prefix: str, township: SQLColumnExpression[str]) -> ColumnElement[bool]:
    digits = Level.TOWNSHIP.value
    return under(township, prefix) if len(prefix) <= digits else township == prefix[:digits]
