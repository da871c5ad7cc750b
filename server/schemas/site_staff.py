"""The shapes of a site's staff and their trainings. Nobody's name stands in them."""

from datetime import date

from marshmallow import fields

from server.domain.codes_sites import Employment, Qualification, TrainingTopic
from server.schemas.places import (
    EXAMPLE,
    ChangeSchema,
    NewRecordSchema,
    RecordSchema,
    choice_field,
    day_field,
    text_field,
)
from server.schemas.shape import Shape


class StaffFactsSchema(Shape):
    """What is known of a member of staff."""

    staff_no = text_field("The employer's own staff number; no name.", "A-017", 20)
    qualification = choice_field(Qualification, "What they are trained as.", Qualification.COUNSELLOR)
    employment = choice_field(Employment, "Full time or part time.", Employment.PART_TIME)
    since = day_field("First day at the site.", date(2026, 9, 1))
    until = day_field("Last day at the site.", date(2026, 12, 31), required=False, allow_none=True)


class NewStaffSchema(NewRecordSchema, StaffFactsSchema):
    """A member to be entered."""


class ChangeStaffSchema(ChangeSchema, StaffFactsSchema):
    """What is to be corrected, or when somebody left."""


class StaffSchema(RecordSchema, StaffFactsSchema):
    """A member of staff."""

    site_id = fields.UUID(required=True)


class StaffPageSchema(Shape):
    """A page of staff."""

    items = fields.List(fields.Nested(StaffSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TrainingFactsSchema(Shape):
    """What somebody was trained in."""

    topic = choice_field(TrainingTopic, "What about.", TrainingTopic.CRISIS)
    held_on = day_field("The day of the training.", date(2026, 10, 12))
    valid_to = day_field("The last day it counts.", date(2028, 10, 11))


class NewTrainingSchema(NewRecordSchema, TrainingFactsSchema):
    """A training to be recorded."""


class TrainingSchema(RecordSchema, TrainingFactsSchema):
    """A training."""

    staff_id = fields.UUID(required=True)


class TrainingPageSchema(Shape):
    """A page of trainings."""

    items = fields.List(fields.Nested(TrainingSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


STAFF = EXAMPLE | {
    "site_id": EXAMPLE["id"],
    "staff_no": "A-017",
    "qualification": "counsellor",
    "employment": "part_time",
    "since": "2026-09-01",
    "until": None,
}
TRAINING = EXAMPLE | {
    "staff_id": EXAMPLE["id"],
    "topic": "crisis",
    "held_on": "2026-10-12",
    "valid_to": "2028-10-11",
}
