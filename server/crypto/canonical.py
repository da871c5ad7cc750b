"""One value, one string of bytes: what is hashed, signed or logged is exactly what is stored.

The form: JSON of str, int, bool, None, lists and dicts; keys sorted by code point; no spaces; text in NFC, in
UTF-8, unescaped but for what JSON must escape. Floats are refused, for two readers may print them
differently, and so are whole numbers beyond 2^53 - 1, which a JavaScript reader would round.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias
from unicodedata import normalize

import orjson

Json: TypeAlias = "str | int | Sequence[Json] | Mapping[str, Json] | None"
"""A value with a canonical form; ``bool`` is an ``int``; dates, ids and bytes go in as text."""

LARGEST_INTEGER = 2**53 - 1


def canonical_bytes(value: Json) -> bytes:
    """The one encoding of a value.

    Raises TypeError for a type outside the form and ValueError for an integer, text or pair of keys that has
    no faithful encoding (beyond 2^53 - 1, a lone surrogate, two keys alike in NFC).
    """
    return _encoded(_plain(value))


def canonical_beside(common: Mapping[str, Json]) -> Callable[[Mapping[str, Json]], bytes]:
    """Encodes objects that have these members in common: as ``canonical_bytes`` of both, the common looked at once.

    Raises as ``canonical_bytes`` does, and ValueError for a member that is in both.
    """
    shared = _mapping(common)

    def encoded(own: Mapping[str, Json]) -> bytes:
        joined = {**shared, **_mapping(own)}
        if len(joined) != len(shared) + len(own):
            raise ValueError("a member that is there already")
        return _encoded(joined)

    return encoded


def sha256(content: bytes) -> bytes:
    """The 32-byte SHA-256 digest."""
    return hashlib.sha256(content).digest()


def leaf_hash(entry: bytes) -> bytes:
    """A log entry's hash as a Merkle tree leaf (RFC 6962 §2.1): the 0x00 keeps leaves and nodes apart."""
    return hashlib.sha256(b"\x00" + entry).digest()


def _encoded(plain: Json) -> bytes:
    """The bytes of a plain value; UTF-8 sorts as code points do."""
    try:
        return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        raise ValueError("no faithful encoding") from error


def _plain(value: object) -> Json:
    """Copy a value into plain lists and dicts with NFC text, refusing whatever has no canonical form."""
    if isinstance(value, str):
        return value if value.isascii() else normalize("NFC", value)
    if value is None or isinstance(value, int):
        return _whole(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return _mapping(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _whole(value: int | None) -> int | None:
    """Refuse what a reader with 53-bit integers could not hold."""
    if value is not None and abs(value) > LARGEST_INTEGER:
        raise ValueError("integer beyond 2^53 - 1")
    return value


def _name(key: object) -> str:
    """A key in NFC; a member of an enumeration is the text that it stands for."""
    if not isinstance(key, str):
        raise TypeError("only text can be a key")
    return str.__str__(normalize("NFC", key))


def _mapping(value: Mapping[str, object]) -> dict[str, Json]:
    """Copy a dict with str keys that stay distinct in NFC."""
    plain: dict[str, Json] = {}
    for key, item in value.items():
        # Most of what is encoded is ASCII text, many times in a request: nothing is to be called for it.
        name = key if type(key) is str and key.isascii() else _name(key)
        plain[name] = item if type(item) is str and item.isascii() else _plain(item)
    if len(plain) != len(value):
        raise ValueError("two keys are the same text")
    return plain
