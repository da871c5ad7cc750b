"""From a session to an identity: who it is, with the grants in force at this moment.

Grants are read anew for every request, so a role ended a second ago no longer opens anything. The fingerprints of the
user and of each grant are checked: what was set or widened directly in the database is refused, not believed.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from server import clock
from server.crypto.canonical import Json
from server.crypto.row_mac import check_row_mac
from server.domain.codes import Purpose, Role
from server.domain.identity import Grant, Identity
from server.errors import Unauthenticated
from server.models.user import LoginSession, RoleGrant, User
from server.store.county_keys import CountyKeys
from server.store.transaction import Store, bind, looking
from server.store.user_proofs import check_user


@dataclass(frozen=True)
class SessionClaim:
    """What a signed token says: whose session, in which county. Nothing else is taken from a token."""

    county_code: str
    user_id: UUID
    session_id: UUID
    #: The tablet it is bound to: a token of a tablet is worth nothing without that tablet's key.
    device_id: UUID | None = None


@dataclass(frozen=True)
class Request:
    """What this one request says of itself."""

    request_id: UUID
    purpose: Purpose | None
    address_prefix: str


def identity_of(store: Store, claim: SessionClaim, request: Request) -> Identity:
    """The identity behind a session; raises Unauthenticated ``session_ended`` when it is over or revoked."""
    now = clock.now()
    with looking(store) as session:
        bind(session, claim.county_code, (claim.county_code,))
        user = session.scalars(
            select(User)
            .join(LoginSession, (LoginSession.county_code == User.county_code) & (LoginSession.user_id == User.id))
            .where(User.county_code == claim.county_code, User.id == claim.user_id, User.state == "active")
            .where(
                LoginSession.id == claim.session_id, LoginSession.revoked_at.is_(None), LoginSession.expires_at > now
            )
            .where(LoginSession.device_id.is_not_distinct_from(claim.device_id))
        ).one_or_none()
        if user is None:
            raise Unauthenticated("session_ended")
        keys = store.cupboard.keys_of(session, claim.county_code, now)
        check_user(keys.row_key, user)
        return Identity(
            user_id=claim.user_id,
            county_code=claim.county_code,
            session_id=claim.session_id,
            request_id=request.request_id,
            grants=_grants_in_force(session, keys, claim, clock.day_of(now)),
            purpose=request.purpose,
            address_prefix=request.address_prefix,
            must_change_password=user.must_change_password,
            device_id=claim.device_id,
        )


def grant_holds(today: date) -> ColumnElement[bool]:
    """Grants in force on a day; the first and the last day are included."""
    not_ended = or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= today)
    return and_(RoleGrant.revoked_at.is_(None), RoleGrant.valid_from <= today, not_ended)


def grant_fingerprint_fields(county_code: str, grant: RoleGrant) -> dict[str, Json]:
    """What a grant's fingerprint covers: everything that decides whom it lets see what, and until when."""
    return {
        "table": "role_grant",
        "county": county_code,
        "id": str(grant.id),
        "user": str(grant.user_id),
        "role": grant.role,
        "area": grant.granted_area,
        "from": grant.valid_from.isoformat(),
        "to": grant.valid_to.isoformat() if grant.valid_to else None,
        "revoked": int(grant.revoked_at.timestamp() * 1_000_000) if grant.revoked_at else None,
        "version": grant.version,
    }


def _grants_in_force(session: Session, keys: CountyKeys, claim: SessionClaim, today: date) -> tuple[Grant, ...]:
    statement = (
        select(RoleGrant)
        .where(RoleGrant.county_code == claim.county_code, RoleGrant.user_id == claim.user_id)
        .where(grant_holds(today))
        .order_by(RoleGrant.id)
    )
    return tuple(checked_grant(keys, row) for row in session.scalars(statement))


def checked_grant(keys: CountyKeys, row: RoleGrant) -> Grant:
    """A grant as it was given; raises SealBroken when its row was written by somebody else."""
    check_row_mac(keys.row_key, grant_fingerprint_fields(row.county_code, row), row.row_mac)
    return Grant(row.id, Role(row.role), row.granted_area)
