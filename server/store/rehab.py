"""Places in rehabilitation and the days they were used, as rows; and the sites both they and family schools name."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, select

from server.domain.permissions import Permission
from server.errors import Invalid
from server.models.ledger import LedgerEntry
from server.models.site import ServiceSite
from server.models.team import FamilySchoolSession, RehabAttendance, RehabEnrolment
from server.store.care import records
from server.store.scope import ScopeColumns, within
from server.store.transaction import Work, widened

#: Community rehabilitation, in ``site_type``.
REHAB_SITE = "13"


def site_of(work: Work, site_id: UUID, kind: str | None = None) -> ServiceSite:
    """A site of the county, wherever in it; raises Invalid ``service_site_unknown``, also for a site of another kind.

    A site is a fact of the county, so it is found beyond the caller's area; it holds no person.
    """
    with widened(work):
        site = work.session.get(ServiceSite, (work.county_code, site_id))
    if site is None or (kind is not None and site.type != kind):
        raise Invalid("service_site_unknown", field="site_id")
    return site


def enrolments_of(work: Work, entry: LedgerEntry) -> Sequence[RehabEnrolment]:
    """Every place somebody has or had, by its first day."""
    statement = records(work, Permission.REHAB_READ, RehabEnrolment).where(RehabEnrolment.entry_id == entry.id)
    return work.session.scalars(statement.order_by(RehabEnrolment.started_on, RehabEnrolment.id)).all()


def attendance_in(work: Work, enrolment_id: UUID) -> Select[RehabAttendance]:
    """The days of one place, as a query."""
    return records(work, Permission.REHAB_READ, RehabAttendance).where(RehabAttendance.enrolment_id == enrolment_id)


def last_attended(work: Work, enrolment_id: UUID) -> date | None:
    """The last day somebody came."""
    days = select(func.max(RehabAttendance.attended_on)).where(
        RehabAttendance.county_code == work.county_code, RehabAttendance.enrolment_id == enrolment_id
    )
    return work.session.scalar(days)


def sessions_in(work: Work, site_id: UUID | None) -> Select[FamilySchoolSession]:
    """Family school sessions the caller may read, as a query."""
    scope = within(
        work.identity,
        Permission.FAMILY_SCHOOL_READ,
        ScopeColumns(FamilySchoolSession.area_code, FamilySchoolSession.created_by),
    )
    statement = select(FamilySchoolSession).where(FamilySchoolSession.county_code == work.county_code, scope)
    return statement if site_id is None else statement.where(FamilySchoolSession.site_id == site_id)
