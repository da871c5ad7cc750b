"""Area import: read, checked and merged, against a bare COPY of the same rows into a bare table."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.measure import Result, best_of
from bench.place import Place
from server.services.divisions import Divisions, import_divisions

SEEDS = Path(__file__).resolve().parents[1] / "seeds" / "areas"
HEADERS = {
    "areas": "code,name,cityCode,provinceCode",
    "streets": "code,name,areaCode,provinceCode,cityCode",
    "villages": "code,name,streetCode,provinceCode,cityCode,areaCode",
}
#: As many counties, townships and villages as the country has.
NATION = (2978, 41352, 620573)


def measure(place: Place) -> list[Result]:
    """The two cities' real files; then files of the whole country's size, made up."""
    results = [_against_copy(place, SEEDS, "area import, two real cities", rounds=3)]
    with TemporaryDirectory() as folder:
        _write_nation(Path(folder))
        results.append(_against_copy(place, Path(folder), "area import, the country's 620,573 villages", rounds=1))
    return results


def _against_copy(place: Place, folder: Path, name: str, rounds: int) -> Result:
    """Both start from empty tables each time and end by rolling back."""
    records = sum(path.read_bytes().count(b"\n") - 1 for path in folder.glob("*.csv"))

    def path() -> None:
        with place.owner_engine.connect() as connection:
            connection.exec_driver_sql("DELETE FROM area")
            import_divisions(connection, Divisions(folder, {}, same_names=True))
            connection.rollback()

    lines = io.StringIO()
    for file in sorted(folder.glob("*.csv")):
        with file.open(encoding="utf-8-sig", newline="") as rows:
            lines.writelines(f"{row['code']}\t{row['name']}\n" for row in csv.DictReader(rows))
    content = lines.getvalue().encode()

    def floor() -> None:
        with place.owner_engine.connect() as connection:
            connection.exec_driver_sql('CREATE TABLE bare_area (code text COLLATE "C" PRIMARY KEY, name text)')
            driver = connection.connection.driver_connection
            assert driver is not None
            with driver.cursor() as cursor, cursor.copy("COPY bare_area FROM STDIN") as copy:
                copy.write(content)
            connection.rollback()

    taken = best_of(rounds, path, floor)
    return Result(name, records, *taken, target="(none set)", note=f"{records / taken[0]:,.0f} rows/s")


def _write_nation(folder: Path) -> None:
    counties = [f"{11 + number // 100:02d}{number % 100:02d}01" for number in range(NATION[0])]
    townships = [f"{counties[number % NATION[0]]}{1 + number // NATION[0]:03d}" for number in range(NATION[1])]
    villages = [f"{townships[number % NATION[1]]}{1 + number // NATION[1]:03d}" for number in range(NATION[2])]
    for (name, header), codes in zip(HEADERS.items(), (counties, townships, villages), strict=True):
        with (folder / f"{name}.csv").open("w", encoding="utf-8") as file:
            file.write(header + "\n")
            file.writelines(_row(name, code) for code in codes)


def _row(kind: str, code: str) -> str:
    tail = {
        "areas": f"{code[:4]},{code[:2]}",
        "streets": f"{code[:6]},{code[:2]},{code[:4]}",
        "villages": f"{code[:9]},{code[:2]},{code[:4]},{code[:6]}",
    }[kind]
    return f"{code},试{code},{tail}\n"
