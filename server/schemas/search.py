"""The shapes of a search. It is sent as a body, so that nothing personal stands in an address."""

from marshmallow import fields, validate

from server.schemas.residents import EXAMPLE, FoundResidentSchema
from server.schemas.shape import Shape, area_code_field


class SearchSchema(Shape):
    """Exactly one of name, phone and id_no, and the area to look in if not everywhere."""

    name = fields.String(
        validate=validate.Length(1, 40),
        metadata={"description": "The name, or two or more characters of it.", "example": EXAMPLE["name"]},
    )
    phone = fields.String(
        validate=validate.Length(1, 40), metadata={"description": "The whole number.", "example": EXAMPLE["phone"]}
    )
    id_no = fields.String(
        validate=validate.Length(1, 40), metadata={"description": "The whole number.", "example": EXAMPLE["id_no"]}
    )
    area_code = area_code_field(required=False)


class FoundSchema(Shape):
    """Everybody who matches, fifty at most."""

    items = fields.List(fields.Nested(FoundResidentSchema), required=True)
