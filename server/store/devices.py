"""Tablets: found within the office's townships, listed with what needs a look first, and how they say they fare.

A worker's area is a grid and a tablet's a township, so what a tablet's own calls write of it is written with the whole
county in sight (``widened``), by its id alone.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from server.domain.codes_devices import DeviceState
from server.domain.devices import (
    CLOCK_FAR_OFF_MS,
    LITTLE_STORAGE_MB,
    SILENT_AFTER,
    WAITING_TOO_LONG,
    Health,
)
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Forbidden, Malformed
from server.models.device import Device, DeviceUser
from server.store.known_devices import check_device, prove_device
from server.store.records import as_read, count_up, found
from server.store.scope import ScopeColumns, under, within
from server.store.transaction import Work, widened

_SCOPE = ScopeColumns(Device.area_code)
#: Tablets that one batch of the night takes.
_BATCH = 200
#: When a tablet was last heard of; one that never called, when it was approved or enrolled.
_HEARD = func.coalesce(Device.last_seen_at, Device.approved_at, Device.created_at)


@dataclass(frozen=True)
class DeviceFilter:
    """Which tablets: in a state, under an area, not heard of for so many days."""

    state: DeviceState | None = None
    area_code: str | None = None
    silent_days: int | None = None


def device_by_id(work: Work, permission: Permission, device_id: UUID) -> Device:
    """A tablet the caller may reach; raises NotFound ``not_found``, Unavailable ``seal_broken``."""
    return _checked(work, found(work.session.scalar(_reached(work, permission).where(Device.id == device_id))))


def device_for_change(work: Work, device_id: UUID, version: int | None = None) -> Device:
    """A tablet the caller manages, locked; raises NotFound, Stale ``record_changed``, Unavailable ``seal_broken``."""
    statement = _reached(work, Permission.DEVICE_MANAGE).where(Device.id == device_id).with_for_update()
    return _checked(work, as_read(work.session.scalar(statement), version))


def own_device(work: Work) -> Device:
    """The tablet on which the caller signed in, locked; raises Forbidden ``device_pending``, ``device_revoked``."""
    with widened(work):
        statement = _devices(work).where(Device.id == work.identity.device_id)
        row = _checked(work, found(work.session.scalar(statement.with_for_update())))
    if row.state == DeviceState.PENDING:
        raise Forbidden("device_pending")
    if row.state != DeviceState.ACTIVE:
        raise Forbidden("device_revoked", wipe=True)
    return row


def leaving_device(work: Work) -> Device:
    """The tablet that calls, locked, whatever its state."""
    statement = _devices(work).where(Device.id == work.identity.device_id)
    return _checked(work, found(work.session.scalar(statement.with_for_update())))


def device_of_enrolment(work: Work, enrolment_id: UUID) -> Device | None:
    """The tablet that came by an enrolment."""
    return work.session.scalar(_devices(work).where(Device.enrolment_id == enrolment_id))


def settle_device(work: Work, row: Device) -> None:
    """Count one more version of a changed tablet, and prove it."""
    count_up(work, row)
    prove_device(work.keys.row_key, row)


def devices_page(work: Work, wanted: DeviceFilter, asked: PageAsked) -> Page[Device]:
    """Tablets of the caller's areas: what needs a look first, then by id. Raises Malformed ``cursor_malformed``."""
    place = _place(work)
    statement = select(Device, place).where(Device.county_code == work.county_code, *_wanted(work, wanted))
    statement = statement.where(within(work.identity, Permission.DEVICE_READ, _SCOPE))
    if asked.after is not None:
        before, id_ = _after(asked.after)
        statement = statement.where(or_(place > before, and_(place == before, Device.id > id_)))
    rows = work.session.execute(statement.order_by(place, Device.id).limit(asked.limit + 1)).all()
    shown = rows[: asked.limit]
    last = shown[-1] if len(rows) > asked.limit else None
    devices = tuple(_checked(work, row[0]) for row in shown)
    return Page(devices, (str(last[1]), str(last[0].id)) if last else None)


def note_health(work: Work, device_id: UUID, health: Health | None = None) -> None:
    """Write down that a tablet synchronised, and how it says it fares.

    Its row stays locked: a call that settles feeds does this before it, or two calls of one tablet wait in a ring.
    """
    told: dict[str, Any] = {"last_seen_at": work.now, "last_sync_at": work.now}
    if health is not None:
        said = vars(health) | {"waiting": health.waiting or 0}
        told |= {name: value for name, value in said.items() if value is not None or name == "oldest_waiting_at"}
    _write(work, device_id, told)


def note_seen(work: Work, device_id: UUID) -> None:
    """Write down that a tablet was heard of."""
    _write(work, device_id, {"last_seen_at": work.now})


def note_numbers(work: Work, device_id: UUID, fresh: Collection[int]) -> None:
    """Count numbers of operations that came for the first time; the row stays locked, as with ``note_health``.

    What is missing is every number below the largest that has not come; a late one fills its gap.
    """
    if not fresh:
        return
    largest, came = max(fresh), len(set(fresh))
    gained = func.greatest(largest - Device.highest_seq, 0)
    values = {
        "highest_seq": func.greatest(Device.highest_seq, largest),
        "missing_seqs": func.greatest(Device.missing_seqs + gained - came, 0),
    }
    _write(work, device_id, {**values, "last_seen_at": work.now, "last_sync_at": work.now})


def _write(work: Work, device_id: UUID, values: dict[str, Any]) -> None:
    statement = update(Device).where(Device.county_code == work.county_code, Device.id == device_id).values(**values)
    with widened(work):
        work.session.execute(statement.execution_options(synchronize_session=False))


def _place(work: Work) -> ColumnElement[int]:
    """Where a tablet stands in the list: as ``server/domain/devices.attention`` tells, in the database's words."""
    app_at_least = [int(part) for part in work.caller.store.tablet_app_at_least.split(".")]
    version = cast(func.string_to_array(Device.app_version, "."), ARRAY(Integer))
    pressing = or_(
        Device.oldest_waiting_at < work.now - WAITING_TOO_LONG,
        Device.missing_seqs > 0,
        work.now - SILENT_AFTER > _HEARD,
        Device.storage_free_mb < LITTLE_STORAGE_MB,
        Device.storage_persisted.is_(False),
        func.abs(Device.clock_offset_ms) > CLOCK_FAR_OFF_MS,
        version < literal(app_at_least, ARRAY(Integer)),
    )
    revoked = Device.state == DeviceState.REVOKED.value
    return case(
        (and_(revoked, Device.unaccounted_at.is_not(None)), 0),
        (revoked, 1),
        (Device.state == DeviceState.PENDING.value, 2),
        (and_(Device.state == DeviceState.ACTIVE.value, pressing), 3),
        (Device.state == DeviceState.ACTIVE.value, 4),
        else_=5,
    )


def _wanted(work: Work, wanted: DeviceFilter) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.state is not None:
        conditions.append(Device.state == wanted.state.value)
    if wanted.area_code is not None:
        conditions.append(under(Device.area_code, wanted.area_code))
    if wanted.silent_days is not None:
        conditions.append(work.now - timedelta(days=wanted.silent_days) > _HEARD)
        conditions.append(Device.state == DeviceState.ACTIVE.value)
    return conditions


def _after(keys: tuple[str, ...]) -> tuple[int, UUID]:
    try:
        place, id_ = keys
        return int(place[:2]), UUID(id_)
    except ValueError:
        raise Malformed("cursor_malformed", field="cursor") from None


def _checked(work: Work, row: Device) -> Device:
    return check_device(work.keys.row_key, row)


def _reached(work: Work, permission: Permission) -> Select[Device]:
    return _devices(work).where(within(work.identity, permission, _SCOPE))


def _devices(work: Work) -> Select[Device]:
    return select(Device).where(Device.county_code == work.county_code)


def unaccounted_devices(work: Work, now: datetime) -> Sequence[Device]:
    """Revoked tablets that people worked on, whose last lease has ended without a word of them; locked."""
    lease = (DeviceUser.county_code == Device.county_code, DeviceUser.device_id == Device.id)
    statement = _devices(work).where(
        Device.state == DeviceState.REVOKED.value,
        Device.unaccounted_at.is_(None),
        exists().where(*lease),
        ~exists().where(*lease, DeviceUser.lease_expires_at > now),
    )
    return work.session.scalars(statement.order_by(Device.id).limit(_BATCH).with_for_update(skip_locked=True)).all()
