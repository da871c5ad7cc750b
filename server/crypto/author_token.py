"""Proof of authorship: a token that ties a user to a device since a lease, so that work is credited to its writer.

It travels only inside the sealed part of an operation (``mobile_api_spec/SYNC.md`` §5), so that a colleague who shares
the tablet and carries the work to the server never holds it. It is not stored: it tells its second, and is made again.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from server.crypto.framing import frame
from server.crypto.keys import RowMacKey

_LABEL = b"linli/author-token/v2"
#: Whole seconds since 1970, in front of the 32 bytes that prove them: nine groups of base64url, with no bit to spare.
_SECONDS_BYTES = 4
_LENGTH = 48


def author_token(key: RowMacKey, device_id: UUID, user_id: UUID, issued_at: datetime) -> str:
    """The token of one user on one device of the key's county, issued at that second: 48 characters of base64url."""
    return _made(key.derive(_LABEL), _whose(key, device_id, user_id), _seconds(issued_at))


def author_check(key: RowMacKey, device_id: UUID, user_id: UUID) -> Callable[[str], datetime | None]:
    """Tells of a token when it was issued, and None if it does not prove this author on this device.

    Takes the same time for every wrong one of the right length.
    """
    secret, whose = key.derive(_LABEL), _whose(key, device_id, user_id)

    def issued_at(token: str) -> datetime | None:
        if len(token) != _LENGTH or not token.isascii():
            return None
        try:
            seconds = urlsafe_b64decode(token)[:_SECONDS_BYTES]
        except ValueError:
            return None
        if not hmac.compare_digest(_made(secret, whose, seconds), token):
            return None
        return datetime.fromtimestamp(int.from_bytes(seconds), UTC)

    return issued_at


def _whose(key: RowMacKey, device_id: UUID, user_id: UUID) -> tuple[bytes, bytes, bytes]:
    return key.name.county_code.encode(), device_id.bytes, user_id.bytes


def _seconds(issued_at: datetime) -> bytes:
    return int(issued_at.timestamp()).to_bytes(_SECONDS_BYTES)


def _made(secret: bytes, whose: tuple[bytes, bytes, bytes], seconds: bytes) -> str:
    proof = hmac.digest(secret, frame(_LABEL, *whose, seconds), sha256)
    return urlsafe_b64encode(seconds + proof).decode()
