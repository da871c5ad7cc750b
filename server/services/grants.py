"""Roles given and ended. What is given or taken holds from the next request on."""

from uuid import UUID

from server.crypto.passwords import hash_password
from server.domain.area_codes import contains, parse_area_code
from server.domain.codes import Role
from server.domain.permissions import Permission, grant_refusal
from server.errors import Conflict, Forbidden, Invalid
from server.models.user import RoleGrant
from server.services.passwords import one_time_password
from server.services.users import (
    GrantView,
    InitialPassword,
    NewUser,
    add_user,
    checked_user,
    in_charge,
    initial_password,
    keep_a_sysadmin,
    views_of_grants,
)
from server.store.areas import names_of
from server.store.device_users import destroy_shares_of, works_in_field
from server.store.grants import GrantSpec, add_grant, area_is_known, grant_for_change, revoke, standing_grants
from server.store.records import note_written
from server.store.transaction import Caller, Work, transaction
from server.store.users import user_for_change

__all__ = ["GrantSpec", "GrantView", "create_user_with_role", "end_role", "give_role"]


def give_role(caller: Caller, user_id: UUID, spec: GrantSpec) -> GrantView:
    """Give a user a role in an area of the county.

    Raises:
        Forbidden: ``grant_to_self``.
        Invalid: ``grant_period_wrong``, ``grant_area_level``, ``grant_area_unknown`` or ``area_code_invalid``.
        Conflict: ``grant_kept_apart``, ``grant_exists``.
        NotFound: ``not_found``.
    """
    if user_id == caller.identity.user_id:
        raise Forbidden("grant_to_self")
    with transaction(caller) as work:
        in_charge(work, Permission.USER_MANAGE)
        user = user_for_change(work, user_id)
        held = standing_grants(work, (user_id,))[user_id]
        return _give(work, user.id, spec, held)


def create_user_with_role(caller: Caller, new: NewUser, spec: GrantSpec) -> InitialPassword:
    """Add a user and give the first role, both or neither; raises as ``create_user`` and ``give_role``."""
    password = one_time_password()
    user_spec = checked_user(new, caller.identity.county_code, hash_password(password))
    with transaction(caller) as work:
        in_charge(work, Permission.USER_MANAGE)
        user = add_user(work, user_spec)
        _give(work, user.id, spec, [])
        return initial_password(user, password)


def end_role(caller: Caller, user_id: UUID, grant_id: UUID) -> None:
    """End a role at once, with the last in the field also the shares of tablets' storage keys.

    Raises NotFound ``not_found``, and Conflict ``last_sysadmin``.
    """
    with transaction(caller) as work:
        in_charge(work, Permission.USER_MANAGE)
        keep_a_sysadmin(work, without_grant=grant_id)
        grant = grant_for_change(work, user_id, grant_id)
        revoke(work, grant)
        note_written(work, "user:revoke", grant)
        work.session.flush()
        if not works_in_field(work, user_id):
            destroy_shares_of(work, user_id)


def _give(work: Work, user_id: UUID, spec: GrantSpec, held: list[RoleGrant]) -> GrantView:
    if spec.valid_to is not None and spec.valid_to < spec.valid_from:
        raise Invalid("grant_period_wrong", field="valid_to")
    _check_place(work, spec)
    _check_beside(spec, held)
    grant = add_grant(work, user_id, spec)
    note_written(work, "user:grant", grant)
    return views_of_grants((grant,), names_of(work, (spec.area_code,)))[0]


def _check_place(work: Work, spec: GrantSpec) -> None:
    """The area must be of the role's level, lie in the county (or be its city, for those above) and exist."""
    code = parse_area_code(spec.area_code)
    if grant_refusal(spec.role, code, ()):
        raise Invalid("grant_area_level", field="area_code")
    if spec.role is Role.CITY_SUPERVISOR:
        known = work.county_code == code + "00"
    else:
        known = code == work.county_code or (contains(work.county_code, code) and area_is_known(work, code))
    if not known:
        raise Invalid("grant_area_unknown", field="area_code")


def _check_beside(spec: GrantSpec, held: list[RoleGrant]) -> None:
    """The role must go together with those held, and be new."""
    if any(grant.role == spec.role and grant.granted_area == spec.area_code for grant in held):
        raise Conflict("grant_exists")
    refusal = grant_refusal(spec.role, spec.area_code, [Role(grant.role) for grant in held])
    if refusal:
        raise Conflict(refusal, field="role")
