"""The shapes of a township's month."""

from marshmallow import fields

from server.domain.codes import PeriodState
from server.schemas.shape import PageQuery, Shape, area_code_field, period_field
from server.schemas.sweeps import SweepSchema, code_field


class MonthOpeningSchema(Shape):
    """Which township's month to open."""

    township_code = area_code_field(digits="9")
    period = period_field()


class MonthQuery(PageQuery):
    """Which months to list."""

    township_code = area_code_field(required=False, digits="9")
    period = period_field(required=False)


class DueDatesSchema(Shape):
    """Every date of the month."""

    window_from = fields.Date(required=True, metadata={"description": "First day on which grids file."})
    window_to = fields.Date(required=True, metadata={"description": "Last day on which grids file in time."})
    village_confirm = fields.Date(required=True, metadata={"description": "Villages confirm by this day."})
    township_submit = fields.Date(required=True, metadata={"description": "The judicial office submits by this day."})
    month_close = fields.Date(required=True, metadata={"description": "The township closes the month by this day."})
    close_provisional = fields.Boolean(
        required=True, metadata={"description": "The year's holidays are not known yet; weekends alone were counted."}
    )
    analysis_meeting = fields.Date(required=True, metadata={"description": "The analysis meeting is held by this day."})


class MonthSchema(Shape):
    """A township's month with its dates and both sweeps."""

    id = fields.UUID(required=True)
    township_code = area_code_field(digits="9")
    township_name = fields.String(required=True, metadata={"example": "麒麟桥镇"})
    period = period_field()
    state = code_field(PeriodState)
    closed_by = fields.UUID(required=True, allow_none=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "Send it in If-Match to close the month."})
    due = fields.Nested(DueDatesSchema, required=True)
    sweeps = fields.List(fields.Nested(SweepSchema), required=True)


class MonthPageSchema(Shape):
    """A page of months."""

    items = fields.List(fields.Nested(MonthSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
