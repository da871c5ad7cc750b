"""The shapes of providers and their evaluations."""

from datetime import date

from marshmallow import fields

from server.domain.codes_outreach import EvaluationResult
from server.schemas.places import (
    EXAMPLE,
    ChangeSchema,
    NewRecordSchema,
    RecordSchema,
    choice_field,
    day_field,
    place_field,
    text_field,
)
from server.schemas.shape import Shape


class ProviderFactsSchema(Shape):
    """What is registered of a provider."""

    name = text_field("What the institution is called.", "试验县心灵家园服务中心", 80)
    licence_no = text_field("Its licence, as registered.", "TEST-0001", 40)
    supervisor = text_field("The department that supervises it.", "县民政局", 60)
    registered_on = day_field("First day of its registration.", date(2025, 3, 1))
    ended_on = day_field("Last day of its registration.", date(2026, 10, 31), required=False, allow_none=True)


class NewProviderSchema(NewRecordSchema, ProviderFactsSchema):
    """A provider to be entered."""

    area_code = place_field()


class ChangeProviderSchema(ChangeSchema, ProviderFactsSchema):
    """What is to be corrected, or when its registration ended."""


class ProviderSchema(RecordSchema, ProviderFactsSchema):
    """A provider."""


class ProviderPageSchema(Shape):
    """A page of providers."""

    items = fields.List(fields.Nested(ProviderSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class EvaluationFactsSchema(Shape):
    """What an evaluation came to."""

    held_on = day_field("The day of the evaluation.", date(2026, 6, 30))
    result = choice_field(EvaluationResult, "What it came to.", EvaluationResult.PASSED)


class NewEvaluationSchema(NewRecordSchema, EvaluationFactsSchema):
    """An evaluation to be recorded."""


class EvaluationSchema(RecordSchema, EvaluationFactsSchema):
    """An evaluation."""

    provider_id = fields.UUID(required=True)


class EvaluationPageSchema(Shape):
    """A page of evaluations."""

    items = fields.List(fields.Nested(EvaluationSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


PROVIDER = EXAMPLE | {
    "name": "试验县心灵家园服务中心",
    "licence_no": "TEST-0001",
    "supervisor": "县民政局",
    "registered_on": "2025-03-01",
    "ended_on": None,
}
EVALUATION = EXAMPLE | {"provider_id": EXAMPLE["id"], "held_on": "2026-06-30", "result": "passed"}
