"""The tablet's own key, the proof it gives with a call, and the sealing of what was written (SYNC.md §2 and §5)."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

SEALING = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
PADDED_TO = 256


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes of a base64url text without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class DeviceKey:
    """An ECDSA P-256 key pair. A real tablet's cannot be exported; this one is kept in the tablet's file."""

    private: ec.EllipticCurvePrivateKey

    @classmethod
    def fresh(cls) -> "DeviceKey":
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, pem: str) -> "DeviceKey":
        key = serialization.load_pem_private_key(pem.encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return cls(key)

    @classmethod
    def from_number(cls, number: int) -> "DeviceKey":
        """The key of one private number, for vectors."""
        return cls(ec.derive_private_key(number, ec.SECP256R1()))

    @property
    def pem(self) -> str:
        return self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    @property
    def point(self) -> bytes:
        """The public key as its 65 bytes."""
        form = serialization.PublicFormat.UncompressedPoint
        return self.private.public_key().public_bytes(serialization.Encoding.X962, form)

    @property
    def jwk(self) -> dict[str, str]:
        return {"kty": "EC", "crv": "P-256", "x": b64(self.point[1:33]), "y": b64(self.point[33:])}

    @property
    def check_number(self) -> str:
        """What both sides show while a tablet is enrolled."""
        return f"{int.from_bytes(hashlib.sha256(self.point).digest()[:3]) >> 4:07d}"


@dataclass(frozen=True)
class Proof:
    """What a proof is about; ``at`` is the tablet's corrected time in whole seconds."""

    method: str
    path: str
    at: int
    county: str
    device_id: str
    body: bytes = b""

    def claims(self, jti: str) -> dict[str, Any]:
        return {
            "jti": jti,
            "htm": self.method,
            "htu": self.path,
            "iat": self.at,
            "county": self.county,
            "device": self.device_id,
            "bh": b64(hashlib.sha256(self.body).digest()),
        }


def signed(key: DeviceKey, proof: Proof) -> str:
    """The proof as the text of the ``DPoP`` header, good for one request."""
    header = {"typ": "dpop+jwt", "jwk": key.jwk}
    return jwt.encode(proof.claims(str(uuid4())), key.private, algorithm="ES256", headers=header)


def sealing_info(county: str, device_id: str, op: Mapping[str, Any]) -> bytes:
    """What a sealed part is bound to."""
    named = (op["op_id"], op["author_id"], op["kind"], op["record_id"])
    return "\n".join(("linli-operation-1", county, device_id, *named)).encode()


def padded(inner: Mapping[str, Any]) -> bytes:
    """The inner part as JSON, filled with spaces up to a multiple of 256 bytes."""
    text = json.dumps(inner, ensure_ascii=False, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % PADDED_TO)


def sealed_to(public_key: str, inner: Mapping[str, Any], info: bytes) -> str:
    """The inner part, for the holder of the seal key alone: ``enc`` and ciphertext."""
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(public_key))
    return b64(SEALING.encrypt(padded(inner), point, info))


def opened(private: ec.EllipticCurvePrivateKey, sealed: str, info: bytes) -> dict[str, Any]:
    """The inner part again; only vectors do this, a tablet cannot."""
    inner: dict[str, Any] = json.loads(SEALING.decrypt(unb64(sealed), private, info))
    return inner
