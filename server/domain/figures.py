"""Counts of a month as they may be shown: exact at home, small cells hidden above the township (guardrail G11).

No figure here is a target or a rank, and none may become one (G12): a month in which nobody was found is a good month.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.codes import Role
from server.domain.identity import Identity
from server.domain.suppression import K, suppress

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


def suppressed(table: Table, township: str | None) -> "Counts":
    """One township's row, or the county's totals, such that neither gives away what the other hides.

    Each cell is suppressed as one list over all of the county's townships, so that the county's total less the
    townships shown never leaves one small count; a sum is shown only where all its parts are. The table must
    hold the whole county, whichever row is asked for.
    """
    columns = {key: suppress(column) for key, column in _by_cell(table).items()}
    if township is None:
        return _summed({key: _not_small(column.total) for key, column in columns.items()})
    return _summed({key: column.cells.get(township, 0) for key, column in columns.items()})


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
