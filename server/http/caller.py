"""From the request's headers to the caller: token, proof of the tablet, purpose, request id."""

from ipaddress import ip_address
from typing import NoReturn, cast
from uuid import UUID

from flask import current_app, g, request
from flask_jwt_extended import get_jwt, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import ExpiredSignatureError, PyJWTError
from uuid_utils.compat import uuid7

from server.domain.codes import Purpose
from server.domain.codes_devices import DeviceState
from server.errors import Forbidden, Malformed, Unauthenticated
from server.http.device_proof import Proof, check_time, has_proof, stated_proof
from server.services.access import (
    Caller,
    KnownDevice,
    Request,
    SessionClaim,
    Store,
    as_device,
    identify,
    known_device,
)

PURPOSE_HEADER = "X-Purpose"
REQUEST_ID_HEADER = "X-Request-Id"


def current_store() -> Store:
    """The deployment's store."""
    return cast("Store", current_app.extensions["linli"])


def current_caller() -> Caller:
    """Who acts in this request; set by the permission check before any view runs."""
    return cast("Caller", g.caller)


def current_request_id() -> UUID:
    """This request's id, made by the server: it names the request in the log and in every answer."""
    if "request_id" not in g:
        g.request_id = uuid7()
    return cast("UUID", g.request_id)


def current_device() -> KnownDevice:
    """The tablet that proved itself in this request."""
    return cast("KnownDevice", g.device)


def authenticate() -> Caller:
    """Read the token and load its session; keeps the caller for this request.

    A session bound to a tablet needs that tablet's proof as well. Raises Unauthenticated and Forbidden.
    """
    claim = token_claim(refresh=False)
    caller = identify(current_store(), claim, stated_request())
    g.caller = caller
    hold_device(claim)
    return caller


def hold_device(claim: SessionClaim) -> None:
    """Go on only with a proof of the very tablet that a session is bound to; one bound to none needs none.

    Raises:
        Unauthenticated: as ``stated_proof`` and ``authenticate_device``.
        Forbidden: ``device_pending``, ``device_revoked``.
    """
    if claim.device_id is None:
        return
    proof = stated_proof()
    if (proof.county_code, proof.device_id) != (claim.county_code, claim.device_id):
        raise Unauthenticated("device_proof_invalid")
    _admit(_found(proof), (DeviceState.ACTIVE,))


def authenticate_device(states: tuple[DeviceState, ...]) -> KnownDevice:
    """The tablet whose proof this request brings, if it is in one of these states; it is the caller unless a user is.

    Raises:
        Unauthenticated: ``device_proof_missing``, ``device_proof_invalid``, ``device_unknown``, ``device_clock_off``.
        Forbidden: ``device_pending``, or ``device_revoked`` with the order to wipe.
    """
    proof = stated_proof()
    device = _found(proof)
    g.caller = as_device(current_store(), device.county_code, device.id, stated_request())
    _admit(device, states)
    return device


def authenticate_new_device() -> Proof:
    """The proof of a tablet that is to be enrolled: its key is taken from it. Raises Unauthenticated."""
    proof = stated_proof()
    check_time(proof)
    return proof


def new_device_proof(device_id: UUID) -> Proof:
    """The proof that let a new tablet in; raises Unauthenticated ``device_proof_invalid`` unless it names this id."""
    proof = cast("Proof", g.proof)
    if proof.device_id != device_id:
        raise Unauthenticated("device_proof_invalid")
    return proof


def new_device_caller() -> Caller:
    """The new tablet itself as the caller, in the county its proof names."""
    proof = cast("Proof", g.proof)
    return as_device(current_store(), proof.county_code, proof.device_id, stated_request())


def signing_in_on() -> KnownDevice | None:
    """The tablet on which somebody signs in; None at a desk. Raises as ``authenticate_device``."""
    if not has_proof():
        return None
    device = _found(stated_proof())
    _admit(device, (DeviceState.ACTIVE,))
    return device


def _found(proof: Proof) -> KnownDevice:
    device = known_device(current_store(), proof.county_code, proof.device_id)
    if device is None:
        raise Unauthenticated("device_unknown")
    if device.public_key != proof.public_key:
        raise Unauthenticated("device_proof_invalid")
    check_time(proof)
    return device


def _admit(device: KnownDevice, states: tuple[DeviceState, ...]) -> None:
    if device.state not in states:
        _turn_away(device.state)
    g.device = device


def _turn_away(state: DeviceState) -> NoReturn:
    if state is DeviceState.PENDING:
        raise Forbidden("device_pending")
    raise Forbidden("device_revoked", wipe=True)


def token_claim(*, refresh: bool) -> SessionClaim:
    """What the signed token claims; every fault of a token but its age is told alike.

    Raises:
        Unauthenticated: ``token_missing``, ``token_expired`` or ``token_invalid``.
    """
    try:
        if verify_jwt_in_request(refresh=refresh, optional=True) is None:
            raise Unauthenticated("token_missing")
        claims = get_jwt()
        device_id = UUID(claims["device"]) if "device" in claims else None
        return SessionClaim(str(claims["county"]), UUID(claims["sub"]), UUID(claims["sid"]), device_id)
    except ExpiredSignatureError as error:
        raise Unauthenticated("token_expired") from error
    except (JWTExtendedException, PyJWTError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated("token_invalid") from error


def stated_request() -> Request:
    """Purpose, id and origin of this request; raises Malformed ``purpose_unknown``."""
    return Request(current_request_id(), _purpose(), address_prefix(request.remote_addr or ""))


def address_prefix(address: str) -> str:
    """The network part of an address, enough to notice an odd place: /24 of IPv4, /48 of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    packed = parsed.packed
    return ".".join(str(part) for part in packed[:3]) if parsed.version == 4 else packed[:6].hex(":", 2)


def _purpose() -> Purpose | None:
    stated = request.headers.get(PURPOSE_HEADER)
    if not stated:
        return None
    try:
        return Purpose(stated)
    except ValueError as error:
        raise Malformed("purpose_unknown", field=PURPOSE_HEADER, purposes=", ".join(Purpose)) from error
