"""The shapes of observations. No field here takes a care category, a health state or a diagnosis."""

from typing import Any

from marshmallow import fields, post_load, validate
from uuid_utils.compat import uuid7

from server.domain.codes import Ground, ObservationSource, ReturnReason
from server.domain.facts import FACT_MAXIMUM, FACT_MINIMUM
from server.domain.residents import NewResident
from server.domain.returns import ObservationDraft, ObservationState, WordDecision
from server.schemas.residents import NewResidentSchema
from server.schemas.shape import PageQuery, Shape, area_code_field, period_field
from server.schemas.sweeps import code_field

#: Longer than any fact may be, so that the rule itself, which counts after tidying, answers.
_FACT_READ = 4 * FACT_MAXIMUM


class ResidentBroughtSchema(NewResidentSchema):
    """Who an observation is about, when the registry does not know them yet; without an area, the return's own."""

    area_code = area_code_field(required=False, digits="12,15")

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> NewResident:
        """The value the rules work on."""
        filled: dict[str, Any] = {"id": uuid7(), "area_code": ""} | data
        return NewResident(**filled)


class ObservationDraftSchema(Shape):
    """One fact as filed, about a resident brought along or already known."""

    id = fields.UUID(metadata={"description": "Made by the sender; left out, the server makes it."})
    resident = fields.Nested(
        ResidentBroughtSchema, metadata={"description": "Who it is about; either this or resident_id."}
    )
    resident_id = fields.UUID(metadata={"description": "A resident already known, or brought by another item."})
    observed_on = fields.Date(
        required=True,
        metadata={
            "description": "Day of what was seen: today at the latest, 31 days before the month at the earliest.",
            "example": "2026-11-05",
        },
    )
    ground = fields.Enum(
        Ground,
        by_value=True,
        required=True,
        metadata={"description": "The ground it supports; 5 is always returned for facts.", "example": "2"},
    )
    fact = fields.String(
        required=True,
        validate=validate.Length(1, _FACT_READ),
        metadata={
            "description": f"What was seen or said, by whom and when: {FACT_MINIMUM} to {FACT_MAXIMUM} characters, "
            "no judgement of character, no diagnosis.",
            "example": "11月5日上午在村口小卖部，当事人说儿子上月去世后整夜睡不着，已三天没有做饭。",
        },
    )
    source = fields.Enum(
        ObservationSource,
        by_value=True,
        required=True,
        metadata={"description": "How the observer knows.", "example": "told_by_person"},
    )
    urgent = fields.Boolean(
        load_default=False, metadata={"description": "Calls the township within two hours.", "example": False}
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> ObservationDraft:
        """The value the rules work on."""
        return ObservationDraft(**data)


class WordReviewSchema(Shape):
    """What a person found who looked at the fact."""

    decision = fields.Enum(
        WordDecision, by_value=True, required=True, metadata={"description": "The decision.", "example": "cleared"}
    )


class SendingBackSchema(Shape):
    """Why an observation is returned to whoever wrote it."""

    reason = fields.Enum(
        ReturnReason,
        by_value=True,
        required=True,
        metadata={"description": "Code of the reason.", "example": "needs_fact"},
    )


class ObservationQuery(PageQuery):
    """Which observations to list."""

    sweep_id = fields.UUID(metadata={"description": "Only of this sweep."})
    township_code = area_code_field(required=False, digits="9")
    period = period_field(required=False)
    state = fields.Enum(ObservationState, by_value=True, metadata={"description": "Only those that stand here."})
    ground = fields.Enum(Ground, by_value=True, metadata={"description": "Only of this ground."})
    needs_word_review = fields.Boolean(
        metadata={"description": "Whether a forbidden-ground word still waits for somebody to look.", "example": True}
    )


class ObservationSchema(Shape):
    """An observation with its fact."""

    id = fields.UUID(required=True)
    return_id = fields.UUID(required=True, allow_none=True)
    resident_id = fields.UUID(required=True)
    area_code = area_code_field(digits="12,15")
    period = period_field()
    observed_on = fields.Date(required=True)
    ground = code_field(Ground)
    fact = fields.String(required=True)
    source = code_field(ObservationSource)
    urgent = fields.Boolean(required=True)
    needs_word_review = fields.Boolean(required=True)
    word_review_by = fields.UUID(required=True, allow_none=True)
    state = code_field(ObservationState)
    return_reason = fields.String(required=True, allow_none=True)
    created_by = fields.UUID(required=True)
    created_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class ObservationPageSchema(Shape):
    """A page of observations."""

    items = fields.List(fields.Nested(ObservationSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
