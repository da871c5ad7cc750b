"""Proof of authorship: a token that ties a user to a device, so that work is credited to whoever wrote it.

It travels only inside the sealed part of an operation (``mobile_api_spec/SYNC.md`` §5), so that a colleague who shares
the tablet and carries the work to the server never holds it. It is made again whenever it is asked for, and not stored.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from hashlib import sha256
from uuid import UUID

from server.crypto.framing import frame
from server.crypto.keys import RowMacKey

_LABEL = b"linli/author-token/v1"


def author_token(key: RowMacKey, device_id: UUID, user_id: UUID) -> str:
    """The token of one user on one device of the key's county: 43 characters of base64url."""
    framed = frame(_LABEL, key.name.county_code.encode(), device_id.bytes, user_id.bytes)
    return urlsafe_b64encode(hmac.digest(key.derive(_LABEL), framed, sha256)).rstrip(b"=").decode()


def is_author(key: RowMacKey, device_id: UUID, user_id: UUID, token: str) -> bool:
    """Whether a token proves this author on this device; takes the same time for every wrong one."""
    return author_check(key, device_id, user_id)(token)


def author_check(key: RowMacKey, device_id: UUID, user_id: UUID) -> Callable[[str], bool]:
    """As ``is_author``, for many tokens that should be the same."""
    known = author_token(key, device_id, user_id).encode()
    return lambda token: hmac.compare_digest(known, token.encode())
