"""Attaching outlines: the good ones are kept, made valid and in CGCS2000; the bad ones are named by code."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine, text

from server.errors import Invalid
from server.services.area_shapes import Attached, attach_from
from tests.make import County

#: Two triangles that touch in one point, drawn as one ring: not valid as it stands.
BOW_TIE = [[[112.0, 28.0], [112.1, 28.1], [112.1, 28.0], [112.0, 28.1], [112.0, 28.0]]]
SQUARE = [[[112.0, 28.0], [112.1, 28.0], [112.1, 28.1], [112.0, 28.1], [112.0, 28.0]]]
LINE = [[[112.0, 28.0], [112.1, 28.1], [112.0, 28.0], [112.0, 28.0]]]
CGCS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}


def feature(coordinates: Any, kind: str = "Polygon", **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def attach(engine: Engine, *features: dict[str, Any], **more: Any) -> Attached:
    with engine.begin() as connection:
        return attach_from(connection, json.dumps({"type": "FeatureCollection", "features": features, **more}))


def outline(engine: Engine, code: str) -> tuple[Any, ...]:
    """System, kind, whether it is valid, number of parts and area in square degrees."""
    with engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT ST_SRID(geometry), GeometryType(geometry), ST_IsValid(geometry), ST_NumGeometries(geometry),"
                " round(ST_Area(geometry)::numeric, 6) FROM area WHERE code = :code"
            ),
            {"code": code},
        ).one()
        return (*row[:4], float(row[4])) if row[0] else ()


def reasons(attached: Attached) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in attached.faults]


def test_a_polygon_becomes_a_multipolygon_in_cgcs2000(county: County, owner_engine: Engine) -> None:
    assert attach(owner_engine, feature(SQUARE, code=county.village)) == Attached(1, ())
    assert outline(owner_engine, county.village) == (4490, "MULTIPOLYGON", True, 1, 0.01)


def test_county_outlines_are_found_by_country_and_code(county: County, owner_engine: Engine) -> None:
    """As national county files have it: ``gb`` is 156 and the code, the system is named."""
    attached = attach(owner_engine, feature([SQUARE], "MultiPolygon", name="试验县", gb="156" + county.code), crs=CGCS)
    assert attached == Attached(1, ())
    assert outline(owner_engine, county.code) == (4490, "MULTIPOLYGON", True, 1, 0.01)


def test_a_crossed_outline_is_made_valid(county: County, owner_engine: Engine) -> None:
    assert attach(owner_engine, feature(BOW_TIE, code=county.grid)) == Attached(1, ())
    assert outline(owner_engine, county.grid) == (4490, "MULTIPOLYGON", True, 2, 0.005)


def test_heights_are_left_out(county: County, owner_engine: Engine) -> None:
    raised = [[[*place, 51.5] for place in SQUARE[0]]]
    assert attach(owner_engine, feature(raised, code=county.grid)) == Attached(1, ())
    assert outline(owner_engine, county.grid)[4] == 0.01


def test_good_outlines_are_kept_beside_bad_ones(county: County, owner_engine: Engine) -> None:
    attached = attach(
        owner_engine,
        feature(SQUARE, code=county.village),
        feature(SQUARE, code=county.village + "777"),
        feature(LINE, code=county.grid),
        feature([112.0, 28.0], "Point", code=county.township),
        feature(SQUARE, name="无代码"),
        feature([[place[::-1] for place in SQUARE[0]]], code=county.other_township),
        feature(SQUARE, code=county.village),
    )
    assert attached.count == 1
    assert sorted(reasons(attached)) == sorted(
        [
            (county.village + "777", "shape_code_unknown"),
            (county.grid, "shape_empty"),
            (county.township, "shape_not_polygon"),
            ("#5", "shape_code_missing"),
            (county.other_township, "shape_outside_china"),
            (county.village, "shape_code_repeated"),
        ]
    )
    assert outline(owner_engine, county.village)[4] == 0.01
    assert outline(owner_engine, county.grid) == ()


def test_a_new_outline_replaces_the_old_and_a_bad_one_does_not(county: County, owner_engine: Engine) -> None:
    attach(owner_engine, feature(SQUARE, code=county.village))
    attach(owner_engine, feature(LINE, code=county.village))
    assert outline(owner_engine, county.village)[4] == 0.01
    attach(owner_engine, feature(BOW_TIE, code=county.village))
    assert outline(owner_engine, county.village)[4] == 0.005


def test_a_file_in_an_unknown_system_changes_nothing(county: County, owner_engine: Engine) -> None:
    mercator = {"type": "name", "properties": {"name": "EPSG:3857"}}
    with pytest.raises(Invalid, match="area_shapes_crs_unknown"):
        attach(owner_engine, feature(SQUARE, code=county.village), crs=mercator)
    assert outline(owner_engine, county.village) == ()


def test_an_empty_file_attaches_nothing(owner_engine: Engine) -> None:
    assert attach(owner_engine) == Attached(0, ())
