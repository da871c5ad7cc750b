"""The shapes of areas, of their pictures, and of a place."""

from typing import Any

from marshmallow import fields, validate

from server.domain.area_codes import AdminType, Level
from server.schemas.shape import PageQuery, Shape, area_code_field

LEVELS = tuple(level.name.lower() for level in Level)


def _text(description: str, example: str | None, **more: Any) -> fields.String:
    return fields.String(metadata={"description": description, "example": example}, **more)


def _day(description: str, example: str | None, **more: Any) -> fields.Date:
    return fields.Date(metadata={"description": description, "example": example}, **more)


class AreaSchema(Shape):
    """A division or grid."""

    code = _text("Division code, as text; 15 digits for a grid.", "370614", required=True)
    name = _text("Its name; names repeat, codes do not.", "蓬莱区", required=True)
    level = _text(f"One of: {', '.join(LEVELS)}.", "county", required=True)
    parent_code = _text("The area above.", "3706", required=True, allow_none=True)
    admin_type = _text(f"One of: {', '.join(AdminType)}.", "gb", required=True)
    kind = _text("Kind of township or village, from the code lists township_kind and village_kind.", "", required=True)
    counts_in_indicator = fields.Boolean(
        required=True, metadata={"description": "Whether it counts in denominators.", "example": True}
    )
    urban_rural = _text("Urban-rural class, where known.", None, required=True, allow_none=True)
    valid_from = _day("First day on which it holds.", "2020-06-05", required=True)
    valid_to = _day("Last day on which it held; null while it holds.", None, required=True, allow_none=True)
    successor_code = _text("The area that followed it.", None, required=True, allow_none=True)
    has_geometry = fields.Boolean(
        required=True, metadata={"description": "Whether its outline is known.", "example": False}
    )


class AreaPageSchema(Shape):
    """Some areas, by code."""

    items = fields.List(fields.Nested(AreaSchema), required=True)
    next_cursor = _text("Where the next page starts; null on the last.", None, required=True, allow_none=True)


class AreaPageQuery(PageQuery):
    """Which areas."""

    parent = area_code_field(required=False, digits="4,6,9,12,15")
    level = fields.String(
        validate=validate.OneOf(LEVELS),
        metadata={"description": "All areas of this level under the parent, not only those directly below it."},
    )
    valid_on = _day("Only areas in force on this day; today unless said.", "2026-11-03")


class PictureQuery(Shape):
    """Which picture."""

    parent = area_code_field(digits="4,6,9,12")
    zoom = fields.Integer(
        load_default=10,
        validate=validate.Range(0, 18),
        metadata={"description": "Zoom level of a web map: outlines are simplified to half a pixel.", "example": 10},
    )


class FeaturePropertiesSchema(Shape):
    """What a picture says of an area."""

    code = _text("Division code.", "430903102203001", required=True)
    name = _text("Its name.", "第1网格", required=True)
    level = _text("Its level.", "grid", required=True)


class FeatureSchema(Shape):
    """One area as a GeoJSON feature."""

    type = _text("Always Feature.", "Feature", required=True)
    id = _text("The area's code.", "430903102203001", required=True)
    geometry = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "Polygon or MultiPolygon, EPSG:4490; null where the outline is not known."},
    )
    properties = fields.Nested(FeaturePropertiesSchema, required=True)


class FeatureCollectionSchema(Shape):
    """A picture: GeoJSON (RFC 7946), coordinates in CGCS2000."""

    type = _text("Always FeatureCollection.", "FeatureCollection", required=True)
    features = fields.List(fields.Nested(FeatureSchema), required=True)


class PointSchema(Shape):
    """Where one stands, by the device; used for this answer and kept nowhere."""

    longitude = fields.Float(
        required=True, metadata={"description": "Degrees east, WGS 84 or CGCS2000.", "example": 112.3501}
    )
    latitude = fields.Float(
        required=True, metadata={"description": "Degrees north, WGS 84 or CGCS2000.", "example": 28.5702}
    )


class LocatedSchema(Shape):
    """The areas one stands in, as far as one works there."""

    grid_code = _text("The grid, or null.", "430903102203001", required=True, allow_none=True)
    village_code = _text("The village, or null.", "430903102203", required=True, allow_none=True)
    township_code = _text("The township, or null.", "430903102", required=True, allow_none=True)
    inside_own = fields.Boolean(
        required=True, metadata={"description": "Whether one stands in an area of one's own.", "example": True}
    )
    own_unmapped = fields.Boolean(
        required=True,
        metadata={
            "description": "One's own area has no outline yet: inside_own false then says nothing.",
            "example": False,
        },
    )
