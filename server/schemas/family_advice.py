"""The shapes of advice given to families."""

from marshmallow import fields, validate

from server.domain.codes import GuardianRelation
from server.domain.codes_plans import AdviceCode, FamilyReply
from server.schemas.plans import note_field
from server.schemas.shape import PageQuery, Shape
from server.schemas.sweeps import code_field

_ID = "01936f3e-0000-7000-8000-00000000000"


class NewAdviceSchema(Shape):
    """What a family was told; written once."""

    id = fields.UUID(metadata={"description": "Made by the client; left out, the server makes it.",
                               "example": _ID + "1"})  # fmt: skip
    given_on = fields.Date(required=True, metadata={"description": "Its day.", "example": "2026-11-20"})
    relation = fields.Enum(GuardianRelation, by_value=True, required=True,
                           metadata={"description": "Who was told, by GB/T 4761.", "example": "1"})  # fmt: skip
    advice = fields.List(
        fields.Enum(AdviceCode, by_value=True),
        required=True,
        validate=validate.Length(1, len(AdviceCode)),
        metadata={"description": "What was advised.", "example": ["see_doctor"]},
    )
    leaflet_version = fields.String(
        validate=validate.Regexp(r"\A[0-9A-Za-z.-]{1,24}\Z"),
        metadata={"description": "Which leaflet was left with them.", "example": "2026-1"},
    )
    reply = fields.Enum(FamilyReply, by_value=True, required=True,
                        metadata={"description": "What the family answered.", "example": "will_do"})  # fmt: skip
    narrative = note_field("What else was said.", "丈夫说这周末陪她去县医院。")
    visit_id = fields.UUID(metadata={"description": "At which visit; workers who only visit must name theirs.",
                                     "example": _ID + "2"})  # fmt: skip
    legal_basis_use_id = fields.UUID(metadata={"description": "In place of consent: the act without it that was "
                                               "written down for this person.", "example": _ID + "3"})  # fmt: skip


class AdviceSchema(Shape):
    """What a family was told, and what it answered."""

    id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True, allow_none=True)
    given_on = fields.Date(required=True)
    relation = code_field(GuardianRelation)
    consent_id = fields.UUID(required=True, allow_none=True)
    legal_basis_use_id = fields.UUID(required=True, allow_none=True)
    advice = fields.List(code_field(AdviceCode), required=True)
    leaflet_version = fields.String(required=True, allow_none=True)
    reply = code_field(FamilyReply)
    narrative = fields.String(required=True, allow_none=True)
    created_by = fields.UUID(required=True)
    created_at = fields.AwareDateTime(required=True)
    version = fields.Integer(required=True)


class AdvicePageSchema(Shape):
    """A page of advice."""

    items = fields.List(fields.Nested(AdviceSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class AdviceQuery(PageQuery):
    """Which page of advice."""
