"""Operations sealed on a tablet: to the county's public key, so that the tablet itself cannot read them again.

HPKE (RFC 9180), base mode: DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, as ``mobile_api_spec/SYNC.md`` §5 says.
What is sealed is bound to the operation it belongs to. Who wrote it, HPKE does not tell: that is the business of
``server/crypto/author_token.py``, whose token lies inside.
"""

from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM
from cryptography.hazmat.primitives.hpke import Suite as HpkeSuite
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.crypto.errors import SealBroken
from server.crypto.keys import CountyKey, KeyName
from server.crypto.secret import Secret
from server.crypto.suites import Suite, derive

#: Bytes of a public key and of what HPKE puts in front of the ciphertext: an uncompressed point.
POINT_BYTES = 65
#: Plaintexts are filled up with spaces to a multiple of this, so that their length tells little.
BLOCK_BYTES = 256
_LABEL = "linli-operation-1"
_SCALAR_LABEL = b"linli/seal-key/v1"
#: 128 bits more than the order of P-256, so that the remainder is not biased (FIPS 186-5, A.4.1).
_SCALAR_BYTES = 48
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_HPKE = HpkeSuite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True)
class OperationName:
    """Which operation a text was sealed for: everything of its envelope that decides where it is written."""

    county_code: str
    device_id: UUID
    op_id: UUID
    author_id: UUID
    kind: str
    record_id: UUID

    def info(self) -> bytes:
        """The bytes HPKE binds the text to."""
        parts = (self.device_id, self.op_id, self.author_id, self.kind, self.record_id)
        return "\n".join((_LABEL, self.county_code, *map(str, parts))).encode()


class SealKey(CountyKey):
    """Opens what tablets of one county sealed; its public half is given out with every lease."""

    purpose = "seal"
    __slots__ = ("_private_key", "public_key")

    def __init__(self, secret: Secret, name: KeyName) -> None:
        """Hold an opened key; use ``new`` or ``unwrap`` instead."""
        super().__init__(secret, name)
        self._private_key = _private_key(secret)
        #: 65 bytes, an uncompressed point: always reckoned from the secret, never taken from a table.
        self.public_key = self._private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def open(self, sealed: bytes, name: OperationName) -> bytes:
        """The sealed text without its padding.

        Raises SealBroken for a changed byte, another operation's text, another key's, and one too short to be any.
        """
        try:
            return _HPKE.decrypt(sealed, self._private_key, name.info()).rstrip(b" ")
        except (InvalidTag, ValueError):
            raise SealBroken from None


def seal_operation(public_key: bytes, name: OperationName, plaintext: bytes) -> bytes:
    """What a tablet does: ``enc ‖ ciphertext``, different each time; raises ValueError for a point off the curve."""
    point = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), public_key)
    return _HPKE.encrypt(padded(plaintext), point, name.info())


def padded(plaintext: bytes) -> bytes:
    """The JSON text followed by blanks up to a whole number of blocks."""
    return plaintext + b" " * (-len(plaintext) % BLOCK_BYTES)


def _private_key(secret: Secret) -> EllipticCurvePrivateKey:
    wide = int.from_bytes(derive(Suite.AES_256_GCM, secret.expose(), _SCALAR_BYTES, _SCALAR_LABEL), "big")
    return derive_private_key(wide % (_ORDER - 1) + 1, SECP256R1())
