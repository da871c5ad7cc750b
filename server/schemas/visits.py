"""The shapes of visits. No field here asks where a worker stood."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.codes_care import SafetyKind, VisitState
from server.domain.codes_plans import NotSeenReason, RescheduleReason, VisitDue, VisitOutcome, VisitType
from server.domain.crisis_reports import CrisisReport
from server.domain.visits import VisitRecord
from server.schemas.plans import note_field
from server.schemas.shape import PageQuery, Shape, area_code_field, of_this_century, period_field
from server.schemas.sweeps import code_field

#: A visit of a whole day, with the ways.
MINUTES_AT_MOST = 720
FACTS_AT_MOST = 2000
_ID = "01936f3e-0000-7000-8000-00000000000"


class VisitEmergencySchema(Shape):
    """What happened that must be answered within two hours."""

    kind = fields.Enum(SafetyKind, by_value=True, required=True,
                       metadata={"description": "What it is about.", "example": "self_harm_thought"})  # fmt: skip
    facts = fields.String(
        required=True,
        validate=validate.Length(1, FACTS_AT_MOST),
        metadata={"description": "What was seen or said.", "example": "本人说不想活了，说时在哭。"},
    )
    actions = fields.String(
        load_default=None,
        validate=validate.Length(1, FACTS_AT_MOST),
        metadata={"description": "What was done at once.", "example": "陪同等候，已打电话给卫生院。"},
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> CrisisReport:
        """The value the rules work on."""
        return CrisisReport(**data)


class VisitRecordSchema(Shape):
    """How a visit went, by the worker's own word."""

    visit_type = fields.Enum(VisitType, by_value=True, required=True,
                             metadata={"description": "How it was made.", "example": "1"})  # fmt: skip
    visited_at = fields.AwareDateTime(
        required=True,
        validate=of_this_century,
        metadata={"description": "When the worker came.", "example": "2026-11-20T02:15:00+00:00"},
    )
    outcome = fields.Enum(VisitOutcome, by_value=True, required=True,
                          metadata={"description": "How it went.", "example": "1"})  # fmt: skip
    not_seen_reason = fields.Enum(
        NotSeenReason, by_value=True, metadata={"description": "With outcome 5, and only then.", "example": "4"}
    )
    mood_note = note_field("What was seen and said, facts only.", "在院子里晒太阳，说昨晚睡了六个小时。")
    minutes = fields.Integer(
        validate=validate.Range(1, MINUTES_AT_MOST), metadata={"description": "How long it took.", "example": 30}
    )
    safety_event = fields.Nested(VisitEmergencySchema, metadata={"description": "With outcome 4, and only then."})

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> VisitRecord:
        """The value the rules work on."""
        return VisitRecord(**data)


class ReschedulingSchema(Shape):
    """Other days for a visit."""

    due_from = fields.Date(required=True, metadata={"description": "First day.", "example": "2026-12-01"})
    due_to = fields.Date(required=True, metadata={"description": "Last day.", "example": "2026-12-10"})
    reason = fields.Enum(RescheduleReason, by_value=True, required=True,
                         metadata={"description": "Code of the reason.", "example": "person_asked"})  # fmt: skip


class VisitAssignmentSchema(Shape):
    """Who is to make a visit."""

    assignee_id = fields.UUID(required=True, metadata={"description": "Works where the person lives.",
                                                       "example": _ID + "4"})  # fmt: skip


class NewVisitSchema(Shape):
    """A visit beside the regular ones."""

    id = fields.UUID(metadata={"description": "Made by the client; left out, the server makes it.",
                               "example": _ID + "1"})  # fmt: skip
    due_from = fields.Date(required=True, metadata={"description": "First day.", "example": "2026-12-01"})
    due_to = fields.Date(required=True, metadata={"description": "Last day.", "example": "2026-12-10"})
    assignee_id = fields.UUID(metadata={"description": "Left out, the plan's visitor.", "example": _ID + "4"})


class VisitQuery(PageQuery):
    """Which visits to list."""

    mine = fields.Boolean(load_default=False, metadata={"description": "Only the caller's to make.", "example": True})
    township_code = area_code_field(required=False, digits="9")
    period = period_field(required=False)
    state = fields.Enum(VisitState, by_value=True, metadata={"description": "Only those that stand here."})
    entry_id = fields.UUID(metadata={"description": "Only of this person's entry."})
    due = fields.Enum(VisitDue, by_value=True, metadata={"description": "Only planned ones that stand so today."})


class VisitTaskSchema(Shape):
    """A visit as whoever is to make it sees it: how to find and meet the person, and nothing clinical."""

    id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    period = period_field()
    due_from = fields.Date(required=True)
    due_to = fields.Date(required=True)
    due = fields.Enum(VisitDue, by_value=True, required=True, allow_none=True,
                      metadata={"description": "None once it was made or called off."})  # fmt: skip
    assignee_id = fields.UUID(required=True)
    state = code_field(VisitState)
    rescheduled = fields.Integer(required=True, metadata={"description": "How often it was moved; twice at most."})
    visit_type = fields.String(required=True, allow_none=True)
    visited_at = fields.AwareDateTime(required=True, allow_none=True)
    minutes = fields.Integer(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)
    not_seen_reason = fields.String(required=True, allow_none=True)
    cancel_reason = fields.String(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True, metadata={"description": "None once the visit was made."})
    phone = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True, metadata={"description": "None where it is protected."})
    language_need = fields.String(required=True, allow_none=True)
    contact_wishes = fields.String(required=True, allow_none=True)
    family_contact = fields.Boolean(
        required=True, allow_none=True,
        metadata={"description": "Whether the person agrees today that the family is talked with."},
    )  # fmt: skip
    safety_note = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "Send it in If-Match to change the visit."})


class VisitSchema(VisitTaskSchema):
    """A visit. What is not required here is shown only to those who look after the person."""

    plan_id = fields.UUID()
    resident_id = fields.UUID()
    entry_no = fields.String(metadata={"example": "43090310220260001"})
    reschedule_reason = fields.String(allow_none=True)
    done_at = fields.AwareDateTime(allow_none=True)
    done_by = fields.UUID(allow_none=True)
    mood_note = fields.String(allow_none=True)
    safety_event_id = fields.UUID(allow_none=True)


class VisitPageSchema(Shape):
    """A page of visits."""

    items = fields.List(fields.Nested(VisitSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
