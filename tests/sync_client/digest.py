"""The tripwire: what a feed holds, in sixteen digits (SYNC.md §4)."""

import hashlib
from collections.abc import Iterable


def digest_of(records: Iterable[tuple[str, str, int]]) -> str:
    """The XOR, over kind, id and version of each record, of the first 8 bytes of their SHA-256."""
    total = 0
    for kind, record_id, version in records:
        total ^= int.from_bytes(hashlib.sha256(f"{kind}:{record_id}:{version}".encode()).digest()[:8])
    return f"{total:016x}"
