"""Polygons of areas as GeoJSON (RFC 7946) gives them, read and checked before the database sees them.

The registry keeps CGCS2000 longitude and latitude (EPSG:4490). A file without a named system is WGS 84, as the RFC
has it. The shifted GCJ-02 coordinates of web maps have no name of their own and cannot be told by looking.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from math import isfinite
from typing import NamedTuple

from server.errors import Invalid

CGCS2000 = 4490
WGS84 = 4326
#: Longitudes and latitudes within which all of China lies, islands included.
LONGITUDES = (73.0, 136.0)
LATITUDES = (3.0, 54.0)
#: What stands before a division code in a feature's ``gb`` property: the country (ISO 3166-1, 156).
COUNTRY = "156"

_SYSTEMS = {"4490": CGCS2000, "4326": WGS84, "CRS84": WGS84}


class Shape(NamedTuple):
    """One area's outline: the code as stated, and the geometry as JSON text."""

    code: str
    geojson: str


class ShapeFault(NamedTuple):
    """A feature that cannot be used: its code or place in the file, and why."""

    where: str
    reason: str


def is_in_china(longitude: float, latitude: float) -> bool:
    """Whether a point can be ours at all; false for what is not a number."""
    return LONGITUDES[0] <= longitude <= LONGITUDES[1] and LATITUDES[0] <= latitude <= LATITUDES[1]


def parse_collection(text: str) -> Mapping[str, object]:
    """The file as a FeatureCollection; raises Invalid ``area_shapes_unreadable``."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Invalid("area_shapes_unreadable") from error
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        raise Invalid("area_shapes_unreadable")
    if not isinstance(document.get("features"), list):
        raise Invalid("area_shapes_unreadable")
    return document


def system_of(document: Mapping[str, object]) -> int:
    """The coordinate system by its EPSG number; raises Invalid ``area_shapes_crs_unknown`` for any but two."""
    if document.get("crs") is None:
        return WGS84
    named = _member(_member(document["crs"], "properties"), "name")
    last = str(named).rstrip("/").replace("/", ":").rsplit(":", 1)[-1]
    if last not in _SYSTEMS:
        raise Invalid("area_shapes_crs_unknown", crs=str(named)[:60])
    return _SYSTEMS[last]


def read_shapes(document: Mapping[str, object]) -> Iterator[Shape | ShapeFault]:
    """Every feature's outline or its fault, in the file's order; a code that comes again is a fault."""
    features = document["features"]
    seen: set[str] = set()
    for number, feature in enumerate(features if isinstance(features, list) else [], start=1):
        code = _code(_member(feature, "properties"))
        if code is None:
            yield ShapeFault(f"#{number}", "shape_code_missing")
            continue
        reason = "shape_code_repeated" if code in seen else _refusal(_member(feature, "geometry"))
        seen.add(code)
        yield ShapeFault(code, reason) if reason else Shape(code, json.dumps(_member(feature, "geometry")))


def possible_codes(code: str) -> tuple[str, ...]:
    """The codes a stated one may mean: a city is often written with two zeros, as if it were a county."""
    return (code, code[:4]) if len(code) == 6 and code.endswith("00") else (code,)


def _code(properties: object) -> str | None:
    code, gb = _member(properties, "code"), _member(properties, "gb")
    stated = str(code) if code is not None else str(gb or "").removeprefix(COUNTRY)
    return stated if stated.isascii() and stated.isdigit() and len(stated) <= 17 else None


def _refusal(geometry: object) -> str | None:
    coordinates = _member(geometry, "coordinates")
    match _member(geometry, "type"):
        case "Polygon":
            return _refusal_of([coordinates])
        case "MultiPolygon":
            return _refusal_of(coordinates)
        case _:
            return "shape_not_polygon"


def _refusal_of(polygons: object) -> str | None:
    if not isinstance(polygons, list) or not all(isinstance(rings, list) for rings in polygons):
        return "shape_unreadable"
    rings = list(chain.from_iterable(polygons))
    if not rings:
        return "shape_empty"
    if not all(map(_is_ring, rings)):
        return "shape_unreadable"
    return None if all(map(_is_ring_in_china, rings)) else "shape_outside_china"


def _is_ring_in_china(ring: list[list[float]]) -> bool:
    return all(is_in_china(place[0], place[1]) for place in ring)


def _is_ring(ring: object) -> bool:
    if not isinstance(ring, list) or len(ring) < 4:
        return False
    return all(_is_position(place) for place in ring) and bool(ring[0] == ring[-1])


def _is_position(place: object) -> bool:
    if not isinstance(place, list) or not 2 <= len(place) <= 4:
        return False
    return all(
        isinstance(number, int | float) and not isinstance(number, bool) and isfinite(number) for number in place
    )


def _member(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None
