"""What a person is told about a field they filled in wrongly, in words of their own language."""

import re

import pytest
from flask.testing import FlaskClient

from server.domain.codes import Role
from tests.make import County
from tests.signed_in import sign_in

LATIN_WORD = re.compile(r"[A-Za-z]{2,}")


@pytest.mark.parametrize(
    ("sent", "field", "code"),
    [
        ({"login": 7, "password": "x"}, "login", "field_text"),
        ({"login": None, "password": "x"}, "login", "field_null"),
        ({"password": "x"}, "login", "field_missing"),
        ([], None, "field_object"),
    ],
)
def test_a_clerk_is_told_in_chinese_what_to_mend(
    client: FlaskClient, sent: object, field: str | None, code: str
) -> None:
    answer = client.post("/api/v1/sessions", json=sent, headers={"Accept-Language": "zh-CN"})
    problem = answer.get_json()
    assert answer.status_code == 422
    assert problem.get("field") == field
    assert problem["errors"][0]["code"] == code
    assert not LATIN_WORD.search(problem["errors"][0]["title"].replace("JSON", ""))


@pytest.mark.parametrize(
    ("query", "code", "hint"),
    [
        ("period=2026-11", "field_period", "202611"),
        ("township_code=qilinqiao", "field_area_code", "9 位"),
        ("limit=many", "field_number", "数字"),
    ],
)
def test_the_advice_shows_how_it_should_be_written(
    client: FlaskClient, county: County, query: str, code: str, hint: str
) -> None:
    office = sign_in(client, county, Role.JUDICIAL_OFFICER, county.township)
    problem = office.get(f"/months?{query}").json
    assert [found["code"] for found in problem["errors"]] == [code]
    assert hint in problem["errors"][0]["detail"]
