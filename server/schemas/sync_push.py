"""The shapes of pushes. The body itself is read by msgspec (``domain/tablet_operations.py``); here it is told."""

from typing import Any

import orjson
from marshmallow import fields, validate

from server.domain.codes_sync_push import OperationKind, OperationResult
from server.domain.tablet_operations import OPERATIONS_AT_MOST
from server.schemas.shape import Shape, period_field

_ID = "01936f3e-0000-7000-8000-00000000000"
OPERATION: dict[str, Any] = {
    "op_id": _ID + "1",
    "device_seq": 17,
    "kind": "visit",
    "record_id": _ID + "2",
    "author_id": _ID + "3",
    "period": "202611",
    "captured_at": "2026-11-19T08:30:00+00:00",
    "clock_offset_ms": -1200,
    "key_id": _ID + "4",
    "sealed": "BHk3m0bVx1yFz0o2wQ",
}
PUSH = {"device_id": _ID + "5", "operations": [OPERATION]}
RECEIPT = {
    "op_id": _ID + "1",
    "result": "applied",
    "record_id": _ID + "2",
    "version": 2,
    "code": None,
    "field": None,
    "review_id": None,
}
RECEIPTS = {"receipts": [RECEIPT], "server_time": "2026-11-19T09:00:00+00:00", "backoff_s": 60}
RESCUE = {
    "linli_rescue": 1,
    "device_id": _ID + "5",
    "county_code": "430903",
    "operations": [OPERATION],
    "signature": "eyJ0eXAiOiJkcG9wK2p3dCJ9.e30.c2ln",
}


class OperationSchema(Shape):
    """One thing somebody did on a tablet, sealed."""

    op_id = fields.UUID(required=True, metadata={"description": "UUIDv7 made by the tablet."})
    device_seq = fields.Integer(required=True, metadata={"description": "Counts the tablet's operations from 1."})
    kind = fields.String(
        required=True,
        validate=validate.Regexp(r"\A[a-z][a-z_]{0,23}\Z"),
        metadata={"description": "Known are " + ", ".join(OperationKind) + "; another is kept for later."},
    )
    record_id = fields.UUID(required=True, metadata={"description": "What it is about, or what it makes."})
    author_id = fields.UUID(required=True, metadata={"description": "Who wrote it."})
    period = period_field(required=False)
    captured_at = fields.AwareDateTime(required=True, metadata={"description": "By the tablet's clock, uncorrected."})
    clock_offset_ms = fields.Integer(allow_none=True, metadata={"description": "Server minus tablet, if ever known."})
    key_id = fields.UUID(required=True, metadata={"description": "The key it is sealed to."})
    sealed = fields.String(required=True, metadata={"description": "base64url of HPKE's enc and ciphertext."})


class PushSchema(Shape):
    """What a tablet delivers."""

    device_id = fields.UUID(required=True, metadata={"description": "The tablet that proves itself."})
    operations = fields.List(
        fields.Nested(OperationSchema),
        required=True,
        validate=validate.Length(max=OPERATIONS_AT_MOST),
        metadata={"description": f"At most {OPERATIONS_AT_MOST}; each is answered by itself."},
    )


class ReceiptSchema(Shape):
    """What became of one operation."""

    op_id = fields.String(required=True, allow_none=True, metadata={"description": "As sent; none if it had none."})
    result = fields.Enum(OperationResult, by_value=True, required=True)
    record_id = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, allow_none=True, metadata={"description": "The record's version after it."})
    code = fields.String(required=True, allow_none=True, metadata={"description": "Why it was not applied."})
    field = fields.String(required=True, allow_none=True, metadata={"description": "Which part was refused."})
    review_id = fields.UUID(required=True, allow_none=True, metadata={"description": "Where the township decides."})


class ReceiptsSchema(Shape):
    """A receipt for each operation, in the order sent."""

    receipts = fields.List(fields.Nested(ReceiptSchema), required=True)
    server_time = fields.AwareDateTime(required=True)
    backoff_s = fields.Integer(required=True, metadata={"description": "Wait so long before the next."})


def receipts_bytes(answer: object) -> bytes:
    """The answer to a push, a dataclass as the service gives it, as ``ReceiptsSchema`` would write it."""
    return orjson.dumps(answer)


class RescueSchema(Shape):
    """A tablet's outbox as a file, signed by the tablet."""

    linli_rescue = fields.Integer(required=True, strict=True, validate=validate.Equal(1))
    device_id = fields.UUID(required=True, metadata={"description": "The tablet that wrote the file."})
    county_code = fields.String(required=True, validate=validate.Length(equal=6))
    operations = fields.List(fields.Dict(), required=True, metadata={"description": "As in a push."})
    signature = fields.String(
        required=True, validate=validate.Length(max=2000), metadata={"description": "The tablet's proof over them."}
    )
