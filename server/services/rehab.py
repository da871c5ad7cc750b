"""Community rehabilitation: a place in a site, the days it was used, and its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server import clock
from server.domain.codes_care import ConsentScope
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.rehab import Ending, NewAttendance, NewEnrolment
from server.errors import Conflict, Invalid
from server.models.ledger import LedgerEntry
from server.models.team import RehabAttendance, RehabEnrolment
from server.store import rehab as store
from server.store.care import Reach, columns_of, entry_for_care, note_care, record_by_id, record_for_change
from server.store.consents import require_consent
from server.store.disclosure import disclose
from server.store.events import AccessEvent
from server.store.ledger import entry_by_id
from server.store.pages import records_page
from server.store.records import count_up
from server.store.taken import insert_new
from server.store.transaction import Caller, Work, transaction

_PLACE = Reach(Permission.REHAB_WRITE, RehabEnrolment)
_TAKEN = {
    "uq_rehab_enrolment_open": "rehab_place_taken",
    "uq_rehab_attendance_county_code_enrolment_id_attended_on": "rehab_day_known",
}


def enrol(caller: Caller, entry_id: UUID, new: NewEnrolment) -> "EnrolmentView":
    """Give somebody a place, who agreed to a plan with visits.

    Raises NotFound; Conflict ``consent_missing``, ``rehab_place_taken``, ``record_exists``; Invalid
    ``service_site_unknown``, ``rehab_day_unfit``.
    """
    with transaction(caller) as work:
        entry = entry_for_care(work, Permission.REHAB_WRITE, entry_id)
        require_consent(work, entry, ConsentScope.PLAN_VISIT)
        site = store.site_of(work, new.site_id, store.REHAB_SITE)
        _check_not_future(work, new.started_on, "started_on")
        row = RehabEnrolment(**columns_of(work, entry, new.id), site_id=site.id, started_on=new.started_on)
        insert_new(work, row, _TAKEN)
        note_care(work, Permission.REHAB_WRITE, row)
        return _enrolment(row)


def list_enrolments(caller: Caller, entry_id: UUID) -> "Sequence[EnrolmentView]":
    """Every place somebody has or had; raises NotFound."""
    with transaction(caller) as work:
        entry = entry_by_id(work, Permission.REHAB_READ, entry_id)
        disclose(work, AccessEvent(Permission.REHAB_READ, table="rehab_enrolment"), [entry.resident_id])
        return [_enrolment(row) for row in store.enrolments_of(work, entry)]


def attend(caller: Caller, enrolment_id: UUID, new: NewAttendance) -> "AttendanceView":
    """Write down a day somebody came.

    Raises NotFound; Conflict ``consent_missing``, ``rehab_place_ended``, ``rehab_day_known``, ``record_exists``;
    Invalid ``rehab_day_unfit``.
    """
    with transaction(caller) as work:
        place = record_for_change(work, _PLACE, enrolment_id, None)
        entry = work.session.get_one(LedgerEntry, (work.county_code, place.entry_id))
        require_consent(work, entry, ConsentScope.PLAN_VISIT)
        _check_standing(place)
        _check_not_future(work, new.attended_on, "attended_on")
        if new.attended_on < place.started_on:
            raise Invalid("rehab_day_unfit", field="attended_on")
        row = RehabAttendance(
            **columns_of(work, entry, new.id),
            enrolment_id=place.id,
            attended_on=new.attended_on,
            activity=new.activity.value,
        )
        insert_new(work, row, _TAKEN)
        note_care(work, Permission.REHAB_WRITE, row)
        return AttendanceView(row.id, row.attended_on, row.activity)


def list_attendance(caller: Caller, enrolment_id: UUID, asked: PageAsked) -> "Page[AttendanceView]":
    """A page of the days of one place; raises NotFound."""
    with transaction(caller) as work:
        place = record_by_id(work, Permission.REHAB_READ, RehabEnrolment, enrolment_id)
        event = AccessEvent(Permission.REHAB_READ, table="rehab_attendance", record_id=place.id)
        disclose(work, event, [place.resident_id])
        page = records_page(work.session, store.attendance_in(work, place.id), RehabAttendance.id, asked)
        return page.of([AttendanceView(row.id, row.attended_on, row.activity) for row in page.items])


def end_enrolment(caller: Caller, enrolment_id: UUID, version: int, ending: Ending) -> "EnrolmentView":
    """Give a place up, from a day on which nobody is written down later.

    Raises NotFound, Stale; Conflict ``rehab_place_ended``; Invalid ``rehab_day_unfit``.
    """
    with transaction(caller) as work:
        place = record_for_change(work, _PLACE, enrolment_id, version)
        _check_standing(place)
        _check_not_future(work, ending.ended_on, "ended_on")
        if ending.ended_on < (store.last_attended(work, place.id) or place.started_on):
            raise Invalid("rehab_day_unfit", field="ended_on")
        place.ended_on, place.end_reason = ending.ended_on, ending.reason.value
        count_up(work, place)
        work.session.flush()
        note_care(work, Permission.REHAB_WRITE, place)
        return _enrolment(place)


def _check_not_future(work: Work, day: date, field: str) -> None:
    if day > clock.day_of(work.now):
        raise Invalid("rehab_day_unfit", field=field)


def _check_standing(place: RehabEnrolment) -> None:
    if place.ended_on is not None:
        raise Conflict("rehab_place_ended")


def _enrolment(row: RehabEnrolment) -> "EnrolmentView":
    return EnrolmentView(row.id, row.entry_id, row.site_id, row.started_on, row.ended_on, row.end_reason, row.version)


@dataclass(frozen=True)
class EnrolmentView:
    """A place, from a day to a day."""

    id: UUID
    entry_id: UUID
    site_id: UUID
    started_on: date
    ended_on: date | None
    end_reason: str | None
    version: int


@dataclass(frozen=True)
class AttendanceView:
    """One day of one place."""

    id: UUID
    attended_on: date
    activity: str
