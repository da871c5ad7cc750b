"""Tablets as the office keeps them: listed with what needs a look, approved, taken back, and what a lost one held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.domain.codes_devices import Attention, DeviceState, RevokeReason
from server.domain.devices import Health, Standing, attention
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Conflict
from server.models.device import Device, DeviceUser
from server.services import device_enrolments
from server.store.device_users import destroy_shares_on, users_of
from server.store.devices import DeviceFilter, device_by_id, device_for_change, devices_page, settle_device
from server.store.disclosure import disclose
from server.store.events import AccessEvent
from server.store.feed_epochs import new_epochs
from server.store.records import note_written
from server.store.sessions import end_sessions_on
from server.store.transaction import Caller, Work, transaction

__all__ = [
    "DeviceFilter",
    "DeviceUserView",
    "DeviceView",
    "approve_device",
    "list_devices",
    "list_users",
    "read_device",
    "resync_device",
    "revoke_device",
]

_NAME = "user.display_name"


@dataclass(frozen=True)
class DeviceView:
    """A tablet as the office sees it. The check number is not in it: it is read off the tablet."""

    id: UUID
    area_code: str
    label: str
    state: DeviceState
    attention: tuple[Attention, ...]
    enrolled_by: UUID
    enrolled_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    revoked_by: UUID | None
    revoked_at: datetime | None
    revoke_reason: str | None
    wipe_ordered_at: datetime | None
    wiped_at: datetime | None
    wiped_rows: int | None
    unaccounted_at: datetime | None
    last_seen_at: datetime | None
    last_sync_at: datetime | None
    app_version: str
    waiting: int | None
    oldest_waiting_at: datetime | None
    clock_offset_ms: int | None
    storage_free_mb: int | None
    storage_persisted: bool | None
    highest_seq: int
    missing_seqs: int
    version: int


@dataclass(frozen=True)
class DeviceUserView:
    """Somebody who took a lease on a tablet. ``share_held``: whether the next lease brings the same share."""

    user_id: UUID
    display_name: str
    first_seen_at: datetime
    last_lease_at: datetime
    lease_expires_at: datetime
    lease_count: int
    share_held: bool


def list_devices(caller: Caller, wanted: DeviceFilter, asked: PageAsked) -> Page[DeviceView]:
    """The tablets of one's areas, what needs a look first; raises Malformed ``cursor_malformed``."""
    with transaction(caller) as work:
        page = devices_page(work, wanted, asked)
        return page.of([_view(work, row) for row in page.items])


def read_device(caller: Caller, device_id: UUID) -> DeviceView:
    """One tablet; raises NotFound ``not_found``."""
    with transaction(caller) as work:
        return _view(work, device_by_id(work, Permission.DEVICE_READ, device_id))


def approve_device(caller: Caller, device_id: UUID, check_number: str) -> DeviceView:
    """Approve a tablet by its check number; raises as ``device_enrolments.approve``."""
    device_enrolments.approve(caller, device_id, check_number)
    return read_device(caller, device_id)


def revoke_device(caller: Caller, device_id: UUID, version: int, reason: RevokeReason) -> DeviceView:
    """Take a tablet back: its sessions end, shares of its storage key are destroyed, and it is ordered to wipe.

    It may still send what waits, until it says that it deleted everything.

    Raises:
        NotFound: ``not_found``.
        Stale: ``record_changed``.
        Conflict: ``device_state_wrong``, it was taken back before.
    """
    with transaction(caller) as work:
        device = device_for_change(work, device_id, version)
        if device.state not in {DeviceState.PENDING, DeviceState.ACTIVE}:
            raise Conflict("device_state_wrong", state=device.state)
        device.state, device.revoke_reason = DeviceState.REVOKED.value, reason.value
        device.revoked_by, device.revoked_at, device.wipe_ordered_at = work.identity.user_id, work.now, work.now
        settle_device(work, device)
        destroy_shares_on(work, device.id)
        ended = end_sessions_on(work, device.id)
        note_written(work, Permission.DEVICE_MANAGE, device)
        work.note(AccessEvent("device:end_sessions", table="device", record_id=device.id, count=ended))
        return _view(work, device)


def resync_device(caller: Caller, device_id: UUID) -> None:
    """Have everybody's feeds on a tablet fetched anew, from the beginning; raises NotFound ``not_found``."""
    with transaction(caller) as work:
        device = device_for_change(work, device_id)
        readers = [user.user_id for user, _ in users_of(work, device.id)]
        work.note(AccessEvent("device:resync", table="device", record_id=device.id, count=len(readers)))
        new_epochs(work, readers)


def list_users(caller: Caller, device_id: UUID) -> list[DeviceUserView]:
    """Everybody who took a lease on a tablet, the last one first; raises NotFound ``not_found``."""
    with transaction(caller) as work:
        device = device_by_id(work, Permission.DEVICE_READ, device_id)
        return _users(work, users_of(work, device.id))


def _users(work: Work, rows: Sequence[tuple[DeviceUser, bytes]]) -> list[DeviceUserView]:
    event = AccessEvent(Permission.DEVICE_READ, fields=(_NAME,), table="app_user")
    keys = disclose(work, event, [user.user_id for user, _ in rows])
    return [
        DeviceUserView(
            user_id=user.user_id,
            display_name=keys.open(_NAME, user.user_id, user.user_id, sealed),
            first_seen_at=user.first_seen_at,
            last_lease_at=user.last_lease_at,
            lease_expires_at=user.lease_expires_at,
            lease_count=user.lease_count,
            share_held=user.wrapped_share is not None,
        )
        for user, sealed in rows
    ]


def _view(work: Work, row: Device) -> DeviceView:
    copied = {name: getattr(row, name) for name in DeviceView.__dataclass_fields__ if hasattr(row, name)}
    own = {
        "state": DeviceState(row.state),
        "attention": attention(_standing(row), work.now, work.caller.store.tablet_app_at_least),
        "enrolled_by": row.created_by,
        "enrolled_at": row.created_at,
    }
    return DeviceView(**copied | own)


def _standing(row: Device) -> Standing:
    health = Health(**{name: getattr(row, name) for name in Health.__dataclass_fields__})
    heard_at = row.last_seen_at or row.approved_at or row.created_at
    return Standing(DeviceState(row.state), row.unaccounted_at is not None, heard_at, row.missing_seqs, health)
