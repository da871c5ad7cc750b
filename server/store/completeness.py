"""What completeness is counted from: a month's areas, the returns that came, the villages confirmed."""

from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, or_, select

from server.domain.area_codes import AreaCode, Level
from server.domain.completeness import Filed
from server.domain.periods import Period, first_day, last_day
from server.models.area import Area
from server.models.sweep import SweepReturn
from server.store.scope import under
from server.store.transaction import Work, widened


def valid_in(period: Period) -> ColumnElement[bool]:
    """Areas that were there on some day of the month; the last day of validity still counts."""
    ended = and_(Area.valid_to.is_not(None), Area.valid_to < first_day(period))
    return and_(Area.valid_from <= last_day(period), ~ended)


def areas_in(work: Work, prefixes: tuple[str, ...], period: Period) -> list[AreaCode]:
    """The villages and grids of some areas in a month."""
    statement = select(Area.code).where(_under_any(Area.code, prefixes), valid_in(period))
    statement = statement.where(Area.level.in_([Level.VILLAGE.value, Level.GRID.value]))
    return [AreaCode(code) for code in work.session.scalars(statement)]


def has_area(work: Work, code: str, period: Period) -> bool:
    """Whether an area of this code was there in a month."""
    return bool(work.session.scalar(select(Area.code).where(Area.code == code, valid_in(period))))


def filed_in(work: Work, sweep_id: UUID, prefixes: tuple[str, ...]) -> list[Filed]:
    """The returns of a sweep from some villages, as counts; the caller has shown to be of those villages."""
    statement = select(SweepReturn.area_code, SweepReturn.nil, SweepReturn.late, SweepReturn.item_count).where(
        SweepReturn.county_code == work.county_code,
        SweepReturn.sweep_id == sweep_id,
        _under_any(SweepReturn.area_code, prefixes),
    )
    with widened(work):
        rows = work.session.execute(statement).all()
    return [Filed(AreaCode(row.area_code), row.nil, row.late, row.item_count) for row in rows]


def _under_any(column: SQLColumnExpression[str], prefixes: tuple[str, ...]) -> ColumnElement[bool]:
    return or_(false(), *(under(column, prefix) for prefix in prefixes))
