"""What a tablet asks of its own: where it stands, a lease to work with, and to be told that everything is deleted."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from server import clock
from server.crypto.author_token import author_token
from server.domain.codes_devices import DeviceState
from server.domain.devices import NEWEST_APP, is_too_old, works_there
from server.errors import Forbidden
from server.models.device import Device
from server.services.access import KnownDevice
from server.store.device_users import FIELD_ROLES, destroy_shares_on, take_lease
from server.store.devices import leaving_device, note_seen, own_device, settle_device
from server.store.events import AccessEvent
from server.store.grants import grants_in_force
from server.store.records import note_written
from server.store.seal_keys import current_seal_key
from server.store.sessions import end_sessions_on
from server.store.tasks import TaskKind, finish_tasks_about
from server.store.transaction import Caller, Work, transaction, widened


@dataclass(frozen=True)
class SealKeyView:
    """The key that operations are sealed to: 65 bytes, the uncompressed point."""

    id: UUID
    public_key: bytes


@dataclass(frozen=True)
class LeaseView:
    """What lets a tablet open what it holds for one user, for some days."""

    user_id: UUID
    county_code: str
    author_token: str
    share: bytes
    expires_at: datetime
    residents_at_most: int
    days: int
    seal_key: SealKeyView


@dataclass(frozen=True)
class StandingView:
    """Where a tablet stands. A wiped one is told that it is revoked, and has nothing left to wipe."""

    device_id: UUID
    state: DeviceState
    wipe: bool
    server_time: datetime
    app_version_at_least: str
    app_version_newest: str


def standing_of(caller: Caller, device: KnownDevice) -> StandingView:
    """Where the calling tablet stands, in any state; that it was heard of is written down."""
    with transaction(caller) as work:
        note_seen(work, device.id)
    gone = device.state in {DeviceState.REVOKED, DeviceState.WIPED}
    return StandingView(
        device_id=device.id,
        state=DeviceState.REVOKED if gone else device.state,
        wipe=device.state is DeviceState.REVOKED,
        server_time=clock.now(),
        app_version_at_least=caller.store.tablet_app_at_least,
        app_version_newest=NEWEST_APP,
    )


def lease(caller: Caller, app_version: str | None) -> LeaseView:
    """A lease of the caller on the tablet they signed in on: until then what it holds can be opened there.

    It never outlasts their last role in the field there.

    Raises:
        Forbidden: ``device_revoked``, ``app_too_old``, or ``device_not_of_area``: they work elsewhere now.
    """
    store, identity = caller.store, caller.identity
    with transaction(caller) as work:
        device = own_device(work)
        expires_at = _until(work, device)
        _hold_app(work, device, app_version)
        share = take_lease(work, device.id, expires_at)
        work.note(AccessEvent("sync:lease", table="device", record_id=device.id))
        key_id, public_key = current_seal_key(work)
        return LeaseView(
            user_id=identity.user_id,
            county_code=work.county_code,
            author_token=author_token(work.keys.row_key, device.id, identity.user_id, work.now),
            share=share,
            expires_at=expires_at,
            residents_at_most=store.tablet_residents,
            days=store.tablet_lease_days,
            seal_key=SealKeyView(key_id, public_key),
        )


def wiped(caller: Caller, rows: int) -> None:
    """Take a tablet's word that it deleted everything; said again, nothing more happens.

    One that nobody took back was emptied by hand: its key is gone with the rest, nobody works on it any more, and its
    sessions and shares end here. Raises Forbidden ``device_pending``.
    """
    with transaction(caller) as work, widened(work):
        device = leaving_device(work)
        if device.state == DeviceState.WIPED:
            return
        if device.state == DeviceState.PENDING:
            raise Forbidden("device_pending")
        if device.state == DeviceState.ACTIVE:
            destroy_shares_on(work, device.id)
            ended = end_sessions_on(work, device.id)
            work.note(AccessEvent("device:end_sessions", table="device", record_id=device.id, count=ended))
        device.state, device.wiped_at, device.wiped_rows = DeviceState.WIPED.value, work.now, rows
        device.last_seen_at = work.now
        settle_device(work, device)
        finish_tasks_about(work, device.id, TaskKind.DEVICE_UNACCOUNTED)
        note_written(work, "device:wiped", device)


def _hold_app(work: Work, device: Device, app_version: str | None) -> None:
    """Hold the app to the oldest that may work; it is written down with the lease."""
    at_least = work.caller.store.tablet_app_at_least
    if is_too_old(app_version or device.app_version, at_least):
        raise Forbidden("app_too_old", at_least=at_least)
    with widened(work):
        device.app_version = app_version or device.app_version
        device.last_seen_at = work.now
        work.session.flush()


def _until(work: Work, device: Device) -> datetime:
    """When the lease ends: after the days set, or with the last role in the field that reaches the township."""
    held = [
        grant
        for grant in grants_in_force(work, work.identity.user_id)
        if grant.role in FIELD_ROLES and works_there(grant.granted_area, device.area_code)
    ]
    if not held:
        raise Forbidden("device_not_of_area")
    latest = work.now + timedelta(days=work.caller.store.tablet_lease_days)
    last_days = [grant.valid_to for grant in held]
    if None in last_days:
        return latest
    last = max(day for day in last_days if day is not None)
    return min(latest, datetime.combine(last + timedelta(days=1), time(), clock.CHINA))
