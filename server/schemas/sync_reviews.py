"""The shapes of reviews: work from tablets that waits for the township."""

from marshmallow import fields, validate

from server.domain.codes_sync_push import ReviewReason, ReviewState
from server.schemas.shape import PageQuery, Shape, area_code_field
from server.schemas.sweeps import code_field

_ID = "01936f3e-0000-7000-8000-00000000000"
REVIEW_LINE = {
    "id": _ID + "6",
    "area_code": "430903102203001",
    "op_id": _ID + "1",
    "device_id": _ID + "5",
    "author_id": _ID + "3",
    "kind": "contact",
    "record_id": _ID + "2",
    "captured_at": "2026-11-19T08:30:00+00:00",
    "clock_offset_ms": -1200,
    "code": "contact_differs",
    "field": "phone",
    "state": "open",
    "reason": None,
    "decided_by": None,
    "decided_at": None,
    "created_at": "2026-11-19T09:00:00+00:00",
    "version": 1,
}
REVIEW = REVIEW_LINE | {
    "resident_id": _ID + "7",
    "data": {"changes": {"phone": {"from": "13800001234", "to": "13900005678"}}},
    "base_version": None,
    "current": {"phone": "13700004321"},
    "note": None,
}


class ReviewQuery(PageQuery):
    """Which reviews to list."""

    area_code = area_code_field(required=False, digits="9,12,15")
    state = fields.Enum(ReviewState, by_value=True, metadata={"description": "Only those that stand here."})


class ReviewLineSchema(Shape):
    """What waits, where and why; not what was written."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    op_id = fields.UUID(required=True)
    device_id = fields.UUID(required=True)
    author_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    record_id = fields.UUID(required=True)
    captured_at = fields.AwareDateTime(required=True)
    clock_offset_ms = fields.Integer(required=True, allow_none=True)
    code = fields.String(required=True, metadata={"description": "Why it was not applied."})
    field = fields.String(required=True, allow_none=True)
    state = code_field(ReviewState)
    reason = fields.String(required=True, allow_none=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True, metadata={"description": "Send it in If-Match to decide."})


class DeliveryReviewSchema(ReviewLineSchema):
    """A review with what was written."""

    resident_id = fields.UUID(required=True, allow_none=True)
    data = fields.Raw(
        required=True,
        allow_none=True,
        metadata={"description": "As its kind's data in SYNC.md §5; none once it is applied or replaced."},
    )
    base_version = fields.Integer(required=True, allow_none=True)
    current = fields.Dict(
        required=True, allow_none=True, metadata={"description": "For a contact: what the registry has now."}
    )
    note = fields.String(required=True, allow_none=True)


class ReviewPageSchema(Shape):
    """A page of reviews."""

    items = fields.List(fields.Nested(ReviewLineSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class KeepingSchema(Shape):
    """Why the registry stays as it is."""

    reason = fields.Enum(
        ReviewReason, by_value=True, required=True,
        metadata={"description": "A code of sync_review_reason.", "example": "out_of_date"},
    )  # fmt: skip


class ReturnToAuthorSchema(KeepingSchema):
    """Why its author is to look again."""

    note = fields.String(
        validate=validate.Length(1, 500),
        metadata={"description": "A word to the author; sealed.", "example": "请补充当天的时间和地点。"},
    )
