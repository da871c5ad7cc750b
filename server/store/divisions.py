"""Divisions in bulk: rows are copied beside the table, checked there as a whole, then merged in one statement.

Everything happens in the caller's transaction as the owner, one importer at a time. An area is never removed: one
that has gone from the files ends on a day that the caller names, and stays readable.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import LiteralString, NamedTuple, cast

from psycopg import Connection as Driver
from sqlalchemy import Connection, text

from server.domain.area_codes import AreaCode

#: PostgreSQL advisory lock of whoever changes areas; a second one waits for the first to end.
AREAS_LOCK = 0x41726561
#: How many faults are shown at most; a file with the wrong columns has as many as rows.
FAULTS_SHOWN = 100
#: Rows between two reports of progress.
STRIDE = 2000


class StagedArea(NamedTuple):
    """A row on its way in, with where it was read."""

    file: str
    line: int
    code: AreaCode
    name: str
    admin_type: str
    kind: str
    counts_in_indicator: bool
    valid_from: date
    valid_to: date | None = None
    successor_code: str | None = None


class Fault(NamedTuple):
    """A row that does not fit the others, or the table."""

    file: str
    line: int
    reason: str
    code: str


@dataclass(frozen=True)
class Merged:
    """What a merge did, in rows; ``ended`` are areas that the files no longer hold."""

    added: int
    changed: int
    unchanged: int
    ended: int = 0


_STAGE: LiteralString = """
CREATE TEMP TABLE staged_area (
    file text NOT NULL, line integer NOT NULL,
    code text COLLATE "C" NOT NULL, name text NOT NULL,
    admin_type text NOT NULL, kind text NOT NULL, counts_in_indicator boolean NOT NULL,
    valid_from date NOT NULL, valid_to date, successor_code text COLLATE "C",
    parent_code text COLLATE "C" GENERATED ALWAYS AS (
        CASE length(code) WHEN 4 THEN NULL WHEN 6 THEN left(code, 4) ELSE left(code, length(code) - 3) END
    ) STORED
) ON COMMIT DROP
"""
_COPY: LiteralString = (
    "COPY staged_area (file, line, code, name, admin_type, kind, counts_in_indicator,"
    " valid_from, valid_to, successor_code) FROM STDIN"
)
_FAULTS: LiteralString = """
SELECT file, line, 'area_code_repeated', code FROM (
    SELECT file, line, code, row_number() OVER (PARTITION BY code ORDER BY file, line) AS nth FROM staged_area
) AS numbered WHERE nth > 1
UNION ALL
SELECT file, line, 'area_name_repeated', code FROM (
    SELECT file, line, code, row_number() OVER (PARTITION BY parent_code, name ORDER BY file, line) AS nth
    FROM staged_area WHERE length(code) = 12 AND NOT :same_names
) AS numbered WHERE nth > 1
UNION ALL
SELECT file, line, 'area_parent_unknown', code FROM staged_area AS child
WHERE length(code) > 6
    AND NOT EXISTS (SELECT FROM staged_area AS parent WHERE parent.code = child.parent_code)
    AND NOT EXISTS (SELECT FROM area AS parent WHERE parent.code = child.parent_code)
ORDER BY 1, 2 LIMIT :limit
"""
_MERGE: LiteralString = """
WITH written AS (
    INSERT INTO area (code, name, level, parent_code, admin_type, kind, counts_in_indicator,
                      valid_from, valid_to, successor_code)
    SELECT code, name, length(code), parent_code, admin_type, kind, counts_in_indicator,
           valid_from, valid_to, successor_code
    FROM staged_area AS new
    WHERE NOT EXISTS (
        SELECT FROM area AS old WHERE old.code = new.code
        AND (:keep_names OR old.name = new.name)
        AND (old.admin_type, old.kind, old.counts_in_indicator)
            = (new.admin_type, new.kind, new.counts_in_indicator)
        AND (new.valid_to IS NULL OR old.valid_to = new.valid_to)
        AND (new.successor_code IS NULL OR old.successor_code = new.successor_code)
    )
    ON CONFLICT (code) DO UPDATE SET
        name = CASE WHEN :keep_names THEN area.name ELSE excluded.name END,
        admin_type = excluded.admin_type,
        kind = excluded.kind,
        counts_in_indicator = excluded.counts_in_indicator,
        valid_to = coalesce(excluded.valid_to, area.valid_to),
        successor_code = coalesce(excluded.successor_code, area.successor_code)
    RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new), (SELECT count(*) FROM staged_area)
FROM written
"""
_END_MISSING: LiteralString = """
WITH gone AS (
    UPDATE area SET valid_to = :day
    WHERE valid_to IS NULL AND valid_from <= :day AND level IN (6, 9, 12)
        AND left(code, 4) IN (SELECT DISTINCT left(code, 4) FROM staged_area)
        AND level IN (SELECT DISTINCT length(code) FROM staged_area)
        AND NOT EXISTS (SELECT FROM staged_area AS new WHERE new.code = area.code)
    RETURNING code
), below AS (
    UPDATE area SET valid_to = :day
    WHERE valid_to IS NULL AND valid_from <= :day AND level > 12
        AND EXISTS (SELECT FROM gone WHERE gone.code = left(area.code, 12))
    RETURNING code
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM below)
"""


def begin_staging(connection: Connection) -> None:
    """Wait for any other importer to end, and make room for the rows."""
    lock_areas(connection)
    connection.exec_driver_sql(_STAGE)


def lock_areas(connection: Connection) -> None:
    """Let nobody else change areas in bulk until this transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": AREAS_LOCK})


def stage_rows(connection: Connection, rows: Iterable[StagedArea], on_rows: Callable[[int], None]) -> None:
    """Copy the rows in as they come; ``on_rows`` hears how many more have passed."""
    driver = cast("Driver[tuple[object, ...]]", connection.connection.driver_connection)
    passed = 0
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)
            passed += 1
            if passed % STRIDE == 0:
                on_rows(STRIDE)
    on_rows(passed % STRIDE)


def staged_faults(connection: Connection, *, same_names: bool) -> Sequence[Fault]:
    """Codes twice, village names twice in one township, and parents that are nowhere; the first hundred."""
    connection.exec_driver_sql("ANALYZE staged_area")
    rows = connection.execute(text(_FAULTS), {"limit": FAULTS_SHOWN, "same_names": same_names})
    return [Fault(*row) for row in rows]


def merge_staged(connection: Connection, *, keep_names: bool) -> Merged:
    """Add what is new and change what differs; an end that was set is never taken back.

    With ``keep_names`` the areas that exist keep theirs: seeds must not undo what a newer file brought.
    """
    row = connection.execute(text(_MERGE), {"keep_names": keep_names}).one()
    added, changed, staged = (int(value) for value in row)
    return Merged(added, changed, staged - added - changed)


def end_missing(connection: Connection, day: date) -> int:
    """End what the files no longer hold, in the cities and at the levels that they do hold; with its grids."""
    return int(connection.execute(text(_END_MISSING), {"day": day}).scalar_one())
