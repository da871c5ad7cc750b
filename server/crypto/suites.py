"""The two sets of algorithms a county can be sealed with, behind one shape.

Each suite names an AEAD with 96-bit nonces and 128-bit tags, and the hash its keys are derived with. A data
key is always 32 random bytes and never touches a cipher itself: ``derive`` stretches it by HKDF-Expand (RFC
5869) with the suite's hash to exactly the cipher's key length, 32 bytes for AES-256 and 16 for SM4. So SM4
keys come from a 256-bit secret through HMAC-SM3, and one data key can never serve two suites with related
cipher keys.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA512, SM3, HashAlgorithm
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from server.crypto.framing import frame

NONCE_BYTES = 12
TAG_BYTES = 16


class Suite(IntEnum):
    """The byte in each ciphertext's header; a number is never reused, and an unknown one is refused."""

    AES_256_GCM = 0x01
    """AES-256-GCM (NIST SP 800-38D), keys by HKDF-SHA512."""
    SM4_GCM = 0x11
    """SM4-GCM (GB/T 32907, RFC 8998), keys by HKDF-SM3; where commercial cryptography is required."""


class Aead(Protocol):
    """Authenticated encryption: without the key only the length is learnt, and nothing changed unnoticed."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Ciphertext with its 16-byte tag; the same nonce must never be used twice under one key."""

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Plaintext, only after the tag over all of it has been checked; raises InvalidTag otherwise."""


class Sm4Gcm:
    """SM4-GCM over the streaming cipher, holding plaintext back until ``finalize`` has checked the tag."""

    __slots__ = ("_algorithm",)

    def __init__(self, key: bytes) -> None:
        """Take a 16-byte key."""
        self._algorithm = SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Ciphertext followed by its 16-byte tag."""
        stream = Cipher(self._algorithm, GCM(nonce)).encryptor()
        stream.authenticate_additional_data(associated_data)
        return stream.update(data) + stream.finalize() + stream.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        """Plaintext after the tag was checked; raises InvalidTag, or ValueError when too short for a tag."""
        stream = Cipher(self._algorithm, GCM(nonce, data[-TAG_BYTES:])).decryptor()
        stream.authenticate_additional_data(associated_data)
        unchecked = stream.update(data[:-TAG_BYTES])
        return unchecked + stream.finalize()


@dataclass(frozen=True)
class _Parts:
    """What a suite is made of."""

    aead: type[AESGCM | Sm4Gcm]
    key_bytes: int
    digest: HashAlgorithm


_PARTS = {
    Suite.AES_256_GCM: _Parts(AESGCM, 32, SHA512()),
    Suite.SM4_GCM: _Parts(Sm4Gcm, 16, SM3()),
}


def cipher(suite: Suite, key: bytes) -> Aead:
    """The suite's AEAD under a key of exactly ``cipher_key_bytes(suite)``."""
    return _PARTS[suite].aead(key)


def cipher_key_bytes(suite: Suite) -> int:
    """How many bytes the suite's cipher takes as its key."""
    return _PARTS[suite].key_bytes


def derive(suite: Suite, secret: bytes, length: int, *label: bytes) -> bytes:
    """Derive ``length`` bytes from a uniformly random secret for one labelled use.

    HKDF-Expand with the suite's hash. Results for different labels are independent; the secret cannot be
    found from any number of them.
    """
    return HKDFExpand(_PARTS[suite].digest, length, frame(*label)).derive(secret)
