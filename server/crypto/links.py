"""Blind links: which row a search bucket points at, readable with the county's link key only.

Bucket rows stand beside residents whose area is plain. Were the pointer plain too, a leaked index key would narrow each
of a grid's few residents to a bucket, and membership would show. Blind, bucket rows can be counted, but not joined.
"""

import os
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from server.crypto.errors import SealBroken
from server.crypto.framing import frame
from server.crypto.keys import CountyKey, KeyName
from server.crypto.secret import Secret
from server.crypto.suites import NONCE_BYTES


class LinkKey(CountyKey):
    """Blinds and reads the links of a county's search buckets; apart from the index key that chooses the bucket."""

    purpose = "link"
    __slots__ = ("_aead",)

    def __init__(self, secret: Secret, name: KeyName) -> None:
        """Hold an opened key; use ``new`` or ``unwrap`` instead."""
        super().__init__(secret, name)
        self._aead = AESGCM(self.derive(b"linli/bucket-link/v1"))

    def blind(self, record_id: UUID, field_number: int) -> bytes:
        """44 bytes ``nonce(12) | ciphertext(16) | tag(16)``, different each time, bound to the field."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, record_id.bytes, _place(field_number))

    def read(self, link: bytes, field_number: int) -> UUID:
        """The record id; raises SealBroken for a link of another field or county, or one that was changed."""
        try:
            opened = self._aead.decrypt(link[:NONCE_BYTES], link[NONCE_BYTES:], _place(field_number))
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error
        return UUID(bytes=opened)


@lru_cache(maxsize=64)
def _place(field_number: int) -> bytes:
    return frame(b"linli/bucket-link/v1", field_number.to_bytes(2, "big"))
