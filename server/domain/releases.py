"""Figures above the township: what of frozen months may be told, such that no small count can be worked out (G11).

Townships of a county are released together, once, and for good: each release is one table, suppressed column by column
over its townships, and a township stands in one release of a period only. So whatever is asked, when, as a township or
as the county, on screen or on paper, comes from the same cells, and nothing is left to subtract. Why: decision 0013.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from server.domain.deadlines import analysis_meeting
from server.domain.figures import Counts, SuppressedTable, exact, suppressed
from server.domain.month_figures import FOUND_BY, PUBLIC_GROUPS, RELEASED, MonthFigures
from server.domain.operations import Pair, told_above
from server.domain.periods import Period

#: What of a sweep's returns counts places and no person.
_OPEN_RETURNS = ("due", "returned", "late", "villages", "confirmed")

#: The townships released together.
Release = Sequence[MonthFigures]


@dataclass(frozen=True)
class Told:
    """A month of a township or county as it may be told above the township; None stands for what is hidden."""

    groups: Mapping[str, Counts]
    #: Sweep kind → due, returned, nil, late, villages, confirmed.
    returns: Mapping[str, Mapping[str, int | None]]
    operations: Mapping[str, Pair]
    townships: tuple[str, ...]


def is_release_due(waiting: Collection[str], period: Period, today: date) -> bool:
    """Whether what is closed may be told: every township has closed, or the day of the meetings is over."""
    return not waiting or today > analysis_meeting(period)


def told_of_townships(release: Release) -> dict[str, Told]:
    """Each township's line of the release it stands in."""
    tables, found = _tables(release), _found_in(release)
    return {
        figures.township: _told(
            {group: table.row(figures.township) for group, table in tables.items()},
            {kind: table.row(figures.township) for kind, table in found.items()},
            [figures],
        )
        for figures in release
    }


def told_of_county(releases: Sequence[Release]) -> Told:
    """The sums of a period's releases; a sum is told only where each part of it is."""
    groups = _sums_of(RELEASED, [_tables(each) for each in releases])
    found = _sums_of(FOUND_BY, [_found_in(each) for each in releases])
    return _told(groups, found, [figures for each in releases for figures in each])


def _sums_of(names: Iterable[str], releases: Sequence[Mapping[str, SuppressedTable]]) -> dict[str, Counts]:
    return {name: _joined([tables[name].sums() for tables in releases]) for name in names}


def _tables(release: Release) -> dict[str, SuppressedTable]:
    """Group → township → cell → count, with the cells that leave the township only, suppressed as one."""
    return {
        group: suppressed({figures.township: _only(figures.groups.get(group, {}), cells) for figures in release})
        for group, cells in RELEASED.items()
    }


def _only(cells: Mapping[str, int], wanted: frozenset[str] | None) -> dict[str, int]:
    return {cell: count for cell, count in cells.items() if wanted is None or cell in wanted}


def _found_in(release: Release) -> dict[str, SuppressedTable]:
    """Sweep kind → how many places found somebody, suppressed like a group."""
    return {
        kind: suppressed({figures.township: {"found": _found(figures, kind)} for figures in release})
        for kind in FOUND_BY
    }


def _found(figures: MonthFigures, kind: str) -> int:
    cells = figures.returns.get(kind, {})
    return cells.get("returned", 0) - cells.get("nil", 0)


def _told(groups: Mapping[str, Counts], found: Mapping[str, Counts], rows: Sequence[MonthFigures]) -> Told:
    public: dict[str, Counts] = {
        group: exact({figures.township: figures.groups.get(group, {}) for figures in rows}) for group in PUBLIC_GROUPS
    }
    return Told(
        groups={**groups, **public},
        returns={kind: _returns(kind, groups[by], found[kind], rows) for kind, by in FOUND_BY.items()},
        operations=_operations(rows),
        townships=tuple(sorted(figures.township for figures in rows)),
    )


def _returns(kind: str, people: Counts, found: Counts, rows: Sequence[MonthFigures]) -> dict[str, int | None]:
    """How many places found nobody tells how many people there are at least: hidden where one of their counts is."""
    sums: dict[str, int | None] = {
        name: sum(figures.returns.get(kind, {}).get(name, 0) for figures in rows) for name in _OPEN_RETURNS
    }
    count = found.cells.get("found", 0)
    told = count is not None and people.total is not None
    return sums | {"nil": (sums["returned"] or 0) - (count or 0) if told else None}


def _operations(rows: Sequence[MonthFigures]) -> dict[str, Pair]:
    sums: dict[str, Pair] = {}
    for figures in rows:
        for name, (num, den) in told_above(figures.operations).items():
            before = sums.get(name, (0, 0))
            sums[name] = (before[0] + num, before[1] + den)
    return sums


def _joined(parts: Sequence[Counts]) -> Counts:
    """Sums by cell; a cell missing in one part is 0 there."""
    names = sorted({cell for part in parts for cell in part.cells})
    cells = {name: _sum([part.cells.get(name, 0) for part in parts]) for name in names}
    return Counts(cells, _sum(list(cells.values())))


def _sum(counts: Sequence[int | None]) -> int | None:
    shown = [count for count in counts if count is not None]
    return sum(shown) if len(shown) == len(counts) else None
