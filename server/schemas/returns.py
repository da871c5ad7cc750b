"""The shapes of grid returns."""

from datetime import UTC
from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.returns import ITEMS_AT_MOST, LateReason, ReturnDraft
from server.schemas.disputes import DisputeDraftSchema
from server.schemas.observations import ObservationDraftSchema
from server.schemas.shape import PageQuery, Shape, area_code_field, of_this_century


class ReturnDraftSchema(Shape):
    """One grid's whole return: observations in a concern sweep, disputes in a dispute sweep, or nil."""

    id = fields.UUID(metadata={"description": "Made by the sender; left out, the server makes it."})
    area_code = area_code_field(digits="12,15", description="The grid, or a village that has none.")
    captured_at = fields.AwareDateTime(
        validate=of_this_century,
        metadata={
            "description": "When it was written in the field, by the device's clock.",
            "example": "2026-11-05T02:10:00+00:00",
        },
    )
    nil = fields.Boolean(
        required=True,
        metadata={
            "description": "Nothing was found: a whole answer, exactly when there are no items.",
            "example": False,
        },
    )
    late_reason = fields.Enum(
        LateReason, by_value=True, metadata={"description": "Needed after the 20th.", "example": "offline"}
    )
    observations = fields.List(
        fields.Nested(ObservationDraftSchema),
        load_default=list,
        validate=validate.Length(max=ITEMS_AT_MOST),
        metadata={"description": f"Up to {ITEMS_AT_MOST}."},
    )
    disputes = fields.List(
        fields.Nested(DisputeDraftSchema),
        load_default=list,
        validate=validate.Length(max=ITEMS_AT_MOST),
        metadata={"description": f"Up to {ITEMS_AT_MOST}."},
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> ReturnDraft:
        """The value the rules work on; its time is told in UTC."""
        if "captured_at" in data:
            data["captured_at"] = data["captured_at"].astimezone(UTC)
        items = {name: tuple(data[name]) for name in ("observations", "disputes")}
        return ReturnDraft(**data | items)


class ReturnQuery(PageQuery):
    """Which returns to list."""

    sweep_id = fields.UUID(required=True, metadata={"description": "The sweep they were filed for."})


class ReturnSchema(Shape):
    """One return: counts and times, no person."""

    id = fields.UUID(required=True)
    sweep_id = fields.UUID(required=True)
    area_code = area_code_field(digits="12,15")
    nil = fields.Boolean(required=True)
    item_count = fields.Integer(required=True)
    submitted_at = fields.AwareDateTime(required=True)
    captured_at = fields.AwareDateTime(required=True, allow_none=True)
    late = fields.Boolean(required=True)
    late_reason = fields.String(required=True, allow_none=True)
    created_by = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"description": "Send it in If-Match to add an item."})


class ReturnPageSchema(Shape):
    """A page of returns."""

    items = fields.List(fields.Nested(ReturnSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
