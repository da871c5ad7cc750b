"""A month in counts: exact at home, hidden where small above the township, and never a measure of anybody's zeal."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from server import clock
from server.domain.codes import DeclineReason, Ground, Role
from server.domain.codes_month import MonthReopenReason
from server.domain.pages import PageAsked
from server.domain.periods import first_day
from server.domain.returns import ObservationDraft
from server.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from server.services.expiry import system_caller
from server.services.figures import Figures, read_figures
from server.services.ledger_review import decline_entry
from server.services.month_close import read_frozen, reopen_month
from server.services.month_return import as_pdf, as_workbook, monthly_return
from server.services.month_return_pdf import register_font
from server.services.months import MonthView
from server.services.releases import release_figures
from server.services.returns import add_observation, list_returns
from server.services.sweeps import confirm_village
from server.store.transaction import Caller, transaction
from tests.make import County, a_caller, an_identity
from tests.make_ledger import a_coordinator, a_reported_entry, an_opened_entry, observed_people, refusal
from tests.make_months import a_closed_month, a_submitted_month, closed, hand_in, noon, supervisor
from tests.sweeping import an_observation, coordinator, judicial, last_period, sweep_id_of, this_period, village_officer

At = Callable[[datetime], None]
MONTH = "202611"


LAST = last_period()


def seen(number: int, ground: str = "2") -> list[ObservationDraft]:
    """So many observations of a day in the last month."""
    day = first_day(LAST) + timedelta(days=4)
    return [an_observation(ground=Ground(ground), observed_on=day) for _ in range(number)]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Move the clock to an instant."""
    return lambda instant: monkeypatch.setattr(clock, "now", lambda: instant)


def elsewhere(county: County, *items: ObservationDraft) -> MonthView:
    """The other township's month, handed in."""
    return a_submitted_month(county, *items, township=county.other_township)


def areas_of(county: County) -> tuple[str, str, str]:
    return county.township, county.other_township, county.code


def nightly(county: County) -> int:
    """The night's release."""
    with transaction(system_caller(county.store, county.code)) as work:
        return release_figures(work, work.now)


def add_seen(county: County, month: MonthView) -> None:
    """One more observation in a month that was opened again, both sweeps handed in anew."""
    office, concern_id = judicial(county), sweep_id_of(month)
    filed = next(one for one in list_returns(office, concern_id, PageAsked(50)).items if one.area_code == county.grid)
    add_observation(office, filed.id, filed.version, seen(1)[0])
    confirm_village(village_officer(county), concern_id, county.village)
    hand_in(county, concern_id)
    hand_in(county, sweep_id_of(month, "dispute"))


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


def test_g11_above_the_township_no_small_count_is_told_or_can_be_worked_out(county: County) -> None:
    here, there = a_submitted_month(county, *seen(7), *seen(6, "3")), elsewhere(county, *seen(3))
    closed(county, here)
    closed(county, there)
    said = [read_figures(supervisor(county), area, LAST) for area in areas_of(county)]
    first, second, whole = (figures.observations for figures in said)
    assert [figures.source for figures in said] == ["released"] * 3
    assert second.cells == {"2": None}
    assert second.total is None
    assert first.cells["3"] == 6
    assert first.cells["2"] == 7
    assert whole.cells["2"] is None
    shown = [count for counts in (first, second, whole) for count in counts.cells.values() if count]
    assert all(count >= 5 for count in shown)


def test_before_the_release_nobody_above_sees_a_count_of_people(county: County) -> None:
    observed_people(county, 9)
    for area in areas_of(county):
        figures = read_figures(supervisor(county), area, MONTH)
        assert (figures.source, figures.observations.total, figures.entries.cells) == ("waiting", None, {})
        assert not [count for count in figures.observations.cells.values() if count is not None]
        assert [(each.due, each.nil, each.with_items) for each in figures.returns] == [
            (12 if area == county.code else 6, None, None)
        ] * 2


def test_g11_townships_that_close_in_time_are_released_together(county: County, at: At) -> None:
    here, there = a_submitted_month(county, *seen(4)), elsewhere(county, *seen(8))
    at(noon(first_day(this_period()) + timedelta(days=1)))
    closed(county, here)
    assert read_figures(supervisor(county), county.code, LAST).source == "waiting"
    closed(county, there)
    said = [read_figures(supervisor(county), area, LAST).observations.cells for area in areas_of(county)]
    assert said == [{"2": None}, {"2": None}, {"2": 12}]


def test_g11_who_closes_late_makes_a_release_of_their_own(county: County, at: At) -> None:
    here, there = a_submitted_month(county, *seen(6)), elsewhere(county, *seen(3))
    begins = first_day(this_period())
    at(noon(begins + timedelta(days=2)))
    closed(county, here)
    assert nightly(county) == 0
    at(noon(begins + timedelta(days=11)))
    assert (nightly(county), nightly(county)) == (1, 0)
    before = read_figures(supervisor(county), county.township, LAST)
    closed(county, there)
    assert read_figures(supervisor(county), county.township, LAST) == before
    said = [read_figures(supervisor(county), area, LAST).observations.cells for area in areas_of(county)]
    assert said == [{"2": 6}, {"2": None}, {"2": None}]


def test_g11_a_month_opened_again_after_its_release_is_told_above_as_it_was(county: County) -> None:
    month = a_closed_month(county, *seen(6))
    before = read_figures(supervisor(county), county.township, LAST)
    again = reopen_month(coordinator(county), month.id, month.version, MonthReopenReason.CORRECTION)
    add_seen(county, again)
    closed(county, again)
    assert read_frozen(coordinator(county), month.id).figures["groups"]["observations"] == {"2": 7}
    assert read_figures(supervisor(county), county.township, LAST) == before


@pytest.mark.parametrize("role", [Role.COUNTY_SUPERVISOR, Role.PRIVACY_OFFICER, Role.AUDITOR])
def test_nobody_above_looks_below_the_township(county: County, role: Role) -> None:
    watcher = a_caller(county, role, county.code)
    assert not read_figures(watcher, county.township, MONTH).exact
    for area in (county.village, county.grid):
        with refusal(Forbidden, "figures_below_township"):
            read_figures(watcher, area, MONTH)


def test_a_city_supervisor_counts_the_city_s_counties_and_no_other(county: County) -> None:
    closed(county, a_submitted_month(county, *seen(5)))
    closed(county, elsewhere(county, *seen(5)))
    grant = an_identity(
        County(county.code[:4] + "00", county.store, county.owner_engine), (Role.CITY_SUPERVISOR, county.code[:4])
    )
    city = Caller(grant, county.store)
    assert read_figures(city, county.code, LAST).observations.cells == {"2": 10}
    assert monthly_return(city, county.code, LAST).place == "试验县" + county.code[-3:]
    with refusal(NotFound, "not_found"):
        read_figures(city, "110101", LAST)


def test_g12_a_month_of_nil_returns_is_a_whole_month(county: County) -> None:
    closed(county, a_submitted_month(county))
    closed(county, elsewhere(county))
    assert concern(read_figures(supervisor(county), county.township, LAST)) == (6, 6, 0)
    assert concern(read_figures(supervisor(county), county.code, LAST)) == (12, 12, 0)


def test_invariant_8_a_few_finds_hide_how_many_places_found_nobody(county: County) -> None:
    closed(county, a_submitted_month(county))
    closed(county, elsewhere(county, *seen(2)))
    assert concern(read_figures(supervisor(county), county.other_township, LAST)) == (6, None, None)
    assert concern(read_figures(supervisor(county), county.code, LAST)) == (12, None, None)
    home = a_coordinator(county, county.other_township)
    assert concern(read_figures(home, county.other_township, LAST)) == (6, 5, 1)


def test_g11_screen_workbook_and_page_tell_the_same(county: County) -> None:
    closed(county, a_submitted_month(county, *seen(7), *seen(2, "3")))
    told = read_figures(supervisor(county), county.township, LAST).observations
    for caller in (supervisor(county), coordinator(county)):
        said = monthly_return(caller, county.township, LAST)
        (table,) = [each for each in said.tables if each.title.startswith("观察")]
        assert [row[1] for row in table.rows] == [told.cells["2"], told.cells["3"], told.total] == [7, None, None]
        sheet = load_workbook(BytesIO(as_workbook(caller, county.township, LAST))).worksheets[0]
        cells = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None]
        assert "※" in cells
        assert "合计" in cells
        assert as_pdf(caller, county.township, LAST).startswith(b"%PDF-")


def test_a_return_waits_for_the_release_and_for_its_own_area(county: County) -> None:
    a_submitted_month(county)
    with refusal(Conflict, "figures_not_released"):
        as_workbook(coordinator(county), county.township, LAST)
    with refusal(NotFound, "not_found"):
        as_pdf(coordinator(county), county.other_township, LAST)
    with refusal(NotFound, "not_found"):
        as_workbook(coordinator(county), county.code, LAST)


def test_the_county_s_return_has_a_line_for_each_township(county: County) -> None:
    closed(county, a_submitted_month(county, *seen(6)))
    closed(county, elsewhere(county, *seen(5)))
    tables = {table.title: table for table in monthly_return(supervisor(county), county.code, LAST).tables}
    assert [row[:5] for row in tables["各乡镇（街道）一览"].rows] == [
        ["试验镇101", 12, 12, 12, 6],
        ["试验镇102", 12, 12, 12, 5],
    ]
    assert [len(row[1]) for row in tables["封存数据校验值（SHA-256）"].rows] == [64, 64]


def test_without_its_font_there_is_no_pdf_and_a_plain_word_why(tmp_path: Path) -> None:
    with refusal(Unavailable, "pdf_font_missing"):
        register_font(tmp_path / "none.ttc")


def test_figures_have_no_room_for_a_target_or_a_rank() -> None:
    names = set(Figures.__dataclass_fields__)
    assert names == {"area_code", "period", "exact", "observations", "entries", "returns", "source", "groups"}


def test_an_area_that_is_not_there_has_no_figures(county: County) -> None:
    with refusal(NotFound, "not_found"):
        read_figures(supervisor(county), county.code + "999", MONTH)
    with refusal(NotFound, "not_found"):
        read_figures(supervisor(county), county.township, "202001")
    with refusal(Invalid, "period_invalid"):
        read_figures(supervisor(county), county.township, "202613")
