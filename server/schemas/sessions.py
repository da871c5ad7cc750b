"""The shapes of signing in and of sessions."""

from marshmallow import fields, validate

from server.domain.codes import Role
from server.domain.sign_in import LONGEST_PASSWORD
from server.schemas.shape import Shape


class SignInSchema(Shape):
    """What a person types to sign in."""

    login = fields.String(
        required=True,
        validate=validate.Length(1, 80),
        metadata={"description": "Name and county, name@county.", "example": "sifasuo.qilinqiao@430902"},
    )
    password = fields.String(
        required=True,
        validate=validate.Length(1, LONGEST_PASSWORD),
        metadata={"description": "The password.", "example": "three quiet rivers"},
    )


class HeldRoleSchema(Shape):
    """A role the signed-in person holds now, and in which area."""

    role = fields.Enum(Role, by_value=True, required=True)
    area_code = fields.String(required=True, metadata={"example": "430902102"})


class SignedInSchema(Shape):
    """A session's tokens, and what its owner may do."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True, metadata={"description": "Good once; each refresh gives the next."})
    token_type = fields.Constant("Bearer")
    access_expires_at = fields.AwareDateTime(required=True)
    session_expires_at = fields.AwareDateTime(required=True)
    session_id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    county_code = fields.String(required=True, metadata={"example": "430902"})
    must_change_password = fields.Boolean(
        required=True, metadata={"description": "Nothing else is possible before the password is changed."}
    )
    roles = fields.List(fields.Nested(HeldRoleSchema), required=True)


class SessionSchema(Shape):
    """One of one's own sessions."""

    id = fields.UUID(required=True)
    created_at = fields.AwareDateTime(required=True)
    last_seen_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    current = fields.Boolean(required=True, metadata={"description": "Whether this request came by it."})


class SessionListSchema(Shape):
    """One's own living sessions, the newest first."""

    items = fields.List(fields.Nested(SessionSchema), required=True)
