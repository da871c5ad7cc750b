"""`make bench`: measure every path, print the table, and exit 1 if a target is missed."""

import sys

from rich.console import Console
from rich.table import Table

from bench import areas, flat, ledger_page, month_end, pull, push, search, staging, visits_page
from bench.measure import Result
from bench.place import a_place

MEASURES = {
    "areas": areas.measure,
    "staging": staging.measure,
    "ledger": ledger_page.measure,
    "visits": visits_page.measure,
    "push": push.measure,
    "pull": pull.measure,
    "flat": flat.measure,
    "month_end": month_end.measure,
    "search": search.measure,
}


def main() -> None:
    """Measure in a fresh database and print."""
    results: list[Result] = []
    with a_place() as place:
        for name in sys.argv[1:] or MEASURES:
            results += MEASURES[name](place)
    table = Table(title="ratios in one run")
    for heading in ("path", "records", "path", "floor", "time ÷ floor", "speed ÷ floor", "target", "note"):
        table.add_column(heading)
    for row in results:
        table.add_row(*_cells(row))
    Console(width=150).print(table)


def _cells(row: Result) -> list[str]:
    path, floor = (f"{seconds / row.records * 1e6:.1f} µs" for seconds in (row.path_seconds, row.floor_seconds))
    return [
        row.name,
        f"{row.records:,}",
        path,
        floor,
        f"{row.time_ratio:.2f}",
        f"{row.speed_ratio:.2f}",
        row.target,
        row.note,
    ]


if __name__ == "__main__":
    main()
