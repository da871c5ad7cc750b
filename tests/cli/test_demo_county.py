"""`linli demo-county`: a whole county of users, made once, with one password."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from server.config import Config
from tests.cli.linli import linli
from tests.make import County
from tests.signed_in import a_user


def load(config: Config, code: str, kept: Path) -> tuple[int, str]:
    result = linli(config, "demo-county", "load", "--county", code, "--password-file", str(kept))
    return result.exit_code, result.output


def test_every_office_of_the_county_can_sign_in_and_need_not_change_the_password(
    config: Config, county: County, client: FlaskClient, tmp_path: Path
) -> None:
    code, output = load(config, county.code, tmp_path / "password")
    password = (tmp_path / "password").read_text("utf-8").strip()
    assert (code, (tmp_path / "password").stat().st_mode & 0o777) == (0, 0o600)
    assert f"added {9 + 2 * 5 + 6 + 18}, kept 0" in output
    assert password in output
    for name, role, area in (
        ("sysadmin", "sysadmin", county.code),
        ("judicial-101", "judicial_officer", county.township),
        ("coordinator-102", "township_coordinator", county.other_township),
        ("village-101201", "village_officer", county.village),
        ("grid-101201003", "grid_worker", county.village + "003"),
    ):
        answer = client.post("/api/v1/sessions", json={"login": f"{name}@{county.code}", "password": password})
        assert answer.status_code == 201, name
        assert answer.json["roles"] == [{"role": role, "area_code": area}]
        assert answer.json["must_change_password"] is False


def test_loading_again_keeps_everyone_and_a_lost_password_is_replaced(
    config: Config, county: County, client: FlaskClient, tmp_path: Path
) -> None:
    kept = tmp_path / "password"
    load(config, county.code, kept)
    before = hashes(county)
    assert len(set(before)) == len(before) == 43
    assert "added 0, kept 43" in load(config, county.code, kept)[1]
    assert hashes(county) == before
    kept.unlink()
    assert load(config, county.code, kept)[0] == 0
    login = {"login": f"auditor@{county.code}", "password": kept.read_text("utf-8").strip()}
    assert client.post("/api/v1/sessions", json=login).status_code == 201


def test_a_county_with_users_of_its_own_is_left_alone(config: Config, county: County, tmp_path: Path) -> None:
    a_user(county)
    code, output = load(config, county.code, tmp_path / "password")
    assert (code, "[county_in_use]" in output) == (1, True)
    assert len(hashes(county)) == 1


@pytest.mark.parametrize(("code", "refusal"), [("980909", "county_area_unknown"), ("98", "area_code_invalid")])
def test_a_county_without_areas_is_refused(
    config: Config, owner_engine: Engine, county: County, tmp_path: Path, code: str, refusal: str
) -> None:
    status, output = load(config, code, tmp_path / "password")
    assert (status, f"[{refusal}]" in output) == (1, True)
    assert not (tmp_path / "password").exists()


def hashes(county: County) -> list[str]:
    with county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :county, true)"), {"county": county.code})
        return list(connection.scalars(text("SELECT password_hash FROM app_user ORDER BY id")))
