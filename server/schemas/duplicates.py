"""The shapes of possible duplicates."""

from marshmallow import fields, validate

from server.domain.duplicates import Decision
from server.schemas.residents import ResidentSchema
from server.schemas.shape import PageQuery, Shape

STATES = ("open", *(str(decision) for decision in Decision))


class DuplicateQuery(PageQuery):
    """Which pairs."""

    state = fields.String(
        validate=validate.OneOf(STATES), metadata={"description": "Only pairs of this state.", "example": "open"}
    )


class DecisionSchema(Shape):
    """What a person found out."""

    decision = fields.Enum(
        Decision,
        by_value=True,
        required=True,
        metadata={"description": "Nothing is merged either way.", "example": "different_people"},
    )


class SideSchema(Shape):
    """One of the two: the person where they live in the caller's area, else their township alone."""

    township_code = fields.String(required=True)
    resident = fields.Nested(ResidentSchema, required=True, allow_none=True)


class PairSchema(Shape):
    """Two residents who may be one person."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)
    matched_on = fields.String(required=True, metadata={"description": "A code of the list match_on."})
    found_at = fields.AwareDateTime(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    decided_at = fields.AwareDateTime(required=True, allow_none=True)
    version = fields.Integer(required=True)
    sides = fields.List(fields.Nested(SideSchema), required=True)


class PairListSchema(Shape):
    """One page of pairs."""

    items = fields.List(fields.Nested(PairSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
