"""The shapes of code lists."""

from marshmallow import fields

from server.schemas.shape import Shape


class CodeListSchema(Shape):
    """A list by name."""

    name = fields.String(required=True, metadata={"description": "The list's name.", "example": "ground"})
    count = fields.Integer(required=True, metadata={"description": "How many codes it has.", "example": 7})


class CodeListsSchema(Shape):
    """Every list."""

    items = fields.List(fields.Nested(CodeListSchema), required=True)


class CodeEntrySchema(Shape):
    """One code in both languages."""

    code = fields.String(required=True, metadata={"description": "The code.", "example": "1"})
    zh = fields.String(required=True, metadata={"description": "In Chinese.", "example": "男"})
    en = fields.String(required=True, metadata={"description": "In English.", "example": "Male"})
    valid_from = fields.Date(required=True, allow_none=True, metadata={"description": "First day it may be chosen."})
    valid_to = fields.Date(required=True, allow_none=True, metadata={"description": "Last day it may be chosen."})
    source = fields.String(required=True, metadata={"description": "Where it comes from.", "example": "GB/T 2261.1"})


class CodeEntriesSchema(Shape):
    """A list's codes, in their order."""

    items = fields.List(fields.Nested(CodeEntrySchema), required=True)


class CodeListQuery(Shape):
    """Which codes of the list."""

    valid_on = fields.Date(
        metadata={"description": "Only codes that may be chosen on this day.", "example": "2026-11-03"}
    )
