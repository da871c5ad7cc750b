"""The shapes of case teams: proposing, members, minutes, tasks. No key of an assessment or screening is here."""

from enum import StrEnum
from typing import Any

from marshmallow import fields, post_load, validate, validates_schema
from marshmallow.exceptions import ValidationError

from server.domain.care_notes import NOTE_MAXIMUM
from server.domain.case_teams import NAME_AT_MOST, NewMember, NewMinute, NewTeam, NewTeamTask
from server.domain.codes_teams import Discipline, StandDownReason, TeamReason, TeamState
from server.schemas.shape import PageQuery, Shape, area_code_field

_ID = "01936f3e-0000-7000-8000-00000000000"
#: Longer than any text may be, so that the rule itself, which counts after tidying, answers.
_READ_AT_MOST = 4 * NOTE_MAXIMUM
_CHOSEN = [reason.value for reason in StandDownReason if reason is not StandDownReason.ENTRY_ENDED]


def _code(codes: type[StrEnum], example: str) -> fields.Enum[Any]:
    return fields.Enum(
        codes,
        by_value=True,
        required=True,
        metadata={"description": (codes.__doc__ or "").split("\n")[0], "example": example},
    )


def _new_id() -> fields.UUID:
    return fields.UUID(
        metadata={"description": "Made by the client; left out, the server makes one.", "example": _ID + "9"}
    )


def _text(description: str, example: str) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, _READ_AT_MOST),
        metadata={"description": description, "example": example},
    )


class NewTeamSchema(Shape):
    """A team to be proposed."""

    id = _new_id()
    reason = _code(TeamReason, "unstable")
    safety_note = fields.String(
        validate=validate.Length(1, _READ_AT_MOST),
        metadata={"description": "What members mind when they meet the person; facts, no diagnosis.",
                  "example": "请两人同行，先电话联系家属。"},
    )  # fmt: skip

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> NewTeam:
        """The value the rules work on."""
        return NewTeam(**data)


class NewMemberSchema(Shape):
    """Somebody to be taken in, by account or by name."""

    id = _new_id()
    discipline = _code(Discipline, "volunteer")
    user_id = fields.UUID(metadata={"description": "A user whose role fits the discipline; either this or name."})
    name = fields.String(
        validate=validate.Length(1, NAME_AT_MOST),
        metadata={"description": "Somebody without an account.", "example": "刘志愿"},
    )
    since = fields.Date(metadata={"description": "First day; left out, today.", "example": "2026-11-22"})

    @validates_schema
    def check_one(self, data: dict[str, Any], **_: object) -> None:
        """Hold that exactly one of account and name is given."""
        if ("user_id" in data) == ("name" in data):
            raise ValidationError("Either of two", "user_id")

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> NewMember:
        """The value the rules work on."""
        return NewMember(**data)


class StandDownSchema(Shape):
    """Why a team ends."""

    reason = fields.Enum(
        StandDownReason,
        by_value=True,
        required=True,
        validate=validate.OneOf([reason for reason in StandDownReason if reason.value in _CHOSEN]),
        metadata={"description": "stable, transferred or not_formed.", "example": "transferred"},
    )


class NewMinuteSchema(Shape):
    """What a meeting came to."""

    id = _new_id()
    held_on = fields.Date(required=True, metadata={"description": "Today at the latest.", "example": "2026-11-20"})
    present = fields.List(
        fields.Enum(Discipline, by_value=True),
        required=True,
        validate=validate.Length(1, len(Discipline)),
        metadata={"description": "Disciplines that were there.", "example": ["smd_doctor", "grid"]},
    )
    text = _text("What it came to, in the chair's words; no diagnosis.", "商定每周电话联系一次，网格员每两周上门一次。")

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> NewMinute:
        """The value the rules work on."""
        return NewMinute(**data | {"present": frozenset(data["present"])})


class NewTeamTaskSchema(Shape):
    """A task to be given to a member."""

    id = _new_id()
    assignee_id = fields.UUID(
        required=True, metadata={"description": "A member with an account.", "example": _ID + "2"}
    )
    text = _text("What is to be done; no diagnosis.", "本周内陪同办理医疗救助申请。")
    due_on = fields.Date(required=True, metadata={"description": "Today at the earliest.", "example": "2026-12-20"})

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> NewTeamTask:
        """The value the rules work on."""
        return NewTeamTask(**data)


class TeamQuery(PageQuery):
    """Which teams to list."""

    state = fields.Enum(TeamState, by_value=True, metadata={"description": "Only those that stand here."})


class TeamLineSchema(Shape):
    """A team in a list."""

    id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    area_code = area_code_field(digits="12,15")
    state = fields.String(required=True, validate=validate.OneOf([state.value for state in TeamState]))
    version = fields.Integer(required=True)


class TeamContactSchema(Shape):
    """How to reach the person, whole or shortened by role."""

    name = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    address = fields.String(required=True, allow_none=True)
    language_need = fields.String(required=True, allow_none=True)


class TeamMemberSchema(Shape):
    """One member."""

    id = fields.UUID(required=True)
    discipline = fields.String(required=True, validate=validate.OneOf([one.value for one in Discipline]))
    user_id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True, allow_none=True)
    since = fields.Date(required=True)
    until = fields.Date(
        required=True, allow_none=True, metadata={"description": "First day on which they are no member any more."}
    )
    version = fields.Integer(required=True, metadata={"description": "Send it in If-Match to let them go."})


class TeamSchema(TeamLineSchema):
    """A team as its members are told of it; no key here tells why it was gathered."""

    contact = fields.Nested(TeamContactSchema, required=True)
    safety_note = fields.String(required=True, allow_none=True)
    members = fields.List(fields.Nested(TeamMemberSchema), required=True)


class WholeTeamSchema(TeamSchema):
    """A team with why and by whom; the keys added here are absent for members who visit."""

    opened_reason = fields.String(metadata={"description": "Absent for members who visit."})
    gaps = fields.List(fields.String(), metadata={"description": "What its composition lacks today."})
    created_by = fields.UUID()
    created_at = fields.AwareDateTime()
    constituted_at = fields.AwareDateTime(allow_none=True)
    constituted_by = fields.UUID(allow_none=True)
    activated_at = fields.AwareDateTime(allow_none=True)
    activated_by = fields.UUID(allow_none=True)
    stood_down_at = fields.AwareDateTime(allow_none=True)
    stood_down_by = fields.UUID(allow_none=True)
    stand_down_reason = fields.String(allow_none=True)


class TeamPageSchema(Shape):
    """A page of teams."""

    items = fields.List(fields.Nested(TeamLineSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class MinuteSchema(Shape):
    """A minute."""

    id = fields.UUID(required=True)
    held_on = fields.Date(required=True)
    present = fields.List(fields.String(), required=True)
    text = fields.String(required=True)
    created_by = fields.UUID(required=True)
    created_at = fields.AwareDateTime(required=True)


class MinutePageSchema(Shape):
    """A page of minutes."""

    items = fields.List(fields.Nested(MinuteSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TeamTaskSchema(Shape):
    """A task of a member."""

    id = fields.UUID(required=True)
    team_id = fields.UUID(required=True)
    assignee_id = fields.UUID(required=True)
    text = fields.String(required=True)
    due_on = fields.Date(required=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Integer(required=True)


class TeamTaskPageSchema(Shape):
    """A page of tasks."""

    items = fields.List(fields.Nested(TeamTaskSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


TEAM_EXAMPLE = {
    "id": _ID + "1",
    "entry_id": _ID + "3",
    "area_code": "430903102203001",
    "state": "proposed",
    "contact": {"name": "王秀英", "phone": "00000000001", "address": None, "language_need": None},
    "safety_note": "请两人同行，先电话联系家属。",
    "members": [],
    "version": 1,
    "opened_reason": "unstable",
    "gaps": ["smd_doctor", "village_or_grid", "one_more"],
    "created_by": _ID + "4",
    "created_at": "2026-11-20T08:00:00+00:00",
    "constituted_at": None,
    "constituted_by": None,
    "activated_at": None,
    "activated_by": None,
    "stood_down_at": None,
    "stood_down_by": None,
    "stand_down_reason": None,
}
MINUTE_EXAMPLE = {
    "id": _ID + "5",
    "held_on": "2026-11-20",
    "present": ["grid", "smd_doctor"],
    "text": "商定每周电话联系一次，网格员每两周上门一次。",
    "created_by": _ID + "4",
    "created_at": "2026-11-20T08:00:00+00:00",
}
TASK_EXAMPLE = {
    "id": _ID + "6",
    "team_id": _ID + "1",
    "assignee_id": _ID + "2",
    "text": "本周内陪同办理医疗救助申请。",
    "due_on": "2026-12-20",
    "done_at": None,
    "version": 1,
}
