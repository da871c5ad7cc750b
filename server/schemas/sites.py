"""The shapes of service sites, their moves and their checks."""

from datetime import date
from typing import Any

from marshmallow import fields, post_load, validate

from server.domain.codes_sites import CheckItem, CheckResult, SiteReason, SiteState, SiteType
from server.domain.site_states import Move, SiteAct
from server.schemas.places import (
    EXAMPLE,
    ChangeSchema,
    NewRecordSchema,
    PlaceQuery,
    RecordSchema,
    choice_field,
    day_field,
    number_field,
    place_field,
    text_field,
)
from server.schemas.shape import Shape

#: A site may be entered as it is found, but not as one that has ended.
_FOUND = [str(state) for state in (SiteState.PLANNED, SiteState.BUILT, SiteState.OPERATING)]


def _type() -> fields.String:
    return choice_field(SiteType, "Kind of place.", SiteType.TOWNSHIP_ROOM)


class SiteFactsSchema(Shape):
    """What can be said of a site."""

    name = text_field("What the place is called.", "试验镇心理咨询室", 80)
    address = text_field("Where people go.", "试验镇综治中心一楼", 120)
    phone = text_field("The number of the place.", "0000-12345", 30, required=False, allow_none=True)
    hours = text_field("When it is open.", "周一至周五 8:30-17:30", 80)
    hours_per_day = number_field("Hours a day; 24 round the clock.", 9, 24, required=False, allow_none=True)
    accessible = fields.Boolean(required=True, metadata={"description": "A wheelchair gets in.", "example": True})
    psychiatric = fields.Boolean(
        required=True, metadata={"description": "It belongs to a psychiatric hospital.", "example": False}
    )


class NewSiteSchema(NewRecordSchema, SiteFactsSchema):
    """A site to be entered, in the state it is found in."""

    area_code = place_field()
    type = _type()
    state = fields.String(
        required=True,
        validate=validate.OneOf(_FOUND),
        metadata={"description": "The state it is found in.", "example": "operating"},
    )
    since = day_field("Since when it is in that state.", date(2026, 9, 1))


class ChangeSiteSchema(ChangeSchema, SiteFactsSchema):
    """Facts to be corrected."""


class SiteSchema(RecordSchema, SiteFactsSchema):
    """A site."""

    type = _type()
    state = choice_field(SiteState, "Where it stands.", SiteState.OPERATING)


class SitePageSchema(Shape):
    """A page of sites."""

    items = fields.List(fields.Nested(SiteSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class SiteQuery(PlaceQuery):
    """Which sites."""

    type = choice_field(SiteType, "Kind of place.", SiteType.TOWNSHIP_ROOM, required=False)
    state = choice_field(SiteState, "Where it stands.", SiteState.OPERATING, required=False)


class MoveSchema(Shape):
    """What is done with a site."""

    act = fields.Enum(
        SiteAct, by_value=True, required=True, metadata={"description": "What is done.", "example": "suspend"}
    )
    held_on = day_field("The day from which it holds.", date(2026, 11, 2))
    reason = fields.Enum(
        SiteReason, by_value=True, required=True, metadata={"description": "Why.", "example": "staff_missing"}
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Move:
        """The value the rules work on."""
        return Move(**data)


class CheckFactsSchema(Shape):
    """What somebody saw who looked at a site."""

    held_on = day_field("The day it was looked at.", date(2026, 11, 2))
    in_order = fields.List(
        choice_field(CheckItem, "Something found in order.", CheckItem.PRIVATE_ROOM),
        required=True,
        validate=validate.Length(max=len(CheckItem)),
        metadata={"description": "What was found in order.", "example": ["private_room", "crisis_card"]},
    )
    result = choice_field(CheckResult, "What it came to.", CheckResult.TO_IMPROVE)


class NewCheckSchema(NewRecordSchema, CheckFactsSchema):
    """A check to be recorded."""


class CheckSchema(RecordSchema, CheckFactsSchema):
    """A check."""

    site_id = fields.UUID(required=True)


class CheckPageSchema(Shape):
    """A page of checks."""

    items = fields.List(fields.Nested(CheckSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


SITE = EXAMPLE | {
    "type": "02",
    "name": "试验镇心理咨询室",
    "address": "试验镇综治中心一楼",
    "phone": "0000-12345",
    "hours": "周一至周五 8:30-17:30",
    "hours_per_day": 9,
    "accessible": True,
    "psychiatric": False,
    "state": "operating",
}
CHECK = EXAMPLE | {
    "site_id": EXAMPLE["id"],
    "held_on": "2026-11-02",
    "in_order": ["private_room", "crisis_card"],
    "result": "to_improve",
}
