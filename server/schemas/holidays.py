"""The shapes of holidays."""

from marshmallow import fields, validate

from server.schemas.shape import Shape

KINDS = ("holiday", "workday")


def _name(description: str, example: str, limit: int) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, limit),
        metadata={"description": description, "example": example},
    )


class DayEntrySchema(Shape):
    """What a day is to be."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(KINDS),
        metadata={
            "description": "holiday: no work on it; workday: worked though it is a weekend.",
            "example": "holiday",
        },
    )
    name_zh = _name("Name in Chinese.", "国庆节", 40)
    name_en = _name("Name in English.", "National Day", 60)
    source = _name("Where it is announced.", "国办发明电〔2025〕7号", 80)


class NewHolidaySchema(DayEntrySchema):
    """A day to be entered."""

    day = fields.Date(required=True, metadata={"description": "The day.", "example": "2027-10-01"})


class HolidaySchema(NewHolidaySchema):
    """A day that is not what its weekday says."""

    version = fields.Integer(required=True, metadata={"description": "Its version, as in the ETag.", "example": 1})


class HolidayYearQuery(Shape):
    """Which year."""

    year = fields.Integer(
        required=True, validate=validate.Range(2000, 2099), metadata={"description": "The year.", "example": 2026}
    )


class HolidayYearSchema(Shape):
    """A year's days."""

    year = fields.Integer(required=True, metadata={"example": 2026})
    provisional = fields.Boolean(
        required=True,
        metadata={
            "description": "The year's announcement is not entered: weekends only are reckoned.",
            "example": False,
        },
    )
    items = fields.List(fields.Nested(HolidaySchema), required=True)
