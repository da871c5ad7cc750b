"""People who work with the registry: their names sealed, their passwords hashed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from server.crypto.registry import Retention
from server.domain.pages import Page, PageAsked
from server.models.user import RoleGrant, User
from server.store.disclosure import register_subjects
from server.store.pages import records_page
from server.store.records import as_read, count_up, found
from server.store.transaction import Work, new_id
from server.store.user_proofs import check_user, prove_user

ACTIVE, INACTIVE = "active", "inactive"


@dataclass(frozen=True)
class UserSpec:
    """A user to be made. The password comes hashed: hashing takes its time and is done outside the transaction."""

    name: str
    display_name: str
    password_hash: str
    phone: str | None = None
    must_change_password: bool = True


@dataclass(frozen=True)
class Credentials:
    """What a sign-in is checked against."""

    user_id: UUID
    password_hash: str


def add_users(work: Work, specs: Sequence[UserSpec]) -> list[User]:
    """Make users with their data keys, in a few statements however many they are."""
    ids = [new_id() for _ in specs]
    keys = register_subjects(work, ids, (Retention.ID,))
    users = [
        User(
            county_code=work.county_code,
            id=user_id,
            login=spec.name,
            sealed_display_name=keys.seal("user.display_name", user_id, user_id, spec.display_name),
            sealed_phone=keys.seal_optional("user.phone", user_id, user_id, spec.phone),
            password_hash=spec.password_hash,
            must_change_password=spec.must_change_password,
            state=ACTIVE,
            version=1,
            created_by=work.identity.user_id,
            created_at=work.now,
            updated_at=work.now,
        )
        for user_id, spec in zip(ids, specs, strict=True)
    ]
    for user in users:
        prove_user(work.keys.row_key, user)
    work.session.add_all(users)
    work.session.flush()
    return users


def credentials_of(work: Work, name: str) -> Credentials | None:
    """What an active user's sign-in is checked against; None for nobody and for an inactive user alike.

    Raises Unavailable ``seal_broken`` for a row that the application did not write, as do all here that change one.
    """
    statement = _users(work).where(User.login == name, User.state == ACTIVE)
    user = work.session.scalars(statement).one_or_none()
    if user is None:
        return None
    check_user(work.keys.row_key, user)
    return Credentials(user.id, user.password_hash)


def lock_active(work: Work, user_id: UUID) -> User | None:
    """An active user, locked until the transaction ends."""
    statement = _users(work).where(User.id == user_id, User.state == ACTIVE)
    user = work.session.scalars(statement.with_for_update()).one_or_none()
    return user and check_user(work.keys.row_key, user)


def renew_hash(work: Work, user: User, password_hash: str) -> None:
    """Keep the same password under today's parameters; no new version, for nobody changed anything."""
    user.password_hash = password_hash
    prove_user(work.keys.row_key, user)


def user_by_id(work: Work, user_id: UUID) -> User:
    """A user of the county; raises NotFound ``not_found``."""
    return check_user(work.keys.row_key, found(work.session.scalar(_users(work).where(User.id == user_id))))


def user_for_change(work: Work, user_id: UUID, version: int | None = None) -> User:
    """A user of the county, locked; raises NotFound ``not_found``, or Stale ``record_changed`` for another version."""
    statement = _users(work).where(User.id == user_id).with_for_update()
    return check_user(work.keys.row_key, as_read(work.session.scalar(statement), version))


def user_by_name(work: Work, name: str) -> User:
    """The user with this login name in the county; raises NotFound ``not_found``."""
    return found(work.session.scalar(_users(work).where(User.login == name)))


def users_page(work: Work, asked: PageAsked) -> Page[User]:
    """The county's users in the order of their ids."""
    return records_page(work.session, _users(work), User.id, asked)


def known_names(work: Work, names: Collection[str]) -> set[str]:
    """Which of these logins are taken in the county."""
    statement = select(User.login).where(User.county_code == work.county_code, User.login.in_(sorted(names)))
    return set(work.session.scalars(statement))


def count_users(work: Work) -> int:
    """How many users the county has, active or not."""
    statement = select(func.count()).select_from(User).where(User.county_code == work.county_code)
    return work.session.scalar(statement) or 0


def replace_passwords(work: Work, hashes: Mapping[str, str]) -> None:
    """Give many users new password hashes, by login name."""
    statement = _users(work).where(User.login.in_(sorted(hashes)))
    for user in work.session.scalars(statement):
        check_user(work.keys.row_key, user)
        user.password_hash = hashes[user.login]
        touch(work, user)


def active_among(work: Work, grants: Sequence[RoleGrant]) -> set[UUID]:
    """Which of the users who hold these grants are active."""
    holders = sorted({grant.user_id for grant in grants})
    statement = select(User.id).where(
        and_(User.county_code == work.county_code, User.id.in_(holders), User.state == ACTIVE)
    )
    return set(work.session.scalars(statement))


def touch(work: Work, user: User) -> None:
    """Count one more version of a changed user, and prove it."""
    count_up(work, user)
    prove_user(work.keys.row_key, user)


def _users(work: Work) -> Select[User]:
    return select(User).where(User.county_code == work.county_code)
