"""The shapes of sweeps, of villages' confirmations and of completeness."""

from enum import StrEnum

from marshmallow import fields, validate

from server.domain.codes import SweepKind, SweepState
from server.domain.returns import ReopenReason
from server.schemas.shape import Shape, area_code_field, period_field


def code_field(codes: type[StrEnum]) -> fields.String:
    """A code of a list, as an answer carries it."""
    return fields.String(required=True, validate=validate.OneOf([str(code) for code in codes]))


class SweepSchema(Shape):
    """One sweep of a township's month."""

    id = fields.UUID(required=True)
    month_id = fields.UUID(required=True)
    township_code = area_code_field(digits="9")
    period = period_field()
    kind = code_field(SweepKind)
    state = code_field(SweepState)
    submitted_by = fields.UUID(required=True, allow_none=True)
    submitted_at = fields.AwareDateTime(required=True, allow_none=True)
    reopen_reason = fields.String(required=True, allow_none=True, metadata={"example": "late_return"})
    version = fields.Integer(required=True, metadata={"description": "Send it in If-Match to submit or reopen."})


class ReopeningSchema(Shape):
    """Why a sweep is opened again."""

    reason = fields.Enum(
        ReopenReason,
        by_value=True,
        required=True,
        metadata={"description": "Code of the reason.", "example": "late_return"},
    )


class ConfirmingSchema(Shape):
    """Which village is confirmed."""

    village_code = area_code_field(digits="12")


class ConfirmationSchema(Shape):
    """A village's confirmation with what was counted."""

    id = fields.UUID(required=True)
    sweep_id = fields.UUID(required=True)
    village_code = area_code_field(digits="12")
    return_count = fields.Integer(required=True)
    item_count = fields.Integer(required=True)
    confirmed_by = fields.UUID(required=True)
    confirmed_at = fields.AwareDateTime(required=True)


class ConfirmationPageSchema(Shape):
    """A page of confirmations."""

    items = fields.List(fields.Nested(ConfirmationSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class CountSchema(Shape):
    """Returns of a village, or of all."""

    expected = fields.Integer(required=True, metadata={"description": "Grids, or one for a village without grids."})
    returned = fields.Integer(required=True)
    nil = fields.Integer(required=True, metadata={"description": "Nil returns: whole answers of nothing found."})
    late = fields.Integer(required=True)
    items = fields.Integer(required=True, metadata={"description": "Observations or disputes in the returns."})


class VillageCompletenessSchema(Shape):
    """One village's part."""

    village_code = area_code_field(digits="12")
    village_name = fields.String(required=True, metadata={"example": "麒麟村"})
    count = fields.Nested(CountSchema, required=True)
    missing = fields.List(area_code_field(digits="12,15"), required=True)
    confirmed = fields.Boolean(required=True)


class CompletenessSchema(Shape):
    """Which grids have returned and which have not; totals are the sums of the villages."""

    villages = fields.List(fields.Nested(VillageCompletenessSchema), required=True)
    total = fields.Nested(CountSchema, required=True)
