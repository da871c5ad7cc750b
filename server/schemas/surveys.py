"""The shapes of surveys. A sheet has no name, no author, no time, and no id that a sender would know."""

from datetime import date

from marshmallow import fields, validate

from server.domain.codes_outreach import Residence, SurveyAmong, SurveyMethod
from server.schemas.places import (
    EXAMPLE,
    NewRecordSchema,
    RecordSchema,
    choice_field,
    day_field,
    number_field,
    place_field,
    text_field,
)
from server.schemas.shape import Shape

SHEETS_AT_MOST = 500


class SurveyFactsSchema(Shape):
    """What is asked of whom."""

    title = text_field("What the survey is called.", "2026年心理健康核心知识调查", 80)
    among = choice_field(SurveyAmong, "Whom it asks.", SurveyAmong.RESIDENTS)
    method = choice_field(SurveyMethod, "How knowledge is counted.", SurveyMethod.PASSED)
    held_on = day_field("The day it was held.", date(2026, 10, 20))


class NewSurveySchema(NewRecordSchema, SurveyFactsSchema):
    """A survey to be entered."""

    area_code = place_field()


class SurveySchema(RecordSchema, SurveyFactsSchema):
    """A survey."""


class SurveyPageSchema(Shape):
    """A page of surveys."""

    items = fields.List(fields.Nested(SurveySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SheetSchema(Shape):
    """One sheet as it was filled in."""

    residence = choice_field(Residence, "Urban or rural.", Residence.RURAL)
    correct = number_field("Right answers.", 16, 1000)
    total = number_field("Questions answered.", 20, 1000, least=1)
    has_leaflet = fields.Boolean(
        load_default=None,
        allow_none=True,
        metadata={"description": "The household has a leaflet; leave out where not asked.", "example": True},
    )


class SheetsSchema(Shape):
    """Sheets to be added."""

    answers = fields.List(
        fields.Nested(SheetSchema),
        required=True,
        validate=validate.Length(1, SHEETS_AT_MOST),
        metadata={
            "description": f"The sheets, {SHEETS_AT_MOST} at most.",
            "example": [{"residence": "rural", "correct": 16, "total": 20, "has_leaflet": True}],
        },
    )


class AnsweredSchema(Shape):
    """How many sheets are in."""

    survey_id = fields.UUID(required=True)
    added = fields.Integer(required=True, metadata={"description": "Sheets added now."})
    answers = fields.Integer(required=True, metadata={"description": "Sheets in all."})


SURVEY = EXAMPLE | {
    "title": "2026年心理健康核心知识调查",
    "among": "residents",
    "method": "passed",
    "held_on": "2026-10-20",
}
