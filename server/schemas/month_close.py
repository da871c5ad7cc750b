"""The shapes of a closed month."""

from marshmallow import fields, validate

from server.domain.codes_month import MonthReopenReason
from server.schemas.shape import Shape, area_code_field, period_field

FROZEN = {
    "month_id": "01980000-0000-7000-8000-000000000001",
    "number": 1,
    "closed_by": "01980000-0000-7000-8000-000000000002",
    "closed_at": "2026-12-02T08:00:00+00:00",
    "due_on": "2026-12-03",
    "due_provisional": False,
    "late": False,
    "reopened_at": None,
    "reopen_reason": None,
    "released_at": None,
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "intact": True,
    "figures": {"groups": {"observations": {"2": 3}}, "returns": {}, "late": {}, "operations": {"OP-1": [122, 124]}},
}
LATE = {
    "month_id": "01980000-0000-7000-8000-000000000001",
    "township_code": "430903102",
    "period": "202611",
    "closed_at": "2026-12-02T08:00:00+00:00",
    "counts": {"observations": 1, "visits": 2},
}


class MonthReopeningSchema(Shape):
    """Why a closed month is opened again."""

    reason = fields.Enum(
        MonthReopenReason,
        by_value=True,
        required=True,
        metadata={"description": "Code of the reason.", "example": "correction"},
    )


class FrozenQuery(Shape):
    """Which freezing of a month that was opened again."""

    number = fields.Integer(
        validate=validate.Range(1, 1000),
        metadata={"description": "1, 2, …; left out, the newest.", "example": 1},
    )


class FrozenMonthSchema(Shape):
    """A month's frozen figures, exact."""

    month_id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    closed_by = fields.UUID(required=True)
    closed_at = fields.AwareDateTime(required=True)
    due_on = fields.Date(required=True, metadata={"description": "The third working day of the next month."})
    due_provisional = fields.Boolean(required=True)
    late = fields.Boolean(required=True)
    reopened_at = fields.AwareDateTime(required=True, allow_none=True)
    reopen_reason = fields.String(required=True, allow_none=True)
    released_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Since when the county sees it, small counts hidden."}
    )
    digest = fields.String(
        required=True, metadata={"description": "SHA-256 of the frozen text; the access log has it."}
    )
    intact = fields.Boolean(
        required=True, metadata={"description": "Whether the stored text is the one that was hashed."}
    )
    figures = fields.Dict(
        required=True, metadata={"description": "Counts by group; empty where they are not intact. Names nobody."}
    )


class LateDataSchema(Shape):
    """What came too late for a month's frozen figures."""

    month_id = fields.UUID(required=True)
    township_code = area_code_field(digits="9")
    period = period_field()
    closed_at = fields.AwareDateTime(required=True)
    counts = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": "By kind."}
    )


class MonthlyReturnQuery(Shape):
    """Whose monthly return: a township's, or the county's."""

    area_code = area_code_field(digits="6,9")
    period = period_field()
