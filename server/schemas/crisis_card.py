"""The shapes of the crisis card."""

from marshmallow import fields, validate

from server.schemas.shape import Shape


def _text(description: str, example: str, at_most: int) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, at_most),
        metadata={"description": description, "example": example},
    )


def _code() -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Regexp(r"\A[a-z0-9_-]{2,24}\Z"),
        metadata={"description": "What the number is called in addresses.", "example": "county_line"},
    )


class NumberEntrySchema(Shape):
    """What the card says of a number."""

    zh = _text("Whose number it is, in Chinese.", "试验县心理援助热线", 60)
    en = _text("Whose number it is, in English.", "Trial county's aid line", 120)
    number = fields.String(
        required=True,
        validate=validate.Regexp(r"\A[0-9][0-9 -]{1,28}[0-9]\Z"),
        metadata={"description": "The number to dial.", "example": "0000-12345"},
    )
    hours_zh = _text("When somebody answers, in Chinese.", "全天24小时", 60)
    hours_en = _text("When somebody answers, in English.", "24 hours, every day", 60)
    position = fields.Integer(
        load_default=100,
        validate=validate.Range(1, 999),
        metadata={"description": "Its place on the card; smaller first.", "example": 100},
    )


class NewNumberSchema(NumberEntrySchema):
    """A number to be put on the card."""

    code = _code()


class CrisisNumberSchema(Shape):
    """One line of the card."""

    code = fields.String(required=True)
    zh = fields.String(required=True)
    en = fields.String(required=True)
    number = fields.String(required=True)
    hours_zh = fields.String(required=True)
    hours_en = fields.String(required=True)
    national = fields.Boolean(required=True, metadata={"description": "The country's own; stays on every card."})
    version = fields.Integer(required=True, metadata={"description": "For If-Match; 0 for a national number."})


class CrisisCardSchema(Shape):
    """The whole card: national numbers first."""

    items = fields.List(fields.Nested(CrisisNumberSchema), required=True)


#: What the document shows.
NUMBER = {
    "code": "county_line",
    "zh": "试验县心理援助热线",
    "en": "Trial county's aid line",
    "number": "0000-12345",
    "hours_zh": "全天24小时",
    "hours_en": "24 hours, every day",
    "national": False,
    "version": 1,
}
CARD = {
    "items": [
        {
            "code": "12356",
            "zh": "全国统一心理援助热线",
            "en": "National psychological aid line",
            "number": "12356",
            "hours_zh": "每天不少于18小时",
            "hours_en": "At least 18 hours a day",
            "national": True,
            "version": 0,
        },
        NUMBER,
    ]
}
