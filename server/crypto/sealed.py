"""Sealing one field's text, and opening it again: the only door between stored bytes and a person's data.

A ciphertext opens under its own key and in its own place only. Copied to another row, field, person, county
or deployment it is as broken as one with a flipped bit, and every failure is the same ``SealBroken``.

Layout: ``version(1) = 1 | suite(1) | key version(2, big-endian) | nonce(12) | ciphertext | tag(16)``; 32
bytes more than the padded text (``server/crypto/padding.py``). Associated data, each part behind its 16-bit
length: ``linli-field/v1``, deployment, county code, field number, record id, subject id, retention class,
suite, key version.
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import NewType
from uuid import UUID

from cryptography.exceptions import InvalidTag

from server.crypto.data_key import FORMAT_VERSION, DataKey
from server.crypto.errors import SealBroken
from server.crypto.framing import frame
from server.crypto.padding import SMALLEST, pad, unpad
from server.crypto.registry import SealedField
from server.crypto.suites import NONCE_BYTES, TAG_BYTES, Suite

Sealed = NewType("Sealed", bytes)
"""Bytes that ``seal`` made; never text, never shown, compared or searched."""

#: Format, suite and key version, with which a ciphertext begins.
HEADER_BYTES = 4
_BODY = HEADER_BYTES + NONCE_BYTES
_SHORTEST = _BODY + SMALLEST + TAG_BYTES
_UUID_LENGTH = (16).to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class Context:
    """Where a sealed text belongs; all of it must be the same again at opening.

    Take each part from the row being read and from configuration, never from the request.
    """

    deployment: str
    county_code: str
    field: SealedField
    record_id: UUID
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class Header:
    """What a ciphertext says about itself: which suite and which version of the subject's key sealed it."""

    suite: Suite
    key_version: int


def seal(plaintext: str, key: DataKey, context: Context) -> Sealed:
    """Encrypt and authenticate a text for its context; the same text never gives the same bytes twice.

    Hides the text, and its length up to its padding bucket. Raises SealBroken when the key is not of the
    context's subject and retention class, Invalid for a lone surrogate, TooLarge beyond 64 KiB.
    """
    padded = pad(plaintext)
    nonce = os.urandom(NONCE_BYTES)
    return Sealed(key.header + nonce + key.aead.encrypt(nonce, padded, _associated_data(key, context)))


def open_sealed(sealed: bytes, key: DataKey, context: Context) -> str:
    """Return the very text that was sealed under this key for this context; raises SealBroken otherwise.

    Nothing is ever returned for what did not authenticate, and bytes that are not a ciphertext are not passed
    through.
    """
    if sealed[:HEADER_BYTES] != key.header:
        raise SealBroken
    associated_data = _associated_data(key, context)
    try:
        return unpad(key.aead.decrypt(sealed[HEADER_BYTES:_BODY], sealed[_BODY:], associated_data))
    except (InvalidTag, ValueError):
        raise SealBroken from None  # the cause may hold plaintext


def read_header(sealed: bytes) -> Header:
    """Tell which key opens a ciphertext; raises SealBroken for an unknown format or suite.

    The header is a claim until ``open_sealed`` has authenticated it: use it to choose a key, for nothing
    else.
    """
    if len(sealed) < _SHORTEST or sealed[0] != FORMAT_VERSION:
        raise SealBroken
    try:
        suite = Suite(sealed[1])
    except ValueError:
        raise SealBroken from None
    return Header(suite, int.from_bytes(sealed[2:HEADER_BYTES], "big"))


def _associated_data(key: DataKey, context: Context) -> bytes:
    """Build what a ciphertext is bound to, after checking that the key is this subject's, for this class."""
    if key.subject_id != context.subject_id or key.retention is not context.field.retention:
        raise SealBroken
    place = _place(context.deployment, context.county_code, context.field.number)
    return place + _UUID_LENGTH + context.record_id.bytes + key.binding


@lru_cache(maxsize=4096)
def _place(deployment: str, county_code: str, field_number: int) -> bytes:
    """The part of the associated data that is the same for every row of a county's field."""
    number = field_number.to_bytes(2, "big")
    return frame(b"linli-field/v1", deployment.encode(), county_code.encode(), number)
