"""Authors of operations: which roles they held when they wrote, read from the grants of now and of then.

As in ``identities.py`` every grant's fingerprint is checked: what was widened in the database is refused, not believed.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from server import clock
from server.domain.area_codes import Level
from server.domain.identity import Grant
from server.domain.tablet_operations import LATE_AT_MOST
from server.models.user import RoleGrant, User
from server.store.county_keys import CountyKeys
from server.store.identities import checked_grant
from server.store.transaction import Store, bind, looking
from server.store.user_proofs import check_user
from server.store.users import ACTIVE


@dataclass(frozen=True)
class HeldGrant:
    """A role in an area, and when it was held."""

    grant: Grant
    row: RoleGrant

    def held(self, moment: datetime) -> bool:
        """Whether it was in force at that moment; its first and last day are included."""
        day, row = clock.day_of(moment), self.row
        unrevoked = row.revoked_at is None or moment < row.revoked_at
        return unrevoked and row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)


@dataclass(frozen=True)
class Author:
    """Somebody whose work a tablet brings."""

    user_id: UUID
    held: tuple[HeldGrant, ...] = ()
    #: When their account was shut; None while it is open.
    shut_at: datetime | None = None

    def grants(self, moment: datetime, now: datetime) -> tuple[Grant, ...]:
        """The grants in force now, and those in force when something was written, 90 days back at most.

        A shut account keeps its roles on paper: they speak for what was written before, and for nothing since.
        """
        then = moment if now - LATE_AT_MOST <= moment <= now else now
        if self.shut_at is not None:
            return tuple(one.grant for one in self.held if then < self.shut_at and one.held(then))
        return tuple(one.grant for one in self.held if one.held(now) or one.held(then))

    @property
    def home(self) -> str | None:
        """The smallest area they hold or held within a township; None for those who work in the whole county."""
        areas = [one.grant.area_code for one in self.held if len(one.grant.area_code) >= Level.TOWNSHIP.value]
        return max(areas, key=len, default=None)


def authors_of(store: Store, county_code: str, user_ids: Collection[UUID], now: datetime) -> dict[UUID, Author]:
    """Each author with the grants that may speak for their work, in one read; those nobody knows hold none.

    Raises SealBroken for a grant or a user whose fingerprint is wrong.
    """
    with looking(store) as session:
        bind(session, county_code, (county_code,))
        keys = store.cupboard.keys_of(session, county_code, now)
        shut = _shut(session, keys, user_ids)
        held = _held(session, keys, user_ids, now)
        return {user_id: Author(user_id, grants, shut.get(user_id)) for user_id, grants in held.items()}


def _shut(session: Session, keys: CountyKeys, user_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Since when the accounts among these that are shut have been so."""
    of_authors = User.county_code == keys.county_code, User.id == func.any(list(user_ids))
    users = [check_user(keys.row_key, row) for row in session.scalars(select(User).where(*of_authors))]
    return {user.id: user.shut_at or user.created_at for user in users if user.state != ACTIVE}


def _held(
    session: Session, keys: CountyKeys, user_ids: Collection[UUID], now: datetime
) -> dict[UUID, tuple[HeldGrant, ...]]:
    since = now - LATE_AT_MOST
    rows = session.scalars(
        select(RoleGrant)
        .where(RoleGrant.county_code == keys.county_code, RoleGrant.user_id == func.any(list(user_ids)))
        .where(or_(RoleGrant.revoked_at.is_(None), RoleGrant.revoked_at > since))
        .where(or_(RoleGrant.valid_to.is_(None), RoleGrant.valid_to >= clock.day_of(since)))
        .order_by(RoleGrant.id)
    ).all()
    session.expunge_all()
    checked = [(row.user_id, HeldGrant(checked_grant(keys, row), row)) for row in rows]
    return {user_id: tuple(held for of, held in checked if of == user_id) for user_id in user_ids}
