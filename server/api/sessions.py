"""Signing in, staying signed in, signing out."""

from typing import Any
from uuid import UUID

from flask import request

from server.domain.permissions import Permission
from server.http.caller import current_caller, current_store, signing_in_on, stated_request
from server.http.openapi import DEVICE_REFUSALS, Blueprint
from server.http.routes import needs, public, refuses
from server.http.tokens import make_tokens, refresh_claim
from server.schemas.sessions import SessionListSchema, SignedInSchema, SignInSchema
from server.services.access import SessionClaim
from server.services.sessions import Attempt, SignedIn, own_sessions, refresh, sign_in, sign_out

blueprint = Blueprint(
    "sessions", __name__, url_prefix="/sessions", description="Signing in, staying signed in, signing out."
)

_SIGNED_IN = {
    "access_token": "eyJhbGciOiJFZERTQSJ9.…",
    "refresh_token": "eyJhbGciOiJFZERTQSJ9.…",
    "token_type": "Bearer",
    "access_expires_at": "2026-11-03T01:15:00+00:00",
    "session_expires_at": "2026-11-03T11:00:00+00:00",
    "session_id": "01936f3e-0000-7000-8000-000000000001",
    "user_id": "01936f3e-0000-7000-8000-000000000002",
    "county_code": "430902",
    "must_change_password": False,
    "roles": [{"role": "judicial_officer", "area_code": "430902102"}],
}
_SESSIONS = {
    "items": [
        {
            "id": "01936f3e-0000-7000-8000-000000000001",
            "created_at": "2026-11-03T01:00:00+00:00",
            "last_seen_at": "2026-11-03T01:00:00+00:00",
            "expires_at": "2026-11-03T11:00:00+00:00",
            "current": True,
        }
    ]
}


@blueprint.post("")
@public
@refuses("sign_in_refused", "sign_in_paused", "database_unavailable", "access_log_unavailable", "seal_broken")
@refuses("device_not_of_area", *DEVICE_REFUSALS)
@blueprint.doc(security=[{}, {"deviceProof": []}])
@blueprint.arguments(SignInSchema)
@blueprint.response(201, SignedInSchema, example=_SIGNED_IN)
def open_session(body: dict[str, str]) -> dict[str, Any]:
    """Sign in.

    Whatever is wrong with login or password, the answer is the same. Too many tries pause both login and address.
    With a tablet's proof the session is bound to that tablet: every later call needs its proof.
    """
    attempt = Attempt(body["login"], body["password"], request.remote_addr or "", signing_in_on())
    return _rendered(sign_in(current_store(), attempt, stated_request()))


@blueprint.post("/refresh")
@public
@refuses("token_missing", "token_expired", "token_invalid", "session_ended")
@refuses("database_unavailable", "access_log_unavailable", "seal_broken", *DEVICE_REFUSALS)
@blueprint.doc(security=[{"bearer": []}, {"bearer": [], "deviceProof": []}])
@blueprint.response(201, SignedInSchema, example=_SIGNED_IN)
def refresh_session() -> dict[str, Any]:
    """Exchange the refresh token, sent as the bearer token, for the next pair.

    A refresh token is good once. Presented again, it ends the session, for somebody else may hold a copy. That of a
    tablet stays good with the tablet's proof, until the session ends.
    """
    claim, token_id = refresh_claim()
    return _rendered(refresh(current_store(), claim, token_id, stated_request()))


@blueprint.get("")
@needs(Permission.ACCOUNT_OWN)
@blueprint.response(200, SessionListSchema, example=_SESSIONS)
def list_sessions() -> dict[str, Any]:
    """List one's own living sessions."""
    return {"items": own_sessions(current_caller())}


@blueprint.delete("/current")
@needs(Permission.ACCOUNT_OWN)
@refuses("not_found")
@blueprint.response(204)
def end_current_session() -> None:
    """Sign out."""
    sign_out(current_caller())


@blueprint.delete("/<uuid:session_id>")
@needs(Permission.ACCOUNT_OWN)
@refuses("not_found")
@blueprint.response(204)
def end_own_session(session_id: UUID) -> None:
    """End one of one's own sessions, on a lost tablet for instance."""
    sign_out(current_caller(), session_id)


def _rendered(signed_in: SignedIn) -> dict[str, Any]:
    claim = SessionClaim(signed_in.county_code, signed_in.user_id, signed_in.session_id, signed_in.device_id)
    tokens = make_tokens(claim, signed_in.refresh_token_id, signed_in.session_expires_at)
    return vars(tokens) | {
        "session_expires_at": signed_in.session_expires_at,
        "session_id": signed_in.session_id,
        "user_id": signed_in.user_id,
        "county_code": signed_in.county_code,
        "must_change_password": signed_in.must_change_password,
        "roles": signed_in.grants,
    }
