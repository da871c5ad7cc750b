"""`linli areas` and `linli seeds`, as an administrator types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from server.cli.main import cli
from server.config import Config
from tests.make import County

HEADERS = {
    "areas": "code,name,cityCode,provinceCode",
    "streets": "code,name,areaCode,provinceCode,cityCode",
    "villages": "code,name,streetCode,provinceCode,cityCode,areaCode",
}


class Shell:
    """The command line on the test database."""

    def __init__(self, config: Config) -> None:
        self.runner = CliRunner(
            env={
                "LINLI_ENV_FILE": "/dev/null",
                "LINLI_DATABASE_URL": config.owner_url,
                "LINLI_APP_DATABASE_URL": config.app_url,
                "LINLI_JOBS_DATABASE_URL": config.jobs_url,
            }
        )

    def __call__(self, *arguments: str | Path) -> Result:
        return self.runner.invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture
def linli(config: Config) -> Shell:
    return Shell(config)


def write(folder: Path, city: str, village: str = "") -> Path:
    county, town = city + "01", city + "01101"
    rows = {
        "areas": f"{county},试验县,{city},{city[:2]}",
        "streets": f"{town},试验镇,{county},{city[:2]},{city}",
        "villages": village or f"{town}201,试验村,{town},{city[:2]},{city},{county}",
    }
    for name, header in HEADERS.items():
        (folder / f"divisions-{name}.csv").write_text(f"{header}\r\n{rows[name]}\r\n", "utf-8")
    return folder


def test_an_import_tells_its_figures_and_a_second_finds_nothing_to_do(linli: Shell, tmp_path: Path) -> None:
    folder = write(tmp_path, "9701")
    assert linli("areas", "import", folder).output == "areas: added 3, changed 0, unchanged 0\n"
    assert linli("areas", "import", folder).output == "areas: added 0, changed 0, unchanged 3\n"


def test_a_bad_row_is_a_line_and_the_exit_code_says_so(linli: Shell, tmp_path: Path, owner_engine: Engine) -> None:
    result = linli("areas", "import", write(tmp_path, "9702", "70201101201,村,970201101,97,9702,970201"))
    assert result.exit_code == 1
    assert "divisions-villages.csv:2: " in result.output
    assert "[area_digits]" in result.output
    assert result.output.rstrip().endswith("[area_files_refused]")
    with owner_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM area WHERE code ^@ '9702'")) == 0


def test_absent_codes_end_on_the_day_named(linli: Shell, tmp_path: Path) -> None:
    linli("areas", "import", write(tmp_path, "9703"))
    other = write(tmp_path, "9703", "970301101202,别村,970301101,97,9703,970301")
    result = linli("areas", "import", other, "--end-missing", "2026-06-30")
    assert result.output == "areas: added 1, changed 0, unchanged 2, ended 1\n"


def test_a_day_that_is_none_is_a_fault_of_writing(linli: Shell, tmp_path: Path) -> None:
    assert linli("areas", "import", write(tmp_path, "9704"), "--end-missing", "soon").exit_code == 2


def test_an_override_that_cannot_be_read_is_named_by_line(linli: Shell, tmp_path: Path) -> None:
    overrides = tmp_path / "mine.csv"
    overrides.write_text("code,admin_type,counts_in_indicator,valid_from\n970501,zone,,\n", "utf-8")
    result = linli("areas", "import", write(tmp_path, "9705"), "--overrides", overrides)
    assert result.exit_code == 1
    assert "Line 2 of mine.csv" in result.output


def test_grids_are_laid_out_with_their_names(
    linli: Shell, county: County, tmp_path: Path, owner_engine: Engine
) -> None:
    names = tmp_path / "names.txt"
    names.write_text("河东\n河西\n\n", "utf-8")
    result = linli("areas", "grids", county.village, "--count", "3", "--names", names)
    assert result.output == "grids: added 1, named 2\n"
    with owner_engine.connect() as connection:
        found = connection.scalars(
            text("SELECT name FROM area WHERE parent_code = :village ORDER BY code"), {"village": county.village}
        ).all()
    assert found == ["河东", "河西", "第3网格"]


def test_a_grid_ends_with_a_successor_and_a_day_only(linli: Shell, county: County) -> None:
    second = county.village + "002"
    assert linli("areas", "grids", "--end", county.grid, "--successor", second).exit_code == 2
    result = linli("areas", "grids", "--end", county.grid, "--successor", second, "--on", "2026-12-31")
    assert (result.exit_code, result.output) == (0, f"grid {county.grid} ends on 2026-12-31, followed by {second}\n")


@pytest.mark.parametrize("arguments", [(), ("430902001001",), ("--count", "3"), ("430902001001", "--count", "1000")])
def test_grids_need_a_village_and_a_count(linli: Shell, arguments: tuple[str, ...]) -> None:
    assert linli("areas", "grids", *arguments).exit_code == 2


def test_grids_of_an_unknown_village_are_refused(linli: Shell, county: County) -> None:
    result = linli("areas", "grids", county.township + "999", "--count", "3")
    assert result.exit_code == 1
    assert county.township + "999" in result.output


def test_good_polygons_are_kept_and_bad_ones_named_with_exit_code_1(
    linli: Shell, county: County, tmp_path: Path
) -> None:
    ring = [[112.0, 28.0], [112.1, 28.0], [112.1, 28.1], [112.0, 28.0]]
    good = {"type": "Feature", "properties": {"code": county.village},
            "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip
    bad = good | {"properties": {"code": county.village + "999"}}
    file = tmp_path / "shapes.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [good]}), "utf-8")
    assert (linli("areas", "geometry", file).exit_code, linli("areas", "geometry", file).output) == (
        0,
        "polygons: attached 1, refused 0\n",
    )
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [bad, good]}), "utf-8")
    result = linli("areas", "geometry", file)
    assert result.exit_code == 1
    assert f"{county.village}999: " in result.output
    assert "attached 1, refused 1" in result.output


def test_a_file_that_is_no_text_is_refused(linli: Shell, tmp_path: Path) -> None:
    file = tmp_path / "shapes.geojson"
    file.write_bytes(b"\xff\xfe\x00")
    result = linli("areas", "geometry", file)
    assert (result.exit_code, "[area_shapes_unreadable]" in result.output) == (1, True)


def test_seeds_tell_what_they_loaded(linli: Shell) -> None:
    assert linli("seeds", "load").exit_code == 0
    assert linli("seeds", "load").output == (
        "code lists: 0 entries added or changed\nholidays: added 0\nareas: added 0, changed 0, unchanged 8237\n"
    )
