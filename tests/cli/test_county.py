"""`linli county`: only what exists joins, and joining twice changes nothing."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, insert, text

from server.config import Config
from server.models.area import Area
from server.store.transaction import Store
from tests.cli.linli import linli
from tests.make import an_area

NEW, CITY = "980101", "980100"


@pytest.fixture
def new_county(owner_engine: Engine, store: Store) -> Iterator[str]:
    """A county among the areas that has not joined."""
    with owner_engine.begin() as connection:
        connection.execute(insert(Area), [an_area(NEW)])
    yield NEW
    with owner_engine.begin() as connection:
        connection.execute(text("DELETE FROM area WHERE code = :code"), {"code": NEW})
        for code in (NEW, CITY):
            connection.execute(text("SELECT set_config('linli.county', :code, true)"), {"code": code})
            connection.execute(text("DELETE FROM county_settings"))


def suite_of(owner_engine: Engine, code: str) -> int:
    with owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :code, true)"), {"code": code})
        return connection.execute(text("SELECT suite FROM county_settings")).scalar_one()


def test_a_county_joins_with_its_suite_once(config: Config, new_county: str, owner_engine: Engine) -> None:
    first = linli(config, "county", "join", new_county, "--suite", "sm4")
    assert (first.exit_code, first.output.endswith("joined\n")) == (0, True)
    assert suite_of(owner_engine, new_county) == 17
    again = linli(config, "county", "join", new_county, "--suite", "aes")
    assert (again.exit_code, "nothing was changed" in again.output) == (0, True)
    assert suite_of(owner_engine, new_county) == 17


def test_a_city_joins_under_its_own_code_for_those_above_the_counties(config: Config, new_county: str) -> None:
    assert linli(config, "county", "join", CITY).exit_code == 0
    added = linli(config, "users", "add", f"city@{CITY}", "--role", "city_supervisor", "--area", CITY[:4])
    assert added.exit_code == 0, added.output


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("980203", "county_area_unknown"),
        ("970000", "area_code_invalid"),
        ("980200", "county_area_unknown"),
        ("980101101", "area_level_wrong"),
        ("9801", "area_level_wrong"),
        ("98010a", "area_code_invalid"),
        ("", "area_code_invalid"),
    ],
)
def test_what_is_no_county_does_not_join(config: Config, new_county: str, code: str, refusal: str) -> None:
    result = linli(config, "county", "join", code)
    assert (result.exit_code, f"[{refusal}]" in result.output) == (1, True), result.output
