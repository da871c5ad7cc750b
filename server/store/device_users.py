"""Who works on which tablet: leases, and shares of storage keys that go when somebody may no longer work there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from server.clock import day_of
from server.crypto.device_share import ShareName, new_share, open_share
from server.domain.permissions import Permission, roles_with
from server.models.device import DeviceUser
from server.models.user import RoleGrant, User
from server.store.transaction import Work
from server.store.users import ACTIVE

#: Those whose day is in the field, as they are written.
FIELD_ROLES = tuple(sorted(role.value for role in roles_with(Permission.SYNC_PULL)))


def take_lease(work: Work, device_id: UUID, expires_at: datetime) -> bytes:
    """Write a lease of the caller on a tablet down; their share of its storage key, made if there is none."""
    keyring, user_id = work.caller.store.keyring, work.identity.user_id
    name = ShareName(keyring.deployment, work.county_code, device_id, user_id)
    first = {"first_seen_at": work.now, "wrapped_share": new_share(keyring.provider, name), "lease_count": 1}
    lease = {"last_lease_at": work.now, "lease_expires_at": expires_at, "share_destroyed_at": None}
    keys = {"county_code": work.county_code, "device_id": device_id, "user_id": user_id}
    statement = insert(DeviceUser).values(**keys, **first, **lease)
    kept = func.coalesce(DeviceUser.wrapped_share, statement.excluded.wrapped_share)
    again = {**lease, "wrapped_share": kept, "lease_count": DeviceUser.lease_count + 1}
    taken = statement.on_conflict_do_update(index_elements=list(keys), set_=again).returning(DeviceUser.wrapped_share)
    wrapped = work.session.execute(taken).scalar_one()
    return open_share(keyring.provider, wrapped or b"", name)


def lease_of(work: Work, device_id: UUID, user_id: UUID) -> datetime | None:
    """When a user's last lease on a tablet ends or ended; None where there never was one, or its share is gone."""
    statement = select(DeviceUser.lease_expires_at).where(
        DeviceUser.county_code == work.county_code,
        DeviceUser.device_id == device_id,
        DeviceUser.user_id == user_id,
        DeviceUser.wrapped_share.is_not(None),
    )
    return work.session.scalar(statement)


def users_of(work: Work, device_id: UUID) -> Sequence[tuple[DeviceUser, bytes]]:
    """Everybody who took a lease on a tablet, with their sealed names, the last one first."""
    user = (User.county_code == DeviceUser.county_code) & (User.id == DeviceUser.user_id)
    statement = select(DeviceUser, User.sealed_display_name).join(User, user)
    statement = statement.where(DeviceUser.county_code == work.county_code, DeviceUser.device_id == device_id)
    rows = work.session.execute(statement.order_by(DeviceUser.last_lease_at.desc(), DeviceUser.user_id)).all()
    return [(row[0], row[1]) for row in rows]


def destroy_shares_on(work: Work, device_id: UUID) -> int:
    """Destroy every share of a tablet; how many there were."""
    return _destroy(work, DeviceUser.device_id == device_id)


def destroy_shares_of(work: Work, user_id: UUID) -> int:
    """Destroy a user's shares on every tablet; how many there were."""
    return _destroy(work, DeviceUser.user_id == user_id)


def destroy_shares_of_leavers(work: Work, now: datetime) -> int:
    """Destroy the shares of users who are inactive, or whose last role in the field has ended; how many."""
    standing = exists().where(
        User.county_code == DeviceUser.county_code,
        User.id == DeviceUser.user_id,
        User.state == ACTIVE,
        RoleGrant.county_code == DeviceUser.county_code,
        RoleGrant.user_id == DeviceUser.user_id,
        *standing_in_field(now),
    )
    return _destroy(work, ~standing)


def works_in_field(work: Work, user_id: UUID) -> bool:
    """Whether a user holds a role in the field, today or from a later day on."""
    statement = select(RoleGrant.id).where(
        RoleGrant.county_code == work.county_code, RoleGrant.user_id == user_id, *standing_in_field(work.now)
    )
    return work.session.scalar(statement.limit(1)) is not None


def standing_in_field(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions on grants: of a role in the field, neither revoked nor past."""
    not_past = RoleGrant.valid_to.is_(None) | (RoleGrant.valid_to >= day_of(now))
    return RoleGrant.role.in_(FIELD_ROLES), RoleGrant.revoked_at.is_(None), not_past


def _destroy(work: Work, *conditions: ColumnElement[bool]) -> int:
    gone: dict[str, Any] = {"wrapped_share": None, "share_destroyed_at": work.now}
    statement = update(DeviceUser).where(DeviceUser.county_code == work.county_code, *conditions)
    statement = statement.where(DeviceUser.wrapped_share.is_not(None)).values(**gone)
    statement = statement.returning(DeviceUser.user_id).execution_options(synchronize_session=False)
    return len(work.session.execute(statement).all())
