"""The shapes of indicators: definitions, targets, values typed in, bodies counted. A percentage alone fits none."""

from datetime import date
from decimal import Decimal
from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.codes_sites import SECTOR_TYPES
from server.domain.indicators import Comparison, Kind, Source, Typed, Unit
from server.schemas.places import choice_field, day_field, number_field, text_field
from server.schemas.shape import Shape, area_code_field

_MOST = 100_000
#: Digits behind the point of a target.
_DIGITS = 6


def _evidence() -> fields.String:
    return text_field("Where it can be looked up: a document's number, no person.", "益卫统〔2026〕3号", 120)


def _as_of() -> fields.Date:
    return day_field("The day it was counted.", date(2026, 10, 31))


class DefinitionSchema(Shape):
    """One indicator."""

    id = fields.String(required=True)
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)
    kind = choice_field(Kind, "What a value is.", Kind.RATE)
    numerator_zh = fields.String(required=True)
    numerator_en = fields.String(required=True)
    denominator_zh = fields.String(required=True)
    denominator_en = fields.String(required=True)
    source = choice_field(Source, "Where a value comes from.", Source.COMPUTED)
    typed = choice_field(Typed, "What of it departments type in.", Typed.NOTHING)
    unit = choice_field(Unit, "The smallest unit it is told of.", Unit.TOWNSHIP)
    version = fields.Integer(required=True, metadata={"description": "Version of the definition."})
    rules = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Ways of counting to choose from, where there are any."},
    )


class TargetFactsSchema(Shape):
    """What is to be reached."""

    comparison = fields.Enum(
        Comparison, by_value=True, required=True, metadata={"description": "How it is held.", "example": "at_least"}
    )
    value = fields.Float(
        required=True,
        validate=validate.Range(0, _MOST),
        metadata={"description": "A share from 0 to 1, a ratio, or a number.", "example": 0.85},
    )

    @post_load
    def exact(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """The value as written, not as a computer rounds it."""
        return data | {"value": round(Decimal(str(data["value"])), _DIGITS)}


class TargetSchema(TargetFactsSchema):
    """A target of a set; ``county`` is the county's own."""

    set = fields.String(required=True)
    area = fields.String(required=True, metadata={"description": "Areas it holds for, as the start of their codes."})
    indicator = fields.String(required=True)
    year = fields.Integer(required=True, metadata={"description": "The year from which it holds."})


class CatalogueSchema(Shape):
    """What is measured, and what should be reached."""

    definitions = fields.List(fields.Nested(DefinitionSchema), required=True)
    targets = fields.List(fields.Nested(TargetSchema), required=True)


class TypedValueSchema(Shape):
    """A department's figure: always its parts."""

    num = number_field("The numerator.", 18, required=False, allow_none=True, load_default=None)
    den = number_field(
        "The denominator; none for a count.", 20, least=1, required=False, allow_none=True, load_default=None
    )
    evidence = _evidence()
    as_of = _as_of()
    rule_id = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(1, 24),
        metadata={
            "description": "Which way of counting, where the definition has several.",
            "example": "gap_3_months",
        },
    )


class ValueSchema(TypedValueSchema):
    """A figure as it was typed in."""

    id = fields.UUID(required=True)
    unit = fields.String(required=True, attribute="area_code")
    indicator = fields.String(required=True)
    year = fields.Integer(required=True)
    source = choice_field(Source, "Where it comes from.", Source.REPORT)
    definition_version = fields.Integer(required=True)
    entered_at = fields.AwareDateTime(required=True)


class ValueQuery(Shape):
    """Which unit's year."""

    unit = area_code_field(digits="6,9", example="430903")
    year = fields.Integer(
        required=True, validate=validate.Range(2000, 2099), metadata={"description": "The year.", "example": 2026}
    )


class ValuesSchema(Shape):
    """What was typed in of a unit's year."""

    items = fields.List(fields.Nested(ValueSchema), required=True)


class BodiesFactsSchema(Shape):
    """How many bodies there are."""

    bodies = number_field("How many.", 17, 100_000)
    as_of = _as_of()
    evidence = _evidence()


class NewBodiesSchema(BodiesFactsSchema):
    """A count to be entered."""

    site_type = fields.String(
        required=True,
        validate=validate.OneOf([str(type_) for type_ in SECTOR_TYPES]),
        metadata={"description": "Type of body, 05 to 12.", "example": "09"},
    )


class BodiesSchema(BodiesFactsSchema):
    """A count."""

    id = fields.UUID(required=True)
    site_type = fields.String(required=True)
    entered_at = fields.AwareDateTime(required=True)


class BodiesListSchema(Shape):
    """The county's bodies as last counted."""

    items = fields.List(fields.Nested(BodiesSchema), required=True)


DEFINITION = {
    "id": "YY-I1",
    "title_zh": "乡镇（街道）心理咨询室建成率",
    "title_en": "Township rooms built",
    "kind": "rate",
    "numerator_zh": "有运行中咨询室的乡镇（街道）",
    "numerator_en": "townships with an operating room",
    "denominator_zh": "乡镇（街道）",
    "denominator_en": "townships counted",
    "source": "computed",
    "typed": "nothing",
    "unit": "township",
    "version": 1,
    "rules": [],
}
TARGET = {
    "set": "yiyang-2019",
    "area": "4309",
    "indicator": "YY-I1",
    "year": 2019,
    "comparison": "at_least",
    "value": 1.0,
}
VALUE = {
    "id": "01936f3e-0000-7000-8000-0000000000a2",
    "unit": "430903",
    "indicator": "YY-I8",
    "year": 2026,
    "num": 18,
    "den": 20,
    "evidence": "益卫统〔2026〕3号",
    "as_of": "2026-10-31",
    "rule_id": None,
    "source": "report",
    "definition_version": 1,
    "entered_at": "2026-11-02T09:00:00+08:00",
}
BODIES = {
    "id": "01936f3e-0000-7000-8000-0000000000a3",
    "site_type": "09",
    "bodies": 17,
    "as_of": "2026-10-31",
    "evidence": "益卫统〔2026〕3号",
    "entered_at": "2026-11-02T09:00:00+08:00",
}
