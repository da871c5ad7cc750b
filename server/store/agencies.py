"""Agencies and who answers for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from server.clock import day_of
from server.domain.codes import Role
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Facts, Permission, may
from server.errors import Invalid, NotFound
from server.models.referral import Agency, AgencyMember
from server.models.user import RoleGrant
from server.store.events import AccessEvent
from server.store.identities import grant_holds
from server.store.pages import records_page
from server.store.records import as_read, found
from server.store.taken import insert_new
from server.store.transaction import Work, new_id

_TAKEN = {"uq_agency_county_code_name": "agency_name_taken"}


def agencies_page(work: Work, wanted: "AgencyFilter", asked: PageAsked) -> Page[Agency]:
    """A page of the county's agencies."""
    equal = {
        Agency.kind: wanted.kind,
        Agency.green_channel: wanted.green_channel,
        Agency.active: wanted.active,
    }
    statement = select(Agency).where(Agency.county_code == work.county_code)
    statement = statement.where(*(column == value for column, value in equal.items() if value is not None))
    return records_page(work.session, statement, Agency.id, asked)


def agency_by_id(work: Work, agency_id: UUID, field: str = "agency_id") -> Agency:
    """One agency that people can be referred to; raises Invalid ``agency_unknown``."""
    agency = work.session.get(Agency, (work.county_code, agency_id))
    if agency is None or not agency.active:
        raise Invalid("agency_unknown", field=field)
    return agency


def agency_for_change(work: Work, agency_id: UUID, version: int | None = None) -> Agency:
    """One agency, locked, for its administrator; raises NotFound, Stale ``record_changed``."""
    if not may(work.identity, Permission.AGENCY_MANAGE, Facts(work.county_code)):
        raise NotFound("not_found")
    statement = select(Agency).where(Agency.county_code == work.county_code, Agency.id == agency_id)
    return as_read(work.session.scalar(statement.with_for_update()), version)


def save_agency(work: Work, agency: Agency) -> None:
    """Write it; raises Conflict ``agency_name_taken``, or ``record_exists`` for an id that is taken."""
    insert_new(work, agency, _TAKEN)


def members_of(work: Work, agency_id: UUID) -> Sequence[AgencyMember]:
    """Who answers for an agency, oldest first."""
    statement = select(AgencyMember).where(
        AgencyMember.county_code == work.county_code, AgencyMember.agency_id == agency_id
    )
    return work.session.scalars(statement.order_by(AgencyMember.id)).all()


def add_member(work: Work, agency_id: UUID, user_id: UUID) -> None:
    """Let a user answer for an agency; doing it twice changes nothing. Raises Invalid ``agency_member_role``."""
    holds = select(RoleGrant.id).where(
        RoleGrant.county_code == work.county_code,
        RoleGrant.user_id == user_id,
        RoleGrant.role == Role.RECEIVING_AGENCY.value,
        grant_holds(day_of(work.now)),
    )
    if work.session.scalar(holds.limit(1)) is None:
        raise Invalid("agency_member_role", field="user_id")
    if any(member.user_id == user_id for member in members_of(work, agency_id)):
        return
    row = AgencyMember(county_code=work.county_code, id=new_id(), agency_id=agency_id, user_id=user_id, since=work.now)
    work.session.add(row)
    work.note(AccessEvent(Permission.AGENCY_MANAGE, table="agency_member", record_id=row.id, version_after=1))


def remove_member(work: Work, agency_id: UUID, user_id: UUID) -> None:
    """Let a user answer no longer: from the next request they see nothing of it. Raises NotFound."""
    gone = delete(AgencyMember).where(
        AgencyMember.county_code == work.county_code,
        AgencyMember.agency_id == agency_id,
        AgencyMember.user_id == user_id,
    )
    row_id = found(work.session.scalar(gone.returning(AgencyMember.id)))
    work.note(AccessEvent(Permission.AGENCY_MANAGE, table="agency_member", record_id=row_id, version_before=1))


@dataclass(frozen=True)
class AgencyFilter:
    """Which agencies; None leaves a column open."""

    kind: str | None = None
    green_channel: bool | None = None
    active: bool | None = None
