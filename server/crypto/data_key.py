"""The key under which one subject's fields of one retention class are sealed."""

import hmac
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn
from uuid import UUID

from server.crypto.errors import SealBroken
from server.crypto.framing import frame
from server.crypto.registry import Retention
from server.crypto.secret import Secret
from server.crypto.suites import Aead, Suite, cipher, cipher_key_bytes, derive

FORMAT_VERSION = 0x01
COMMITMENT_BYTES = 32
MOST_VERSIONS = 0xFFFF
_SUITES = frozenset(Suite)
_SUBJECT_LENGTH = (16).to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class WrappedDataKey:
    """A data key as its database row holds it; deleting the row, and its epoch, is what erasure means.

    ``epoch`` names the master key it is wrapped under (YYYYMM). ``commitment`` is 32 bytes that only this
    very key gives, so that no second key can be slipped in that opens the same ciphertext to another text.
    """

    subject_id: UUID
    retention: Retention
    version: int
    suite: Suite
    epoch: str
    wrapped: bytes
    commitment: bytes

    @property
    def binding(self) -> bytes:
        """What the row says the key is, authenticated at unwrapping; raises SealBroken if none can be."""
        return _binding(self.subject_id, self.retention, self.version, self.suite)


class DataKey:
    """One subject × retention class × version, for one suite; random, and nowhere derivable again.

    One HKDF-Expand over the 32 random bytes, labelled with whose key it is, gives both the commitment and the
    cipher key: whoever checks the commitment has fixed the cipher key. AES-GCM and SM4-GCM do not commit by
    themselves. ``header`` and ``binding`` are the parts of a ciphertext and of its associated data that
    depend on the key alone.
    """

    __slots__ = (
        "_aead",
        "_cipher_key",
        "_secret",
        "binding",
        "commitment",
        "header",
        "retention",
        "subject_id",
        "suite",
        "version",
    )

    def __init__(self, secret: Secret, subject_id: UUID, retention: Retention, version: int, suite: Suite) -> None:
        """Derive cipher key and commitment; use ``generate`` or ``MasterKey.unwrap_data_key`` instead."""
        self.subject_id, self.retention, self.version, self.suite = subject_id, retention, version, suite
        self._secret = secret
        self._aead: Aead | None = None
        self.binding = _binding(subject_id, retention, version, suite)
        self.header = bytes((FORMAT_VERSION, suite)) + version.to_bytes(2, "big")
        length = COMMITMENT_BYTES + cipher_key_bytes(suite)
        derived = derive(suite, secret.expose(), length, b"linli/data-key/v1", self.binding)
        self.commitment, self._cipher_key = derived[:COMMITMENT_BYTES], derived[COMMITMENT_BYTES:]

    @classmethod
    def generate(cls, subject_id: UUID, retention: Retention, version: int, suite: Suite) -> "DataKey":
        """Make a new random key; ``version`` counts from 1, each used once for a subject and class."""
        return cls(Secret.random(), subject_id, retention, version, suite)

    @property
    def aead(self) -> Aead:
        """The cipher, made on first use."""
        if self._aead is None:
            self._aead = cipher(self.suite, self._cipher_key)
        return self._aead

    def expose(self) -> bytes:
        """Give the raw bytes, to be wrapped by a master key and nothing else."""
        return self._secret.expose()

    def require_commitment(self, stored: bytes) -> None:
        """Raise SealBroken unless ``stored`` is this key's commitment; compared in constant time."""
        if not hmac.compare_digest(self.commitment, stored):
            raise SealBroken

    def __repr__(self) -> str:
        """Name class, version and suite, never bytes nor whose key it is."""
        return f"<DataKey {self.retention} v{self.version} {self.suite.name}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse pickling and copying with TypeError."""
        raise TypeError("data keys are neither pickled nor copied")


def _binding(subject_id: UUID, retention: Retention, version: int, suite: Suite) -> bytes:
    """Frame whose key it is: subject, class, suite, version."""
    return _SUBJECT_LENGTH + subject_id.bytes + _kind(retention, suite, version)


@lru_cache(maxsize=1024)
def _kind(retention: Retention, suite: Suite, version: int) -> bytes:
    """The part of the binding that most keys share."""
    if suite not in _SUITES or not 0 < version <= MOST_VERSIONS:
        raise SealBroken
    return frame(retention.encode(), bytes((suite,)), version.to_bytes(2, "big"))
