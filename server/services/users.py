"""The county's users, as its administrator keeps them; nobody's data but their colleagues' names is touched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server.crypto.passwords import hash_password
from server.domain.codes import Role
from server.domain.normalise import normalise_name, normalise_phone
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Facts, Permission, may
from server.domain.sign_in import Login
from server.errors import Conflict, Invalid, NotFound
from server.models.user import RoleGrant, User
from server.services.passwords import one_time_password
from server.store.areas import names_of
from server.store.attempts import counter, forget_tries
from server.store.device_users import destroy_shares_of
from server.store.disclosure import disclose
from server.store.events import AccessEvent
from server.store.grants import lock_grants_of_role, standing_grants
from server.store.records import note_written
from server.store.sessions import end_sessions
from server.store.transaction import Caller, Work, transaction
from server.store.users import (
    INACTIVE,
    UserSpec,
    active_among,
    add_users,
    known_names,
    touch,
    user_by_id,
    user_by_name,
    user_for_change,
    users_page,
)


@dataclass(frozen=True)
class NewUser:
    """Who is to be added. Phones are stored for the administrator's own records and never listed."""

    name: str
    display_name: str
    phone: str | None = None


@dataclass(frozen=True)
class UserChange:
    """What an administrator may correct; None leaves it as it is."""

    display_name: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class GrantView:
    """A role somebody holds or will hold."""

    id: UUID
    role: Role
    area_code: str
    area_name: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class UserView:
    """A user as the administrator, or they themselves, see them."""

    id: UUID
    login: str
    display_name: str
    state: str
    must_change_password: bool
    version: int
    grants: tuple[GrantView, ...]


@dataclass(frozen=True)
class InitialPassword:
    """A password that opens the account once; told now and kept nowhere."""

    user_id: UUID
    login: str
    version: int
    password: str


def create_user(caller: Caller, new: NewUser) -> InitialPassword:
    """Add a user without any role.

    Raises:
        Invalid: ``login_invalid``, ``name_invalid`` or ``phone_invalid``.
        Conflict: ``login_taken``.
    """
    password = one_time_password()
    spec = checked_user(new, caller.identity.county_code, hash_password(password))
    with transaction(caller) as work:
        in_charge(work, Permission.USER_MANAGE)
        return initial_password(add_user(work, spec), password)


def add_user(work: Work, spec: UserSpec) -> User:
    """Add a checked user in the caller's transaction; raises Conflict ``login_taken``."""
    if known_names(work, (spec.name,)):
        raise Conflict("login_taken", field="name")
    (user,) = add_users(work, (spec,))
    note_written(work, "user:create", user)
    return user


def list_users(caller: Caller, asked: PageAsked) -> Page[UserView]:
    """The county's users with the roles they hold or will hold."""
    with transaction(caller) as work:
        in_charge(work, Permission.USER_READ)
        page = users_page(work, asked)
        return page.of(_views(work, page.items, "user:read"))


def user_of(caller: Caller, user_id: UUID) -> UserView:
    """One user of the county; raises NotFound ``not_found``."""
    with transaction(caller) as work:
        in_charge(work, Permission.USER_READ)
        return _views(work, (user_by_id(work, user_id),), "user:read")[0]


def user_id_of(caller: Caller, name: str) -> UUID:
    """The id of the user with this login name, active or not; raises NotFound ``not_found``."""
    with transaction(caller) as work:
        in_charge(work, Permission.USER_READ)
        return user_by_name(work, name).id


def own_account(caller: Caller) -> UserView:
    """The caller themselves."""
    with transaction(caller) as work:
        return _views(work, (user_by_id(work, caller.identity.user_id),), "account:own")[0]


def change_user(caller: Caller, user_id: UUID, version: int, change: UserChange) -> UserView:
    """Correct a user's name or phone; raises as ``create_user``, NotFound, and Stale ``record_changed``."""
    _checked(change.display_name, change.phone)
    with transaction(caller) as work:
        in_charge(work, Permission.USER_MANAGE)
        user = user_for_change(work, user_id, version)
        fields = ("user.display_name", "user.phone")
        keys = disclose(work, AccessEvent("user:update", fields=fields, table="app_user"), (user.id,))
        if change.display_name is not None:
            user.sealed_display_name = keys.seal(fields[0], user.id, user.id, change.display_name.strip())
        if change.phone is not None:
            user.sealed_phone = keys.seal(fields[1], user.id, user.id, change.phone)
        _note_change(work, user, "user:update")
        return _views(work, (user,), "user:read")[0]


def reset_password(caller: Caller, user_id: UUID) -> InitialPassword:
    """Give a user a one-time password and end all their sessions; raises NotFound ``not_found``."""
    password = one_time_password()
    hashed = hash_password(password)
    with transaction(caller) as work:
        in_charge(work, Permission.USER_MANAGE)
        user = user_for_change(work, user_id)
        user.password_hash, user.must_change_password = hashed, True
        login = Login(user.login, user.county_code)
        forget_tries(work, counter(work, "login", str(login), caller.store.sign_in_tries, joined=True))
        end_sessions(work, user.id)
        _note_change(work, user, "user:reset_password")
        return initial_password(user, password)


def deactivate_user(caller: Caller, user_id: UUID) -> UserView:
    """Shut a user out, end all their sessions, and destroy their shares of tablets' storage keys.

    Raises NotFound, and Conflict ``last_sysadmin``.
    """
    with transaction(caller) as work:
        in_charge(work, Permission.USER_MANAGE)
        keep_a_sysadmin(work, without_user=user_id)
        user = user_for_change(work, user_id)
        if user.state != INACTIVE:
            user.state, user.shut_at = INACTIVE, work.now
            _note_change(work, user, "user:deactivate")
        end_sessions(work, user.id)
        destroy_shares_of(work, user.id)
        return _views(work, (user,), "user:read")[0]


def end_user_sessions(caller: Caller, user_id: UUID) -> None:
    """Sign a user out everywhere, at once; raises NotFound ``not_found``."""
    with transaction(caller) as work:
        in_charge(work, Permission.USER_MANAGE)
        user = user_for_change(work, user_id)
        ended = end_sessions(work, user.id)
        work.note(AccessEvent("user:end_sessions", table="app_user", record_id=user.id, count=ended))


def checked_user(new: NewUser, county_code: str, password_hash: str) -> UserSpec:
    """The user to be stored; raises Invalid as ``create_user``."""
    if not Login(new.name, county_code).is_possible:
        raise Invalid("login_invalid", field="name")
    _checked(new.display_name, new.phone)
    return UserSpec(new.name, new.display_name.strip(), password_hash, new.phone)


def initial_password(user: User, password: str) -> InitialPassword:
    """What the administrator hands over."""
    return InitialPassword(user.id, str(Login(user.login, user.county_code)), user.version, password)


def in_charge(work: Work, permission: Permission) -> None:
    """Go on only for whoever holds the permission for this very county.

    Raises:
        Forbidden: ``role_forbidden``.
        NotFound: ``not_found``, it is held elsewhere.
    """
    if not may(work.identity, permission, Facts(work.county_code)):
        raise NotFound("not_found")


def keep_a_sysadmin(work: Work, *, without_user: UUID | None = None, without_grant: UUID | None = None) -> None:
    """Refuse what would leave the county without an administrator; raises Conflict ``last_sysadmin``."""
    grants = lock_grants_of_role(work, Role.SYSADMIN)
    left = [grant for grant in grants if grant.user_id != without_user and grant.id != without_grant]
    if len(left) < len(grants) and not active_among(work, left):
        raise Conflict("last_sysadmin")


def views_of_grants(grants: Sequence[RoleGrant], names: Mapping[str, str]) -> tuple[GrantView, ...]:
    """Grants as they are shown; ``names`` are the areas', by code."""
    return tuple(
        GrantView(
            id=grant.id,
            role=Role(grant.role),
            area_code=grant.granted_area,
            area_name=names.get(grant.granted_area, ""),
            valid_from=grant.valid_from,
            valid_to=grant.valid_to,
        )
        for grant in grants
    )


def _views(work: Work, users: Sequence[User], action: str) -> list[UserView]:
    ids = [user.id for user in users]
    keys = disclose(work, AccessEvent(action, fields=("user.display_name",), table="app_user"), ids)
    grants = standing_grants(work, ids)
    names = names_of(work, {grant.granted_area for held in grants.values() for grant in held})
    return [
        UserView(
            id=user.id,
            login=str(Login(user.login, user.county_code)),
            display_name=keys.open("user.display_name", user.id, user.id, user.sealed_display_name),
            state=user.state,
            must_change_password=user.must_change_password,
            version=user.version,
            grants=views_of_grants(grants[user.id], names),
        )
        for user in users
    ]


def _note_change(work: Work, user: User, action: str) -> None:
    touch(work, user)
    note_written(work, action, user)


def _checked(display_name: str | None, phone: str | None) -> None:
    if display_name is not None:
        normalise_name(display_name)
    if phone is not None:
        normalise_phone(phone)
