"""The county's users, the roles they hold, and one's own account."""

from typing import Any
from uuid import UUID

from server import clock
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.users import (
    GrantSchema,
    InitialPasswordSchema,
    NewGrantSchema,
    NewUserSchema,
    PasswordChangeSchema,
    UserChangeSchema,
    UserPageQuery,
    UserPageSchema,
    UserSchema,
)
from server.services import grants, passwords, users
from server.services.grants import GrantSpec

blueprint = Blueprint("users", __name__, url_prefix="/users", description="Users and the roles they hold in areas.")

_GRANT = {
    "id": "01936f3e-0000-7000-8000-000000000003",
    "role": "judicial_officer",
    "area_code": "430902102",
    "area_name": "迎风桥镇",
    "valid_from": "2026-11-01",
    "valid_to": None,
}
_USER = {
    "id": "01936f3e-0000-7000-8000-000000000002",
    "login": "sifasuo.qilinqiao@430902",
    "display_name": "王建国",
    "state": "active",
    "must_change_password": False,
    "version": 3,
    "grants": [_GRANT],
}
_PASSWORD = {
    "user_id": "01936f3e-0000-7000-8000-000000000002",
    "login": "sifasuo.qilinqiao@430902",
    "version": 1,
    "password": "k7mh-q2vd-ab8r-xw4t",
}

Versioned = tuple[Any, dict[str, str]]


@blueprint.get("/me")
@needs(Permission.ACCOUNT_OWN)
@refuses("access_log_unavailable", "disclosure_budget_used")
@blueprint.response(200, UserSchema, example=_USER)
def read_own_account() -> Versioned:
    """Read one's own account and roles."""
    return tagged(users.own_account(current_caller()))


@blueprint.post("/me/password")
@needs(Permission.ACCOUNT_OWN)
@refuses("password_wrong", "password_too_short", "password_is_login", "password_too_common", "password_unchanged")
@refuses("sign_in_paused", "record_changed")
@blueprint.arguments(PasswordChangeSchema)
@blueprint.response(204)
def change_own_password(body: dict[str, str]) -> None:
    """Change one's own password; one's other sessions end."""
    passwords.change_own_password(current_caller(), body["old_password"], body["new_password"])


@blueprint.get("")
@needs(Permission.USER_READ)
@refuses("not_found", "cursor_malformed", "access_log_unavailable", "disclosure_budget_used")
@blueprint.arguments(UserPageQuery, location="query")
@blueprint.response(200, UserPageSchema, example={"items": [_USER], "next_cursor": None})
def list_users(query: dict[str, Any]) -> dict[str, Any]:
    """List the county's users with their roles."""
    asked = page_asked(query)
    return shown(users.list_users(current_caller(), asked))


@blueprint.post("")
@needs(Permission.USER_MANAGE)
@refuses("not_found", "login_invalid", "name_invalid", "phone_invalid", "login_taken", "record_exists")
@blueprint.arguments(NewUserSchema)
@blueprint.response(201, InitialPasswordSchema, example=_PASSWORD)
def create_user(body: dict[str, Any]) -> Versioned:
    """Add a user; the answer holds a password to hand over once."""
    return tagged(users.create_user(current_caller(), users.NewUser(**body)))


@blueprint.get("/<uuid:user_id>")
@needs(Permission.USER_READ)
@refuses("not_found", "access_log_unavailable", "disclosure_budget_used")
@blueprint.response(200, UserSchema, example=_USER)
def read_user(user_id: UUID) -> Versioned:
    """Read one user."""
    return tagged(users.user_of(current_caller(), user_id))


@blueprint.patch("/<uuid:user_id>")
@needs(Permission.USER_MANAGE)
@refuses("not_found", "name_invalid", "phone_invalid", "access_log_unavailable", "disclosure_budget_used")
@versioned
@blueprint.arguments(UserChangeSchema)
@blueprint.response(200, UserSchema, example=_USER)
def change_user(body: dict[str, Any], user_id: UUID) -> Versioned:
    """Correct a user's name or phone."""
    return tagged(users.change_user(current_caller(), user_id, expected_version(), users.UserChange(**body)))


@blueprint.post("/<uuid:user_id>/password-reset")
@needs(Permission.USER_MANAGE)
@refuses("not_found")
@blueprint.response(200, InitialPasswordSchema, example=_PASSWORD)
def reset_password(user_id: UUID) -> Versioned:
    """Give a user a one-time password; all their sessions end."""
    return tagged(users.reset_password(current_caller(), user_id))


@blueprint.post("/<uuid:user_id>/deactivation")
@needs(Permission.USER_MANAGE)
@refuses("not_found", "last_sysadmin", "access_log_unavailable", "disclosure_budget_used")
@blueprint.response(200, UserSchema, example=_USER | {"state": "inactive"})
def deactivate_user(user_id: UUID) -> Versioned:
    """Shut a user out; all their sessions end."""
    return tagged(users.deactivate_user(current_caller(), user_id))


@blueprint.delete("/<uuid:user_id>/sessions")
@needs(Permission.USER_MANAGE)
@refuses("not_found")
@blueprint.response(204)
def end_user_sessions(user_id: UUID) -> None:
    """Sign a user out everywhere."""
    users.end_user_sessions(current_caller(), user_id)


@blueprint.post("/<uuid:user_id>/grants")
@needs(Permission.USER_MANAGE)
@refuses("not_found", "grant_to_self", "grant_period_wrong", "grant_area_level", "grant_area_unknown")
@refuses("grant_kept_apart", "grant_exists", "area_code_invalid")
@blueprint.arguments(NewGrantSchema)
@blueprint.response(201, GrantSchema, example=_GRANT)
def give_role(body: dict[str, Any], user_id: UUID) -> Any:
    """Give a user a role in an area, from one day to another."""
    spec = GrantSpec(**{"valid_from": clock.today()} | body)
    return grants.give_role(current_caller(), user_id, spec)


@blueprint.delete("/<uuid:user_id>/grants/<uuid:grant_id>")
@needs(Permission.USER_MANAGE)
@refuses("not_found", "last_sysadmin")
@blueprint.response(204)
def end_role(user_id: UUID, grant_id: UUID) -> None:
    """End a role at once."""
    grants.end_role(current_caller(), user_id, grant_id)
