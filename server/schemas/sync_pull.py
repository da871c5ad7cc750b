"""The shapes of pull, repair and the library, and the bytes of their answers.

A thousand records are written at once, without a schema's walk over each field; tests hold these bytes to the shapes
of single reads.
"""

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import orjson
from marshmallow import INCLUDE, ValidationError, fields, post_load, validate

from server.domain.codes_sync import FeedKind, FeedState
from server.domain.devices import Health
from server.domain.feeds import CHANGES_AT_MOST, FeedPosition, HeldRecord, PullAsked, RepairAsked
from server.schemas.leases import SealKeySchema
from server.schemas.shape import Shape, area_code_field, of_this_century
from server.schemas.sweeps import code_field

FEEDS_AT_MOST = 2000
HELD_AT_MOST = 20_000
_LARGEST = 2**53
_EPOCH_AT_MOST = 24
_PARTS_OF_HELD = 3
_DEVICE = "01936f3e-0000-7000-8000-0000000000d1"


class HeldField(fields.Field[HeldRecord]):
    """A record a tablet holds: its kind, id and version, as an array of three."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> HeldRecord:
        match value:
            case [str(kind), str(id_), int(version)] if kind.isidentifier() and 0 <= version <= _LARGEST:
                try:
                    return HeldRecord(kind[:_EPOCH_AT_MOST], UUID(id_), version)
                except ValueError:
                    pass
        raise ValidationError("An array of kind, id and version")


class FeedPositionSchema(Shape):
    """How far a tablet has come in one feed."""

    epoch = fields.String(required=True, validate=validate.Length(0, _EPOCH_AT_MOST))
    seq = fields.Integer(required=True, strict=True, validate=validate.Range(0, _LARGEST))

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> FeedPosition:
        """The value the rules work on."""
        return FeedPosition(**data)


class TabletHealthSchema(Shape):
    """How a tablet fares; what it cannot tell is left out or null."""

    app_version = fields.String(allow_none=True, validate=validate.Regexp(r"\A[0-9]{1,4}(\.[0-9]{1,4}){0,3}\Z"),
                                metadata={"example": "1.0.0"})  # fmt: skip
    waiting = fields.Integer(allow_none=True, strict=True, validate=validate.Range(0, 10**6),
                             metadata={"description": "Operations not yet sent.", "example": 3})  # fmt: skip
    oldest_waiting_at = fields.AwareDateTime(allow_none=True, validate=of_this_century)
    clock_offset_ms = fields.Integer(allow_none=True, strict=True, validate=validate.Range(-_LARGEST, _LARGEST))
    storage_free_mb = fields.Integer(allow_none=True, strict=True, validate=validate.Range(0, _LARGEST))
    storage_persisted = fields.Boolean(allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> Health:
        """The value the rules work on."""
        return Health(**data)


class PullSchema(Shape):
    """What a tablet asks for."""

    device_id = fields.UUID(required=True, metadata={"example": _DEVICE})
    limit = fields.Integer(load_default=500, strict=True, validate=validate.Range(1, CHANGES_AT_MOST),
                           metadata={"description": "Changes at most.", "example": 500})  # fmt: skip
    feeds = fields.Dict(
        keys=area_code_field(required=False, digits="6,9,12,15"),
        values=fields.Nested(FeedPositionSchema),
        load_default=dict,
        validate=validate.Length(max=FEEDS_AT_MOST),
        metadata={"description": "Position by area of every feed held; empty at first.", "example": {}},
    )
    health = fields.Nested(TabletHealthSchema, load_default=None, allow_none=True,
                           metadata={"example": {"app_version": "1.0.0", "waiting": 3}})  # fmt: skip

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> PullAsked:
        """The value the rules work on."""
        return PullAsked(**data)


class RepairSchema(Shape):
    """A feed to be compared record by record."""

    device_id = fields.UUID(required=True, metadata={"example": _DEVICE})
    area_code = area_code_field(digits="6,9,12,15")
    held = fields.List(
        HeldField(metadata={"type": "array", "minItems": _PARTS_OF_HELD, "maxItems": _PARTS_OF_HELD, "items": {}}),
        required=True,
        validate=validate.Length(max=HELD_AT_MOST),
        metadata={"description": "Kind, id and version of every record held of it.", "example": []},
    )

    @post_load
    def make(self, data: dict[str, Any], **_: object) -> RepairAsked:
        """The value the rules work on."""
        return RepairAsked(**data)


class FeedSchema(Shape):
    """Where one feed stands after this answer."""

    area_code = area_code_field(digits="6,9,12,15")
    epoch = fields.String(required=True)
    state = code_field(FeedState)
    seq = fields.Integer(required=True)
    more = fields.Boolean(required=True, metadata={"description": "There are further changes: ask again."})
    reset = fields.Boolean(required=True, metadata={"description": "Delete what is held of it first."})
    count = fields.Integer(required=True, metadata={"description": "Records it holds, when there is no more."})
    digest = fields.String(required=True, metadata={"description": "XOR over them, 16 hexadecimal digits."})


class ChangeSchema(Shape):
    """One change: a record as it is now, or that it is to be deleted."""

    area_code = area_code_field(digits="6,9,12,15")
    seq = fields.Integer(required=True)
    kind = code_field(FeedKind)
    id = fields.UUID(required=True)
    op = fields.String(required=True, validate=validate.OneOf(["put", "remove"]))
    version = fields.Integer(required=True)
    reason = fields.String(metadata={"description": "Of a removal: ended, moved or refused."})
    data = fields.Dict(required=True, allow_none=True, metadata={"description": "As a single read gives it."})


class PullAnswerSchema(Shape):
    """Feeds, changes, and what a tablet goes by until the next pull."""

    feeds = fields.List(fields.Nested(FeedSchema), required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    library = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    server_time = fields.AwareDateTime(required=True)
    backoff_s = fields.Integer(required=True)
    lease_expires_at = fields.AwareDateTime(required=True, allow_none=True)
    seal_key = fields.Nested(SealKeySchema, required=True)


class RepairAnswerSchema(Shape):
    """A feed after its repair, and what was missing, newer or not to be there."""

    feed = fields.Nested(FeedSchema, required=True)
    changes = fields.List(fields.Nested(ChangeSchema), required=True)


class HeldFeedSchema(Shape):
    """One user's feed of one area as a tablet holds it."""

    area_code = area_code_field(digits="6,9,12,15")
    user_id = fields.UUID(required=True)
    behind = fields.Integer(required=True, metadata={"description": "Changes since the tablet last asked."})
    asked_at = fields.AwareDateTime(required=True, metadata={"description": "First asked with its present position."})
    revoked_told_at = fields.AwareDateTime(required=True, allow_none=True)
    purged_at = fields.AwareDateTime(required=True, allow_none=True)


class HeldFeedListSchema(Shape):
    """Everything a tablet holds, by area."""

    items = fields.List(fields.Nested(HeldFeedSchema), required=True)


class HoldingTabletSchema(Shape):
    """A tablet that holds visits or tasks for a person."""

    device_id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    area_code = area_code_field(digits="6,9,12,15")
    label = fields.String(required=True)
    last_sync_at = fields.AwareDateTime(required=True, allow_none=True)


class HoldingTabletListSchema(Shape):
    """Every tablet that holds something of a person."""

    items = fields.List(fields.Nested(HoldingTabletSchema), required=True)


class LibrarySchema(Shape):
    """One part of the library; what it holds depends on the part."""

    class Meta:
        """Parts differ, and a client ignores what it does not know."""

        unknown = INCLUDE


def answer_bytes(answer: Mapping[str, Any], changes: Iterable[Any]) -> bytes:
    """UTF-8 JSON of an answer with its changes; ids, days and times as the schemas write them."""
    return orjson.dumps({**answer, "changes": [_line(change) for change in changes]}, default=_base64)


def _base64(value: object) -> str:
    if isinstance(value, bytes):
        return urlsafe_b64encode(value).rstrip(b"=").decode()
    raise TypeError(type(value).__name__)


def _line(change: Any) -> dict[str, Any]:
    """A change as it is written: only a removal has a reason."""
    line = dict(vars(change))
    if line["reason"] is None:
        del line["reason"]
    return line
