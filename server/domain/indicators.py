"""Indicators: what each counts, what it should reach, and when it is met. The lists themselves are seeds.

A value is a numerator over a denominator; without a denominator above zero there is none (invariant 14). No indicator
counts people found, and none sets one person or unit against another (guardrail G12).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from server.errors import Invalid


class Kind(StrEnum):
    """What a value is."""

    RATE = "rate"
    """A share: the numerator is part of the denominator."""
    RATIO = "ratio"
    """So many to so many."""
    COUNT = "count"
    """A number by itself, without a denominator."""
    YES_NO = "yes_no"
    """Whether it is there; of several counties, in how many."""


class Source(StrEnum):
    """Where a value comes from."""

    COMPUTED = "computed"
    """Reckoned from what the registry holds."""
    SITES = "sites"
    """Reckoned from sites, staff and agencies."""
    SURVEY = "survey"
    """Reckoned from anonymous sheets."""
    REPORT = "report"
    """Typed in by a department."""


class Typed(StrEnum):
    """What of a value departments type in."""

    BOTH = "both"
    """Numerator and denominator."""
    DENOMINATOR = "denominator"
    """The denominator alone; the registry counts the numerator."""
    NOTHING = "nothing"
    """Nothing: it is computed."""


class Unit(StrEnum):
    """The smallest unit an indicator is told of."""

    TOWNSHIP = "township"
    """A township, and all above it."""
    COUNTY = "county"
    """A county, and the city."""


class Comparison(StrEnum):
    """How a value is held against its target."""

    AT_LEAST = "at_least"
    """As much or more."""
    AT_MOST = "at_most"
    """As much or less."""
    EQUAL = "equal"
    """Exactly as much."""


class Met(StrEnum):
    """Whether a target is reached."""

    YES = "yes"
    """It is."""
    NO = "no"
    """It is not."""
    UNKNOWN = "unknown"
    """There is no value, or no target."""


@dataclass(frozen=True)
class Definition:
    """One indicator. ``rules`` are the ways of counting among which who types it in must choose."""

    id: str
    title_zh: str
    title_en: str
    kind: Kind
    numerator_zh: str
    numerator_en: str
    denominator_zh: str
    denominator_en: str
    source: Source
    typed: Typed
    unit: Unit
    version: int
    rules: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """What an indicator should reach, in the areas under a code, from a year on."""

    set: str
    area: str
    indicator: str
    year: int
    comparison: Comparison
    value: Decimal


@dataclass(frozen=True)
class Universe:
    """Which units count in denominators."""

    #: Combined and special units as townships (indicator YY-I1: 98 instead of 93 in Yiyang).
    special_units: bool = False
    #: Management committees as counties (indicator YY-I15: 8 instead of 6 in Yiyang).
    management_committees: bool = True


@dataclass(frozen=True)
class Figure:
    """A numerator and a denominator as counted; either may be unknown, and both may be hidden."""

    num: int | None = None
    den: int | None = None
    hidden: bool = False

    @property
    def value(self) -> Fraction | None:
        """The quotient, exactly; None without a denominator above zero, or with a numerator above it."""
        if self.num is None or not self.den or self.num > self.den:
            return None
        return Fraction(self.num, self.den)


#: A figure that must not be told.
HIDDEN = Figure(hidden=True)
UNKNOWN = Figure()


def value_of(kind: Kind, figure: Figure) -> Fraction | None:
    """What a figure comes to: a count is its numerator."""
    if kind is Kind.COUNT:
        return None if figure.num is None else Fraction(figure.num)
    return figure.value


def is_met(value: Fraction | None, target: Target | None) -> Met:
    """Whether a value reaches its target, reckoned exactly."""
    if value is None or target is None:
        return Met.UNKNOWN
    wanted = Fraction(target.value)
    reached = {
        Comparison.AT_LEAST: value >= wanted,
        Comparison.AT_MOST: value <= wanted,
        Comparison.EQUAL: value == wanted,
    }
    return Met.YES if reached[target.comparison] else Met.NO


def target_of(targets: Iterable[Target], indicator: str, unit: str, year: int) -> Target | None:
    """The target in force: the latest that began by the year; a county's own before a shipped one of the same year."""
    standing = [
        target
        for target in targets
        if target.indicator == indicator and unit.startswith(target.area) and target.year <= year
    ]
    return max(standing, key=lambda target: (target.year, len(target.area)), default=None)


def sum_of(figures: Sequence[Figure]) -> Figure:
    """Several units' figures as one: those known whole are added up; one hidden hides the sum.

    Counts, which have no denominator, are added up by themselves.
    """
    if any(figure.hidden for figure in figures):
        return HIDDEN
    counted = [(figure.num, figure.den) for figure in figures if figure.num is not None]
    whole = [(num, den) for num, den in counted if den is not None]
    if whole:
        nums, dens = zip(*whole, strict=True)
        return Figure(sum(nums), sum(dens))
    return Figure(sum(num for num, _ in counted)) if counted else UNKNOWN


def as_of_year(year: int, today: date) -> date:
    """The day a year's values are reckoned for: its last, or today; raises ``indicator_year_invalid`` outside."""
    if not 2000 <= year <= today.year:
        raise Invalid("indicator_year_invalid", field="year", last=today.year)
    return min(date(year, 12, 31), today)


def check_typed(definition: Definition, figure: Figure, rule_id: str | None) -> None:
    """Hold what a department typed in against the definition.

    Raises:
        Invalid: ``indicator_computed``, nothing of it is typed; ``indicator_numerator_computed``, only the
            denominator is; ``indicator_num_above_den``; ``indicator_den_missing``; ``indicator_den_unwanted``, a count
            has none; ``indicator_rule_unknown``, a way of counting must be named, and none other.
    """
    if definition.typed is Typed.NOTHING:
        raise Invalid("indicator_computed", indicator=definition.id)
    if definition.typed is Typed.DENOMINATOR and figure.num is not None:
        raise Invalid("indicator_numerator_computed", field="num")
    _check_parts(definition.kind, figure)
    if (rule_id or "") not in (definition.rules or ("",)):
        raise Invalid("indicator_rule_unknown", field="rule_id", rules=", ".join(definition.rules))


def _check_parts(kind: Kind, figure: Figure) -> None:
    if kind is Kind.COUNT:
        if figure.den is not None:
            raise Invalid("indicator_den_unwanted", field="den")
    elif figure.num is not None:
        if figure.den is None:
            raise Invalid("indicator_den_missing", field="den")
        if figure.num > figure.den:
            raise Invalid("indicator_num_above_den", field="num")
