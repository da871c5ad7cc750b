"""Indicators as data: the shipped lists, read once per process, and what was typed in, line upon line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from server.domain.area_codes import Level
from server.domain.indicator_seeds import parse_definitions, parse_targets, parse_universe
from server.domain.indicators import (
    Comparison,
    Definition,
    Target,
    Universe,
)
from server.models.area import Area
from server.models.indicator import BodyCount, IndicatorTarget, IndicatorValue
from server.store.areas import in_force
from server.store.events import AccessEvent
from server.store.scope import under
from server.store.transaction import Work, new_id

SEEDS = Path(__file__).resolve().parents[2] / "seeds" / "indicators"
#: Name of the set that a county's own targets form.
OWN = "county"


@dataclass(frozen=True)
class Indicators:
    """What every deployment ships with."""

    definitions: dict[str, Definition]
    targets: tuple[Target, ...]
    universe: Universe


@cache
def shipped() -> Indicators:
    """The lists under ``seeds/indicators``; raises Malformed ``indicator_seed_invalid``."""
    definitions = parse_definitions((SEEDS / "definitions.csv").read_text("utf-8"))
    targets = parse_targets((SEEDS / "targets.csv").read_text("utf-8"), definitions)
    return Indicators(definitions, targets, parse_universe((SEEDS / "universe.csv").read_text("utf-8")))


def add_line(work: Work, action: str, row: IndicatorValue | IndicatorTarget | BodyCount) -> None:
    """Add a line; it counts before all that were added earlier, and those stay."""
    row.county_code, row.id = work.county_code, new_id()
    row.entered_by, row.entered_at = work.identity.user_id, work.now
    work.session.add(row)
    work.session.flush()
    work.note(AccessEvent(action, table=row.__tablename__, record_id=row.id, version_after=1))


def latest_values(work: Work, unit: str, year: int) -> Sequence[IndicatorValue]:
    """What holds of one unit, indicator by indicator and day by day, up to a year; by indicator and day."""
    row = IndicatorValue
    statement = (
        select(row)
        .where(row.county_code == work.county_code, row.area_code == unit, row.year <= year)
        .ext(distinct_on(row.indicator, row.year, row.as_of))
        .order_by(row.indicator, row.year, row.as_of, row.entered_at.desc(), row.id.desc())
    )
    return work.session.scalars(statement).all()


def own_targets(work: Work) -> list[Target]:
    """The county's own targets; of one indicator and year the latest said."""
    row = IndicatorTarget
    statement = (
        select(row)
        .where(row.county_code == work.county_code)
        .ext(distinct_on(row.indicator, row.year))
        .order_by(row.indicator, row.year, row.entered_at.desc(), row.id.desc())
    )
    return [
        Target(OWN, work.county_code, each.indicator, each.year, Comparison(each.comparison), Decimal(each.value))
        for each in work.session.scalars(statement)
    ]


def body_counts(work: Work, on: date) -> Sequence[BodyCount]:
    """How many bodies the county has of each type, as last counted by a day."""
    row = BodyCount
    statement = (
        select(row)
        .where(row.county_code == work.county_code, row.as_of <= on)
        .ext(distinct_on(row.site_type))
        .order_by(row.site_type, row.as_of.desc(), row.entered_at.desc(), row.id.desc())
    )
    return work.session.scalars(statement).all()


def denominators(work: Work, indicator: str, on: date) -> dict[str, int]:
    """Unit → the denominator last typed in for an indicator in the day's year, up to the day."""
    row = IndicatorValue
    statement = (
        select(row.area_code, row.den)
        .where(row.county_code == work.county_code, row.indicator == indicator, row.year == on.year, row.as_of <= on)
        .ext(distinct_on(row.area_code))
        .order_by(row.area_code, row.as_of.desc(), row.entered_at.desc(), row.id.desc())
    )
    return {code: den for code, den in work.session.execute(statement) if den is not None}


def counties_of(work: Work, city: str, on: date) -> list[str]:
    """The counties of a city on a day, by code."""
    statement = select(Area.code).where(Area.level == Level.COUNTY.value, under(Area.code, city), in_force(on))
    return list(work.session.scalars(statement.order_by(Area.code)))


def is_unit(work: Work, code: str, on: date) -> bool:
    """Whether an area of this code is there on a day."""
    return bool(work.session.scalar(select(Area.code).where(Area.code == code, in_force(on))))
