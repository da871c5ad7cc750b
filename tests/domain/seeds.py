"""The seeds as the rules receive them."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

from server.domain.code_lists import CodeEntry, parse_code_entries
from server.domain.word_lists import WordList, make_word_list
from server.domain.workdays import WorkCalendar

SEEDS = Path(__file__).parents[2] / "seeds"


@cache
def words() -> WordList:
    folder = SEEDS / "words"
    lists = [path.read_text("utf-8") for path in sorted(folder.glob("*.csv")) if path.stem != "traditional"]
    return make_word_list(lists, (folder / "traditional.csv").read_text("utf-8"))


@cache
def code_entries() -> tuple[CodeEntry, ...]:
    paths = sorted((SEEDS / "codes").glob("*.csv"))
    return tuple(entry for path in paths for entry in parse_code_entries(path.read_text("utf-8")))


@cache
def work_calendar() -> WorkCalendar:
    with (SEEDS / "holidays.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    days = {date.fromisoformat(row["date"]): row["kind"] == "workday" for row in rows}
    return WorkCalendar(days, frozenset(day.year for day in days))
