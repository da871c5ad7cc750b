"""Indicators as departments and supervisors meet them: definitions, targets, values typed in, bodies counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from server import clock
from server.domain.area_codes import AreaCode, Level, county_of
from server.domain.codes_sites import SECTOR_TYPES
from server.domain.indicators import Comparison, Definition, Figure, Target, Typed, Unit, as_of_year, check_typed
from server.domain.permissions import Facts, Permission, may
from server.domain.sites import check_past
from server.errors import Invalid, NotFound
from server.models.indicator import BodyCount, IndicatorTarget, IndicatorValue
from server.services.dashboard import checked_unit
from server.store import indicators as store
from server.store.transaction import Caller, in_county, transaction


@dataclass(frozen=True)
class Catalogue:
    """What is measured, and what should be reached."""

    definitions: tuple[Definition, ...]
    targets: tuple[Target, ...]


@dataclass(frozen=True)
class TypedValue:
    """A department's figure as typed in."""

    num: int | None
    den: int | None
    evidence: str
    as_of: date
    rule_id: str | None = None


@dataclass(frozen=True)
class TypedTarget:
    """A county's own target as typed in."""

    comparison: Comparison
    value: Decimal


def list_indicators(caller: Caller) -> Catalogue:
    """Every definition, the shipped targets and the county's own."""
    shipped = store.shipped()
    with transaction(caller) as work:
        return Catalogue(tuple(shipped.definitions.values()), (*shipped.targets, *store.own_targets(work)))


def list_values(caller: Caller, unit: str, year: int) -> Sequence[IndicatorValue]:
    """What was typed in of a unit's year; of one indicator and day the latest said. Raises as ``checked_unit``."""
    area = _county_or_township(caller, unit)
    with transaction(in_county(caller, county_of(area))) as work:
        return [row for row in store.latest_values(work, area, year) if row.year == year]


def enter_value(caller: Caller, unit: str, indicator: str, year: int, typed: TypedValue) -> IndicatorValue:
    """Type in a figure with its evidence; what was typed in before stays readable behind it.

    Raises:
        NotFound: the unit is none of the caller's, or nobody defined the indicator.
        Invalid: as ``check_typed``, ``as_of_year`` and ``checked_unit``; ``day_in_future``;
            ``indicator_unit_level``, the indicator is not told of such a unit.
    """
    definition, area = _defined(indicator), _county_or_township(caller, unit)
    today = clock.today()
    as_of_year(year, today)
    check_past(typed.as_of, today, "as_of")
    _check_level(definition, area)
    check_typed(definition, Figure(typed.num, typed.den), typed.rule_id)
    with transaction(caller) as work:
        if not (may(work.identity, Permission.INDICATOR_WRITE, Facts(area)) and store.is_unit(work, area, today)):
            raise NotFound("not_found")
        row = IndicatorValue(
            area_code=area, indicator=indicator, year=year, num=typed.num, den=typed.den,
            source=definition.source.value, evidence=typed.evidence, as_of=typed.as_of,
            definition_version=definition.version, rule_id=typed.rule_id,
        )  # fmt: skip
        store.add_line(work, Permission.INDICATOR_WRITE, row)
        return row


def enter_target(caller: Caller, unit: str, indicator: str, year: int, typed: TypedTarget) -> Target:
    """Set a county's own target, in force from a year on.

    Raises NotFound, Invalid ``area_level_wrong``.
    """
    definition = _defined(indicator)
    area = checked_unit(caller, unit)
    if len(area) != Level.COUNTY:
        raise Invalid("area_level_wrong", field="unit", level="county")
    if not may(caller.identity, Permission.TARGET_WRITE, Facts(area)):
        raise NotFound("not_found")
    with transaction(in_county(caller, area)) as work:
        if not store.is_unit(work, area, clock.today()):
            raise NotFound("not_found")
        row = IndicatorTarget(indicator=definition.id, year=year, comparison=typed.comparison.value, value=typed.value)
        store.add_line(work, Permission.TARGET_WRITE, row)
        return Target(store.OWN, area, definition.id, year, typed.comparison, typed.value)


def list_bodies(caller: Caller) -> Sequence[BodyCount]:
    """How many bodies of each type the county has, as last counted."""
    with transaction(caller) as work:
        return store.body_counts(work, clock.today())


def enter_bodies(caller: Caller, site_type: str, bodies: int, as_of: date, evidence: str) -> BodyCount:
    """Say how many bodies of one type the county has (indicator YY-I6).

    Raises Invalid ``day_in_future``, ``body_type_wrong`` for a type whose bodies are not listed.
    """
    check_past(as_of, clock.today(), "as_of")
    if site_type not in SECTOR_TYPES:
        raise Invalid("body_type_wrong", field="site_type")
    with transaction(caller) as work:
        row = BodyCount(area_code=work.county_code, site_type=site_type, bodies=bodies, as_of=as_of, evidence=evidence)
        store.add_line(work, Permission.INDICATOR_WRITE, row)
        return row


def _defined(indicator: str) -> Definition:
    definition = store.shipped().definitions.get(indicator)
    if definition is None:
        raise NotFound("not_found")
    return definition


def _county_or_township(caller: Caller, unit: str) -> AreaCode:
    area = checked_unit(caller, unit)
    if len(area) < Level.COUNTY:
        raise Invalid("indicator_unit_level", field="unit")
    return area


def _check_level(definition: Definition, area: AreaCode) -> None:
    """What departments type in is the county's; home patients alone are the township's."""
    township = definition.typed is Typed.DENOMINATOR and definition.unit is Unit.TOWNSHIP
    if definition.typed is not Typed.NOTHING and (len(area) == Level.TOWNSHIP) != township:
        raise Invalid("indicator_unit_level", field="unit")
