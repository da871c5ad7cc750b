"""From the request's headers to the caller: token, purpose, request id."""

from ipaddress import ip_address
from typing import cast
from uuid import UUID

from flask import current_app, g, request
from flask_jwt_extended import get_jwt, verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import ExpiredSignatureError, PyJWTError
from uuid_utils.compat import uuid7

from server.domain.codes import Purpose
from server.errors import Malformed, Unauthenticated
from server.services.access import Caller, Request, SessionClaim, Store, identify

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


def authenticate() -> Caller:
    """Read the token and load its session; keeps the caller for this request. Raises Unauthenticated."""
    caller = identify(current_store(), token_claim(refresh=False), stated_request())
    g.caller = caller
    return caller


def token_claim(*, refresh: bool) -> SessionClaim:
    """What the signed token claims; every fault of a token but its age is told alike.

    Raises:
        Unauthenticated: ``token_missing``, ``token_expired`` or ``token_invalid``.
    """
    try:
        if verify_jwt_in_request(refresh=refresh, optional=True) is None:
            raise Unauthenticated("token_missing")
        claims = get_jwt()
        return SessionClaim(str(claims["county"]), UUID(claims["sub"]), UUID(claims["sid"]))
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
