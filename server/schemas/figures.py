"""The shapes of a month in counts."""

from marshmallow import fields, validate

from server.domain.figures import Source
from server.schemas.shape import Shape, area_code_field, period_field

_HIDDEN = {"description": "null: hidden, for a small count could be worked out."}


class FiguresQuery(Shape):
    """Which area's month."""

    area_code = area_code_field()
    period = period_field()


class CountsSchema(Shape):
    """Counts by cell."""

    cells = fields.Dict(keys=fields.String(), values=fields.Integer(allow_none=True, metadata=_HIDDEN), required=True)
    total = fields.Integer(required=True, allow_none=True, metadata=_HIDDEN)


class ReturnFiguresSchema(Shape):
    """One sweep's returns, counted in grids."""

    kind = fields.String(required=True, metadata={"description": "concern or dispute.", "example": "concern"})
    due = fields.Integer(required=True)
    returned = fields.Integer(required=True)
    nil = fields.Integer(required=True, allow_none=True, metadata=_HIDDEN)
    with_items = fields.Integer(required=True, allow_none=True, metadata=_HIDDEN)
    late = fields.Integer(required=True)


class FiguresSchema(Shape):
    """A month of one area in counts; never a target, never a rank."""

    area_code = fields.String(required=True)
    period = fields.String(required=True)
    exact = fields.Boolean(required=True, metadata={"description": "Whether nothing is hidden."})
    source = fields.String(
        required=True,
        validate=validate.OneOf([str(source) for source in Source]),
        metadata={
            "description": "live: counted now, at home only. waiting: townships have not closed. released: frozen.",
            "example": "released",
        },
    )
    observations = fields.Nested(CountsSchema, required=True, metadata={"description": "By ground."})
    entries = fields.Nested(
        CountsSchema,
        required=True,
        metadata={"description": "Live: by state and reason. Released: opened, and ended by reason, in the month."},
    )
    groups = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(CountsSchema),
        required=True,
        metadata={"description": "Released months: disputes, consents, assessments, visits, referrals and the rest."},
    )
    returns = fields.List(fields.Nested(ReturnFiguresSchema), required=True)
