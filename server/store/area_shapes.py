"""Areas on the map: outlines attached, simplified for a picture, and asked which of them hold a point."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, LiteralString, cast

from psycopg import Connection as Driver
from sqlalchemy import Connection, bindparam, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from server.domain.area_shapes import CGCS2000, WGS84, Shape
from server.domain.permissions import Permission, allowances
from server.models.area import Area
from server.store.areas import RECORD, AreaRecord, in_force, record_of
from server.store.divisions import lock_areas
from server.store.scope import ScopeColumns, under, within
from server.store.transaction import Work

#: Children of one area at most in one picture; a village has 999 grids at most.
SHAPES_AT_MOST = 1000
#: A pixel is some nine metres.
WALKING_ZOOM = 14
#: Width of the world in degrees and of a map tile in pixels: a pixel at zoom z is 360 / (256 · 2^z) degrees.
WORLD, TILE = 360.0, 256

_STAGE: LiteralString = """
CREATE TEMP TABLE staged_shape (code text COLLATE "C" NOT NULL, geojson text NOT NULL) ON COMMIT DROP
"""
_ATTACH: LiteralString = """
WITH made AS MATERIALIZED (
    SELECT code, ST_Multi(ST_CollectionExtract(ST_MakeValid(ST_Transform(
        ST_SetSRID(ST_Force2D(ST_GeomFromGeoJSON(geojson)), :system), :ours)), 3)) AS shape
    FROM staged_shape
), attached AS (
    UPDATE area SET geometry = shape FROM made WHERE area.code = made.code AND NOT ST_IsEmpty(shape)
)
SELECT code FROM made WHERE ST_IsEmpty(shape) ORDER BY code
"""


@dataclass(frozen=True)
class ShownArea:
    """An area in a picture; ``geometry`` is GeoJSON text, or None where no outline is known."""

    area: AreaRecord
    geometry: str | None


@dataclass(frozen=True)
class Place:
    """Where a point lies, as far as the caller works there."""

    #: Codes of the caller's areas, and of those above them, that hold the point; the smallest first.
    codes: tuple[str, ...]
    #: Whether it lies in an area that the caller was given.
    inside_own: bool
    #: Whether an area that the caller was given has no outline, so that ``inside_own`` cannot be relied on.
    own_unmapped: bool


def known_codes(connection: Connection, codes: Sequence[str]) -> set[str]:
    """Which of these codes are areas, ended ones too."""
    wanted = bindparam("codes", list(codes), type_=ARRAY(Text))
    return set(connection.scalars(select(Area.code).where(Area.code == func.any(wanted))))


def attach_shapes(connection: Connection, shapes: Sequence[Shape], system: int) -> list[str]:
    """Store the outlines in CGCS2000, made valid; the codes of those that cover nothing and were left out."""
    lock_areas(connection)
    connection.exec_driver_sql(_STAGE)
    driver = cast("Driver[tuple[object, ...]]", connection.connection.driver_connection)
    with driver.cursor() as cursor, cursor.copy("COPY staged_shape (code, geojson) FROM STDIN") as copy:
        for shape in shapes:
            copy.write_row(shape)
    return list(connection.scalars(text(_ATTACH), {"system": system, "ours": CGCS2000}))


def shown_children(work: Work, parent: str, zoom: int, today: date) -> list[ShownArea]:
    """The areas directly below one, by code, each simplified to half a pixel at this zoom."""
    pixel = WORLD / (TILE * 2**zoom)
    # Decimals that resolve a tenth of a pixel: 4 at zoom 7, 6 from zoom 13 on.
    decimals = min(6, max(2, round(zoom / 3) + 2))
    simple = func.ST_SimplifyPreserveTopology(Area.geometry, pixel / 2)
    statement = (
        select(*RECORD, func.ST_AsGeoJSON(simple, decimals))
        .where(Area.parent_code == parent, in_force(today))
        .order_by(Area.code)
        .limit(SHAPES_AT_MOST)
    )
    rows: Sequence[Sequence[Any]] = work.session.execute(statement).all()
    return [ShownArea(record_of(row), row[-1]) for row in rows]


def outlined_areas(work: Work, prefixes: Collection[str], today: date) -> list[ShownArea]:
    """The areas under these prefixes and those above them, the largest first, drawn for walking about in a village."""
    above = {prefix[:digits] for prefix in prefixes for digits in (6, 9, 12) if digits < len(prefix)}
    simple = func.ST_SimplifyPreserveTopology(Area.geometry, WORLD / (TILE * 2**WALKING_ZOOM))
    statement = (
        select(*RECORD, func.ST_AsGeoJSON(simple, 6))
        .where(or_(*(under(Area.code, prefix) for prefix in prefixes), Area.code.in_(above)), in_force(today))
        .order_by(Area.level, Area.code)
        .limit(SHAPES_AT_MOST)
    )
    rows: Sequence[Sequence[Any]] = work.session.execute(statement).all()
    return [ShownArea(record_of(row), row[-1]) for row in rows]


def place_of(work: Work, longitude: float, latitude: float, today: date) -> Place:
    """Which of the caller's areas hold the point, borders included. The point goes no further than the query."""
    point = func.ST_Transform(func.ST_SetSRID(func.ST_MakePoint(longitude, latitude), WGS84), CGCS2000)
    own = within(work.identity, Permission.AREA_LOCATE, ScopeColumns(Area.code))
    given = {allowance.prefix for allowance in allowances(work.identity, Permission.AREA_LOCATE)}
    above = [Area.code == code[:digits] for code in given for digits in (12, 9, 6) if digits < len(code)]
    held = work.session.execute(
        select(Area.code, own)
        .where(or_(own, *above), in_force(today), func.ST_Covers(Area.geometry, point))
        .order_by(Area.level.desc(), Area.code)
    ).all()
    unmapped = select(Area.code).where(Area.code.in_(given), Area.geometry.is_(None)).exists()
    own_unmapped = bool(work.session.scalar(select(unmapped)))
    return Place(tuple(code for code, _ in held), any(is_own for _, is_own in held), own_unmapped)
