"""Write seeds/holidays.csv from chinesecalendar: the days of some years that differ from the weekday rule.

    python tools/make_holidays.py 2024 2026 > seeds/holidays.csv

Run it again when the package knows another year; a deployment edits its own table without it.
"""

import csv
import sys
from datetime import date, timedelta
from importlib.metadata import version

import chinese_calendar
from chinese_calendar.constants import Holiday

NAMES_ZH = {holiday.value: holiday.chinese for holiday in Holiday}
SATURDAY = 5


def rows(first_year: int, last_year: int) -> list[tuple[str, str, str, str, str]]:
    """The table's rows in order of date; a public holiday on a weekend is listed for its name."""
    found = []
    day = date(first_year, 1, 1)
    while day.year <= last_year:
        is_holiday, name = chinese_calendar.get_holiday_detail(day)
        if name or is_holiday != (day.weekday() >= SATURDAY):
            kind = "holiday" if is_holiday else "workday"
            label = name or ""
            found.append((day.isoformat(), kind, NAMES_ZH.get(label, ""), label, source()))
        day += timedelta(days=1)
    return found


def source() -> str:
    """Name and version of the package the rows come from."""
    return f"chinesecalendar {version('chinesecalendar')}"


def main() -> None:
    """Print the years named on the command line as CSV."""
    first_year, last_year = int(sys.argv[1]), int(sys.argv[2])
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("date", "kind", "name_zh", "name_en", "source"))
    writer.writerows(rows(first_year, last_year))


if __name__ == "__main__":
    main()
