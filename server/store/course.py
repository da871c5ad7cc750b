"""One entry's course as rows: every kind of record is read under its own permission, as each role may."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select

from server.crypto.registry import Retention
from server.domain.codes_referral import Direction
from server.domain.permissions import Permission, allowances
from server.errors import Forbidden
from server.models.assessment import Screening
from server.models.base import CareRecord
from server.models.consent import Consent
from server.models.course import CourseCopy
from server.models.ledger import LedgerEntry
from server.models.plan import CarePlan, PlanItem, Visit
from server.models.referral import Agency, Referral
from server.store.care import records
from server.store.disclosure import register_subjects
from server.store.scope import ScopeColumns, within
from server.store.transaction import Work

C = TypeVar("C", bound=CareRecord)


@dataclass(frozen=True)
class CourseRows:
    """An entry's records as the caller may read them, oldest first; what they may not read is empty."""

    consents: Sequence[Consent]
    screenings: Sequence[Screening]
    plans: Sequence[CarePlan]
    items: Sequence[PlanItem]
    visits: Sequence[Visit]
    #: Each with the agency's name.
    referrals: Sequence[tuple[Referral, str]]


def course_of(work: Work, entry: LedgerEntry) -> CourseRows:
    """Everything of one entry's course that the caller may read; see that they may have the course first."""
    return CourseRows(
        consents=_of(work, entry, Permission.CONSENT_READ, Consent),
        screenings=_of(work, entry, Permission.SCREENING_READ, Screening),
        plans=_of(work, entry, Permission.PLAN_READ, CarePlan),
        items=_of(work, entry, Permission.PLAN_READ, PlanItem),
        visits=_of(work, entry, Permission.VISIT_READ, Visit),
        referrals=_referrals(work, entry),
    )


def add_copy(work: Work, copy: "NewCopy") -> None:
    """Keep that a copy was taken, its reason sealed for the evidence of it."""
    reason = None
    if copy.reason is not None:
        keys = register_subjects(work, [copy.id], (Retention.EVID,))
        reason = keys.seal("statement.reason", copy.id, copy.id, copy.reason)
    work.session.add(
        CourseCopy(
            county_code=work.county_code,
            id=copy.id,
            area_code=copy.entry.area_code,
            entry_id=copy.entry.id,
            taken_at=work.now,
            taken_by=work.identity.user_id,
            with_identity=copy.with_identity,
            resource_count=copy.resource_count,
            sealed_reason=reason,
        )
    )
    work.session.flush()


def _of(work: Work, entry: LedgerEntry, permission: Permission, model: type[C]) -> Sequence[C]:
    if not _holds(work, permission):
        return []
    statement = records(work, permission, model).where(model.entry_id == entry.id)
    return work.session.scalars(statement.order_by(model.id)).all()


def _referrals(work: Work, entry: LedgerEntry) -> Sequence[tuple[Referral, str]]:
    if not _holds(work, Permission.REFERRAL_READ):
        return []
    columns = ScopeColumns(LedgerEntry.area_code, Referral.created_by, LedgerEntry.state, LedgerEntry.carer_ids)
    statement: Select[Referral, str] = (
        select(Referral, func.coalesce(Agency.name, ""))
        .join(LedgerEntry, (LedgerEntry.county_code == Referral.county_code) & (LedgerEntry.id == Referral.entry_id))
        .outerjoin(Agency, (Agency.county_code == Referral.county_code) & (Agency.id == Referral.agency_id))
        .where(
            Referral.county_code == work.county_code,
            Referral.entry_id == entry.id,
            Referral.direction == Direction.OUT.value,
            within(work.identity, Permission.REFERRAL_READ, columns),
        )
        .order_by(Referral.id)
    )
    return [(row[0], row[1]) for row in work.session.execute(statement)]


def _holds(work: Work, permission: Permission) -> bool:
    """Whether the caller holds a permission at all, for the purpose stated."""
    try:
        allowances(work.identity, permission)
    except Forbidden:
        return False
    return True


@dataclass(frozen=True, repr=False)
class NewCopy:
    """A copy about to be kept on record; has no readable ``repr``."""

    id: UUID
    entry: LedgerEntry
    with_identity: bool
    resource_count: int
    reason: str | None
