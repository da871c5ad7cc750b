"""Choosing somebody for a task."""

from server.domain.codes import Role
from server.domain.pages import PageAsked
from server.errors import Forbidden, NotFound
from server.services.colleagues import list_colleagues
from tests.make import County, a_caller
from tests.make_ledger import a_coordinator, refusal
from tests.signed_in import a_user


def ids(county: County, role: Role, area: str) -> list[object]:
    found = list_colleagues(a_coordinator(county), role, area, PageAsked(50)).items
    return [colleague.id for colleague in found]


def test_whoever_holds_the_role_over_the_area_is_listed_by_name_and_nobody_else(county: County) -> None:
    worker, _ = a_user(county, (Role.GRID_WORKER, county.grid))
    of_village, _ = a_user(county, (Role.GRID_WORKER, county.village))
    a_user(county, (Role.GRID_WORKER, county.other_grid))
    a_user(county, (Role.CASE_MEMBER, county.township))
    assert ids(county, Role.GRID_WORKER, county.grid) == [worker, of_village]
    assert ids(county, Role.GRID_WORKER, county.village) == [of_village]
    (first, _) = list_colleagues(a_coordinator(county), Role.GRID_WORKER, county.grid, PageAsked(50)).items
    assert (first.display_name, first.area_code, first.role) == ("测试用户", county.grid, "grid_worker")


def test_another_s_area_is_not_listed_and_grid_workers_list_nobody(county: County) -> None:
    with refusal(NotFound, "not_found"):
        list_colleagues(a_coordinator(county), Role.GRID_WORKER, county.other_grid, PageAsked(50))
    worker = a_caller(county, Role.GRID_WORKER, county.grid)
    with refusal(Forbidden, "role_forbidden"):
        list_colleagues(worker, Role.GRID_WORKER, county.grid, PageAsked(50))
