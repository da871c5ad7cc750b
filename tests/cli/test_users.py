"""`linli users`: the first administrator, made where nobody can sign in yet."""

import re

import pytest
from flask.testing import FlaskClient

from server.config import Config
from tests.cli.linli import linli
from tests.make import County


def password_in(output: str) -> str:
    found = re.search(r"password +(\S+)", output)
    assert found
    return found.group(1)


def add(config: Config, county: County, name: str = "first", role: str = "sysadmin", area: str = "") -> object:
    return linli(config, "users", "add", f"{name}@{county.code}", "--role", role, "--area", area or county.code)


def test_the_first_administrator_signs_in_with_what_was_printed(
    config: Config, county: County, client: FlaskClient
) -> None:
    result = add(config, county)
    login = {"login": f"first@{county.code}", "password": password_in(result.output)}
    answer = client.post("/api/v1/sessions", json=login)
    assert answer.status_code == 201
    assert (answer.json["must_change_password"], answer.json["roles"]) == (
        True,
        [{"role": "sysadmin", "area_code": county.code}],
    )


def test_a_user_who_cannot_have_the_role_is_not_made_at_all(config: Config, county: County) -> None:
    refused = add(config, county, role="grid_worker")
    assert (refused.exit_code, "[grant_area_level]" in refused.output) == (1, True)
    assert add(config, county).exit_code == 0
    assert "[login_taken]" in add(config, county).output


@pytest.mark.parametrize("login", ["nobody", "a b@430902", "x@43"])
def test_a_login_that_cannot_be_is_refused(config: Config, county: County, login: str) -> None:
    result = linli(config, "users", "add", login, "--role", "sysadmin", "--area", county.code)
    assert (result.exit_code, "[login_invalid]" in result.output) == (1, True)


def test_a_county_that_never_joined_has_no_users(config: Config, county: County) -> None:
    result = linli(config, "users", "add", "x@111111", "--role", "sysadmin", "--area", "111111")
    assert (result.exit_code, "[county_unknown]" in result.output) == (1, True)


def test_a_locked_out_administrator_gets_a_new_password(config: Config, county: County, client: FlaskClient) -> None:
    add(config, county)
    result = linli(config, "users", "reset-password", f"first@{county.code}")
    login = {"login": f"first@{county.code}", "password": password_in(result.output)}
    assert client.post("/api/v1/sessions", json=login).status_code == 201
    unknown = linli(config, "users", "reset-password", f"second@{county.code}")
    assert (unknown.exit_code, "[not_found]" in unknown.output) == (1, True)


def test_the_list_shows_this_countys_users_only(config: Config, county: County) -> None:
    add(config, county)
    assert f"first@{county.code}" in linli(config, "users", "list", "--county", county.code).output
    assert "[login_invalid]" in linli(config, "users", "list", "--county", "43").output
