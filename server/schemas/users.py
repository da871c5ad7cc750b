"""The shapes of users and of the roles they hold."""

from marshmallow import fields, validate

from server.domain.codes import Role
from server.domain.normalise import NAME_AT_MOST
from server.domain.sign_in import LONGEST_NAME, LONGEST_PASSWORD
from server.schemas.shape import PageQuery, Shape, area_code_field


def _display_name(*, required: bool) -> fields.String:
    return fields.String(
        required=required,
        validate=validate.Length(1, NAME_AT_MOST),
        metadata={"description": "Name as colleagues know it; stored sealed.", "example": "王建国"},
    )


def _phone() -> fields.String:
    return fields.String(
        validate=validate.Length(7, 24),
        metadata={"description": "Phone number; stored sealed and not listed.", "example": "0737-4220000"},
    )


def _password(text: str, example: str) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_PASSWORD),
        metadata={"description": text, "example": example},
    )


class NewUserSchema(Shape):
    """A user to be added to the county."""

    name = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_NAME),
        metadata={
            "description": "What stands before @county in the login: small letters, digits, dot, hyphen, underscore.",
            "example": "sifasuo.qilinqiao",
        },
    )
    display_name = _display_name(required=True)
    phone = _phone()


class UserChangeSchema(Shape):
    """What is to be corrected; what is left out stays."""

    display_name = _display_name(required=False)
    phone = _phone()


class NewGrantSchema(Shape):
    """A role to be given."""

    role = fields.Enum(
        Role, by_value=True, required=True, metadata={"description": "The role.", "example": "judicial_officer"}
    )
    area_code = area_code_field(digits="4,6,9,12,15")
    valid_from = fields.Date(metadata={"description": "First day; today if left out.", "example": "2026-11-01"})
    valid_to = fields.Date(
        allow_none=True,
        load_default=None,
        metadata={"description": "Last day; open if left out.", "example": "2027-10-31"},
    )


class GrantSchema(Shape):
    """A role somebody holds or will hold."""

    id = fields.UUID(required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    area_code = fields.String(required=True)
    area_name = fields.String(required=True, metadata={"description": "What the area is called."})
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(required=True, allow_none=True)


class UserSchema(Shape):
    """A user with the roles they hold or will hold."""

    id = fields.UUID(required=True)
    login = fields.String(required=True)
    display_name = fields.String(required=True)
    state = fields.String(required=True, metadata={"description": "active or inactive"})
    must_change_password = fields.Boolean(required=True)
    version = fields.Integer(required=True)
    grants = fields.List(fields.Nested(GrantSchema), required=True)


class UserPageSchema(Shape):
    """Users of the county, in the order they were added."""

    items = fields.List(fields.Nested(UserSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class UserPageQuery(PageQuery):
    """Which page of users."""


class InitialPasswordSchema(Shape):
    """A password to be handed over once; it must be changed at the next sign-in."""

    user_id = fields.UUID(required=True)
    login = fields.String(required=True)
    version = fields.Integer(required=True)
    password = fields.String(required=True)


class PasswordChangeSchema(Shape):
    """One's old password and the next one."""

    old_password = _password("The password so far.", "k7mh-q2vd-ab8r-xw4t")
    new_password = _password("The next password, ten characters at least.", "three quiet rivers")
