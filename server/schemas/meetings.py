"""The shapes of meetings. Names of persons have no field here; whoever writes minutes names units."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.codes_month import MeetingKind, MeetingUnit
from server.domain.meetings import DECISION_AT_MOST, LISTED_AT_MOST, TEXT_AT_MOST, Minutes, NewAction, Present
from server.schemas.shape import PageQuery, Shape, area_code_field, period_field
from server.schemas.sweeps import code_field

_ID = "01980000-0000-7000-8000-00000000000"
LINE = {
    "id": _ID + "1",
    "month_id": _ID + "2",
    "township_code": "430903102",
    "period": "202611",
    "kind": "analysis",
    "due_on": "2026-12-10",
    "held_on": None,
    "late": False,
    "version": 1,
}
ACTION = {
    "id": _ID + "3",
    "meeting_id": _ID + "1",
    "position": 1,
    "owner_unit": "health_centre",
    "text": "十二月底前安排一次心理门诊下乡。",
    "due_on": "2026-12-31",
    "done_at": None,
    "done_by": None,
    "version": 1,
}
MEETING: dict[str, Any] = LINE | {
    "agenda": {
        "overdue": [{"entry_no": "43090310220260001", "what": "visit", "days": 4}],
        "unmet_need": {"03": 1},
        "expiring": [],
    },
    "attendance": {},
    "minutes": None,
    "decisions": [],
    "action_items": [],
    "recorded_by": None,
    "recorded_at": None,
}
HELD = MEETING | {
    "held_on": "2026-12-08",
    "version": 2,
    "attendance": {"health_centre": 2},
    "minutes": "本月研判会听取各单位情况。",
    "decisions": ["逾期走访一周内完成。"],
    "action_items": [ACTION],
    "recorded_by": _ID + "4",
    "recorded_at": "2026-12-08T08:00:00+00:00",
}


class MeetingCallSchema(Shape):
    """Which meeting to call."""

    kind = fields.Enum(
        MeetingKind,
        by_value=True,
        load_default=MeetingKind.ANALYSIS,
        metadata={"description": "A month has one analysis meeting.", "example": "analysis"},
    )


class PresentSchema(Shape):
    """How many people of a unit came; no names."""

    unit = fields.Enum(MeetingUnit, by_value=True, required=True, metadata={"example": "health_centre"})
    people = fields.Integer(required=True, validate=validate.Range(1, 500), metadata={"example": 2})

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Present:
        """The value the rules work on."""
        return Present(**data)


class NewActionSchema(Shape):
    """Which unit does what by when."""

    owner_unit = fields.Enum(MeetingUnit, by_value=True, required=True, metadata={"example": "health_centre"})
    text = fields.String(
        required=True,
        validate=validate.Length(1, DECISION_AT_MOST),
        metadata={"description": "What is to be done; names nobody.", "example": "十二月底前安排一次心理门诊下乡。"},
    )
    due_on = fields.Date(required=True, metadata={"example": "2099-12-31"})

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> NewAction:
        """The value the rules work on."""
        return NewAction(**data)


class MinutesSchema(Shape):
    """What a meeting came to; written once."""

    held_on = fields.Date(required=True, metadata={"description": "The day it was held.", "example": "2026-12-08"})
    attendance = fields.List(
        fields.Nested(PresentSchema),
        required=True,
        validate=validate.Length(1, LISTED_AT_MOST),
        metadata={"description": "Each unit once."},
    )
    minutes = fields.String(
        required=True,
        validate=validate.Length(1, TEXT_AT_MOST),
        metadata={"description": "What was said; names nobody.", "example": "本月研判会听取各单位情况。"},
    )
    decisions = fields.List(
        fields.String(validate=validate.Length(1, DECISION_AT_MOST)),
        required=True,
        validate=validate.Length(max=LISTED_AT_MOST),
        metadata={"example": ["逾期走访一周内完成。"]},
    )
    action_items = fields.List(
        fields.Nested(NewActionSchema), required=True, validate=validate.Length(max=LISTED_AT_MOST)
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Minutes:
        """The value the rules work on."""
        return Minutes(actions=data.pop("action_items"), **data)


class MeetingQuery(PageQuery):
    """Which meetings to list."""

    township_code = area_code_field(required=False, digits="9")
    period = period_field(required=False)
    kind = fields.Enum(MeetingKind, by_value=True, metadata={"description": "Only of this kind."})


class MeetingLineSchema(Shape):
    """A meeting in a list: nothing that was said."""

    id = fields.UUID(required=True)
    month_id = fields.UUID(required=True)
    township_code = area_code_field(digits="9")
    period = period_field()
    kind = code_field(MeetingKind)
    due_on = fields.Date(required=True)
    held_on = fields.Date(required=True, allow_none=True)
    late = fields.Boolean(required=True, metadata={"description": "Held, or still not held, after the 10th."})
    version = fields.Integer(required=True)


class MeetingPageSchema(Shape):
    """A page of meetings."""

    items = fields.List(fields.Nested(MeetingLineSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ActionItemSchema(Shape):
    """An action item."""

    id = fields.UUID(required=True)
    meeting_id = fields.UUID(required=True)
    position = fields.Integer(required=True)
    owner_unit = code_field(MeetingUnit)
    text = fields.String(required=True)
    due_on = fields.Date(required=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    done_by = fields.UUID(required=True, allow_none=True)
    version = fields.Integer(required=True, metadata={"description": "Send it in If-Match to mark it as done."})


class MeetingSchema(MeetingLineSchema):
    """A meeting with its agenda and, once held, its minutes."""

    agenda = fields.Dict(
        required=True, metadata={"description": "Generated when it was called: numbers of entries, days, counts."}
    )
    attendance = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": "People by unit."}
    )
    minutes = fields.String(required=True, allow_none=True)
    decisions = fields.List(fields.String(), required=True)
    action_items = fields.List(fields.Nested(ActionItemSchema), required=True)
    recorded_by = fields.UUID(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True, allow_none=True)
