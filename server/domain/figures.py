"""Counts of a month as they may be shown: exact at home, small cells hidden above the township (guardrail G11).

No figure here is a target or a rank, and none may become one (G12): a month in which nobody was found is a good month.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.domain.codes import Role
from server.domain.identity import Identity
from server.domain.suppression import K, Suppressed, suppress

#: Who sees the exact counts of their own area; everybody else sees them with small cells hidden.
EXACT_ROLES = frozenset({Role.VILLAGE_OFFICER, Role.JUDICIAL_OFFICER, Role.TOWNSHIP_COORDINATOR})

#: Township → cell → count.
Table = Mapping[str, Mapping[str, int]]


def is_exact(identity: Identity, area_code: str) -> bool:
    """Whether this area lies in one that the caller works in themselves."""
    return any(grant.role in EXACT_ROLES and area_code.startswith(grant.area_code) for grant in identity.grants)


def exact(table: Table) -> "Counts":
    """The sum of the table's rows, nothing hidden."""
    cells: dict[str, int | None] = {}
    for row in table.values():
        for key, count in row.items():
            cells[key] = (cells.get(key) or 0) + count
    return Counts(cells, sum(count or 0 for count in cells.values()))


def suppressed(table: Table) -> "SuppressedTable":
    """The table of a county's townships such that no row and no sum gives away what another hides.

    Each cell is suppressed as one list over all townships of the table, so that the sum less the townships shown never
    leaves one small count; a sum is shown only where all its parts are. The table must hold every township that is
    ever shown beside the others.
    """
    return SuppressedTable({key: suppress(column) for key, column in _by_cell(table).items()})


@dataclass(frozen=True)
class SuppressedTable:
    """Cell → that cell's counts by township, hidden where they must be."""

    columns: Mapping[str, Suppressed]

    def row(self, township: str) -> "Counts":
        """One township's counts."""
        return _summed({key: column.cells.get(township, 0) for key, column in self.columns.items()})

    def sums(self) -> "Counts":
        """The counts of all townships together."""
        return _summed({key: _not_small(column.total) for key, column in self.columns.items()})


def _by_cell(table: Table) -> dict[str, dict[str, int]]:
    """The table turned round: cell → township → count, every township in each."""
    cells = sorted({cell for row in table.values() for cell in row})
    return {cell: {township: row.get(cell, 0) for township, row in sorted(table.items())} for cell in cells}


def _summed(cells: dict[str, int | None]) -> "Counts":
    shown = [count for count in cells.values() if count is not None]
    return Counts(cells, sum(shown) if len(shown) == len(cells) else None)


def _not_small(total: int | None) -> int | None:
    return None if total is None or 0 < total < K else total


@dataclass(frozen=True)
class Counts:
    """Counts by cell with None for hidden ones; the total is None where it would tell a hidden one."""

    cells: dict[str, int | None]
    total: int | None


class Source(StrEnum):
    """Where figures come from."""

    LIVE = "live"
    """Counted at this moment; told within the township only."""
    WAITING = "waiting"
    """Nothing is released above the township yet: townships have not closed."""
    RELEASED = "released"
    """Frozen by the townships and released together, for good."""
