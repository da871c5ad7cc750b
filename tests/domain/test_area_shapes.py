"""Outlines as files give them."""

import json
from typing import Any

import pytest

from server.domain.area_shapes import (
    CGCS2000,
    WGS84,
    Shape,
    ShapeFault,
    is_in_china,
    parse_collection,
    possible_codes,
    read_shapes,
    system_of,
)
from server.errors import Invalid

RING = [[112.0, 28.0], [112.1, 28.0], [112.1, 28.1], [112.0, 28.0]]


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def read(*features: Any) -> list[Shape | ShapeFault]:
    return list(read_shapes({"features": list(features)}))


@pytest.mark.parametrize("properties", [{"code": "430902"}, {"code": 430902}, {"gb": "156430902"}, {"gb": 156430902}])
def test_an_outline_is_known_by_either_property(properties: dict[str, Any]) -> None:
    assert read(feature(polygon(RING), **properties)) == [Shape("430902", json.dumps(polygon(RING)))]


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (None, "shape_not_polygon"),
        ({"type": "Point", "coordinates": [112, 28]}, "shape_not_polygon"),
        ({"type": "LineString", "coordinates": RING}, "shape_not_polygon"),
        ({"type": "GeometryCollection", "geometries": []}, "shape_not_polygon"),
        ({"type": "Polygon"}, "shape_unreadable"),
        ({"type": "MultiPolygon", "coordinates": [1]}, "shape_unreadable"),
        ({"type": "MultiPolygon", "coordinates": []}, "shape_empty"),
        (polygon(), "shape_empty"),
        (polygon(RING[:3]), "shape_unreadable"),
        (polygon([*RING[:3], [112.0, 28.5]]), "shape_unreadable"),
        (polygon([[112.0, "28"], *RING[1:]]), "shape_unreadable"),
        (polygon([[112.0, float("nan")], *RING[1:3], [112.0, float("nan")]]), "shape_unreadable"),
        (polygon([[True, 28.0], *RING[1:3], [True, 28.0]]), "shape_unreadable"),
        (polygon([[lat, lon] for lon, lat in RING]), "shape_outside_china"),
        (polygon([[0, 0], [0, 1], [1, 1], [0, 0]]), "shape_outside_china"),
    ],
)
def test_a_geometry_that_cannot_be_used_is_named_by_its_code(geometry: Any, reason: str) -> None:
    assert read(feature(geometry, code="430902")) == [ShapeFault("430902", reason)]


@pytest.mark.parametrize("properties", [{}, {"code": ""}, {"code": "43-09"}, {"name": "资阳区"}, {"gb": "CN"}])
def test_an_outline_without_a_code_is_named_by_its_place(properties: dict[str, Any]) -> None:
    assert read(feature(polygon(RING), **properties)) == [ShapeFault("#1", "shape_code_missing")]


def test_a_feature_may_be_anything_at_all() -> None:
    assert [type(found) for found in read(None, 7, "x", [], {})] == [ShapeFault] * 5


def test_the_second_outline_of_a_code_is_refused() -> None:
    found = read(feature(polygon(RING), code="430902"), feature(polygon(RING), gb="156430902"))
    assert found[1] == ShapeFault("430902", "shape_code_repeated")


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("urn:ogc:def:crs:EPSG::4490", CGCS2000),
        ("EPSG:4490", CGCS2000),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", WGS84),
        ("http://www.opengis.net/def/crs/EPSG/0/4326", WGS84),
    ],
)
def test_the_system_is_as_the_file_names_it(name: str, system: int) -> None:
    assert system_of({"crs": {"type": "name", "properties": {"name": name}}}) == system


def test_a_file_that_names_none_is_wgs_84() -> None:
    assert system_of({}) == WGS84


@pytest.mark.parametrize("crs", [{"properties": {"name": "EPSG:3857"}}, {"properties": {"name": "GCJ02"}}, {}, "4490"])
def test_another_system_is_refused(crs: Any) -> None:
    with pytest.raises(Invalid, match="area_shapes_crs_unknown"):
        system_of({"crs": crs})


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"type": "Feature"}', '{"type": "FeatureCollection"}', "[" * 9000]
)
def test_what_is_no_collection_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="area_shapes_unreadable"):
        parse_collection(text)


def test_a_city_may_be_written_like_a_county() -> None:
    assert possible_codes("430900") == ("430900", "4309")
    assert possible_codes("430902") == ("430902",)


@pytest.mark.parametrize(
    ("longitude", "latitude", "inside"),
    [(112.0, 28.0, True), (28.0, 112.0, False), (float("nan"), 28.0, False), (float("inf"), 28.0, False)],
)
def test_a_point_is_ours_or_not(longitude: float, latitude: float, inside: bool) -> None:
    assert is_in_china(longitude, latitude) is inside
