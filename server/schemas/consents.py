"""The shapes of consents and leaflets."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.codes_care import ConsentScope, ConsentState
from server.domain.codes_consents import ConsentAnswer, ConsentMethod, GivenBy, WithdrawalChannel
from server.domain.consents import Answer, Question
from server.schemas.shape import PageQuery, Shape, area_code_field
from server.schemas.sweeps import code_field

_ID = "01936f3e-0000-7000-8000-00000000000"
_DOCUMENT_AT_MOST = 200


def _how() -> fields.Enum[WithdrawalChannel]:
    return fields.Enum(
        WithdrawalChannel,
        by_value=True,
        required=True,
        metadata={"description": "How the person said so; any way counts.", "example": "person_said"},
    )


class ConsentQuestionSchema(Shape):
    """What somebody is asked, with the leaflet they were given."""

    id = fields.UUID(
        metadata={"description": "Made by the client; left out, the server makes it.", "example": _ID + "1"}
    )
    scope = fields.Enum(
        ConsentScope,
        by_value=True,
        required=True,
        metadata={"description": "What is asked; each scope by itself. Photographs never are.", "example": "contact"},
    )
    agency_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "The one agency, for referral_share and nothing else.", "example": None},
    )
    leaflet_version = fields.String(
        required=True,
        validate=validate.Length(1, 24),
        metadata={"description": "Version of the leaflet handed over; see /leaflets.", "example": "2026-1"},
    )
    person_asked = fields.Boolean(
        load_default=False,
        metadata={
            "description": "The person asked for it themselves, although they said no not long ago.",
            "example": False,
        },
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Question:
        """The value the rules work on."""
        return Question(**data)


class ConsentAnswerSchema(Shape):
    """What was answered, by whom and how."""

    answer = fields.Enum(
        ConsentAnswer,
        by_value=True,
        required=True,
        metadata={"description": "given or refused; a no needs no reason.", "example": "given"},
    )
    given_by = fields.Enum(
        GivenBy,
        by_value=True,
        required=True,
        metadata={
            "description": "Under 14 the guardian; from 14 to 17 both; from 18 the person. A no counts from the "
            "person at any age.",
            "example": "self",
        },
    )
    method = fields.Enum(
        ConsentMethod,
        by_value=True,
        required=True,
        metadata={"description": "How it was given; witnessed needs document.", "example": "paper"},
    )
    document = fields.String(
        validate=validate.Length(1, _DOCUMENT_AT_MOST),
        metadata={
            "description": "Where the signed paper lies, or who witnessed. Sealed.",
            "example": "试验镇综治中心档案柜2号盒第15页",
        },
    )
    valid_to = fields.Date(
        load_default=None,
        allow_none=True,
        metadata={"description": "Last day it holds; left out, until the entry ends.", "example": None},
    )
    guardian_conflict = fields.Boolean(
        load_default=False,
        metadata={
            "description": "From 14 to 17: the guardian was left out for a recorded conflict of interest.",
            "example": False,
        },
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Answer:
        """The value the rules work on."""
        return Answer(**data)


class ConsentWithdrawalSchema(Shape):
    """How somebody took one consent back."""

    how = _how()
    keep_open = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Before there is a plan: the person takes back plan and visits and wishes to stay.",
            "example": False,
        },
    )


class LeavingSchema(Shape):
    """How somebody said that they leave."""

    how = _how()


class ConsentSchema(Shape):
    """One question and its answer."""

    id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    resident_id = fields.UUID(required=True)
    area_code = fields.String(required=True, metadata={"description": "Village or grid of residence."})
    scope = code_field(ConsentScope)
    agency_id = fields.UUID(required=True, allow_none=True)
    state = code_field(ConsentState)
    leaflet_version = fields.String(required=True, metadata={"example": "2026-1"})
    asked_at = fields.AwareDateTime(required=True)
    person_asked = fields.Boolean(required=True)
    answered_at = fields.AwareDateTime(required=True, allow_none=True)
    given_by = fields.String(required=True, allow_none=True)
    method = fields.String(required=True, allow_none=True)
    guardian_conflict = fields.Boolean(required=True)
    valid_to = fields.Date(required=True, allow_none=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)
    withdrawn_by = fields.UUID(required=True, allow_none=True)
    withdrawn_how = fields.String(required=True, allow_none=True)
    ask_again_from = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "Before this day nobody asks again, unless the person does."},
    )
    created_by = fields.UUID(required=True, metadata={"description": "Who asked."})
    version = fields.Integer(required=True)


class OpenedConsentSchema(ConsentSchema):
    """The same with its document, for readers who see the log of consents in full; others get no such key."""

    document = fields.String(
        allow_none=True, metadata={"description": "Where the signed paper lies, or who witnessed."}
    )


class ConsentsSchema(Shape):
    """Everything one person was asked, oldest first."""

    items = fields.List(fields.Nested(OpenedConsentSchema), required=True)


class ConsentQuery(PageQuery):
    """Which consents of the register."""

    state = fields.Enum(ConsentState, by_value=True, metadata={"description": "One state.", "example": "given"})
    scope = fields.Enum(ConsentScope, by_value=True, metadata={"description": "One scope.", "example": "assessment"})
    township_code = area_code_field(required=False, digits="9")


class ConsentPageSchema(Shape):
    """A page of the register, by id: no names, no documents."""

    items = fields.List(fields.Nested(ConsentSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class LeafletQuery(Shape):
    """Which leaflets."""

    scope = fields.Enum(ConsentScope, by_value=True, metadata={"description": "Of one question.", "example": "contact"})


class LeafletSchema(Shape):
    """What is given out before one question is asked."""

    version = fields.String(required=True, metadata={"example": "2026-1"})
    scope = code_field(ConsentScope)
    zh = fields.String(required=True, metadata={"description": "The text in Chinese."})
    en = fields.String(required=True, metadata={"description": "The text in English."})
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)


class LeafletsSchema(Shape):
    """The leaflets given out today."""

    items = fields.List(fields.Nested(LeafletSchema), required=True)


CONSENT: dict[str, object] = {
    "id": _ID + "1",
    "entry_id": _ID + "2",
    "resident_id": _ID + "3",
    "area_code": "430903102203001",
    "scope": "assessment",
    "agency_id": None,
    "state": "given",
    "leaflet_version": "2026-1",
    "asked_at": "2026-11-20T02:15:00+00:00",
    "person_asked": False,
    "answered_at": "2026-11-20T02:40:00+00:00",
    "given_by": "self",
    "method": "paper",
    "guardian_conflict": False,
    "valid_to": None,
    "withdrawn_at": None,
    "withdrawn_by": None,
    "withdrawn_how": None,
    "ask_again_from": None,
    "created_by": _ID + "4",
    "version": 2,
}
LEAFLET: dict[str, object] = {
    "version": "2026-1",
    "scope": "contact",
    "zh": "要不要参加，完全由您自己决定。",
    "en": "Whether you take part is entirely up to you.",
    "valid_from": "2026-01-01",
    "valid_to": None,
}
