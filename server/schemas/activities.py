"""The shapes of outreach activities."""

from datetime import date

from marshmallow import fields

from server.domain.codes_outreach import OutreachType
from server.schemas.places import (
    EXAMPLE,
    ChangeSchema,
    NewRecordSchema,
    RecordSchema,
    choice_field,
    day_field,
    number_field,
    place_field,
    text_field,
)
from server.schemas.shape import Shape


class ActivityFactsSchema(Shape):
    """What was done."""

    type = choice_field(OutreachType, "Kind of activity.", OutreachType.INTO_VILLAGE)
    held_on = day_field("The day it was held.", date(2026, 10, 10))
    place = text_field("Where it was held.", "试验村文化广场", 80)
    reach = number_field("How many people it reached; never who.", 120)
    materials = number_field("How many leaflets were given out.", 200)


class NewActivitySchema(NewRecordSchema, ActivityFactsSchema):
    """An activity to be entered."""

    area_code = place_field()


class ChangeActivitySchema(ChangeSchema, ActivityFactsSchema):
    """What is to be corrected."""


class ActivitySchema(RecordSchema, ActivityFactsSchema):
    """An activity."""


class ActivityPageSchema(Shape):
    """A page of activities."""

    items = fields.List(fields.Nested(ActivitySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


ACTIVITY = EXAMPLE | {
    "type": "into_village",
    "held_on": "2026-10-10",
    "place": "试验村文化广场",
    "reach": 120,
    "materials": 200,
}
