"""The shapes of the dashboard: one unit's year, never several units in an order."""

from marshmallow import fields, validate

from server.domain.indicators import Kind, Met, Source
from server.schemas.indicators import TARGET, TargetSchema
from server.schemas.places import choice_field
from server.schemas.shape import Shape, area_code_field

_UNKNOWN = {"description": "null: unknown, or hidden."}


class DashboardQuery(Shape):
    """Which unit's year."""

    unit = area_code_field(digits="4,6,9", example="430903")
    year = fields.Integer(
        required=True, validate=validate.Range(2000, 2099), metadata={"description": "The year.", "example": 2026}
    )


class SeriesPointSchema(Shape):
    """One figure of a series."""

    label = fields.String(
        required=True, metadata={"description": "A year, a year and the day counted, or a month.", "example": "2026"}
    )
    num = fields.Integer(required=True, allow_none=True, metadata=_UNKNOWN)
    den = fields.Integer(required=True, allow_none=True, metadata=_UNKNOWN)
    value = fields.Float(required=True, allow_none=True, metadata=_UNKNOWN)


class IndicatorLineSchema(SeriesPointSchema):
    """One indicator of a unit and year."""

    class Meta:
        """A line has no label of its own."""

        exclude = ("label",)

    indicator = fields.String(required=True)
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    kind = choice_field(Kind, "What a value is.", Kind.RATE)
    source = choice_field(Source, "Where it comes from.", Source.COMPUTED)
    hidden = fields.Boolean(
        required=True, metadata={"description": "It counts people and is not told above the township."}
    )
    target = fields.Nested(TargetSchema, required=True, allow_none=True)
    met = fields.Enum(Met, by_value=True, required=True, metadata={"description": "Whether the target is reached."})
    as_of = fields.Date(required=True, allow_none=True)
    definition_version = fields.Integer(required=True)
    rule_id = fields.String(required=True, allow_none=True)
    evidence = fields.String(required=True, allow_none=True)
    registry_count = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "People the registry itself counts; null where hidden."},
    )
    trend = fields.List(fields.Nested(SeriesPointSchema), required=True)


class DashboardSchema(Shape):
    """A unit's year."""

    unit = fields.String(required=True, validate=validate.Length(4, 9))
    year = fields.Integer(required=True)
    as_of = fields.Date(required=True)
    items = fields.List(fields.Nested(IndicatorLineSchema), required=True)


DASHBOARD = {
    "unit": "430903",
    "year": 2026,
    "as_of": "2026-11-22",
    "items": [
        {
            "indicator": "YY-I1",
            "title_zh": "乡镇（街道）心理咨询室建成率",
            "title_en": "Township rooms built",
            "kind": "rate",
            "source": "computed",
            "num": 15,
            "den": 17,
            "value": 0.882353,
            "hidden": False,
            "target": TARGET,
            "met": "no",
            "as_of": "2026-11-22",
            "definition_version": 1,
            "rule_id": None,
            "evidence": None,
            "registry_count": None,
            "trend": [{"label": "2026", "num": 15, "den": 17, "value": 0.882353}],
        }
    ],
}
