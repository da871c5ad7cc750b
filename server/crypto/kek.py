"""The key-encrypting key: the one key that wraps county keys, and where it lives.

A provider may be a file sealed by a passphrase (one office), a transit engine or a hardware module. Whatever
it is, it is asked once per county key, never per record.
"""

import json
import os
from base64 import b64decode, b64encode
from pathlib import Path
from typing import NoReturn, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from server.crypto.errors import KeyRefused, SealBroken
from server.crypto.files import read_secret_file, write_secret_file
from server.crypto.framing import frame
from server.crypto.secret import KEY_BYTES, Secret
from server.crypto.suites import NONCE_BYTES

_FORMAT = b"linli-kek/v1"
_PARTS = ("salt", "nonce", "sealed")
_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 3, 4


class KekProvider(Protocol):
    """Wraps keys under a key it never gives out."""

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Encrypt and authenticate a key, bound to its context."""

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the key; raises SealBroken unless this provider wrapped it in exactly this context."""


class SealedFileKek:
    """A key-encrypting key in a file, sealed under a passphrase stretched by Argon2id (64 MiB, 3 passes).

    Wrapped keys are ``nonce(12) | ciphertext | tag(16)`` by AES-256-GCM with the context as associated data.
    Without the passphrase the file is worthless; without the file the passphrase is. A copy of both is a copy
    of the key, so they belong on different media wherever a backup is made.
    """

    __slots__ = ("_aead",)

    def __init__(self, key: Secret) -> None:
        """Hold the opened key; made by ``create`` and ``open`` only."""
        self._aead = AESGCM(key.expose())

    @classmethod
    def create(cls, path: Path, passphrase: bytes) -> "SealedFileKek":
        """Make a random key and its sealed file, mode 0600; raises KeyRefused if the file exists."""
        key, salt, nonce = Secret.random(), os.urandom(16), os.urandom(NONCE_BYTES)
        lock = AESGCM(_stretch(passphrase, salt))
        sealed = lock.encrypt(nonce, key.expose(), frame(_FORMAT, salt))
        stored = {"format": _FORMAT.decode()}
        for name, part in zip(_PARTS, (salt, nonce, sealed), strict=True):
            stored[name] = b64encode(part).decode()
        write_secret_file(path, json.dumps(stored, indent=1).encode())
        return cls(key)

    @classmethod
    def open(cls, path: Path, passphrase: bytes) -> "SealedFileKek":
        """Open a sealed file; raises KeyRefused for a wrong passphrase, a changed file or an unsafe mode."""
        try:
            stored = json.loads(read_secret_file(path))
            salt, nonce, sealed = (b64decode(stored[name], validate=True) for name in _PARTS)
            lock = AESGCM(_stretch(passphrase, salt))
            return cls(Secret(lock.decrypt(nonce, sealed, frame(stored["format"].encode(), salt))))
        except (InvalidTag, ValueError, LookupError, TypeError, AttributeError) as error:
            raise KeyRefused("kek_not_opened") from error

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Encrypt and authenticate a key, bound to its context."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Return the key; raises SealBroken unless this key wrapped it in this context."""
        try:
            return self._aead.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context)
        except (InvalidTag, ValueError):
            raise SealBroken from None

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse pickling and copying with TypeError."""
        raise TypeError("key providers are neither pickled nor copied")


def _stretch(passphrase: bytes, salt: bytes) -> bytes:
    """Turn a passphrase into an AES-256 key, slowly."""
    stretch = Argon2id(salt=salt, length=KEY_BYTES, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB)
    return stretch.derive(passphrase)
