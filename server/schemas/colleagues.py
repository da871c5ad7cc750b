"""The shapes of colleagues."""

from marshmallow import fields, validate

from server.domain.codes import Role
from server.schemas.shape import PageQuery, Shape, area_code_field

#: Who is chosen for somebody's care.
CHOSEN = (
    Role.GRID_WORKER,
    Role.VILLAGE_OFFICER,
    Role.TOWNSHIP_COORDINATOR,
    Role.ASSESSOR,
    Role.CLINICIAN,
    Role.COUNSELLOR,
    Role.CASE_MEMBER,
)


class ColleagueSchema(Shape):
    """Somebody who works in an area."""

    id = fields.UUID(required=True)
    display_name = fields.String(required=True)
    role = fields.String(required=True)
    area_code = fields.String(required=True, metadata={"description": "The area of the role."})
    area_name = fields.String(required=True, allow_none=True)


class ColleaguePageSchema(Shape):
    """A page of colleagues."""

    items = fields.List(fields.Nested(ColleagueSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ColleagueQuery(PageQuery):
    """Whom to choose from."""

    area_code = area_code_field(digits="9,12,15")
    role = fields.Enum(
        Role,
        by_value=True,
        required=True,
        validate=validate.OneOf(CHOSEN),
        metadata={"description": "The role looked for.", "example": "grid_worker"},
    )
