"""The shapes of community rehabilitation and of family schools."""

from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.codes_teams import RehabActivity, RehabEndReason
from server.domain.rehab import Ending, NewAttendance, NewEnrolment, NewSession
from server.schemas.shape import PageQuery, Shape, area_code_field

_ID = "01936f3e-0000-7000-8000-00000000000"
MOST_ATTENDEES = 10_000


def _new_id() -> fields.UUID:
    return fields.UUID(
        metadata={"description": "Made by the client; left out, the server makes one.", "example": _ID + "9"}
    )


def _site() -> fields.UUID:
    return fields.UUID(required=True, metadata={"description": "A site of the county.", "example": _ID + "7"})


class NewEnrolmentSchema(Shape):
    """A place to be given."""

    id = _new_id()
    site_id = _site()
    started_on = fields.Date(required=True, metadata={"description": "Today at the latest.", "example": "2026-11-20"})

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> NewEnrolment:
        """The value the rules work on."""
        return NewEnrolment(**data)


class EndingSchema(Shape):
    """The end of a place."""

    ended_on = fields.Date(required=True, metadata={"description": "Last day.", "example": "2026-11-21"})
    reason = fields.Enum(
        RehabEndReason,
        by_value=True,
        required=True,
        validate=validate.NoneOf([RehabEndReason.ENTRY_ENDED]),
        metadata={"description": "Why; entry_ended is the clockwork's own.", "example": "completed"},
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Ending:
        """The value the rules work on."""
        return Ending(**data)


class NewAttendanceSchema(Shape):
    """A day to be written down."""

    id = _new_id()
    attended_on = fields.Date(required=True, metadata={"description": "Today at the latest.", "example": "2026-11-21"})
    activity = fields.Enum(
        RehabActivity, by_value=True, required=True, metadata={"description": "What it was.", "example": "vocational"}
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> NewAttendance:
        """The value the rules work on."""
        return NewAttendance(**data)


class EnrolmentSchema(Shape):
    """A place, from a day to a day."""

    id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    site_id = fields.UUID(required=True)
    started_on = fields.Date(required=True)
    ended_on = fields.Date(required=True, allow_none=True)
    end_reason = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)


class EnrolmentListSchema(Shape):
    """Every place somebody has or had."""

    items = fields.List(fields.Nested(EnrolmentSchema), required=True)


class AttendanceSchema(Shape):
    """One day of one place."""

    id = fields.UUID(required=True)
    attended_on = fields.Date(required=True)
    activity = fields.String(required=True, validate=validate.OneOf([one.value for one in RehabActivity]))


class AttendancePageSchema(Shape):
    """A page of days."""

    items = fields.List(fields.Nested(AttendanceSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class NewSessionSchema(Shape):
    """A session of a family school: counts, never names."""

    id = _new_id()
    site_id = _site()
    held_on = fields.Date(required=True, metadata={"description": "Today at the latest.", "example": "2026-11-20"})
    topic = fields.String(
        required=True,
        validate=validate.Length(1, 80),
        metadata={"description": "What it was about; no person is named.", "example": "怎样陪伴家人按时服药"},
    )
    attendees = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, MOST_ATTENDEES),
        metadata={"description": "How many came.", "example": 18},
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> NewSession:
        """The value the rules work on."""
        return NewSession(**data)


class SessionQuery(PageQuery):
    """Which sessions to list."""

    site_id = fields.UUID(metadata={"description": "Only of this site."})


class FamilySchoolSessionSchema(Shape):
    """One session of a family school."""

    id = fields.UUID(required=True)
    site_id = fields.UUID(required=True)
    area_code = area_code_field(digits="6,9,12")
    held_on = fields.Date(required=True)
    topic = fields.String(required=True)
    attendees = fields.Integer(
        required=True, allow_none=True, metadata={"description": "None for a supervisor where one to four came."}
    )
    created_at = fields.AwareDateTime(required=True)


class SessionPageSchema(Shape):
    """A page of sessions."""

    items = fields.List(fields.Nested(FamilySchoolSessionSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


ENROLMENT_EXAMPLE = {
    "id": _ID + "1",
    "entry_id": _ID + "2",
    "site_id": _ID + "7",
    "started_on": "2026-11-20",
    "ended_on": None,
    "end_reason": None,
    "version": 1,
}
ATTENDANCE_EXAMPLE = {"id": _ID + "3", "attended_on": "2026-11-21", "activity": "vocational"}
SESSION_EXAMPLE = {
    "id": _ID + "4",
    "site_id": _ID + "7",
    "area_code": "430903102",
    "held_on": "2026-11-20",
    "topic": "怎样陪伴家人按时服药",
    "attendees": 18,
    "created_at": "2026-11-20T08:00:00+00:00",
}
