"""The dashboard: a unit's year, reckoned as of its last day or today.

A township's and a county's are reckoned in one transaction with a constant number of statements; a city's adds up its
counties, each within its own walls.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from server import clock
from server.domain.area_codes import AreaCode, Level, county_of, parse_area_code
from server.domain.dashboard import Line, Reading, Sheet, counts_told, line_of, shares_told, together
from server.domain.figures import is_exact
from server.domain.indicators import HIDDEN, UNKNOWN, Figure, Target, Unit, Universe, as_of_year, target_of
from server.domain.operations import OF_NO_PERSON
from server.domain.periods import Period, last_day, period_of, previous_period
from server.domain.permissions import Facts, Permission, may
from server.errors import Invalid, NotFound
from server.store import indicator_counts as counts
from server.store import indicator_people as people
from server.store.indicators import counties_of, denominators, is_unit, latest_values, own_targets, shipped
from server.store.operations import operations_of
from server.store.transaction import Caller, Work, in_county, transaction, widened

#: How many years and how many months a series shows.
YEARS, MONTHS = 3, 6
#: Indicators of which the registry counts its own part beside the department's figure: everybody, then parts of them.
OWN_PART = ("YT-I15", "YT-I16", "YT-I17")
_HOME_PATIENTS = "YY-I16"


@dataclass(frozen=True)
class Dashboard:
    """A unit's year."""

    unit: str
    year: int
    as_of: date
    items: tuple[Line, ...]


def read_dashboard(caller: Caller, unit: str, year: int, universe: Universe | None = None) -> Dashboard:
    """Every indicator of a township, a county or a city; ``universe`` is the deployment's unless given.

    Raises:
        Invalid: ``indicator_year_invalid``, ``indicator_unit_level``, ``area_code_invalid``.
        NotFound: the unit is none of the caller's, or not there.
    """
    area, on = checked_unit(caller, unit), as_of_year(year, clock.today())
    counted = universe or shipped().universe
    if len(area) > Level.CITY:
        with transaction(in_county(caller, county_of(area))) as work:
            if not is_unit(work, area, on):
                raise NotFound("not_found")
            sheet, own = _sheet(work, area, on, counted), own_targets(work)
    else:
        sheet, own = _city(caller, area, on, counted), []
    return Dashboard(area, year, on, tuple(_lines(sheet, area, year, [*shipped().targets, *own])))


def checked_unit(caller: Caller, unit: str) -> AreaCode:
    """A township, county or city of the caller's; raises as ``read_dashboard``."""
    area = parse_area_code(unit)
    if len(area) > Level.TOWNSHIP:
        raise Invalid("indicator_unit_level", field="unit")
    if not may(caller.identity, Permission.INDICATOR_READ, Facts(area)):
        raise NotFound("not_found")
    return area


def _city(caller: Caller, city: AreaCode, on: date, universe: Universe) -> Sheet:
    with transaction(caller) as work:
        counties = counties_of(work, city, on)
    if not counties:
        raise NotFound("not_found")
    sheets = []
    for county in counties:
        with transaction(in_county(caller, county)) as work:
            sheets.append(_sheet(work, AreaCode(county), on, universe))
    return together(sheets)


def _lines(sheet: Sheet, unit: AreaCode, year: int, targets: list[Target]) -> Iterator[Line]:
    for definition in shipped().definitions.values():
        if definition.unit is Unit.TOWNSHIP or len(unit) < Level.TOWNSHIP:
            yield line_of(definition, sheet, year, target_of(targets, definition.id, unit, year))


def _sheet(work: Work, unit: AreaCode, on: date, universe: Universe) -> Sheet:
    sheet = Sheet()
    for day in (*(date(on.year - back, 12, 31) for back in range(YEARS - 1, 0, -1)), on):
        _put_counts(work, sheet, unit, day, universe)
    _put_operations(work, sheet, unit, on)
    for row in latest_values(work, unit, on.year):
        if row.indicator != _HOME_PATIENTS:
            reading = Reading(Figure(row.num, row.den), row.as_of, row.rule_id, row.evidence, row.definition_version)
            sheet.readings.setdefault(row.indicator, {})[_label(row.year, row.as_of)] = reading
    return sheet


def _label(year: int, as_of: date) -> str:
    """A year's figure may be counted after its end; it is the year's all the same."""
    return f"{year}/{as_of.isoformat()}"


def _put_counts(work: Work, sheet: Sheet, unit: AreaCode, on: date, universe: Universe) -> None:
    label = str(on.year)
    knowledge, rules = counts.surveys(work, unit, on)
    sheet.put(label, knowledge, on, rules)
    for counted in (counts.family_schools, counts.staff, counts.township_hospitals, counts.emergencies):
        sheet.put(label, counted(work, unit, on), on)
    sheet.put(label, counts.providers(work, unit, on) | counts.rooms(work, unit, on, universe), on)
    if len(unit) == Level.COUNTY:
        sheet.put(label, counts.county_sites(work, unit, on, universe), on)
        sheet.put(label, counts.sector_sites(work, unit, on), on)
    _put_people(work, sheet, unit, on)


def _put_people(work: Work, sheet: Sheet, unit: AreaCode, on: date) -> None:
    """People are counted to the day at home; above, to the end of the month before: no two days differ by one."""
    exact = is_exact(work.identity, unit)
    day = on if exact else _settled(on)
    sheet.registry = dict.fromkeys(OWN_PART)
    if day is None:
        return
    with widened(work):
        attended, patients = people.rehabilitated(work, day), denominators(work, _HOME_PATIENTS, day)
        own = people.assessed(work, day)
    shares = {code: (num, patients.get(code)) for code, num in attended.items()}
    sheet.put(str(on.year), {_HOME_PATIENTS: shares_told(shares, unit, exact=exact)}, day)
    sheet.registry = counts_told(own, unit, OWN_PART, exact=exact)


def _settled(on: date) -> date | None:
    """The last month's end by a day; None where that lies in another year."""
    if on == last_day(period_of(on)):
        return on
    end = last_day(previous_period(period_of(on)))
    return end if end.year == on.year else None


def _put_operations(work: Work, sheet: Sheet, unit: AreaCode, on: date) -> None:
    """Six months up to the day; above the township only what is no person's is told."""
    exact, period = is_exact(work.identity, unit), period_of(on)
    for _ in range(MONTHS):
        found = {
            name: _operation(num, den, told=exact or name in OF_NO_PERSON)
            for name, (num, den) in operations_of(work, unit, period).items()
        }
        sheet.put(period, found, on)
        period = previous_period(Period(period))


def _operation(num: int, den: int, *, told: bool) -> Figure:
    if not told:
        return HIDDEN
    return Figure(num, den) if den else UNKNOWN
