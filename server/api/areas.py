"""Divisions and grids: looked up, drawn, and asked which of them one stands in."""

from typing import Any

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import needs, refuses
from server.schemas.areas import (
    AreaPageQuery,
    AreaPageSchema,
    AreaSchema,
    FeatureCollectionSchema,
    LocatedSchema,
    PictureQuery,
    PointSchema,
)
from server.services import areas
from server.services.areas import AreaFilter

blueprint = Blueprint("areas", __name__, description="Divisions and grids, keyed by code.")

_AREA = {
    "code": "370684",
    "name": "蓬莱市",
    "level": "county",
    "parent_code": "3706",
    "admin_type": "gb",
    "kind": "",
    "counts_in_indicator": True,
    "urban_rural": None,
    "valid_from": "1995-12-31",
    "valid_to": "2020-06-04",
    "successor_code": "370614",
    "has_geometry": False,
}
_PLACE = {
    "grid_code": "430903102203001",
    "village_code": "430903102203",
    "township_code": "430903102",
    "inside_own": True,
    "own_unmapped": False,
}
_FEATURE = {
    "type": "Feature",
    "id": "430903102203001",
    "geometry": None,
    "properties": {"code": "430903102203001", "name": "第1网格", "level": "grid"},
}


@blueprint.get("/areas")
@needs(Permission.AREA_READ)
@refuses("cursor_malformed")
@blueprint.arguments(AreaPageQuery, location="query")
@blueprint.response(200, AreaPageSchema, example={"items": [_AREA], "next_cursor": None})
def list_areas(query: dict[str, Any]) -> dict[str, Any]:
    """List areas by code: directly below a parent, or all of one level under it."""
    asked = page_asked(query)
    return shown(areas.list_areas(current_caller(), AreaFilter(**query), asked))


@blueprint.get("/areas.geojson")
@needs(Permission.AREA_READ)
@refuses("not_found")
@blueprint.arguments(PictureQuery, location="query")
@blueprint.response(200, FeatureCollectionSchema, example={"type": "FeatureCollection", "features": [_FEATURE]})
def draw_areas(query: dict[str, Any]) -> dict[str, Any]:
    """Draw the areas directly below one as GeoJSON, simplified for a zoom level.

    Areas whose outline is not known are there with a null geometry, so that a table can be made of the same answer.
    """
    shown = areas.draw_areas(current_caller(), query["parent"], query["zoom"])
    features = [
        {"type": "Feature", "id": area.code, "geometry": geometry, "properties": area} for area, geometry in shown
    ]
    return {"type": "FeatureCollection", "features": features}


@blueprint.get("/areas/<string:area_code>")
@needs(Permission.AREA_READ)
@refuses("not_found")
@blueprint.response(200, AreaSchema, example=_AREA)
def read_area(area_code: str) -> Any:
    """Read one area; one that ended names its last day and its successor."""
    return areas.read_area(current_caller(), area_code)


@blueprint.post("/areas/locate")
@needs(Permission.AREA_LOCATE)
@refuses("location_outside_china")
@blueprint.arguments(PointSchema)
@blueprint.response(200, LocatedSchema, example=_PLACE)
def locate(body: dict[str, float]) -> Any:
    """Tell which of one's own areas a point lies in; the point is not stored, logged or passed on."""
    return areas.locate(current_caller(), body["longitude"], body["latitude"])
