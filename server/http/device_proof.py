"""The proof that a request comes from a tablet: a DPoP header (RFC 9449) signed by the tablet's own key.

It names method, path and the body as sent, so that what is overheard opens nothing else; see
``mobile_api_spec/SYNC.md`` §2. Here it is read and held against the request; whose key it is, ``caller.py`` asks.
"""

import hmac
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

import jwt
from flask import request

from server import clock
from server.errors import Invalid, Unauthenticated

PROOF_HEADER = "DPoP"
#: Seconds by which a proof's time may differ from the server's.
WINDOW_S = 300
#: The address a rescue file is signed for.
RESCUE_PATH = "/api/v1/sync/rescue"
#: A proof has about 700 characters; anything much longer is none.
LONGEST = 2000
_COORDINATE_BYTES = 32
#: Seconds since 1970 that no clock tells: a longer number cannot be reckoned with.
_FAR_S = 2**53
_COUNTY = re.compile(r"[1-9][0-9]{5}")
_UNCHECKED = {f"verify_{claim}": False for claim in ("aud", "exp", "iat", "iss", "jti", "nbf", "sub")}


@dataclass(frozen=True)
class Proof:
    """A proof whose signature, method, path and body are right; ``public_key`` is the 65-byte point that signed it."""

    county_code: str
    device_id: UUID
    public_key: bytes
    #: Seconds since 1970 by the tablet's clock, as it corrected it.
    issued_at: int


def has_proof() -> bool:
    """Whether this request brings a proof at all."""
    return PROOF_HEADER in request.headers


def stated_proof() -> Proof:
    """The proof of this request, held against its method, path and raw body; its time is held by ``check_time``.

    Raises:
        Unauthenticated: ``device_proof_missing``, or ``device_proof_invalid`` whatever is wrong with it.
    """
    token = request.headers.get(PROOF_HEADER)
    if token is None:
        raise Unauthenticated("device_proof_missing")
    try:
        proof, claims = _read(token)
        right = _is_of_this_request(claims)
    except (jwt.PyJWTError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Unauthenticated("device_proof_invalid") from error
    if not right:
        raise Unauthenticated("device_proof_invalid")
    return proof


def check_time(proof: Proof) -> None:
    """Raise Unauthenticated ``device_clock_off``, with the server's time, for a proof too old or too new."""
    now = clock.now()
    if abs(now.timestamp() - proof.issued_at) > WINDOW_S:
        raise Unauthenticated("device_clock_off", server_time=now.isoformat(timespec="seconds"))


def rescue_proof(token: str, operations: list[Any]) -> Proof:
    """The proof of a rescue file: over its operations as JSON without blanks, made whenever the tablet could.

    Raises Invalid ``rescue_invalid`` whatever is wrong with it; whose key it is, the caller asks.
    """
    body = json.dumps(operations, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        proof, claims = _read(token)
        right = _is_of(claims, "POST", RESCUE_PATH, body)
    except (jwt.PyJWTError, LookupError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid("rescue_invalid", field="signature") from error
    if not right:
        raise Invalid("rescue_invalid", field="signature")
    return proof


def body_digest(body: bytes) -> str:
    """What the claim ``bh`` must be for a body as it was sent."""
    return urlsafe_b64encode(sha256(body).digest()).rstrip(b"=").decode()


def _read(token: str) -> tuple[Proof, dict[str, Any]]:
    if len(token) > LONGEST:
        raise ValueError("too long for a proof")
    header = jwt.get_unverified_header(token)
    if header.get("typ") != "dpop+jwt" or header.get("alg") != "ES256":
        raise ValueError("not a proof")
    point = _point(header["jwk"])
    key = jwt.PyJWK({name: header["jwk"][name] for name in ("kty", "crv", "x", "y")}, "ES256")
    claims: dict[str, Any] = jwt.decode(token, key, algorithms=["ES256"], options=_UNCHECKED)  # type: ignore[arg-type]
    UUID(claims["jti"])
    county_code, issued_at = claims["county"], claims["iat"]
    if not _COUNTY.fullmatch(county_code) or type(issued_at) is not int or abs(issued_at) > _FAR_S:
        raise ValueError("county and time are six digits and whole seconds")
    return Proof(county_code, UUID(claims["device"]), point, issued_at), claims


def _point(jwk: dict[str, Any]) -> bytes:
    """The uncompressed point of a public P-256 JWK."""
    if jwk["kty"] != "EC" or jwk["crv"] != "P-256" or "d" in jwk:
        raise ValueError("not a public P-256 key")
    x, y = (urlsafe_b64decode(jwk[name].encode() + b"=" * (-len(jwk[name]) % 4)) for name in "xy")
    if not len(x) == len(y) == _COORDINATE_BYTES:
        raise ValueError("a coordinate has 32 bytes")
    return b"\x04" + x + y


def _is_of_this_request(claims: dict[str, Any]) -> bool:
    return _is_of(claims, request.method, request.path, request.get_data(cache=True))


def _is_of(claims: dict[str, Any], method: str, path: str, body: bytes) -> bool:
    same_body = hmac.compare_digest(str(claims["bh"]).encode(), body_digest(body).encode())
    return same_body and claims["htm"] == method and claims["htu"] == path
