"""The shapes of tablets: their codes, the tablets, who works on them, whose data one held."""

from marshmallow import fields, validate

from server.domain.codes_devices import Attention, DeviceState, RevokeReason
from server.schemas.shape import PageQuery, Shape, area_code_field, version_field

_ID = "01936f3e-0000-7000-8000-0000000000d1"
_USER = "01936f3e-0000-7000-8000-000000000002"
ENROLMENT = {
    "id": _ID,
    "area_code": "430902102",
    "label": "迎风桥 1 号平板",
    "created_at": "2026-11-03T01:00:00+00:00",
    "created_by": _USER,
    "expires_at": "2026-11-04T01:00:00+00:00",
}
NEW_ENROLMENT = {
    "enrolment": ENROLMENT,
    "code": "430902-7K3M-9QXA",
    "link": "https://linli.example/tablet/#enrol=430902-7K3M-9QXA",
    "qr_svg": '<svg xmlns="http://www.w3.org/2000/svg">…</svg>',
}
ENROLLED = {
    "id": _ID,
    "county_code": "430902",
    "area_code": "430902102",
    "label": "迎风桥 1 号平板",
    "state": "pending",
    "check_number": "0482915",
}
DEVICE = {
    "id": _ID,
    "area_code": "430902102",
    "label": "迎风桥 1 号平板",
    "state": "active",
    "attention": ["work_waits"],
    "enrolled_by": _USER,
    "enrolled_at": "2026-11-03T01:00:00+00:00",
    "approved_by": _USER,
    "approved_at": "2026-11-03T01:05:00+00:00",
    "revoked_by": None,
    "revoked_at": None,
    "revoke_reason": None,
    "wipe_ordered_at": None,
    "wiped_at": None,
    "wiped_rows": None,
    "unaccounted_at": None,
    "last_seen_at": "2026-11-20T01:05:00+00:00",
    "last_sync_at": "2026-11-20T01:05:00+00:00",
    "app_version": "1.0.0",
    "waiting": 3,
    "oldest_waiting_at": "2026-11-16T01:00:00+00:00",
    "clock_offset_ms": -1200,
    "storage_free_mb": 812,
    "storage_persisted": True,
    "highest_seq": 41,
    "missing_seqs": 0,
    "version": 2,
}
DEVICE_USER = {
    "user_id": _USER,
    "display_name": "王建国",
    "first_seen_at": "2026-11-03T01:10:00+00:00",
    "last_lease_at": "2026-11-20T01:05:00+00:00",
    "lease_expires_at": "2026-11-23T01:05:00+00:00",
    "lease_count": 6,
    "share_held": True,
}
HELD = {
    "device_id": _ID,
    "items": [
        {
            "subject_ref": "6a0e2f9c-3b1d-4c57-9d0a-000000000001",
            "first_at": "2026-11-03T01:10:00+00:00",
            "last_at": "2026-11-20T01:05:00+00:00",
            "times": 12,
            "entry_id": "01936f3e-0000-7000-8000-0000000000e1",
            "entry_no": "430902102-2026-0001",
            "resident_id": "01936f3e-0000-7000-8000-0000000000a1",
            "area_code": "430902102201001",
        }
    ],
    "more": False,
}


class NewDeviceEnrolmentSchema(Shape):
    """For which tablet a code is asked."""

    area_code = area_code_field(digits="9")
    label = fields.String(
        required=True,
        validate=validate.And(validate.Length(1, 40), validate.Predicate("isprintable"), validate.Predicate("strip")),
        metadata={"description": "What the office calls the tablet.", "example": "迎风桥 1 号平板"},
    )


class DeviceEnrolmentSchema(Shape):
    """A code that is still good, without the code."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    label = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    created_by = fields.UUID(required=True)
    expires_at = fields.AwareDateTime(required=True)


class DeviceEnrolmentPageSchema(Shape):
    """A page of codes."""

    items = fields.List(fields.Nested(DeviceEnrolmentSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class GivenCodeSchema(Shape):
    """A code, told once."""

    enrolment = fields.Nested(DeviceEnrolmentSchema, required=True)
    code = fields.String(required=True, metadata={"description": "Good once; told now and kept nowhere."})
    link = fields.String(required=True, metadata={"description": "What is opened on the tablet."})
    qr_svg = fields.String(required=True, metadata={"description": "The link as a QR code, an SVG to be shown inline."})


class NewDeviceSchema(Shape):
    """A tablet that wants to be enrolled; its key is that of the proof."""

    id = fields.UUID(required=True, metadata={"description": "A UUIDv7 made by the tablet.", "example": _ID})
    code = fields.String(
        required=True,
        validate=validate.Length(1, 40),
        metadata={"description": "The code as the office gave it.", "example": "430902-7K3M-9QXA"},
    )
    app_version = version_field(required=True)


class EnrolledSchema(Shape):
    """What a tablet is told of itself."""

    id = fields.UUID(required=True)
    county_code = fields.String(required=True)
    area_code = fields.String(required=True)
    label = fields.String(required=True)
    state = fields.Enum(DeviceState, by_value=True, required=True)
    check_number = fields.String(
        required=True, metadata={"description": "To be shown on the tablet; the office types it in to approve."}
    )


class DeviceQuery(PageQuery):
    """Which tablets."""

    state = fields.Enum(DeviceState, by_value=True, metadata={"description": "Where they stand."})
    area_code = area_code_field(required=False, digits="6,9")
    silent_days = fields.Integer(
        validate=validate.Range(1, 365), metadata={"description": "Active ones not heard of for so many days."}
    )


class DeviceSchema(Shape):
    """A tablet as the office sees it."""

    id = fields.UUID(required=True)
    area_code = fields.String(required=True)
    label = fields.String(required=True)
    state = fields.Enum(DeviceState, by_value=True, required=True)
    attention = fields.List(
        fields.Enum(Attention, by_value=True),
        required=True,
        metadata={"description": "What about it needs a look, the most pressing first."},
    )
    enrolled_by = fields.UUID(required=True)
    enrolled_at = fields.AwareDateTime(required=True)
    approved_by = fields.UUID(required=True, allow_none=True)
    approved_at = fields.AwareDateTime(required=True, allow_none=True)
    revoked_by = fields.UUID(required=True, allow_none=True)
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)
    revoke_reason = fields.String(required=True, allow_none=True)
    wipe_ordered_at = fields.AwareDateTime(required=True, allow_none=True)
    wiped_at = fields.AwareDateTime(required=True, allow_none=True)
    wiped_rows = fields.Integer(required=True, allow_none=True)
    unaccounted_at = fields.AwareDateTime(required=True, allow_none=True)
    last_seen_at = fields.AwareDateTime(required=True, allow_none=True)
    last_sync_at = fields.AwareDateTime(required=True, allow_none=True)
    app_version = fields.String(required=True)
    waiting = fields.Integer(required=True, allow_none=True)
    oldest_waiting_at = fields.AwareDateTime(required=True, allow_none=True)
    clock_offset_ms = fields.Integer(required=True, allow_none=True)
    storage_free_mb = fields.Integer(required=True, allow_none=True)
    storage_persisted = fields.Boolean(required=True, allow_none=True)
    highest_seq = fields.Integer(required=True)
    missing_seqs = fields.Integer(required=True)
    version = fields.Integer(required=True)


class DevicePageSchema(Shape):
    """A page of tablets, what needs a look first."""

    items = fields.List(fields.Nested(DeviceSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ApprovalSchema(Shape):
    """The number read off the tablet."""

    check_number = fields.String(
        required=True,
        validate=validate.Regexp(r"\A[0-9]{7}\Z", error="Seven digits"),
        metadata={"description": "As the tablet shows it.", "example": "0482915"},
    )


class RevocationSchema(Shape):
    """Why a tablet is taken back."""

    reason = fields.Enum(
        RevokeReason, by_value=True, required=True, metadata={"description": "Why.", "example": "lost"}
    )


class DeviceUserSchema(Shape):
    """Somebody who took a lease on a tablet."""

    user_id = fields.UUID(required=True)
    display_name = fields.String(required=True)
    first_seen_at = fields.AwareDateTime(required=True)
    last_lease_at = fields.AwareDateTime(required=True)
    lease_expires_at = fields.AwareDateTime(required=True)
    lease_count = fields.Integer(required=True)
    share_held = fields.Boolean(required=True)


class DeviceUserListSchema(Shape):
    """Everybody who took a lease on a tablet, the last one first."""

    items = fields.List(fields.Nested(DeviceUserSchema), required=True)


class TraceSchema(Shape):
    """One person whose data a tablet was shown."""

    subject_ref = fields.UUID(required=True)
    first_at = fields.AwareDateTime(required=True)
    last_at = fields.AwareDateTime(required=True)
    times = fields.Integer(required=True)
    entry_id = fields.UUID(required=True, allow_none=True)
    entry_no = fields.String(required=True, allow_none=True)
    resident_id = fields.UUID(required=True, allow_none=True)
    area_code = fields.String(required=True, allow_none=True)


class HeldSchema(Shape):
    """Everybody whose data a tablet was shown."""

    device_id = fields.UUID(required=True)
    items = fields.List(fields.Nested(TraceSchema), required=True)
    more = fields.Boolean(required=True)
