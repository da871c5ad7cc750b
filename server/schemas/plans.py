"""The shapes of guidance plans, their tasks and reviews, and of their rests."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.care_notes import NOTE_MAXIMUM
from server.domain.codes_care import PlanState
from server.domain.codes_plans import (
    AgreedBy,
    ItemFrequency,
    PauseReason,
    PlanEndReason,
    ResumeReason,
    ReviewOutcome,
    VisitFrequency,
)
from server.domain.plans import NewItem, NewReview, PlanContent
from server.schemas.shape import PageQuery, Shape
from server.schemas.sweeps import code_field

SERVICES = tuple(f"{number:02d}" for number in range(1, 18))
SETTINGS = ("individual", "family", "group", "remote")
ITEMS_AT_MOST = 30
_ID = "01936f3e-0000-7000-8000-00000000000"


def note_field(description: str, example: str, *, required: bool = False) -> fields.String:
    """A note in a worker's words; longer than it may be, so that the rule itself, which tidies first, answers."""
    return fields.String(
        required=required,
        allow_none=not required,
        validate=validate.Length(1, 4 * NOTE_MAXIMUM),
        metadata={"description": f"{description} {NOTE_MAXIMUM} characters; no diagnosis.", "example": example},
    )


class NewPlanItemSchema(Shape):
    """One thing somebody is to do."""

    service = fields.String(
        required=True,
        validate=validate.OneOf(SERVICES),
        metadata={"description": "Code of service_type.", "example": "01"},
    )
    setting = fields.String(
        required=True,
        validate=validate.OneOf(SETTINGS),
        metadata={"description": "Code of service_setting.", "example": "individual"},
    )
    owner_id = fields.UUID(required=True, metadata={"description": "Who does it.", "example": _ID + "4"})
    frequency = fields.Enum(ItemFrequency, by_value=True, required=True,
                            metadata={"description": "How often.", "example": "weekly"})  # fmt: skip
    due_on = fields.Date(required=True, metadata={"description": "By when.", "example": "2026-12-20"})
    detail = note_field("What exactly.", "一起练习呼吸放松。")

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> NewItem:
        """The value the rules work on."""
        return NewItem(**data)


class PlanContentSchema(Shape):
    """What a plan says; a draft is changed by sending it whole."""

    goals = note_field("What the person wants to reach, in their words.", "每天出门走一走，夜里能睡着。", required=True)
    items = fields.List(
        fields.Nested(NewPlanItemSchema),
        required=True,
        validate=validate.Length(0, ITEMS_AT_MOST),
        metadata={"description": "Who does what."},
    )
    visit_frequency = fields.Enum(
        VisitFrequency,
        by_value=True,
        load_default=VisitFrequency.MONTHLY,
        metadata={"description": "How often somebody visits; quarterly only when stable.", "example": "monthly"},
    )
    visitor_id = fields.UUID(required=True, metadata={"description": "Who visits.", "example": _ID + "4"})
    lead_id = fields.UUID(metadata={"description": "Who leads; left out, whoever writes it.", "example": _ID + "5"})
    contact_wishes = note_field("When and how the person wants to be visited.", "下午来，先打电话。")
    safety_note = note_field("What a visitor must know to be safe.", "院里有狗，先在门口喊人。")

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> PlanContent:
        """The value the rules work on."""
        return PlanContent(**data | {"items": tuple(data["items"])})


class NewPlanSchema(PlanContentSchema):
    """A version about to be written."""

    id = fields.UUID(metadata={"description": "Made by the client; left out, the server makes it.",
                               "example": _ID + "1"})  # fmt: skip


class AgreementSchema(Shape):
    """That the person agreed, and has the plan in their hands."""

    agreed_by = fields.Enum(AgreedBy, by_value=True, required=True,
                            metadata={"description": "Who agreed.", "example": "self"})  # fmt: skip
    copy_given = fields.Boolean(
        required=True,
        validate=validate.Equal(True),
        metadata={"description": "A copy was given; without it a plan does not begin.", "example": True},
    )


class NewReviewSchema(Shape):
    """A look back about to be signed; it never changes."""

    id = fields.UUID(metadata={"description": "Made by the client; left out, the server makes it.",
                               "example": _ID + "6"})  # fmt: skip
    held_on = fields.Date(required=True, metadata={"description": "Its day.", "example": "2026-11-20"})
    with_person = fields.Boolean(required=True, metadata={"description": "The person took part.", "example": True})
    outcome = fields.Enum(
        ReviewOutcome,
        by_value=True,
        required=True,
        metadata={"description": "settle needs three calm months and makes the person stable.", "example": "continue"},
    )
    note = note_field("What was talked over.", "本人说睡眠好转，愿意继续。", required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> NewReview:
        """The value the rules work on."""
        return NewReview(**data)


class PauseSchema(Shape):
    """Why a plan rests, and until when."""

    reason = fields.Enum(PauseReason, by_value=True, required=True,
                         metadata={"description": "Code of the reason.", "example": "hospital"})  # fmt: skip
    until = fields.Date(required=True, metadata={"description": "Its last day, ninety days away at most.",
                                                 "example": "2026-12-20"})  # fmt: skip


class ResumptionSchema(Shape):
    """Why a plan goes on."""

    reason = fields.Enum(ResumeReason, by_value=True, required=True,
                         metadata={"description": "Code of the reason.", "example": "back"})  # fmt: skip


class PlanItemSchema(Shape):
    """A task of a plan."""

    id = fields.UUID(required=True)
    service = fields.String(required=True, metadata={"example": "01"})
    setting = fields.String(required=True, metadata={"example": "individual"})
    owner_id = fields.UUID(required=True)
    frequency = code_field(ItemFrequency)
    due_on = fields.Date(required=True)
    detail = fields.String(required=True, allow_none=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    done_by = fields.UUID(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "Send it in If-Match to say it is done."})


class OpenItemSchema(Shape):
    """A task of the caller's, and the entry it is for."""

    entry_id = fields.UUID(required=True)
    item = fields.Nested(PlanItemSchema, required=True)


class OpenItemPageSchema(Shape):
    """A page of the caller's own tasks."""

    items = fields.List(fields.Nested(OpenItemSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class OpenItemQuery(PageQuery):
    """Which of the caller's tasks."""


class ReviewSchema(Shape):
    """A signed look back."""

    id = fields.UUID(required=True)
    held_on = fields.Date(required=True)
    with_person = fields.Boolean(required=True)
    outcome = code_field(ReviewOutcome)
    note = fields.String(required=True)
    signed_at = fields.AwareDateTime(required=True)
    signed_by = fields.UUID(required=True)


class PlanSchema(Shape):
    """One version of a plan."""

    id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    number = fields.Integer(required=True, metadata={"description": "Versions are counted from 1."})
    state = code_field(PlanState)
    lead_id = fields.UUID(required=True)
    goals = fields.String(required=True)
    contact_wishes = fields.String(required=True, allow_none=True)
    safety_note = fields.String(required=True, allow_none=True)
    visit_frequency = code_field(VisitFrequency)
    visitor_id = fields.UUID(required=True)
    starts_on = fields.Date(required=True, allow_none=True)
    review_due_on = fields.Date(required=True, allow_none=True)
    agreed_at = fields.AwareDateTime(required=True, allow_none=True)
    agreed_by = fields.String(required=True, allow_none=True, validate=validate.OneOf([str(code) for code in AgreedBy]))
    copy_given = fields.Boolean(required=True)
    ended_on = fields.Date(required=True, allow_none=True)
    end_reason = fields.String(required=True, allow_none=True,
                               validate=validate.OneOf([str(code) for code in PlanEndReason]))  # fmt: skip
    created_by = fields.UUID(required=True)
    created_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True, metadata={"description": "Send it in If-Match to change the plan."})


class PlanDetailSchema(PlanSchema):
    """One version with its tasks and reviews."""

    items = fields.List(fields.Nested(PlanItemSchema), required=True)
    reviews = fields.List(fields.Nested(ReviewSchema), required=True)


class PlansSchema(Shape):
    """A person's versions, the newest first."""

    items = fields.List(fields.Nested(PlanSchema), required=True)
