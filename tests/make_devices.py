"""Tablets as tests need them: a key of their own, proofs signed by it, enrolled and approved by the office."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from unittest.mock import patch
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server import clock
from server.domain.codes import Role
from server.domain.codes_devices import DeviceState, RevokeReason
from server.domain.devices import check_number
from server.errors import LinliError
from server.services.access import Request, as_device
from server.services.device_enrolments import NewDevice, enrol, give_code
from server.services.devices import approve_device, read_device, revoke_device
from server.services.leases import wiped
from server.store.transaction import Caller, new_id
from tests.make import County, a_caller

APP = "1.0.0"


def base64url(content: bytes) -> str:
    """Without padding, as JWTs have it."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass(frozen=True)
class Tablet:
    """A tablet: its county, its id, and the key it never gives out."""

    county_code: str
    id: UUID = field(default_factory=new_id)
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()), repr=False)

    @property
    def public_key(self) -> bytes:
        """The 65-byte uncompressed point."""
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def jwk(self) -> dict[str, str]:
        """The public key as a proof's header carries it."""
        point = self.public_key
        return {"kty": "EC", "crv": "P-256", "x": base64url(point[1:33]), "y": base64url(point[33:])}

    def claims(self, method: str, path: str, body: bytes = b"") -> dict[str, Any]:
        """The claims of a right proof."""
        return {
            "jti": str(uuid4()),
            "htm": method,
            "htu": path,
            "iat": int(clock.now().timestamp()),
            "county": self.county_code,
            "device": str(self.id),
            "bh": base64url(sha256(body).digest()),
        }

    def signed(self, claims: dict[str, Any], **header: Any) -> str:
        """Claims signed by this key; parts of the header may be another."""
        said = {"typ": "dpop+jwt", "jwk": self.jwk} | header
        return jwt.encode(claims, self.key, algorithm="ES256", headers=said)

    def proof(self, method: str, path: str, body: bytes = b"", **changes: Any) -> str:
        """A proof for a request; claims may be changed."""
        return self.signed(self.claims(method, path, body) | changes)

    def send(self, client: Any, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A request with this tablet's proof, and whatever headers besides; ``body`` is sent as JSON."""
        full = path if path.startswith("/api/") else "/api/v1" + path
        raw = b"" if body is None else json.dumps(body).encode()
        said = {"DPoP": self.proof(method, full, raw)} | headers
        kind = {"content_type": "application/json"} if raw else {}
        return client.open(full, method=method, data=raw, headers=said, **kind)


def office(county: County, township: str | None = None, purpose: Any = None) -> Caller:
    """Somebody who keeps a township's tablets."""
    return a_caller(county, Role.TOWNSHIP_COORDINATOR, township or county.township, purpose)


def as_tablet(county: County, tablet: Tablet) -> Caller:
    """The tablet itself as a caller."""
    return as_device(county.store, tablet.county_code, tablet.id, Request(new_id(), None, ""))


def a_code(county: County, township: str | None = None) -> str:
    """A fresh enrolment code."""
    township = township or county.township
    return give_code(office(county, township), township, "一号平板").code


def a_pending_tablet(county: County, township: str | None = None) -> Tablet:
    """A tablet that has sent its key."""
    tablet = Tablet(county.code)
    new = NewDevice(tablet.id, tablet.public_key, a_code(county, township), APP, "192.0.2.7")
    enrol(as_tablet(county, tablet), new)
    return tablet


def a_tablet(county: County, township: str | None = None, state: DeviceState = DeviceState.ACTIVE) -> Tablet:
    """A tablet of a township (the first), in a state."""
    tablet = a_pending_tablet(county, township)
    keeper = office(county, township)
    if state is not DeviceState.PENDING:
        approve_device(keeper, tablet.id, check_number(tablet.public_key))
    if state in {DeviceState.REVOKED, DeviceState.WIPED}:
        revoke_device(keeper, tablet.id, read_device(keeper, tablet.id).version, RevokeReason.LOST)
    if state is DeviceState.WIPED:
        wiped(as_tablet(county, tablet), 0)
    return tablet


def refused(act: Callable[[], object]) -> str:
    """The code with which an act is refused; empty where it is not."""
    try:
        act()
    except LinliError as error:
        return error.code
    return ""


@contextmanager
def later(**time: int) -> Iterator[datetime]:
    """The clock moved on, within the block."""
    moved = clock.now() + timedelta(**time)
    with patch("server.clock.now", lambda: moved):
        yield moved
