"""Enrolling tablets: the office gives a code, the tablet sends its key, the office compares the check number."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from server.domain.area_codes import Level, parse_code_of
from server.domain.codes_devices import CHECK_FAILED, DeviceState
from server.domain.devices import WRONG_CHECKS, check_number, parse_code
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Facts, Permission, may
from server.domain.sign_in import counted_address
from server.errors import Conflict, Invalid, NotFound, TooMany
from server.models.device import Device, DeviceEnrolment
from server.services.access import record_refusal
from server.services.sessions import seconds_until
from server.store.attempts import NOWHERE, Counter, Pause, count_try, counter, has_joined, take_back_try
from server.store.device_enrolments import (
    add_enrolment,
    enrolment_by_id,
    enrolment_for_change,
    enrolment_of_code,
    is_good,
    open_enrolments,
)
from server.store.devices import device_for_change, device_of_enrolment, settle_device
from server.store.events import AccessEvent
from server.store.grants import area_is_known
from server.store.known_devices import check_device, prove_device
from server.store.records import count_up, note_written
from server.store.taken import insert_new
from server.store.transaction import Caller, Work, bind, transaction

#: Where the tablet's app takes a code.
_LINK = "/tablet/#enrol="


@dataclass(frozen=True)
class EnrolmentView:
    """A code that is still good, without the code."""

    id: UUID
    area_code: str
    label: str
    created_at: datetime
    created_by: UUID
    expires_at: datetime


@dataclass(frozen=True)
class NewEnrolment:
    """A code as it is told once, and the address to open on the tablet."""

    enrolment: EnrolmentView
    code: str
    link: str


@dataclass(frozen=True)
class NewDevice:
    """A tablet that sent its key: the id it gave itself, the point that signed, the code it was shown."""

    id: UUID
    public_key: bytes
    code: str
    app_version: str
    address: str


@dataclass(frozen=True)
class EnrolledView:
    """What a tablet is told of itself when it has sent its key."""

    id: UUID
    county_code: str
    area_code: str
    label: str
    state: DeviceState
    check_number: str


def give_code(caller: Caller, area_code: str, label: str) -> NewEnrolment:
    """Give a code to enrol one tablet of a township with, once and within a day.

    Raises:
        Invalid: ``area_code_invalid``, ``area_level_wrong``.
        NotFound: ``not_found``, the township is none, or none of the caller's.
    """
    township = parse_code_of(Level.TOWNSHIP, area_code, "area_code")
    with transaction(caller) as work:
        if not may(work.identity, Permission.DEVICE_MANAGE, Facts(township)) or not area_is_known(work, township):
            raise NotFound("not_found")
        row, code = add_enrolment(work, township, label)
        note_written(work, Permission.DEVICE_MANAGE, row)
        return NewEnrolment(_view(row), code, f"{caller.store.public_url}{_LINK}{code}")


def list_codes(caller: Caller, asked: PageAsked) -> Page[EnrolmentView]:
    """Codes of the caller's townships that are still good."""
    with transaction(caller) as work:
        page = open_enrolments(work, asked)
        return page.of([_view(row) for row in page.items])


def take_back_code(caller: Caller, enrolment_id: UUID) -> None:
    """Make a code void; raises NotFound ``not_found``, Conflict ``enrolment_used``."""
    with transaction(caller) as work:
        row = enrolment_for_change(work, enrolment_id)
        if row.used_at is not None:
            raise Conflict("enrolment_used")
        row.void_at = row.void_at or work.now
        count_up(work, row)
        note_written(work, Permission.DEVICE_MANAGE, row)


def enrol(caller: Caller, new: NewDevice) -> EnrolledView:
    """Take a tablet's key in, to be approved; the same again is answered alike.

    Tries are counted by address before the code is looked at, as those at signing in; a good one is taken back.

    Raises:
        Invalid: ``enrolment_code_wrong``, whatever is wrong with the code.
        TooMany: ``enrolment_paused``.
        Conflict: ``record_exists``, another tablet has this id.
    """
    address = _count(caller, new)
    with transaction(caller) as work:
        # A new tablet has no area; the code tells which it is to have.
        bind(work.session, work.county_code, (work.county_code,))
        enrolment = enrolment_of_code(work, new.code) if _is_of_county(work, new.code) else None
        device = _enrolled(work, enrolment, new) if enrolment else None
        if device is not None:
            take_back_try(work, address)
            return EnrolledView(
                device.id, device.county_code, device.area_code, device.label, DeviceState(device.state),
                check_number(device.public_key),
            )  # fmt: skip
    record_refusal(caller, "device:enrol", "enrolment_code_wrong", new.id)
    raise Invalid("enrolment_code_wrong", field="code")


def approve(caller: Caller, device_id: UUID, said: str) -> Device:
    """Approve a tablet whose check number the office read off it and typed in.

    A wrong number may mean that somebody put a tablet of their own in its place: the third ends the enrolment.

    Raises:
        NotFound: ``not_found``.
        Conflict: ``device_state_wrong``.
        Invalid: ``check_number_wrong``.
    """
    with transaction(caller) as work:
        device = device_for_change(work, device_id)
        if device.state != DeviceState.PENDING:
            raise Conflict("device_state_wrong", state=device.state)
        left = None if said == check_number(device.public_key) else _count_wrong(work, device)
        if left is None:
            device.state, device.approved_by, device.approved_at = DeviceState.ACTIVE, work.identity.user_id, work.now
            settle_device(work, device)
            note_written(work, Permission.DEVICE_MANAGE, device)
    if left is not None:
        raise Invalid("check_number_wrong", field="check_number", left=left)
    return device


def _count_wrong(work: Work, device: Device) -> int:
    """One wrong check number more; how many may follow."""
    enrolment = enrolment_by_id(work, device.enrolment_id)
    enrolment.wrong_checks += 1
    left = max(WRONG_CHECKS - enrolment.wrong_checks, 0)
    if not left:
        enrolment.void_at = device.revoked_at = device.wipe_ordered_at = work.now
        device.state, device.revoked_by, device.revoke_reason = (
            DeviceState.REVOKED, work.identity.user_id, CHECK_FAILED,
        )  # fmt: skip
        settle_device(work, device)
    event = AccessEvent(Permission.DEVICE_MANAGE, "refused", "check_number_wrong", table="device", record_id=device.id)
    work.note(event)
    return left


def _count(caller: Caller, new: NewDevice) -> Counter:
    """Count the try; those at counties that never joined are counted together, and refused."""
    with transaction(caller) as work:
        joined = has_joined(work)
        found = _counted(work, new.address, joined=True) if joined else None
    if found is None:
        with transaction(replace(caller, identity=replace(caller.identity, county_code=NOWHERE))) as work:
            found = _counted(work, new.address, joined=False)
    tried, pause = found
    if pause:
        raise TooMany("enrolment_paused", retry_after_s=seconds_until(pause.until))
    if not joined:
        raise Invalid("enrolment_code_wrong", field="code")
    return tried


def _counted(work: Work, address: str, *, joined: bool) -> tuple[Counter, Pause | None]:
    limit = work.caller.store.sign_in_tries_per_address
    tried = counter(work, "enrolment", counted_address(address), limit, joined=joined)
    return tried, count_try(work, (tried,))


def _enrolled(work: Work, enrolment: DeviceEnrolment, new: NewDevice) -> Device | None:
    """The tablet of a code: taken in now, or the one that sent exactly this before, its answer lost on the way."""
    if is_good(enrolment, work.now):
        return _take_in(work, enrolment, new)
    device = device_of_enrolment(work, enrolment.id)
    if device is None or (device.id, device.public_key) != (new.id, new.public_key):
        return None
    return check_device(work.keys.row_key, device)


def _take_in(work: Work, enrolment: DeviceEnrolment, new: NewDevice) -> Device:
    enrolment.used_at = work.now
    count_up(work, enrolment)
    device = Device(
        county_code=work.county_code,
        id=new.id,
        area_code=enrolment.area_code,
        label=enrolment.label,
        enrolment_id=enrolment.id,
        public_key=new.public_key,
        state=DeviceState.PENDING.value,
        app_version=new.app_version,
        last_seen_at=work.now,
        highest_seq=0,
        missing_seqs=0,
        version=1,
        created_by=enrolment.created_by,
        created_at=work.now,
        updated_at=work.now,
    )
    prove_device(work.keys.row_key, device)
    insert_new(work, device)
    note_written(work, "device:enrol", device)
    return device


def _is_of_county(work: Work, code: str) -> bool:
    found = parse_code(code)
    return found is not None and found[0] == work.county_code


def _view(row: DeviceEnrolment) -> EnrolmentView:
    return EnrolmentView(row.id, row.area_code, row.label, row.created_at, row.created_by, row.expires_at)
