"""Choosing somebody for a task: who works in an area, in which role."""

from dataclasses import dataclass
from uuid import UUID

from server.domain.area_codes import parse_area_code
from server.domain.codes import Role
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Facts, Permission, may
from server.errors import NotFound
from server.store.colleagues import colleagues_over
from server.store.disclosure import disclose
from server.store.events import AccessEvent
from server.store.transaction import Caller, transaction

NAME = "user.display_name"


def list_colleagues(caller: Caller, role: Role, area_code: str, asked: PageAsked) -> "Page[ColleagueView]":
    """Who holds a role over an area of the caller's; the log names them like everybody whose name is shown.

    Raises NotFound ``not_found`` for an area that is not the caller's.
    """
    area = parse_area_code(area_code)
    if not may(caller.identity, Permission.COLLEAGUE_READ, Facts(area)):
        raise NotFound("not_found", field="area_code")
    with transaction(caller) as work:
        page = colleagues_over(work, role, area, asked)
        event = AccessEvent(Permission.COLLEAGUE_READ, fields=(NAME,), table="app_user")
        keys = disclose(work, event, [row.user_id for row in page.items])
        return page.of(
            [
                ColleagueView(
                    id=row.user_id,
                    display_name=keys.open(NAME, row.user_id, row.user_id, row.sealed_display_name),
                    role=role,
                    area_code=row.granted_area,
                    area_name=row.area_name,
                )
                for row in page.items
            ]
        )


@dataclass(frozen=True, repr=False)
class ColleagueView:
    """One colleague in one role; has no readable ``repr``."""

    id: UUID
    display_name: str
    role: str
    area_code: str
    area_name: str | None
