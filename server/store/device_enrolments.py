"""Enrolment codes: given by the office, found by their digest, used once."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from server.crypto.row_mac import row_mac
from server.domain.devices import CODE_LIFE, new_code, parse_code
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.models.device import DeviceEnrolment
from server.store.pages import records_page
from server.store.records import found
from server.store.scope import ScopeColumns, within
from server.store.transaction import Work, new_id


def add_enrolment(work: Work, township_code: str, label: str) -> tuple[DeviceEnrolment, str]:
    """A code for one tablet of a township, with the code itself: it is told now and kept nowhere."""
    code = new_code(work.county_code)
    row = DeviceEnrolment(
        county_code=work.county_code,
        id=new_id(),
        area_code=township_code,
        label=label,
        code_digest=code_digest(work, code),
        expires_at=work.now + CODE_LIFE,
        used_at=None,
        void_at=None,
        wrong_checks=0,
        version=1,
        created_by=work.identity.user_id,
        created_at=work.now,
        updated_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return row, code


def code_digest(work: Work, code: str) -> bytes:
    """What a code is found by; keyed by the county, so that the table alone gives no code away."""
    county_code, letters = parse_code(code) or ("", "")
    return row_mac(work.keys.row_key, {"table": "device_enrolment", "county": county_code, "code": letters})


def enrolment_of_code(work: Work, code: str) -> DeviceEnrolment | None:
    """The enrolment with this code, used or not, locked; the caller sees the whole county while it is sought."""
    statement = _enrolments(work).where(DeviceEnrolment.code_digest == code_digest(work, code))
    return work.session.scalar(statement.with_for_update())


def enrolment_by_id(work: Work, enrolment_id: UUID) -> DeviceEnrolment:
    """The enrolment a tablet came by, locked."""
    return found(work.session.scalar(_enrolments(work).where(DeviceEnrolment.id == enrolment_id).with_for_update()))


def enrolment_for_change(work: Work, enrolment_id: UUID) -> DeviceEnrolment:
    """An enrolment of the caller's, locked; raises NotFound ``not_found``."""
    scope = within(work.identity, Permission.DEVICE_MANAGE, ScopeColumns(DeviceEnrolment.area_code))
    statement = _enrolments(work).where(scope, DeviceEnrolment.id == enrolment_id)
    return found(work.session.scalar(statement.with_for_update()))


def open_enrolments(work: Work, asked: PageAsked) -> Page[DeviceEnrolment]:
    """Codes of the caller's townships that are still good."""
    scope = within(work.identity, Permission.DEVICE_MANAGE, ScopeColumns(DeviceEnrolment.area_code))
    statement = _enrolments(work).where(scope, *_good(work.now))
    return records_page(work.session, statement, DeviceEnrolment.id, asked)


def is_good(row: DeviceEnrolment, now: datetime) -> bool:
    """Whether a tablet may still be enrolled with it."""
    return row.used_at is None and row.void_at is None and row.expires_at > now


def _good(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return DeviceEnrolment.used_at.is_(None), DeviceEnrolment.void_at.is_(None), DeviceEnrolment.expires_at > now


def _enrolments(work: Work) -> Select[DeviceEnrolment]:
    return select(DeviceEnrolment).where(DeviceEnrolment.county_code == work.county_code)
