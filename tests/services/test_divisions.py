"""Importing divisions: idempotent, all or nothing, every fault by file and line, one importer at a time."""

import threading
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from server.errors import Invalid
from server.services.divisions import Divisions, Override, Progress, count_rows, import_divisions
from server.store.divisions import Merged

_cities = count(9800)


class Files:
    """The three files of one invented city: a county, a town and two villages, until told otherwise."""

    def __init__(self, folder: Path, city: str) -> None:
        self.folder, self.city = folder, city
        self.county, self.town = city + "01", city + "01101"
        self.areas = [f"{self.county},试验县,{city},{city[:2]}"]
        self.streets = [self.street("101", "试验镇")]
        self.villages = [self.village("101201", "东村"), self.village("101202", "西村")]

    def street(self, digits: str, name: str) -> str:
        return f"{self.county}{digits},{name},{self.county},{self.city[:2]},{self.city}"

    def village(self, digits: str, name: str) -> str:
        code = self.county + digits
        return f"{code},{name},{code[:9]},{self.city[:2]},{self.city},{self.county}"

    def written(self, **said: Any) -> Divisions:
        headers = {
            "areas": "code,name,cityCode,provinceCode",
            "streets": "code,name,areaCode,provinceCode,cityCode",
            "villages": "code,name,streetCode,provinceCode,cityCode,areaCode",
        }
        for name, header in headers.items():
            (self.folder / f"{name}.csv").write_text("\n".join([header, *getattr(self, name), ""]), "utf-8")
        return replace(Divisions(self.folder, {}), **said)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path, str(next(_cities)))


def load(engine: Engine, divisions: Divisions) -> Merged:
    with engine.begin() as connection:
        return import_divisions(connection, divisions)


def refused(engine: Engine, divisions: Divisions) -> list[tuple[str, str]]:
    with pytest.raises(Invalid, match="area_files_refused") as caught:
        load(engine, divisions)
    return [(fault.field, fault.code) for fault in caught.value.errors]


def rows(engine: Engine, city: str, columns: str) -> dict[str, Any]:
    with engine.connect() as connection:
        found = connection.execute(
            text(f"SELECT code, {columns} FROM area WHERE code ^@ :city ORDER BY code"), {"city": city}
        )
        return {row[0]: row[1] if len(row) == 2 else tuple(row[1:]) for row in found}


def test_a_first_import_adds_and_a_second_changes_nothing(owner_engine: Engine, files: Files) -> None:
    assert load(owner_engine, files.written()) == Merged(4, 0, 0)
    before = rows(owner_engine, files.city, "xmin::text")
    assert load(owner_engine, files.written(valid_from=date(2030, 1, 1))) == Merged(0, 0, 4)
    assert rows(owner_engine, files.city, "xmin::text") == before


def test_a_corrected_name_is_a_change_under_the_same_code(owner_engine: Engine, files: Files) -> None:
    load(owner_engine, files.written())
    files.villages[0] = files.village("101201", "东村村委会")
    assert load(owner_engine, files.written()) == Merged(0, 1, 3)
    assert rows(owner_engine, files.city, "name")[files.town + "201"] == "东村村委会"


def test_seeds_do_not_undo_a_newer_name(owner_engine: Engine, files: Files) -> None:
    load(owner_engine, files.written())
    files.villages[0] = files.village("101201", "旧名村")
    assert load(owner_engine, files.written(keep_names=True)) == Merged(0, 0, 4)
    assert rows(owner_engine, files.city, "name")[files.town + "201"] == "东村"


def test_overrides_speak_against_the_digits_on_every_import(owner_engine: Engine, files: Files) -> None:
    load(owner_engine, files.written())
    overrides = {
        files.county: Override(admin_type="stat_only"),
        files.town: Override(counts_in_indicator=False),
    }
    assert load(owner_engine, files.written(overrides=overrides)) == Merged(0, 4, 0)
    found = rows(owner_engine, files.city, "admin_type, counts_in_indicator")
    assert found[files.county] == ("stat_only", True)
    assert found[files.town] == ("stat_only", False)
    assert load(owner_engine, files.written(overrides=overrides)) == Merged(0, 0, 4)


def test_codes_absent_from_the_files_stay(owner_engine: Engine, files: Files) -> None:
    load(owner_engine, files.written())
    del files.villages[1]
    assert load(owner_engine, files.written()) == Merged(0, 0, 3)
    assert rows(owner_engine, files.city, "valid_to")[files.town + "202"] is None


def test_codes_end_only_on_a_day_that_is_named_and_only_where_the_files_reach(
    owner_engine: Engine, files: Files, tmp_path: Path
) -> None:
    elsewhere = Files(tmp_path / "elsewhere", str(next(_cities)))
    elsewhere.folder.mkdir()
    load(owner_engine, elsewhere.written())
    load(owner_engine, files.written())
    with owner_engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO area (code, name, level, parent_code, admin_type, kind, counts_in_indicator, valid_from)"
                " VALUES (:code || '001', '网格', 15, :code, 'gb', '', true, '2024-01-01')"
            ),
            {"code": files.town + "202"},
        )
    del files.villages[1]
    day = date(2026, 6, 30)
    assert load(owner_engine, files.written(end_missing_on=day)).ended == 2
    ends = rows(owner_engine, files.city, "valid_to")
    assert (ends[files.town + "201"], ends[files.town + "202"], ends[files.town + "202001"]) == (None, day, day)
    assert set(rows(owner_engine, elsewhere.city, "valid_to").values()) == {None}
    assert load(owner_engine, files.written(end_missing_on=date(2027, 1, 1))).ended == 0


def test_an_end_is_not_taken_back_by_an_older_file(owner_engine: Engine, files: Files) -> None:
    load(owner_engine, files.written())
    gone = files.villages.pop()
    load(owner_engine, files.written(end_missing_on=date(2026, 6, 30)))
    files.villages.append(gone)
    assert load(owner_engine, files.written()) == Merged(0, 0, 4)
    assert rows(owner_engine, files.city, "valid_to")[files.town + "202"] == date(2026, 6, 30)


def test_one_bad_row_refuses_everything(owner_engine: Engine, files: Files) -> None:
    files.villages[1] = files.villages[1][1:]
    assert refused(owner_engine, files.written()) == [("villages.csv:3", "area_digits")]
    assert rows(owner_engine, files.city, "name") == {}


def test_every_fault_is_told_by_file_and_line(owner_engine: Engine, files: Files) -> None:
    files.streets.append(files.street("102", ""))
    files.villages.append("12,村,1,1,1,1")
    files.villages[0] = files.village("101201", "东\x00村")
    assert refused(owner_engine, files.written()) == [
        ("streets.csv:3", "area_name_length"),
        ("villages.csv:2", "area_name_length"),
        ("villages.csv:4", "area_digits"),
    ]


def test_faults_between_rows_are_found_too(owner_engine: Engine, files: Files) -> None:
    files.villages += [
        files.village("101201", "南村"),
        files.village("101203", "西村"),
        files.village("199201", "北村"),
    ]
    assert refused(owner_engine, files.written()) == [
        ("villages.csv:4", "area_code_repeated"),
        ("villages.csv:5", "area_name_repeated"),
        ("villages.csv:6", "area_parent_unknown"),
    ]
    assert rows(owner_engine, files.city, "name") == {}


def test_villages_of_one_name_are_taken_when_that_is_said(owner_engine: Engine, files: Files) -> None:
    files.villages.append(files.village("101203", "西村"))
    assert load(owner_engine, files.written(same_names=True)) == Merged(5, 0, 0)


def test_the_same_name_in_another_township_is_no_fault(owner_engine: Engine, files: Files) -> None:
    files.streets.append(files.street("102", "试验乡"))
    files.villages.append(files.village("102201", "东村"))
    assert load(owner_engine, files.written()) == Merged(6, 0, 0)


def test_a_parent_may_be_known_already(owner_engine: Engine, files: Files) -> None:
    load(owner_engine, files.written())
    files.areas, files.streets, files.villages = [], [], [files.village("101203", "南村")]
    assert load(owner_engine, files.written()) == Merged(1, 0, 0)


def test_faults_shown_are_limited(owner_engine: Engine, files: Files) -> None:
    files.villages = ["x,y,z,a,b,c"] * 500
    assert len(refused(owner_engine, files.written())) == 100


def test_a_file_in_another_encoding_is_refused(owner_engine: Engine, files: Files) -> None:
    divisions = files.written()
    (files.folder / "streets.csv").write_text((files.folder / "streets.csv").read_text("utf-8"), "gb18030")
    assert ("streets.csv", "area_file_not_utf8") in refused(owner_engine, divisions)


def test_a_mark_at_the_beginning_is_no_part_of_the_header(owner_engine: Engine, files: Files) -> None:
    divisions = files.written()
    for path in files.folder.glob("*.csv"):
        path.write_text(path.read_text("utf-8"), "utf-8-sig")
    assert load(owner_engine, divisions) == Merged(4, 0, 0)


def test_a_missing_file_is_named(owner_engine: Engine, files: Files) -> None:
    divisions = files.written()
    (files.folder / "streets.csv").unlink()
    with pytest.raises(Invalid, match="area_file_missing") as caught:
        load(owner_engine, divisions)
    assert caught.value.params["file"] == "streets.csv"


def test_progress_reaches_the_number_of_rows(owner_engine: Engine, files: Files) -> None:
    told: list[int] = []
    phases: list[str] = []
    divisions = files.written()
    with owner_engine.begin() as connection:
        import_divisions(connection, divisions, Progress(told.append, phases.append))
    assert (sum(told), phases) == (4, ["read", "check", "write"])
    assert count_rows(divisions.folder) == 4 + 3


def test_two_importers_at_once_wait_for_each_other(owner_engine: Engine, files: Files) -> None:
    files.villages = [files.village(f"101{number}", f"村{number}") for number in range(200, 400)]
    divisions = files.written()
    done: list[Merged] = []
    start = threading.Barrier(2)

    def run() -> None:
        start.wait(10)
        done.append(load(owner_engine, divisions))

    importers = [threading.Thread(target=run) for _ in range(2)]
    for each in importers:
        each.start()
    for each in importers:
        each.join(30)
    assert sorted((merged.added, merged.unchanged) for merged in done) == [(0, 202), (202, 0)]


def national(files: Files, counties: int) -> Iterator[str]:
    for county in range(1, counties + 1):
        code = f"{files.city}{county:02d}"
        for town in range(100, 180):
            yield from (
                f"{code}{town}{village},第{village}村,{code}{town},{code[:2]},{files.city},{code}"
                for village in range(200, 330)
            )


def test_what_is_read_is_not_held(owner_engine: Engine, files: Files) -> None:
    """Thirty thousand villages pass through within the memory of a few hundred."""
    counties = 3
    files.areas = [f"{files.city}{n:02d},县{n},{files.city},{files.city[:2]}" for n in range(1, counties + 1)]
    files.streets = [
        f"{files.city}{n:02d}{town},镇{town},{files.city}{n:02d},{files.city[:2]},{files.city}"
        for n in range(1, counties + 1)
        for town in range(100, 180)
    ]
    files.villages = list(national(files, counties))
    divisions, rows_wanted = files.written(), counties * (1 + 80 + 80 * 130)
    files.villages = []
    tracemalloc.start()
    with owner_engine.connect() as connection:
        merged = import_divisions(connection, divisions)
        connection.rollback()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert merged == Merged(rows_wanted, 0, 0)
    assert peak < 1_500_000
