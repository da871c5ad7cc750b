"""The shapes of agencies: facts of places, of no person."""

from marshmallow import fields, validate

from server.domain.codes_referral import Destination
from server.schemas.shape import PageQuery, Shape, area_code_field
from server.schemas.sweeps import code_field


class AgencyChangeSchema(Shape):
    """What is corrected; what is left out stays."""

    name = fields.String(validate=validate.Length(2, 80), metadata={"example": "试验县人民医院心理门诊"})
    phone = fields.String(
        validate=validate.Regexp(r"\A[0-9][0-9 -]{1,28}[0-9]\Z"),
        metadata={"description": "The number to book or to ask.", "example": "0000-12345"},
    )
    hours = fields.String(
        validate=validate.Length(1, 80),
        metadata={"description": "When it is open.", "example": "周一至周五 8:00-17:00"},
    )
    township_code = area_code_field(required=False, digits="9", allow_none=True)
    address = fields.String(allow_none=True, validate=validate.Length(1, 120), metadata={"example": "试验路1号"})
    hours_per_day = fields.Integer(allow_none=True, validate=validate.Range(1, 24), metadata={"example": 9})
    capacity = fields.Integer(allow_none=True, validate=validate.Range(0, 9999), metadata={"example": 20})
    green_channel = fields.Boolean(
        metadata={"description": "Takes green-channel and emergency referrals.", "example": True}
    )
    active = fields.Boolean(metadata={"description": "Whether people are still referred there.", "example": True})


class NewAgencySchema(AgencyChangeSchema):
    """An agency to be entered."""

    id = fields.UUID(metadata={"description": "Made by the sender; left out, the server makes it."})
    name = fields.String(required=True, validate=validate.Length(2, 80), metadata={"example": "试验县人民医院心理门诊"})
    kind = fields.Enum(
        Destination,
        by_value=True,
        required=True,
        metadata={"description": "A code of referral_destination.", "example": "14"},
    )
    phone = fields.String(
        required=True,
        validate=validate.Regexp(r"\A[0-9][0-9 -]{1,28}[0-9]\Z"),
        metadata={"description": "The number to book or to ask.", "example": "0000-12345"},
    )
    hours = fields.String(
        required=True,
        validate=validate.Length(1, 80),
        metadata={"description": "When it is open.", "example": "周一至周五 8:00-17:00"},
    )


class AgencyQuery(PageQuery):
    """Which agencies to list."""

    kind = fields.Enum(Destination, by_value=True, metadata={"description": "Only of this kind."})
    green_channel = fields.Boolean(metadata={"description": "Only those with, or without, a green channel."})
    active = fields.Boolean(metadata={"description": "Only those in use, or no longer."})


class AgencySchema(Shape):
    """An agency of the directory."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    kind = code_field(Destination)
    township_code = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True)
    address = fields.String(required=True, allow_none=True)
    hours = fields.String(required=True)
    hours_per_day = fields.Integer(required=True, allow_none=True)
    capacity = fields.Integer(required=True, allow_none=True)
    green_channel = fields.Boolean(required=True)
    active = fields.Boolean(required=True)
    version = fields.Integer(required=True)


class AgencyPageSchema(Shape):
    """A page of agencies."""

    items = fields.List(fields.Nested(AgencySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AgencyMemberSchema(Shape):
    """A user who answers for an agency."""

    user_id = fields.UUID(required=True)
    since = fields.AwareDateTime(required=True)


class AgencyMembersSchema(Shape):
    """Everybody who answers for an agency."""

    items = fields.List(fields.Nested(AgencyMemberSchema), required=True)


#: What the document shows.
AGENCY = {
    "id": "01936f3e-0000-7000-8000-000000000051",
    "name": "试验县人民医院心理门诊",
    "kind": "14",
    "township_code": None,
    "phone": "0000-12345",
    "address": "试验路1号",
    "hours": "周一至周五 8:00-17:00",
    "hours_per_day": 9,
    "capacity": 20,
    "green_channel": True,
    "active": True,
    "version": 1,
}
