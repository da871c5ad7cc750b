"""The shapes of referrals. A side's own keys are left out of every other side's answer."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.codes import Sex
from server.domain.codes_care import ReferralState
from server.domain.codes_referral import (
    Direction,
    ReferralOutcome,
    ReferralReason,
    ReferralRejection,
    ReferralUrgency,
)
from server.domain.referral_packet import NOTE_AT_MOST
from server.schemas.safety import StatedBasisSchema, basis_out_of, optional_id, words
from server.schemas.shape import PageQuery, Shape, area_code_field, of_this_century
from server.schemas.sweeps import code_field


def _urgency() -> fields.Enum[Any]:
    return fields.Enum(
        ReferralUrgency,
        by_value=True,
        required=True,
        metadata={"description": "A code of referral_urgency.", "example": "routine"},
    )


def _reason() -> fields.Enum[Any]:
    return fields.Enum(
        ReferralReason,
        by_value=True,
        required=True,
        metadata={"description": "A code of referral_reason.", "example": "specialist"},
    )


def _note() -> fields.String:
    return fields.String(
        validate=validate.Length(1, NOTE_AT_MOST),
        metadata={
            "description": "What the other side must know to keep everybody safe: short, no diagnosis.",
            "example": "请由女性工作人员联系。",
        },
    )


class _WithBasis(Shape):
    """A shape that may state a legal basis."""

    legal_basis = fields.Nested(StatedBasisSchema)

    @post_load
    def flatten(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """The basis and its reason beside the other values."""
        return basis_out_of(data)


class NewReferralSchema(_WithBasis):
    """A referral out. The packet is generated; nobody types it."""

    id = optional_id("Made by the sender; left out, the server makes it.")
    agency_id = fields.UUID(required=True)
    urgency = _urgency()
    reason = _reason()
    safety_note = _note()


class NewReferralInSchema(_WithBasis):
    """Somebody an agency tells a township of, with their own word or a legal basis."""

    id = optional_id("Made by the sender; left out, the server makes it.")
    agency_id = fields.UUID(required=True, metadata={"description": "Your agency."})
    township_code = area_code_field(digits="9")
    urgency = _urgency()
    reason = _reason()
    name = fields.String(required=True, validate=validate.Length(1, 40), metadata={"example": "欧阳试验"})
    phone = fields.String(validate=validate.Length(5, 20), metadata={"example": "13800001234"})
    sex = fields.Enum(Sex, by_value=True, load_default=Sex.UNKNOWN, metadata={"example": "2"})
    birth_year = fields.Integer(validate=validate.Range(1900, 2100), metadata={"example": 1990})
    person_agreed = fields.Boolean(required=True, metadata={"example": True})
    guardian_agreed = fields.Boolean(load_default=False, metadata={"description": "Needed under 18.", "example": False})
    safety_note = _note()


class ReferralRejectionSchema(Shape):
    """Why the agency cannot, and which other could."""

    reason = fields.Enum(
        ReferralRejection,
        by_value=True,
        required=True,
        metadata={"description": "A code of referral_rejection.", "example": "no_capacity"},
    )
    alternative_agency_id = optional_id("Another agency; needed for the green channel and in an emergency.")


class ReferralAppointmentSchema(Shape):
    """When the person is expected."""

    at = fields.AwareDateTime(
        required=True, validate=of_this_century, metadata={"example": "2096-11-24T01:00:00+00:00"}
    )


class ReferralAttendanceSchema(Shape):
    """Whether the person came."""

    attended = fields.Boolean(required=True, metadata={"example": True})
    at = fields.AwareDateTime(
        validate=of_this_century,
        metadata={"description": "When; left out, now.", "example": "2026-11-21T01:00:00+00:00"},
    )


class ReferralFeedbackSchema(Shape):
    """What came of it."""

    outcome = fields.Enum(
        ReferralOutcome,
        by_value=True,
        required=True,
        metadata={"description": "A code of referral_outcome.", "example": "service_started"},
    )
    text = words("For those who look after the person, and nobody else.", "已约定每两周来一次。")


class SendingBackInSchema(Shape):
    """How somebody is sent back to the community."""

    id = optional_id("Made by the sender; left out, the server makes it.")
    urgency = _urgency()
    safety_note = _note()


class ReferralClosureSchema(Shape):
    """How it ended, where the agency has not told; a referral in needs it."""

    outcome = fields.Enum(
        ReferralOutcome, by_value=True, metadata={"description": "A code of referral_outcome.", "example": "no_need"}
    )


class ReferralQuery(PageQuery):
    """Which referrals to list."""

    state = fields.Enum(ReferralState, by_value=True, metadata={"description": "Only those that stand here."})
    direction = fields.Enum(Direction, by_value=True, metadata={"description": "Only out, or only in."})
    urgency = fields.Enum(ReferralUrgency, by_value=True, metadata={"description": "Only of this urgency."})
    agency_id = optional_id("Only with this agency.")
    entry_id = optional_id("Only of this entry.")
    township_code = area_code_field(required=False, digits="9")
    overdue = fields.Boolean(metadata={"description": "Only those past a time, or only those that are not."})


class PacketSchema(Shape):
    """The minimum about somebody."""

    name = fields.String(required=True)
    contact = fields.String(required=True, allow_none=True)
    age = fields.Integer(required=True, allow_none=True)
    sex = fields.String(required=True)
    reason = fields.String(required=True)
    urgency = fields.String(required=True)
    consent_scope = fields.String(required=True, metadata={"description": "What it rests on."})
    safety_note = fields.String(required=True, allow_none=True)


class ReferralStepSchema(Shape):
    """One move."""

    act = fields.String(required=True)
    from_state = fields.String(required=True, allow_none=True)
    to_state = fields.String(required=True)
    actor_id = fields.UUID(required=True, metadata={"description": "All zeros: the clockwork."})
    at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)


def _instant() -> fields.AwareDateTime:
    return fields.AwareDateTime(required=True, allow_none=True)


class ReferralLineSchema(Shape):
    """Where a referral stands; the entry's keys are left out for an agency."""

    id = fields.UUID(required=True)
    direction = code_field(Direction)
    agency_id = fields.UUID(required=True)
    township_code = area_code_field(digits="9")
    urgency = code_field(ReferralUrgency)
    reason = code_field(ReferralReason)
    state = code_field(ReferralState)
    sent_at, ack_due_at, received_at, seen_due_at = _instant(), _instant(), _instant(), _instant()
    appointment_at, attended_at, feedback_due_at = _instant(), _instant(), _instant()
    feedback_at, closed_at = _instant(), _instant()
    rejection = fields.String(required=True, allow_none=True)
    alternative_agency_id = fields.UUID(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)
    back_of = fields.UUID(required=True, allow_none=True)
    overdue = fields.List(
        fields.String(validate=validate.OneOf(["answer", "seen", "feedback"])),
        required=True,
        metadata={"description": "What is late."},
    )
    next_step = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What the township does with somebody it took: nothing is made by itself."},
    )
    version = fields.Integer(required=True)
    entry_id = fields.UUID(allow_none=True)
    resident_id = fields.UUID(allow_none=True)
    area_code = area_code_field(required=False, digits="9,12,15")
    consent_id = fields.UUID(allow_none=True)
    legal_basis_use_id = fields.UUID(allow_none=True)
    created_by = fields.UUID()
    created_at = fields.AwareDateTime()


class ReferralSchema(ReferralLineSchema):
    """A referral as the caller's side reads it; other sides' keys are left out."""

    packet = fields.Nested(
        PacketSchema, allow_none=True, metadata={"description": "Empty where it is not, or no longer, shown."}
    )
    steps = fields.List(fields.Nested(ReferralStepSchema))
    feedback = fields.String(allow_none=True, metadata={"description": "For those who look after the person."})


class ReferralPageSchema(Shape):
    """A page of referrals."""

    items = fields.List(fields.Nested(ReferralLineSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


#: What the document shows: a referral as its agency reads it.
LINE: dict[str, Any] = {
    "id": "01936f3e-0000-7000-8000-000000000061",
    "direction": "out",
    "agency_id": "01936f3e-0000-7000-8000-000000000051",
    "township_code": "430903102",
    "urgency": "routine",
    "reason": "specialist",
    "state": "sent",
    "sent_at": "2026-11-20T02:15:00+00:00",
    "ack_due_at": "2026-11-25T15:59:59+00:00",
    "received_at": None,
    "seen_due_at": None,
    "appointment_at": None,
    "attended_at": None,
    "feedback_due_at": None,
    "feedback_at": None,
    "closed_at": None,
    "rejection": None,
    "alternative_agency_id": None,
    "outcome": None,
    "back_of": None,
    "overdue": [],
    "next_step": None,
    "version": 3,
}
REFERRAL = LINE | {
    "packet": {
        "name": "欧阳试验",
        "contact": "13800001234",
        "age": 36,
        "sex": "2",
        "reason": "specialist",
        "urgency": "routine",
        "consent_scope": "referral_share",
        "safety_note": None,
    }
}
