"""Who works in an area: active users whose role reaches it today, their names still sealed."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, literal, select

from server.clock import day_of
from server.domain.codes import Role
from server.domain.pages import Page, PageAsked
from server.models.area import Area
from server.models.user import RoleGrant, User
from server.store.identities import grant_holds
from server.store.pages import page_of, paged
from server.store.transaction import Work
from server.store.users import ACTIVE


class Colleague(NamedTuple):
    """One role of one user over an area; ``granted_area`` may be wider than the area asked for."""

    grant_id: UUID
    user_id: UUID
    sealed_display_name: bytes
    granted_area: str
    area_name: str | None


def colleagues_over(work: Work, role: Role, area_code: str, asked: PageAsked) -> Page[Colleague]:
    """Active users who hold the role over the area today, in the order in which they were given it."""
    user = and_(User.county_code == RoleGrant.county_code, User.id == RoleGrant.user_id)
    statement = (
        select(RoleGrant.id, User.id, User.sealed_display_name, RoleGrant.granted_area, Area.name)
        .join(User, user)
        .outerjoin(Area, Area.code == RoleGrant.granted_area)
        .where(RoleGrant.county_code == work.county_code, grant_holds(day_of(work.now)))
        .where(RoleGrant.role == role.value, literal(area_code).startswith(RoleGrant.granted_area))
        .where(User.state == ACTIVE)
    )
    rows = [Colleague(*row) for row in work.session.execute(paged(statement, RoleGrant.id, asked))]
    return page_of(rows, [row.grant_id for row in rows], asked)
