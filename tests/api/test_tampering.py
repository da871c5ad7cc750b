"""What the people who run the server learn of a database that was changed behind the application's back."""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from tests.make import County
from tests.signed_in import PASSWORD, a_user


def test_a_broken_fingerprint_is_reported_by_the_requests_id_alone(
    client: FlaskClient, county: County, capsys: pytest.CaptureFixture[str]
) -> None:
    user_id, login = a_user(county)
    with county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :county, true)"), {"county": county.code})
        connection.execute(text("UPDATE app_user SET version = version + 1 WHERE id = :id"), {"id": user_id})
    answer = client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
    assert (answer.status_code, answer.json["code"]) == (503, "seal_broken")
    (line,) = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "seal_broken" in line]
    assert line.keys() == {"event", "level", "request_id", "timestamp"}
    assert line["request_id"] == answer.json["request_id"]
