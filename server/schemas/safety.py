"""The shapes of safety events. What happened is left out of an answer to whoever does not see it."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.codes import LegalBasis
from server.domain.codes_care import SafetyKind, SafetySource, SafetyState
from server.domain.codes_safety import SafetyRecipient
from server.schemas.shape import PageQuery, Shape, area_code_field, of_this_century
from server.schemas.sweeps import code_field

#: An emergency may be told in a few words.
FACTS_AT_LEAST, TEXT_AT_MOST = 5, 1000


def words(description: str, example: str, *, required: bool = False, at_least: int = 1) -> fields.String:
    """A text people type, kept sealed."""
    return fields.String(
        required=required,
        validate=validate.Length(at_least, TEXT_AT_MOST),
        metadata={"description": description, "example": example},
    )


def optional_id(description: str) -> fields.UUID:
    """An id that may be left out."""
    return fields.UUID(metadata={"description": description})


class StatedBasisSchema(Shape):
    """On which basis it is done without consent; the privacy officer looks into it."""

    basis = fields.Enum(
        LegalBasis,
        by_value=True,
        required=True,
        metadata={"description": "A code of legal_basis.", "example": "1"},
    )
    reason = words("Why it could not wait for consent.", "本人手持刀具，情况危急。", required=True, at_least=5)


def basis_out_of(data: dict[str, Any]) -> dict[str, Any]:
    """The same values, the basis and its reason beside the others."""
    stated = data.pop("legal_basis", None)
    return data if stated is None else data | {"legal_basis": stated["basis"], "basis_reason": stated["reason"]}


class SafetyReportSchema(Shape):
    """An emergency as somebody tells it. No score is asked for."""

    id = optional_id("Made by the sender; left out, the server makes it.")
    area_code = area_code_field(required=False, digits="9,12,15")
    resident_id = optional_id("Whom it is about, if you have to do with them; may be left out.")
    entry_id = optional_id("Their entry, if you have to do with it; may be left out.")
    kind = fields.Enum(
        SafetyKind,
        by_value=True,
        required=True,
        metadata={"description": "A code of safety_event_kind.", "example": "self_harm_thought"},
    )
    facts = words(
        "What was seen or said; where nobody is named, also who it is and where to find them. Sealed.",
        "她说不想活了，家里只有她一人。",
        required=True,
        at_least=FACTS_AT_LEAST,
    )
    actions = words("What was done so far.", "已陪同并联系医生。")
    legal_basis = fields.Nested(StatedBasisSchema)

    @post_load
    def flatten(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """The basis and its reason beside the other values."""
        return basis_out_of(data)


class SafetyQuery(PageQuery):
    """Which safety events to list."""

    state = fields.Enum(SafetyState, by_value=True, metadata={"description": "Only those that stand here."})
    township_code = area_code_field(required=False, digits="9")
    overdue = fields.Boolean(metadata={"description": "Only those past a time, or only those that are not."})


class NewSafetyNoticeSchema(Shape):
    """Who was told. The system itself tells nobody."""

    id = optional_id("Made by the sender; left out, the server makes it.")
    recipient = fields.Enum(
        SafetyRecipient,
        by_value=True,
        required=True,
        metadata={"description": "A code of safety_recipient.", "example": "ambulance_120"},
    )
    told_at = fields.AwareDateTime(
        required=True,
        validate=of_this_century,
        metadata={"description": "When they were told.", "example": "2026-11-20T02:30:00+00:00"},
    )
    note = words("What was said or agreed.", "救护车约二十分钟到。")
    legal_basis = fields.Nested(StatedBasisSchema)

    @post_load
    def flatten(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """The basis and its reason beside the other values."""
        return basis_out_of(data)


class SafetyActionSchema(Shape):
    """What was done."""

    text = words("One thing that was done.", "医生已到场，本人愿意去医院。", required=True)


class SafetyReviewSchema(Shape):
    """What was found in looking back."""

    text = words("What was found; becomes a line of what was done.", "处置及时，已与本人商定后续安排。")


class SafetyNoticeSchema(Shape):
    """Who was told, when, by whom."""

    id = fields.UUID(required=True)
    recipient = code_field(SafetyRecipient)
    told_at = fields.AwareDateTime(required=True)
    told_by = fields.UUID(required=True)
    note = fields.String(required=True, allow_none=True)


class SafetyLineSchema(Shape):
    """Where a safety event stands; its kind only for those who see what happened."""

    id = fields.UUID(required=True)
    area_code = area_code_field()
    source = code_field(SafetySource)
    state = code_field(SafetyState)
    raised_at = fields.AwareDateTime(required=True)
    ack_due_at = fields.AwareDateTime(required=True)
    acknowledged_by = fields.UUID(required=True, allow_none=True)
    acknowledged_at = fields.AwareDateTime(required=True, allow_none=True)
    review_due_at = fields.AwareDateTime(required=True)
    reviewed_by = fields.UUID(required=True, allow_none=True)
    reviewed_at = fields.AwareDateTime(required=True, allow_none=True)
    closed_by = fields.UUID(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    created_by = fields.UUID(required=True)
    overdue = fields.List(
        fields.String(validate=validate.OneOf(["acknowledgement", "review"])),
        required=True,
        metadata={"description": "What is late."},
    )
    version = fields.Integer(required=True)
    kind = fields.String(metadata={"description": "A code of safety_event_kind; left out where it is not shown."})
    entry_id = fields.UUID(allow_none=True)


class SafetyEventSchema(SafetyLineSchema):
    """A safety event; what happened is left out for whoever does not see it."""

    facts = fields.String()
    actions = fields.String(allow_none=True, metadata={"description": "A line for each thing that was done."})
    resident_id = fields.UUID(allow_none=True)
    legal_basis_use_id = fields.UUID(allow_none=True)
    notices = fields.List(fields.Nested(SafetyNoticeSchema))


class SafetyPageSchema(Shape):
    """A page of safety events."""

    items = fields.List(fields.Nested(SafetyLineSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


#: What the document shows.
LINE: dict[str, Any] = {
    "id": "01936f3e-0000-7000-8000-000000000041",
    "area_code": "430903102203001",
    "source": "staff",
    "state": "raised",
    "raised_at": "2026-11-20T02:15:00+00:00",
    "ack_due_at": "2026-11-20T04:15:00+00:00",
    "acknowledged_by": None,
    "acknowledged_at": None,
    "review_due_at": "2026-11-23T02:15:00+00:00",
    "reviewed_by": None,
    "reviewed_at": None,
    "closed_by": None,
    "closed_at": None,
    "created_by": "01936f3e-0000-7000-8000-000000000002",
    "overdue": [],
    "version": 1,
    "kind": "self_harm_thought",
    "entry_id": None,
}
EVENT = LINE | {
    "facts": "她说不想活了，家里只有她一人。",
    "actions": "已陪同并联系医生。",
    "resident_id": None,
    "legal_basis_use_id": None,
    "notices": [
        {
            "id": "01936f3e-0000-7000-8000-000000000042",
            "recipient": "ambulance_120",
            "told_at": "2026-11-20T02:30:00+00:00",
            "told_by": "01936f3e-0000-7000-8000-000000000002",
            "note": None,
        }
    ],
}
