"""The shapes of hotline contacts. Nobody who called stands in them; a hand-over is never read back here."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.codes_care import SafetyKind
from server.domain.codes_outreach import HotlineChannel, HotlineTopic
from server.domain.sites import HandOver
from server.schemas.places import choice_field
from server.schemas.shape import Shape, area_code_field, of_this_century


class HandOverSchema(Shape):
    """What the township is told of a crisis; it becomes a safety event."""

    area_code = area_code_field(digits="6,9,12")
    kind = fields.Enum(
        SafetyKind,
        by_value=True,
        required=True,
        metadata={"description": "What it is about.", "example": "self_harm_thought"},
    )
    facts = fields.String(
        required=True,
        validate=validate.Length(1, 1000),
        metadata={
            "description": "What was said and what is needed now.",
            "example": "来电人说今晚不想活了，独自在家，愿意等人上门。",
        },
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> HandOver:
        """The value the rules work on."""
        return HandOver(**data)


class HotlineFactsSchema(Shape):
    """What is kept of a contact."""

    channel = choice_field(HotlineChannel, "By which channel.", HotlineChannel.PHONE)
    topic = choice_field(HotlineTopic, "What about.", HotlineTopic.CRISIS)
    held_at = fields.AwareDateTime(
        required=True,
        validate=of_this_century,
        metadata={"description": "When; kept to the hour.", "example": "2026-11-02T21:00:00+08:00"},
    )
    anonymous = fields.Boolean(
        load_default=True, metadata={"description": "The caller stayed unnamed.", "example": True}
    )
    crisis = fields.Boolean(required=True, metadata={"description": "There is danger.", "example": True})


class NewHotlineContactSchema(HotlineFactsSchema):
    """A contact to be recorded."""

    hand_over = fields.Nested(
        HandOverSchema, load_default=None, allow_none=True, metadata={"description": "In a crisis: hand it over."}
    )


class HotlineContactSchema(HotlineFactsSchema):
    """A contact."""

    id = fields.UUID(required=True)
    handed_over = fields.Boolean(
        required=True, metadata={"description": "Whether a safety event was raised; never which."}
    )


class HotlineContactPageSchema(Shape):
    """A page of one's own contacts."""

    items = fields.List(fields.Nested(HotlineContactSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


CONTACT = {
    "id": "4f6a1f0e-3b0c-4d5e-8a51-0d9c8f1b2a3c",
    "channel": "phone",
    "topic": "crisis",
    "held_at": "2026-11-02T21:00:00+08:00",
    "anonymous": True,
    "crisis": True,
    "handed_over": True,
}
