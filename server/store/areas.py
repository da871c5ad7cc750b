"""Areas: found by code, listed by what lies under what, and divided into grids."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, text, update

from server import clock
from server.domain.area_codes import GRIDS_AT_MOST, Level
from server.domain.pages import Page, PageAsked
from server.errors import Invalid, Malformed, NotFound
from server.models.area import Area
from server.store.divisions import lock_areas
from server.store.scope import under
from server.store.transaction import Work

_LAY_OUT = """
INSERT INTO area (code, name, level, parent_code, admin_type, kind, counts_in_indicator, valid_from)
SELECT village.code || lpad(number::text, 3, '0'), '第' || number || '网格', 15, village.code,
       village.admin_type, '', true, :valid_from
FROM unnest(CAST(:codes AS text[]), CAST(:counts AS integer[])) AS wanted (code, grids)
JOIN area AS village ON village.code = wanted.code
CROSS JOIN LATERAL generate_series(1, wanted.grids) AS number
ON CONFLICT (code) DO NOTHING
RETURNING code
"""
_NAME = """
UPDATE area SET name = wanted.name
FROM unnest(CAST(:codes AS text[]), CAST(:names AS text[])) AS wanted (code, name)
WHERE area.code = wanted.code AND area.name <> wanted.name
"""


@dataclass(frozen=True)
class AreaFilter:
    """Which areas: directly below ``parent``, or all of one level under it, in force on a day (today).

    ``level`` is a word of the code list.
    """

    parent: str | None = None
    level: str | None = None
    valid_on: date | None = None


@dataclass(frozen=True)
class AreaRecord:
    """An area as everyone may see it; ``level`` is a word of the code list, ``valid_to`` its last day."""

    code: str
    name: str
    level: str
    parent_code: str | None
    admin_type: str
    kind: str
    counts_in_indicator: bool
    urban_rural: str | None
    valid_from: date
    valid_to: date | None
    successor_code: str | None
    has_geometry: bool


#: What is read of an area. The outline itself stays where it is: it can be larger than all the rest together.
RECORD = (
    Area.code, Area.name, Area.level, Area.parent_code, Area.admin_type, Area.kind, Area.counts_in_indicator,
    Area.urban_rural, Area.valid_from, Area.valid_to, Area.successor_code, Area.geometry.is_not(None),
)  # fmt: skip


def record_of(row: Sequence[Any]) -> AreaRecord:
    """The record in a row that begins with ``RECORD``."""
    code, name, level, *rest = row[: len(RECORD)]
    return AreaRecord(code, name, Level(level).name.lower(), *rest)


def in_force(day: date) -> ColumnElement[bool]:
    """Areas that hold on a day; the first and the last day are included."""
    return and_(Area.valid_from <= day, or_(Area.valid_to.is_(None), Area.valid_to >= day))


def area_by_code(work: Work, code: str) -> AreaRecord:
    """The area, ended or not; raises NotFound for a code that nobody has, or that is none."""
    if not (code.isascii() and code.isdigit()):
        raise NotFound("not_found")
    row = work.session.execute(select(*RECORD).where(Area.code == code)).one_or_none()
    if row is None:
        raise NotFound("not_found")
    return record_of(row)


def names_of(work: Work, codes: Collection[str]) -> dict[str, str]:
    """What areas are called, by code, ended or not; a code that nobody has is left out."""
    if not codes:
        return {}
    found = select(Area.code, Area.name).where(Area.code.in_(set(codes)))
    return {row.code: row.name for row in work.session.execute(found)}


def areas_page(work: Work, wanted: AreaFilter, asked: PageAsked) -> Page[AreaRecord]:
    """One page by code; raises Malformed ``cursor_malformed`` for a cursor of another list."""
    day = wanted.valid_on or clock.day_of(work.now)
    statement = select(*RECORD).where(in_force(day)).order_by(Area.code).limit(asked.limit + 1)
    if wanted.level is not None:
        statement = statement.where(Area.level == Level[wanted.level.upper()].value)
    if wanted.parent is not None:
        below = Area.parent_code == wanted.parent
        statement = statement.where(below if wanted.level is None else under(Area.code, wanted.parent))
    if asked.after is not None:
        statement = statement.where(Area.code > _last_code(asked.after))
    found = [record_of(row) for row in work.session.execute(statement)]
    shown = tuple(found[: asked.limit])
    return Page(shown, (shown[-1].code,) if len(found) > asked.limit else None)


def _last_code(keys: tuple[str, ...]) -> str:
    if len(keys) != 1 or not keys[0].isdigit():
        raise Malformed("cursor_malformed", field="cursor")
    return keys[0]


def lay_out_grids(connection: Connection, counts: Mapping[str, int], valid_from: date) -> int:
    """Give each village its grids 001 to its count, in one statement; how many were missing and are new.

    Grids that exist stay as they are, ended ones too; none is removed for a smaller count.

    Raises:
        Invalid: ``grid_count_invalid`` outside 1 to 999; ``area_unknown`` for a village that is none in force.
    """
    if not all(1 <= count <= GRIDS_AT_MOST for count in counts.values()):
        raise Invalid("grid_count_invalid")
    lock_areas(connection)
    _refuse_unknown_villages(connection, counts, valid_from)
    values = {"codes": list(counts), "counts": list(counts.values()), "valid_from": valid_from}
    return len(connection.execute(text(_LAY_OUT), values).all())


def name_grids(connection: Connection, names: Mapping[str, str]) -> int:
    """Give grids the names that people know them by; how many changed. Unknown codes are passed over."""
    values = {"codes": list(names), "names": list(names.values())}
    return connection.execute(text(_NAME), values).rowcount


def end_grid(connection: Connection, code: str, successor: str, on: date) -> None:
    """Let a grid end on a day, followed by another of its county; both codes stay readable.

    Raises:
        Invalid: ``area_unknown``, ``grid_successor_invalid`` or ``grid_end_before_start``.
    """
    lock_areas(connection)
    grids = select(Area.code, Area.valid_from).where(Area.code.in_((code, successor)), Area.level == int(Level.GRID))
    starts = {row.code: row.valid_from for row in connection.execute(grids.where(Area.valid_to.is_(None)))}
    if code not in starts:
        raise Invalid("area_unknown", area=code)
    if successor == code or successor not in starts or successor[:6] != code[:6]:
        raise Invalid("grid_successor_invalid", area=successor)
    if on < starts[code]:
        raise Invalid("grid_end_before_start")
    connection.execute(update(Area).where(Area.code == code).values(valid_to=on, successor_code=successor))


def _refuse_unknown_villages(connection: Connection, counts: Mapping[str, int], day: date) -> None:
    villages = select(Area.code).where(Area.level == int(Level.VILLAGE), in_force(day))
    known = set(connection.scalars(villages.where(Area.code == func.any(list(counts)))))
    for code in counts:
        if code not in known:
            raise Invalid("area_unknown", area=code)
