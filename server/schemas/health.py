"""The shape of a health answer."""

from marshmallow import fields

from server.schemas.shape import Shape


class HealthSchema(Shape):
    """One word."""

    status = fields.String(required=True, metadata={"example": "ok"})
