"""A month in counts: exact at home, hidden where small above the township, and never a measure of anybody's zeal."""

import pytest
from sqlalchemy import insert

from server.domain.codes import DeclineReason, Role
from server.errors import Forbidden, Invalid, NotFound
from server.models.sweep import Month, Sweep, SweepReturn
from server.services.figures import Figures, read_figures
from server.services.ledger_review import decline_entry
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, a_caller, an_identity
from tests.make_ledger import a_coordinator, a_reported_entry, an_opened_entry, observed_people, refusal

MONTH = "202611"


def supervisor(county: County) -> Caller:
    return a_caller(county, Role.COUNTY_SUPERVISOR, county.code)


def filed(county: County, township: str, nil: int, with_items: int) -> None:
    """A township's concern sweep with so many returns."""
    with transaction(a_coordinator(county, township)) as work:
        stamps = {"county_code": county.code, "created_by": new_id(), "created_at": work.now, "updated_at": work.now}
        month, sweep = new_id(), new_id()
        place = {"area_code": township, "period": MONTH, "state": "open"}
        work.session.execute(insert(Month), [stamps | place | {"id": month}])
        work.session.execute(insert(Sweep), [stamps | place | {"id": sweep, "month_id": month, "kind": "concern"}])
        rows = [
            stamps
            | {"id": new_id(), "sweep_id": sweep, "area_code": f"{township}201{number:03d}", "late": False}
            | {"nil": number > with_items, "item_count": int(number <= with_items), "submitted_at": work.now}
            for number in range(1, nil + with_items + 1)
        ]
        work.session.execute(insert(SweepReturn), rows)


def concern(figures: Figures) -> tuple[int, int | None, int | None]:
    (found,) = [each for each in figures.returns if each.kind == "concern"]
    return found.returned, found.nil, found.with_items


def test_at_home_counts_are_exact(county: County) -> None:
    coordinator = a_coordinator(county)
    observed_people(county, 2)
    observed_people(county, 1, ground="3")
    a_reported_entry(county)
    opened = an_opened_entry(county, coordinator)
    decline_entry(coordinator, opened.id, opened.version, DeclineReason.NO_GROUND)
    figures = read_figures(coordinator, county.township, MONTH)
    assert figures.exact
    assert (figures.observations.cells, figures.observations.total) == ({"2": 4, "3": 1}, 5)
    assert (figures.entries.cells, figures.entries.total) == ({"reported": 1, "declined:no_ground": 1}, 2)
    assert [each.due for each in figures.returns] == [6, 6]


def test_a_village_officer_counts_the_own_village_alone(county: County) -> None:
    observed_people(county, 1)
    observed_people(county, 2, county.township + "202001")
    officer = a_caller(county, Role.VILLAGE_OFFICER, county.village)
    assert read_figures(officer, county.village, MONTH).observations.cells == {"2": 1}
    with refusal(NotFound, "not_found"):
        read_figures(officer, county.township, MONTH)


def test_above_the_township_no_small_count_is_told_or_can_be_worked_out(county: County) -> None:
    observed_people(county, 7)
    observed_people(county, 6, ground="3")
    observed_people(county, 3, county.other_grid)
    here = read_figures(supervisor(county), county.township, MONTH).observations
    there = read_figures(supervisor(county), county.other_township, MONTH).observations
    whole = read_figures(supervisor(county), county.code, MONTH).observations
    assert there.cells == {"2": None, "3": 0}
    assert there.total is None
    assert here.cells["3"] == whole.cells["3"] == 6
    assert here.cells["2"] is None or whole.cells["2"] is None
    assert here.total is None or whole.total is None
    shown = [count for counts in (here, there, whole) for count in counts.cells.values() if count]
    assert all(count >= 5 for count in shown)


@pytest.mark.parametrize("role", [Role.COUNTY_SUPERVISOR, Role.PRIVACY_OFFICER, Role.AUDITOR])
def test_nobody_above_looks_below_the_township(county: County, role: Role) -> None:
    watcher = a_caller(county, role, county.code)
    assert not read_figures(watcher, county.township, MONTH).exact
    for area in (county.village, county.grid):
        with refusal(Forbidden, "figures_below_township"):
            read_figures(watcher, area, MONTH)


def test_a_city_supervisor_counts_the_city_s_counties_and_no_other(county: County) -> None:
    observed_people(county, 5)
    observed_people(county, 5, county.other_grid)
    grant = an_identity(
        County(county.code[:4] + "00", county.store, county.owner_engine), (Role.CITY_SUPERVISOR, county.code[:4])
    )
    city = Caller(grant, county.store)
    assert read_figures(city, county.code, MONTH).observations.cells == {"2": 10}
    with refusal(NotFound, "not_found"):
        read_figures(city, "110101", MONTH)


def test_a_month_of_nil_returns_is_a_whole_month(county: County) -> None:
    filed(county, county.township, nil=12, with_items=0)
    filed(county, county.other_township, nil=9, with_items=2)
    assert concern(read_figures(supervisor(county), county.township, MONTH)) == (12, 12, 0)
    assert concern(read_figures(supervisor(county), county.other_township, MONTH)) == (11, None, None)
    assert concern(read_figures(supervisor(county), county.code, MONTH)) == (23, None, None)
    home = a_coordinator(county, county.other_township)
    assert concern(read_figures(home, county.other_township, MONTH)) == (11, 9, 2)


def test_figures_have_no_room_for_a_target_or_a_rank() -> None:
    names = set(Figures.__dataclass_fields__)
    assert names == {"area_code", "period", "exact", "observations", "entries", "returns"}


def test_an_area_that_is_not_there_has_no_figures(county: County) -> None:
    with refusal(NotFound, "not_found"):
        read_figures(supervisor(county), county.code + "999", MONTH)
    with refusal(NotFound, "not_found"):
        read_figures(supervisor(county), county.township, "202001")
    with refusal(Invalid, "period_invalid"):
        read_figures(supervisor(county), county.township, "202613")
