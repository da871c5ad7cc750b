"""The county's own keys, and how they carry the keys below them.

    key provider ─ wraps ─► MasterKey (county, month) ─ wraps ─► DataKey (subject, class, version)
                 ├────────► IndexKey  (county): search buckets
                 └────────► RowMacKey (county): fingerprints of who-may-see columns

Each county key is 32 random bytes, wrapped by the provider in a context that names its purpose, deployment,
county and epoch, so no wrapped key can stand in for another. Nothing here can make a deleted data key again.
"""

import hmac
import os
from dataclasses import dataclass
from typing import ClassVar, NoReturn, Self

from cryptography.exceptions import InvalidTag

from server.crypto.data_key import DataKey, WrappedDataKey
from server.crypto.errors import KeyRefused, SealBroken
from server.crypto.framing import frame
from server.crypto.kek import KekProvider, SealedFileKek
from server.crypto.secret import KEY_BYTES, Secret
from server.crypto.suites import NONCE_BYTES, Aead, Suite, cipher, cipher_key_bytes, derive

__all__ = [
    "CountyKey",
    "DataKey",
    "IndexKey",
    "KekProvider",
    "KeyName",
    "MasterKey",
    "RowMacKey",
    "SealedFileKek",
    "WrappedDataKey",
    "check_canary",
    "make_canary",
]


@dataclass(frozen=True, slots=True)
class KeyName:
    """Which county key is meant: of which deployment and county, made in which month (``epoch``, YYYYMM)."""

    deployment: str
    county_code: str
    epoch: str

    def context(self, purpose: str) -> bytes:
        """The bytes this name and purpose are authenticated by."""
        parts = (purpose, self.deployment, self.county_code, self.epoch)
        return frame(b"linli/county-key/v1", *(part.encode() for part in parts))


class CountyKey:
    """A 256-bit key of one county for one purpose; without readable ``repr``, pickle or copy."""

    purpose: ClassVar[str]
    __slots__ = ("_secret", "name")

    def __init__(self, secret: Secret, name: KeyName) -> None:
        """Hold an opened key; use ``new`` or ``unwrap`` instead."""
        self._secret, self.name = secret, name

    @classmethod
    def new(cls, name: KeyName) -> Self:
        """Make a new random key of this name."""
        return cls(Secret.random(), name)

    @classmethod
    def unwrap(cls, provider: KekProvider, wrapped: bytes, name: KeyName) -> Self:
        """Open a wrapped key; raises SealBroken unless it was wrapped for this purpose and name."""
        content = provider.unwrap(wrapped, name.context(cls.purpose))
        try:
            return cls(Secret(content), name)
        except ValueError:
            raise SealBroken from None

    def wrap(self, provider: KekProvider) -> bytes:
        """Wrap the key for storage, bound to its purpose and name."""
        return provider.wrap(self._secret.expose(), self.name.context(self.purpose))

    def derive(self, *label: bytes) -> bytes:
        """32 bytes for one labelled use, by HKDF-SHA512, independent of those for any other label."""
        return derive(Suite.AES_256_GCM, self._secret.expose(), KEY_BYTES, *label)

    def __repr__(self) -> str:
        """Name purpose, county and epoch, never bytes."""
        return f"<{type(self).__name__} {self.name.county_code} {self.name.epoch}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse pickling and copying with TypeError."""
        raise TypeError("county keys are neither pickled nor copied")


class IndexKey(CountyKey):
    """Keys the county's search buckets; apart from the master key, so that its leak opens nothing."""

    purpose = "index"
    __slots__ = ("_field_keys",)

    def __init__(self, secret: Secret, name: KeyName) -> None:
        """Hold an opened key; use ``new`` or ``unwrap`` instead."""
        super().__init__(secret, name)
        self._field_keys: dict[int, bytes] = {}

    def field_key(self, field_number: int) -> bytes:
        """The key of one field's buckets, derived once."""
        if field_number not in self._field_keys:
            self._field_keys[field_number] = self.derive(b"linli/bucket/v1", field_number.to_bytes(2, "big"))
        return self._field_keys[field_number]


class RowMacKey(CountyKey):
    """Keys the fingerprints of columns that decide who may see a row."""

    purpose = "row-mac"
    __slots__ = ("mac_key",)

    def __init__(self, secret: Secret, name: KeyName) -> None:
        """Hold an opened key; use ``new`` or ``unwrap`` instead."""
        super().__init__(secret, name)
        self.mac_key = self.derive(b"linli/row-mac/v1")


class MasterKey(CountyKey):
    """Wraps a county's data keys for one epoch; destroying it makes every older copy of them worthless."""

    purpose = "master"
    __slots__ = ("_aeads", "_context")

    def __init__(self, secret: Secret, name: KeyName) -> None:
        """Hold an opened key; use ``new`` or ``unwrap`` instead."""
        super().__init__(secret, name)
        self._aeads: dict[Suite, Aead] = {}
        self._context = name.context("data-key")

    def wrap_data_key(self, key: DataKey) -> WrappedDataKey:
        """Wrap a data key under its own suite, bound to county, epoch, subject, class, version and suite."""
        nonce = os.urandom(NONCE_BYTES)
        wrapped = nonce + self._aead(key.suite).encrypt(nonce, key.expose(), self._context + key.binding)
        return WrappedDataKey(
            key.subject_id, key.retention, key.version, key.suite, self.name.epoch, wrapped, key.commitment
        )

    def unwrap_data_key(self, row: WrappedDataKey) -> DataKey:
        """Open a data key's row and check its commitment.

        Raises SealBroken for a changed row, one of another subject, class, version, suite, county or epoch,
        and for a commitment that is not the key's.
        """
        if row.epoch != self.name.epoch:
            raise SealBroken
        associated_data = self._context + row.binding
        nonce, wrapped = row.wrapped[:NONCE_BYTES], row.wrapped[NONCE_BYTES:]
        try:
            secret = Secret(self._aead(row.suite).decrypt(nonce, wrapped, associated_data))
        except (InvalidTag, ValueError):
            raise SealBroken from None
        key = DataKey(secret, row.subject_id, row.retention, row.version, row.suite)
        key.require_commitment(row.commitment)
        return key

    def _aead(self, suite: Suite) -> Aead:
        """The wrapping cipher of a suite, under its own derived key."""
        if suite not in self._aeads:
            label = (b"linli/wrapping/v1", bytes((suite,)))
            key = derive(suite, self._secret.expose(), cipher_key_bytes(suite), *label)
            self._aeads[suite] = cipher(suite, key)
        return self._aeads[suite]


def make_canary(key: CountyKey) -> bytes:
    """32 bytes that only this key gives, to be stored beside it when it is made."""
    return key.derive(b"linli/canary/v1", key.name.context(key.purpose))


def check_canary(key: CountyKey, canary: bytes) -> None:
    """Raise KeyRefused unless this key made the canary: a process with another key must not start."""
    if not hmac.compare_digest(make_canary(key), canary):
        raise KeyRefused("key_canary_differs")
