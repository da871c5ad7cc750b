"""The shapes of what a tablet asks of its own: where it stands, a lease, and that it is wiped."""

from base64 import urlsafe_b64encode

from marshmallow import fields, validate

from server.domain.codes_devices import DeviceState
from server.schemas.shape import Shape, version_field

#: What a PostgreSQL integer holds.
_MOST = 2**31 - 1
STANDING = {
    "device_id": "01936f3e-0000-7000-8000-0000000000d1",
    "state": "active",
    "wipe": False,
    "server_time": "2026-11-20T01:05:00+00:00",
    "app_version_at_least": "1.0.0",
    "app_version_newest": "1.0.0",
}
SEAL_KEY = {"id": "01936f3e-0000-7000-8000-0000000000c1", "public_key": "BHqL…"}
LEASE = {
    "user_id": "01936f3e-0000-7000-8000-000000000002",
    "county_code": "430902",
    "author_token": "pQ3f…",
    "share": "x9Zk…",
    "expires_at": "2026-11-23T01:05:00+00:00",
    "residents_at_most": 50,
    "days": 3,
    "seal_key": SEAL_KEY,
}


class Base64Url(fields.Field[bytes]):
    """Bytes as base64url without padding."""

    def _serialize(self, value: bytes | None, *_: object, **__: object) -> str | None:
        return None if value is None else urlsafe_b64encode(value).rstrip(b"=").decode()


class StandingSchema(Shape):
    """Where a tablet stands."""

    device_id = fields.UUID(required=True)
    state = fields.Enum(DeviceState, by_value=True, required=True)
    wipe = fields.Boolean(required=True, metadata={"description": "Whether everything is to be deleted now."})
    server_time = fields.AwareDateTime(required=True)
    app_version_at_least = fields.String(required=True)
    app_version_newest = fields.String(required=True)


class WipedSchema(Shape):
    """A tablet's word that it deleted everything."""

    rows = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(0, _MOST),
        metadata={"description": "Records it deleted.", "example": 120},
    )


class LeaseAskedSchema(Shape):
    """What a tablet says when it asks for a lease."""

    app_version = version_field(required=False)


class SealKeySchema(Shape):
    """The key that operations are sealed to."""

    id = fields.UUID(required=True)
    public_key = Base64Url(required=True, metadata={"type": "string", "description": "65 bytes, base64url."})


class LeaseSchema(Shape):
    """What lets a tablet open what it holds for one user, for some days."""

    user_id = fields.UUID(required=True)
    county_code = fields.String(required=True)
    author_token = fields.String(
        required=True, metadata={"description": "Goes inside the sealed part of every operation."}
    )
    share = Base64Url(required=True, metadata={"type": "string", "description": "32 bytes, base64url."})
    expires_at = fields.AwareDateTime(required=True)
    residents_at_most = fields.Integer(required=True)
    days = fields.Integer(required=True)
    seal_key = fields.Nested(SealKeySchema, required=True)
