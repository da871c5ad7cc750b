"""What all shapes share: unknown fields are refused, and keys keep their order."""

from datetime import datetime

from marshmallow import RAISE, Schema, ValidationError, fields, validate

_CENTURY = range(2000, 2100)


def of_this_century(instant: datetime) -> None:
    """For every instant that is sent: it can be reckoned with; else ValidationError, told as ``field_instant``."""
    if instant.year not in _CENTURY:
        raise ValidationError("An instant of this century")


class Shape(Schema):
    """The root of every wire shape: unknown fields are an error, in both directions of use."""

    class Meta:
        """Refuse what nobody asked for."""

        unknown = RAISE
        ordered = True


class PageQuery(Shape):
    """Which page: how many at most, and where to go on."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, 500),
        metadata={"description": "Records on the page, 500 at most.", "example": 50},
    )
    cursor = fields.String(
        validate=validate.Length(max=400),
        metadata={"description": "next_cursor of the page before; leave it out for the first page."},
    )


def area_code_field(*, required: bool = True, digits: str = "6,9,12,15", **extra: object) -> fields.String:
    """A division code as text: 6 county, 9 township, 12 village or 15 grid digits."""
    lengths = "|".join(rf"\d{{{length}}}" for length in digits.split(","))
    example = "430903102203001"[: int(digits.rsplit(",", 1)[-1])]
    return fields.String(
        required=required,
        validate=validate.Regexp(rf"\A(?:{lengths})\Z", error="Digits of a division code: " + digits.replace(",", "/")),
        metadata={"description": f"Division code ({digits} digits), as text.", "example": example} | extra,
    )


def version_field(*, required: bool) -> fields.String:
    """A version of the tablet's app: numbers with dots between them, as ``server/domain/devices.py`` reads them."""
    return fields.String(
        required=required,
        validate=validate.Regexp(r"\A[0-9]{1,4}(?:\.[0-9]{1,4}){0,3}\Z", error="Numbers with dots between them"),
        metadata={"description": "Version of the app.", "example": "1.0.0"},
    )


def period_field(*, required: bool = True) -> fields.String:
    """A month as an explicit period, ``YYYYMM``."""
    return fields.String(
        required=required,
        validate=validate.Regexp(r"\A20[0-9]{2}(0[1-9]|1[0-2])\Z", error="A month written YYYYMM"),
        metadata={"description": "The month, YYYYMM.", "example": "202611"},
    )
