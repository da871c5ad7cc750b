"""Operations as tablets send them: the envelope everybody sees, and what its sealed part says beside the data.

Read by msgspec: a push is on the hot path, and one bad operation must never hold back the others, so each is read by
itself. The shapes of the data stand in ``tablet_data.py``; the protocol in ``mobile_api_spec/SYNC.md`` §5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Annotated
from uuid import UUID

import msgspec
import orjson
from msgspec import Meta, Raw, Struct

from server.domain.codes_sync_push import OperationResult
from server.errors import Malformed, TooLarge

#: Most operations in one push, and most bytes of it, as sent and unpacked.
OPERATIONS_AT_MOST, BYTES_AT_MOST, UNPACKED_AT_MOST = 100, 1024 * 1024, 4 * 1024 * 1024
#: A role held this long before the push may still speak for an operation captured then.
LATE_AT_MOST = timedelta(days=90)
#: What comes so long after its author last had a lease is looked at by a person. Tablets work offline for two weeks;
#: earlier roles speak no longer than this either, and a token that leaked is worth nothing from then on.
PROOF_GOOD_FOR = LATE_AT_MOST
_LARGEST = 2**63 - 1
_FAR = 100 * 366 * 86_400_000
#: Years that a tablet's clock may tell, however wrong it is: with any offset they stay within every calendar of ours.
_YEARS = range(1900, 2200)
#: How many levels deep an answer may nest what was written, above its own depth.
_NESTED = 16

PeriodText = Annotated[str, Meta(pattern=r"\A20[0-9]{2}(0[1-9]|1[0-2])\Z")]
Instant = Annotated[datetime, Meta(tz=True)]


class Sent(Struct, frozen=True, kw_only=True, dict=True):
    """One operation's envelope; members this server does not know are passed over."""

    op_id: UUID
    device_seq: Annotated[int, Meta(ge=1, le=_LARGEST)]
    kind: Annotated[str, Meta(pattern=r"\A[a-z][a-z_]{0,23}\Z")]
    record_id: UUID
    author_id: UUID
    captured_at: Instant
    key_id: UUID
    sealed: Annotated[str, Meta(min_length=1)]
    period: PeriodText | None = None
    #: Server minus tablet, as last known; null if never.
    clock_offset_ms: Annotated[int, Meta(ge=-_FAR, le=_FAR)] | None = None

    def __post_init__(self) -> None:
        """Refuse an instant that the database would keep and nobody could read again."""
        reckonable(self.captured_at)

    def digest(self) -> bytes:
        """SHA-256 of the operation's own fields: tells another content under the same id."""
        return self._digest

    @cached_property
    def _digest(self) -> bytes:
        return sha256(msgspec.json.encode(self, order="deterministic")).digest()

    def moment(self, now: datetime) -> datetime:
        """When it was written, by the corrected clock, never in the future: for judging, not for ordering."""
        return self.corrected(self.captured_at, now)

    def corrected(self, at: datetime, now: datetime) -> datetime:
        """An instant by the tablet's clock as the server's would have told it, now at the latest."""
        try:
            return min((at + timedelta(milliseconds=self.clock_offset_ms or 0)).astimezone(UTC), now)
        except OverflowError:
            return now


@dataclass(frozen=True)
class Unreadable:
    """An operation without a readable envelope; named as far as it names itself."""

    op_id: str | None
    record_id: str | None


class Written(Struct, frozen=True, kw_only=True):
    """What was sealed: the proof of its author, the form it was written on, and the data."""

    author_token: str
    data: Raw
    base_version: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    form_version: int | str | None = None
    #: The operation that this one betters.
    replaces: UUID | None = None

    def __repr__(self) -> str:
        """Name the kind of thing, never its content."""
        return "<Written>"


class Push(Struct, frozen=True):
    """The body of a push, each operation still unread."""

    device_id: UUID
    operations: list[Raw]


class _Name(Struct, frozen=True):
    op_id: Annotated[str, Meta(max_length=64)] | None = None
    record_id: Annotated[str, Meta(max_length=64)] | None = None


_PUSH, _SENT = msgspec.json.Decoder(Push), msgspec.json.Decoder(Sent)
_NAME, _WRITTEN = msgspec.json.Decoder(_Name), msgspec.json.Decoder(Written)
#: What msgspec raises for bytes that are not the shape; the last for a depth that no shape has.
UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)


def read_push(body: bytes) -> Push:
    """A push with its operations still unread.

    Raises:
        Malformed: ``body_unreadable``.
        TooLarge: ``push_too_large``.
    """
    try:
        push = _PUSH.decode(body)
    except UNREADABLE as error:
        raise Malformed("body_unreadable") from error
    if len(push.operations) > OPERATIONS_AT_MOST:
        raise push_too_large()
    return push


def push_too_large() -> TooLarge:
    """What a push over its limits is told: send half."""
    return TooLarge("push_too_large", operations_at_most=OPERATIONS_AT_MOST, bytes_at_most=BYTES_AT_MOST)


def read_operations(raw: Sequence[Raw]) -> list[Sent | Unreadable]:
    """Each operation read by itself, in the order sent."""
    return [_read(one) for one in raw]


def reckonable(at: datetime) -> None:
    """Raise ValueError for an instant that no clock tells: in another time zone it may lie outside the calendar."""
    if at.year not in _YEARS:
        raise ValueError("an instant that no clock tells")


def read_written(plaintext: bytes) -> Written | None:
    """What was sealed; None for anything else than an object of its shape, with data that can be told again.

    Numbers no client can hold and lists in lists without end would stop whoever is to read them, every time.
    """
    try:
        written = _WRITTEN.decode(plaintext)
        told: object = msgspec.json.decode(written.data)
        for _ in range(_NESTED):
            told = [told]
        orjson.dumps(told)
    except (*UNREADABLE, orjson.JSONEncodeError):
        return None
    return written


def _read(raw: Raw) -> Sent | Unreadable:
    try:
        return _SENT.decode(raw)
    except UNREADABLE:
        pass
    try:
        name = _NAME.decode(raw)
    except UNREADABLE:
        return Unreadable(None, None)
    return Unreadable(name.op_id, name.record_id)


@dataclass(frozen=True)
class Outcome:
    """What became of one operation: a result, with the record's version, or why not."""

    result: OperationResult
    version: int | None = None
    code: str | None = None
    field: str | None = None
    review_id: UUID | None = None


@dataclass(frozen=True)
class Receipt:
    """The answer to one operation; ids as they were sent."""

    op_id: str | None
    record_id: str | None
    result: OperationResult
    version: int | None = None
    code: str | None = None
    field: str | None = None
    review_id: UUID | None = None


@dataclass(frozen=True, repr=False)
class Opened:
    """An operation whose author is proven, unsealed; has no readable ``repr``."""

    sent: Sent
    written: Written
    #: The corrected moment of its capture; now, where that cannot be true (``sync_doubts.py``).
    moment: datetime
    #: Areas of whoever decided in the township that it be applied; empty for an operation as it came.
    taken_by: tuple[str, ...] = ()
    #: Why a person is to look at it before anything is done: a code; None where nothing speaks against it.
    doubt: str | None = None


def applied(version: int | None = None) -> Outcome:
    """Written."""
    return Outcome(OperationResult.APPLIED, version)


def merged(version: int | None = None) -> Outcome:
    """Written, beside changes made meanwhile."""
    return Outcome(OperationResult.MERGED, version)


def duplicate(version: int | None = None) -> Outcome:
    """It was so already."""
    return Outcome(OperationResult.DUPLICATE, version)


def rejected(code: str) -> Outcome:
    """It cannot be kept."""
    return Outcome(OperationResult.REJECTED, code=code)
