"""The shapes of emergencies. Who was hurt stands in none of them."""

from datetime import date

from marshmallow import fields

from server.domain.codes_outreach import EmergencyGrade, EmergencyKind
from server.schemas.places import (
    EXAMPLE,
    ChangeSchema,
    NewRecordSchema,
    RecordSchema,
    choice_field,
    day_field,
    place_field,
)
from server.schemas.shape import Shape


class EmergencyFactsSchema(Shape):
    """What befell an area, and when aid began."""

    kind = choice_field(EmergencyKind, "What befell the area.", EmergencyKind.NATURAL_DISASTER)
    grade = choice_field(EmergencyGrade, "How grave it was.", EmergencyGrade.MAJOR)
    started_on = day_field("The day it began.", date(2026, 7, 3))
    aid_started_on = day_field("The day psychological aid began.", date(2026, 7, 4), required=False, allow_none=True)


class NewEmergencySchema(NewRecordSchema, EmergencyFactsSchema):
    """An emergency to be entered."""

    area_code = place_field()


class ChangeEmergencySchema(ChangeSchema, EmergencyFactsSchema):
    """What is to be corrected, or when aid began."""


class EmergencySchema(RecordSchema, EmergencyFactsSchema):
    """An emergency."""


class EmergencyPageSchema(Shape):
    """A page of emergencies."""

    items = fields.List(fields.Nested(EmergencySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


EMERGENCY = EXAMPLE | {
    "kind": "natural_disaster",
    "grade": "major",
    "started_on": "2026-07-03",
    "aid_started_on": "2026-07-04",
}
