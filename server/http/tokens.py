"""Making the two tokens of a session. They say whose session it is, and nothing about what may be done with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import current_app
from flask_jwt_extended import create_access_token, create_refresh_token, get_jwt

from server import clock
from server.errors import Unauthenticated
from server.http.caller import hold_device, token_claim
from server.services.access import SessionClaim


@dataclass(frozen=True)
class Tokens:
    """What a client keeps: one token to act with for minutes, one to ask for the next pair with."""

    access_token: str
    refresh_token: str
    access_expires_at: datetime


def make_tokens(claim: SessionClaim, refresh_token_id: UUID, session_expires_at: datetime) -> Tokens:
    """Sign both tokens; neither outlives its session."""
    now = clock.now()
    left = max(session_expires_at - now, timedelta(seconds=1))
    life = min(current_app.config["JWT_ACCESS_TOKEN_EXPIRES"], left)
    claims = {"county": claim.county_code, "sid": str(claim.session_id)}
    if claim.device_id is not None:
        claims["device"] = str(claim.device_id)
    refresh_claims = claims | {"jti": str(refresh_token_id)}
    return Tokens(
        create_access_token(str(claim.user_id), expires_delta=life, additional_claims=claims),
        create_refresh_token(str(claim.user_id), expires_delta=left, additional_claims=refresh_claims),
        now + life,
    )


def refresh_claim() -> tuple[SessionClaim, UUID]:
    """What the refresh token in the Authorization header claims, and its id; a tablet's needs the tablet's proof.

    Raises:
        Unauthenticated: ``token_missing``, ``token_expired`` or ``token_invalid``; and as ``hold_device``.
    """
    claim = token_claim(refresh=True)
    try:
        token_id = UUID(get_jwt()["jti"])
    except (KeyError, ValueError, AttributeError, TypeError) as error:
        raise Unauthenticated("token_invalid") from error
    hold_device(claim)
    return claim, token_id
