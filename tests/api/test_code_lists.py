"""Code lists over HTTP."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from server.domain.codes import Role
from server.services.seeds import load_seeds
from tests.make import County
from tests.signed_in import Signed, sign_in

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture
def person(client: FlaskClient, county: County, owner_engine: Engine) -> Signed:
    with owner_engine.begin() as connection:
        load_seeds(connection, SEEDS)
    return sign_in(client, county, Role.AUDITOR, county.code)


def test_lists_are_named_and_counted(person: Signed) -> None:
    lists = person.get("/code-lists").json
    assert lists is not None
    assert {"name": "admin_type", "count": 3} in lists["items"]


def test_a_list_comes_in_its_order_and_both_languages(person: Signed) -> None:
    entries = person.get("/code-lists/township_kind").json
    assert entries is not None
    assert [entry["code"] for entry in entries["items"]] == ["street", "town", "township", "special"]
    assert entries["items"][0]["zh"] == "街道"
    assert entries["items"][0]["en"] == "Street"


def test_a_list_on_a_day_before_it_held_is_empty(person: Signed) -> None:
    assert person.get("/code-lists/township_kind?valid_on=2001-01-01").json == {"items": []}


@pytest.mark.parametrize("name", ["nothing", "%00", "a" * 300])
def test_no_such_list_is_not_found(person: Signed, name: str) -> None:
    assert person.get(f"/code-lists/{name}").status_code == 404
