"""A unit's year on one sheet: every indicator with its figure, its target, whether it is met, and how it went.

One unit at a time, never several beside each other in an order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from server.domain.area_codes import Level
from server.domain.figures import Table, suppressed
from server.domain.indicators import HIDDEN, UNKNOWN, Definition, Figure, Met, Target, is_met, sum_of, value_of
from server.domain.suppression import K

#: Digits behind the point of a value as it is told; targets are held against the exact quotient.
_DIGITS = 6


@dataclass(frozen=True)
class Reading:
    """One figure with where it comes from; without a day where nothing is known."""

    figure: Figure
    as_of: date | None
    rule_id: str | None = None
    evidence: str | None = None
    version: int | None = None


@dataclass
class Sheet:
    """What one unit knows: readings of each indicator by what they are of (a year, a day, a month), in order."""

    #: Indicator → label → reading; the label sorts by time.
    readings: dict[str, dict[str, Reading]] = field(default_factory=dict)
    #: Indicator → how many people the registry itself counts beside a reported figure; None where hidden.
    registry: dict[str, int | None] = field(default_factory=dict)

    def put(
        self, label: str, figures: Mapping[str, Figure], as_of: date, rules: Mapping[str, str] | None = None
    ) -> None:
        """Add what was reckoned for one label."""
        for name, figure in figures.items():
            self.readings.setdefault(name, {})[label] = Reading(figure, as_of, (rules or {}).get(name))


@dataclass(frozen=True)
class Point:
    """One figure of a series."""

    label: str
    num: int | None
    den: int | None
    value: float | None


@dataclass(frozen=True)
class Line:
    """One indicator of a unit and year."""

    indicator: str
    title_zh: str
    title_en: str
    kind: str
    source: str
    num: int | None
    den: int | None
    value: float | None
    hidden: bool
    target: Target | None
    met: Met
    as_of: date | None
    definition_version: int
    rule_id: str | None
    evidence: str | None
    registry_count: int | None
    trend: tuple[Point, ...]


def line_of(definition: Definition, sheet: Sheet, year: int, target: Target | None) -> Line:
    """The indicator's line: the last reading of the year, and the series up to it."""
    readings = sheet.readings.get(definition.id, {})
    labels = sorted(label for label in readings if label[:4] <= str(year))
    of_year = [readings[label] for label in labels if label.startswith(str(year))]
    now = of_year[-1] if of_year else Reading(UNKNOWN, None)
    figure = now.figure
    value = value_of(definition.kind, figure)
    return Line(
        indicator=definition.id,
        title_zh=definition.title_zh,
        title_en=definition.title_en,
        kind=definition.kind.value,
        source=definition.source.value,
        num=figure.num,
        den=figure.den,
        value=_told(value),
        hidden=figure.hidden,
        target=target,
        met=is_met(value, target),
        as_of=now.as_of,
        definition_version=now.version or definition.version,
        rule_id=now.rule_id,
        evidence=now.evidence,
        registry_count=sheet.registry.get(definition.id),
        trend=tuple(_point(definition, label, readings[label].figure) for label in labels),
    )


def together(sheets: Sequence[Sheet]) -> Sheet:
    """A city's sheet: its counties' figures added up, label by label; what is told of one alone is left out."""
    whole = Sheet()
    for name in sorted({name for sheet in sheets for name in sheet.readings}):
        series: dict[str, list[Reading]] = {}
        for sheet in sheets:
            for label, reading in _yearly(sheet.readings.get(name, {})).items():
                series.setdefault(label, []).append(reading)
        whole.readings[name] = {label: _sum(found) for label, found in series.items()}
    return whole


def _sum(readings: Sequence[Reading]) -> Reading:
    days = [reading.as_of for reading in readings if reading.as_of is not None]
    return Reading(sum_of([reading.figure for reading in readings]), max(days, default=None), _same_rule(readings))


def shares_told(table: Mapping[str, tuple[int, int | None]], unit: str, *, exact: bool) -> Figure:
    """People's share of a unit from township → numerator and denominator, small counts hidden above the township.

    Both those who are counted and those who are not must be five or more, or none (guardrail G11). Denominators are
    typed in by whoever looks: what is hidden never depends on how one stands to a small count, and a county is told of
    once every township of the table has one, for two denominators in a row would else count people by trying.
    """
    known = _denominators(table)
    wanted = {unit} if len(unit) == Level.TOWNSHIP else set(table)
    if not wanted or not wanted <= known.keys():
        return UNKNOWN
    if exact and unit in table:
        return _exact(table[unit][0], known[unit])
    return _share(_cells(_sides(table, known), unit), sum(known[code] for code in wanted))


def _denominators(table: Mapping[str, tuple[int, int | None]]) -> dict[str, int]:
    """Township → its denominator, where one was typed in that can be one; beside a small count any stands."""
    return {code: den for code, (num, den) in table.items() if den is not None and (num <= den or num < K)}


def _exact(num: int, den: int) -> Figure:
    return Figure(num, den) if num <= den else UNKNOWN


def _sides(table: Mapping[str, tuple[int, int | None]], known: Mapping[str, int]) -> Table:
    """Those who are counted, and beside each number that may be told those who are not."""
    return {
        code: {"in": num, "out": 0 if 0 < num < K else known.get(code, num) - num} for code, (num, _) in table.items()
    }


def _share(cells: Mapping[str, int | None], den: int) -> Figure:
    num = cells.get("in")
    if num is None or cells.get("out") is None or den < num or 0 < den - num < K:
        return HIDDEN
    return Figure(num, den)


def counts_told(table: Table, unit: str, names: Sequence[str], *, exact: bool) -> dict[str, int | None]:
    """Counts of people in a unit by name, small ones hidden above the township; None where hidden.

    The first name counts everybody, the others parts of them: everybody is told where the parts and the rest are, so
    that a few who are in no part are not what is left over.
    """
    if exact:
        return {name: table.get(unit, {}).get(name, 0) for name in names}
    whole, *parts = names
    cells = _cells({code: _split(row, whole, parts) for code, row in table.items()}, unit)
    told = {name: cells.get(name, 0) for name in (*parts, "rest")}
    shown = [count for count in told.values() if count is not None]
    return {whole: sum(shown) if len(shown) == len(told) else None} | {name: told[name] for name in parts}


def _split(row: Mapping[str, int], whole: str, parts: Sequence[str]) -> dict[str, int]:
    counts = {name: row[name] for name in parts}
    return counts | {"rest": row[whole] - sum(counts.values())}


def _cells(table: Table, unit: str) -> Mapping[str, int | None]:
    """A township's cells or the county's sums, such that neither gives away what the other hides."""
    told = suppressed(table)
    return (told.row(unit) if len(unit) == Level.TOWNSHIP else told.sums()).cells


def _yearly(readings: Mapping[str, Reading]) -> dict[str, Reading]:
    """The last reading of each year, for counties type theirs in on different days; months stay months."""
    if all(len(label) == len("202611") and label.isdigit() for label in readings):
        return dict(readings)
    return {label[:4]: readings[label] for label in sorted(readings)}


def _same_rule(readings: Sequence[Reading]) -> str | None:
    rules = {reading.rule_id for reading in readings}
    return rules.pop() if len(rules) == 1 else None


def _point(definition: Definition, label: str, figure: Figure) -> Point:
    return Point(label, figure.num, figure.den, _told(value_of(definition.kind, figure)))


def _told(value: Fraction | None) -> float | None:
    return None if value is None else float(round(Decimal(value.numerator) / Decimal(value.denominator), _DIGITS))
