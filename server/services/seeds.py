"""Loading what every deployment begins with: code lists, holidays, and the divisions of two cities.

Everything may be repeated; what people changed since then stays.
"""

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from server.domain.code_lists import parse_code_entries
from server.services.divisions import Divisions, Progress, import_divisions, read_more, read_overrides
from server.store.code_lists import load_entries
from server.store.divisions import Merged
from server.store.holidays import load_holidays


@dataclass(frozen=True)
class Loaded:
    """What was added or changed, in rows."""

    code_entries: int
    holidays: int
    areas: Merged


def seeded_divisions(folder: Path) -> Divisions:
    """The divisions under ``seeds/``; areas that exist keep their names, which a newer file may have brought."""
    overrides = read_overrides(folder / "areas-overrides.csv")
    return Divisions(folder / "areas", overrides, more=read_more(folder / "areas-more.csv"), keep_names=True)


def load_seeds(connection: Connection, folder: Path, progress: Progress | None = None) -> Loaded:
    """Load all seeds in the caller's transaction; raises as the readers of each do."""
    codes = [
        entry
        for path in sorted((folder / "codes").glob("*.csv"))
        for entry in parse_code_entries(path.read_text("utf-8"))
    ]
    areas = import_divisions(connection, seeded_divisions(folder), progress)
    return Loaded(load_entries(connection, codes), load_holidays(connection, read_holidays(folder)), areas)


def read_holidays(folder: Path) -> list[dict[str, object]]:
    """The rows of ``holidays.csv`` as the table takes them."""
    with (folder / "holidays.csv").open(encoding="utf-8", newline="") as lines:
        return [
            {
                "day": date.fromisoformat(row["date"]), "kind": row["kind"],
                "name_zh": row["name_zh"], "name_en": row["name_en"], "source": row["source"], "version": 1,
            }
            for row in csv.DictReader(lines)
        ]  # fmt: skip
