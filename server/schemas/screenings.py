"""The shapes of screenings. Only assessors, clinicians and counsellors are ever answered with them (invariant 7)."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.codes_care import SafetyKind
from server.domain.codes_instruments import ScreeningMode
from server.domain.crisis_reports import CrisisReport
from server.schemas.instruments import TextsSchema, instrument_code_field
from server.schemas.shape import Shape, of_this_century
from server.schemas.sweeps import code_field
from server.store.screenings import NewScreening

ITEMS_AT_MOST = 200
FACTS_AT_MOST = 500
_ITEM = validate.Regexp(r"\A[1-9][0-9]{0,2}\Z")
_ID = "01936f3e-0000-7000-8000-0000000000"


class CrisisReportSchema(Shape):
    """The emergency that an answer brought to light: raised together with the form."""

    kind = fields.Enum(
        SafetyKind, by_value=True, required=True,
        metadata={"description": "What it is about.", "example": "self_harm_thought"},
    )  # fmt: skip
    facts = fields.String(
        required=True,
        validate=validate.Length(1, FACTS_AT_MOST),
        metadata={
            "description": "What the person said about thoughts, plan, means and time; no diagnosis.",
            "example": "本人说近一周夜里想过不如死掉，没有计划，家人在身边。",
        },
    )
    actions = fields.String(
        load_default=None,
        validate=validate.Length(max=FACTS_AT_MOST),
        metadata={"description": "What was done at once.", "example": "女儿已到场陪同，已电话联系临床医生。"},
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> CrisisReport:
        """The value the use case takes."""
        return CrisisReport(**data)


class NewScreeningSchema(Shape):
    """A form that was filled in."""

    id = fields.UUID(metadata={"description": "Made by the client; left out, the server makes one."})
    instrument = instrument_code_field("The instrument's code.", "gad-7")
    edition = instrument_code_field("Its edition.", "2006")
    mode = fields.Enum(
        ScreeningMode, by_value=True, required=True,
        metadata={"description": "Filled in alone, or asked.", "example": "interview"},
    )  # fmt: skip
    held_at = fields.AwareDateTime(
        required=True,
        validate=of_this_century,
        metadata={"description": "When it was filled in.", "example": "2026-11-05T10:10:00+08:00"},
    )
    answers = fields.Dict(
        keys=fields.String(validate=_ITEM),
        values=fields.Integer(strict=True, validate=validate.Range(0, 10_000)),
        required=True,
        validate=validate.Length(1, ITEMS_AT_MOST),
        metadata={"description": "The value of the option ticked, by item number.", "example": {"1": 1, "2": 0}},
    )
    disclaimer_shown = fields.Boolean(
        required=True,
        metadata={"description": "The person was shown that a screening is no diagnosis.", "example": True},
    )
    age_confirmed = fields.Boolean(
        load_default=False,
        metadata={
            "description": "The interviewer asked for the age, which the registry does not know, and it fits.",
            "example": False,
        },
    )
    assessment_id = fields.UUID(metadata={"description": "An assessment of the same entry that it belongs to."})
    safety_event_id = fields.UUID(
        metadata={"description": "A safety event about this person raised within the last 24 hours."}
    )
    safety_event = fields.Nested(
        CrisisReportSchema,
        metadata={"description": "Needed where a crisis item was answered yes, unless one was just raised."},
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> NewScreening:
        """The value the use case takes."""
        answers = {int(item): value for item, value in data.pop("answers").items()}
        return NewScreening(answers=answers, **data)


class ScreeningSchema(Shape):
    """A screening in plain words. Screening, not a diagnosis (筛查结果不是诊断)."""

    id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    assessment_id = fields.UUID(required=True, allow_none=True)
    instrument = fields.String(required=True)
    edition = fields.String(required=True)
    name = fields.Nested(TextsSchema, required=True)
    mode = code_field(ScreeningMode)
    held_at = fields.AwareDateTime(required=True)
    answers = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    total = fields.Integer(required=True)
    band = fields.String(required=True)
    meaning = fields.Nested(TextsSchema, required=True, metadata={"description": "The band in plain words."})
    next_step = fields.Nested(
        TextsSchema, required=True, metadata={"description": "What to propose; nothing follows by itself."}
    )
    talk_offer = fields.Nested(
        TextsSchema, required=True, allow_none=True, metadata={"description": "An answer deserves a talk; no crisis."}
    )
    refer = fields.Boolean(required=True, metadata={"description": "A doctor should take a closer look."})
    crisis_item_positive = fields.Boolean(required=True)
    ask_items = fields.List(fields.Integer(), required=True)
    cut_off = fields.Integer(required=True, allow_none=True)
    safety_event_id = fields.UUID(required=True, allow_none=True)
    unreviewed = fields.List(
        fields.String(validate=validate.OneOf(["zh", "en"])),
        required=True,
        metadata={"description": "Languages in which the form's wording was not the reviewed one."},
    )
    disclaimer = fields.Nested(TextsSchema, required=True)
    created_by = fields.UUID(required=True)
    created_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class ScreeningsSchema(Shape):
    """One person's screenings."""

    items = fields.List(fields.Nested(ScreeningSchema), required=True)
