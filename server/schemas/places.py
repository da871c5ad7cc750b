"""What the shapes of sites and of all that belongs to them share."""

from datetime import date
from enum import StrEnum
from typing import Any

from marshmallow import fields, validate

from server.schemas.shape import PageQuery, Shape, area_code_field


def text_field(description: str, example: str, limit: int, **said: Any) -> fields.String:
    """A short text, not empty."""
    said = {"required": True} | said
    return fields.String(
        validate=validate.Length(1, limit), metadata={"description": description, "example": example}, **said
    )


def choice_field(codes: type[StrEnum], description: str, example: StrEnum, **said: Any) -> fields.String:
    """A code of a list."""
    known = validate.OneOf([str(code) for code in codes])
    said = {"required": True} | said
    return fields.String(validate=known, metadata={"description": description, "example": str(example)}, **said)


def day_field(description: str, example: date, **said: Any) -> fields.Date:
    """A calendar day in China."""
    said = {"required": True} | said
    return fields.Date(metadata={"description": description, "example": example.isoformat()}, **said)


def number_field(description: str, example: int, most: int = 10_000_000, least: int = 0, **said: Any) -> fields.Integer:
    """A whole number, not negative."""
    said = {"required": True} | said
    return fields.Integer(
        strict=True,
        validate=validate.Range(least, most),
        metadata={"description": description, "example": example},
        **said,
    )


def place_field() -> fields.String:
    """The county, township or village a record lies in."""
    return area_code_field(digits="6,9,12", example="430903102")


class NewRecordSchema(Shape):
    """What every record of a place may bring along."""

    id = fields.UUID(
        metadata={
            "description": "Made by the sender; left out, the server makes it.",
            "example": "01936f3e-0000-7000-8000-0000000000a1",
        }
    )


class RecordSchema(Shape):
    """What every record of a place answers with."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True, metadata={"description": "Where it lies.", "example": "430903102"})
    version = fields.Integer(required=True, metadata={"description": "Its version, as in the ETag.", "example": 1})


class ChangeSchema(Shape):
    """A change: what is left out stays as it is."""

    def __init__(self, **said: Any) -> None:
        """Require no field."""
        super().__init__(**({"partial": True} | said))


class PlaceQuery(PageQuery):
    """Which records: those under an area."""

    area_code = area_code_field(required=False, digits="6,9,12")


#: What every example of a record begins with.
EXAMPLE: dict[str, Any] = {
    "id": "01936f3e-0000-7000-8000-0000000000a1",
    "area_code": "430903102",
    "version": 1,
}
