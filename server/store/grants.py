"""Roles in areas: written with their fingerprint, read by everyone who asks who may do what."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from server import clock
from server.crypto.row_mac import row_mac
from server.domain.area_codes import contains
from server.domain.codes import Role
from server.errors import Invalid
from server.models.area import Area
from server.models.user import RoleGrant
from server.store.identities import grant_fingerprint_fields, grant_holds
from server.store.records import count_up, found
from server.store.transaction import Work, new_id

#: Who may answer for somebody's assessment.
ASSESSING = (Role.ASSESSOR, Role.CLINICIAN)


@dataclass(frozen=True)
class GrantSpec:
    """A role to be given: where, and from when to when."""

    role: Role
    area_code: str
    valid_from: date
    valid_to: date | None = None


def add_grant(work: Work, user_id: UUID, spec: GrantSpec, grant_id: UUID | None = None) -> RoleGrant:
    """Give a role, with the fingerprint that makes the row believed."""
    grant = RoleGrant(
        county_code=work.county_code,
        id=grant_id or new_id(),
        user_id=user_id,
        role=str(spec.role),
        granted_area=spec.area_code,
        valid_from=spec.valid_from,
        valid_to=spec.valid_to,
        revoked_at=None,
        version=1,
        created_by=work.identity.user_id,
        created_at=work.now,
        updated_at=work.now,
    )
    _fingerprint(work, grant)
    work.session.add(grant)
    return grant


def revoke(work: Work, grant: RoleGrant) -> None:
    """End a role now; the next request no longer has it."""
    grant.revoked_at = work.now
    count_up(work, grant)
    _fingerprint(work, grant)


def standing_grants(work: Work, user_ids: Collection[UUID]) -> dict[UUID, list[RoleGrant]]:
    """The grants of these users that are neither revoked nor past, those of the future included."""
    held: dict[UUID, list[RoleGrant]] = {user_id: [] for user_id in user_ids}
    statement = select(RoleGrant).where(_standing(work), RoleGrant.user_id == func.any(list(held)))
    for grant in work.session.scalars(statement.order_by(RoleGrant.id)):
        held[grant.user_id].append(grant)
    return held


def grants_in_force(work: Work, user_id: UUID) -> Sequence[RoleGrant]:
    """A user's grants that hold today."""
    return work.session.scalars(select(RoleGrant).where(_in_force(work), RoleGrant.user_id == user_id)).all()


def grant_for_change(work: Work, user_id: UUID, grant_id: UUID) -> RoleGrant:
    """A standing grant of a user, locked; raises NotFound ``not_found``."""
    statement = select(RoleGrant).where(_standing(work), RoleGrant.user_id == user_id, RoleGrant.id == grant_id)
    return found(work.session.scalar(statement.with_for_update()))


def lock_grants_of_role(work: Work, role: Role) -> Sequence[RoleGrant]:
    """Everyone's grants of a role in force today, locked in one order, so that two cannot end the last two."""
    statement = select(RoleGrant).where(_in_force(work), RoleGrant.role == str(role))
    return work.session.scalars(statement.order_by(RoleGrant.id).with_for_update()).all()


def check_assessor(work: Work, user_id: UUID, area_code: str) -> None:
    """Hold that a user assesses in this area today; raises Invalid ``assessor_unknown``."""
    if not holders_over(work, [user_id], ASSESSING, area_code):
        raise Invalid("assessor_unknown", field="assessor_id")


def holders_over(work: Work, user_ids: Collection[UUID], roles: Collection[Role], area_code: str) -> set[UUID]:
    """Which of these users hold one of these roles over this area today."""
    statement = select(RoleGrant.user_id, RoleGrant.granted_area).where(
        _in_force(work),
        RoleGrant.user_id == func.any(list(user_ids)),
        RoleGrant.role.in_([role.value for role in roles]),
    )
    return {row.user_id for row in work.session.execute(statement) if contains(row.granted_area, area_code)}


def area_is_known(work: Work, area_code: str) -> bool:
    """Whether an area exists and has not ended."""
    today = clock.day_of(work.now)
    statement = select(Area.code).where(Area.code == area_code, or_(Area.valid_to.is_(None), Area.valid_to >= today))
    return work.session.scalar(statement) is not None


def _fingerprint(work: Work, grant: RoleGrant) -> None:
    grant.row_mac = row_mac(work.keys.row_key, grant_fingerprint_fields(work.county_code, grant))


def _in_force(work: Work) -> ColumnElement[bool]:
    return and_(RoleGrant.county_code == work.county_code, grant_holds(clock.day_of(work.now)))


def _standing(work: Work) -> ColumnElement[bool]:
    today = clock.day_of(work.now)
    return and_(
        RoleGrant.county_code == work.county_code,
        RoleGrant.revoked_at.is_(None),
        or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= today),
    )
