"""The data dictionary: for every column its purpose, class, retention and who sees it. Data, not code.

Classes: P plain, E encrypted, B encrypted with a search bucket. A column without a line here, or a
line without a column, fails a test, so that nothing is collected that nobody answered for.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, order=True)
class Column:
    """One line of the dictionary."""

    table: str
    column: str
    sealing: str
    retention: str
    purpose: str
    seen_by: str


def parse(text: str) -> list[Column]:
    """Read the dictionary's CSV; raises ValueError for an unknown class or a missing purpose."""
    rows = [
        Column(row["table"], row["column"], row["class"], row["retention"], row["purpose"], row["seen_by"])
        for row in csv.DictReader(text.splitlines())
    ]
    for row in rows:
        if row.sealing not in {"P", "E", "B"} or not row.purpose or not row.seen_by:
            raise ValueError(f"{row.table}.{row.column}: class P, E or B, a purpose and who sees it are needed")
    return rows


def differences(dictionary: Iterable[Column], schema: Iterable[tuple[str, str]]) -> list[str]:
    """What stands in one and not in the other, in words; and sealed columns not classed as such."""
    rows = list(dictionary)
    listed, real = {(row.table, row.column) for row in rows}, set(schema)
    return [
        *(f"{table}.{column} has no line in the dictionary" for table, column in sorted(real - listed)),
        *(f"{table}.{column} is in the dictionary only" for table, column in sorted(listed - real)),
        *(
            f"{row.table}.{row.column} is classed {row.sealing}"
            for row in sorted(rows)
            if row.column.startswith("sealed_") == (row.sealing == "P")
        ),
    ]


def as_markdown(dictionary: Iterable[Column]) -> str:
    """The dictionary as a page for people, one table a table."""
    lines = [
        "# Data dictionary",
        "",
        "Generated from `seeds/data-dictionary.csv` by `linli data-dictionary`; do not edit by hand.",
        "",
        "Class: P plain · E sealed with the subject's own key · B sealed, with a search bucket of few bits.",
        "Retention: row (as long as the record) · id, case, evid (with the data key of that class) · or as named.",
    ]
    for table, rows in groupby(sorted(dictionary), key=lambda row: row.table):
        lines += ["", f"## {table}", "", "| column | class | retention | purpose | seen by |", "|---|---|---|---|---|"]
        lines += [f"| {r.column} | {r.sealing} | {r.retention} | {r.purpose} | {r.seen_by} |" for r in rows]
    return "\n".join(lines) + "\n"
