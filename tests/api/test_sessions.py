"""Signing in over HTTP: one answer to all who may not, sessions that end at once, tokens that cannot be forged."""

from flask.testing import FlaskClient

from server.domain.codes import Role
from tests.make import County
from tests.signed_in import PASSWORD, sign_in


def test_whoever_knows_the_password_gets_a_session_with_their_roles(client: FlaskClient, county: County) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    assert signed.tokens["roles"] == [{"role": "grid_worker", "area_code": county.grid}]
    sessions = signed.get("/sessions").json
    assert [each["current"] for each in sessions["items"]] == [True]


def refused(client: FlaskClient, login: str, password: str = PASSWORD) -> tuple[int, str]:
    answer = client.post("/api/v1/sessions", json={"login": login, "password": password})
    assert answer.json is not None
    return answer.status_code, answer.json["code"]


def test_an_ended_session_is_refused_at_the_next_call(client: FlaskClient, county: County) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    assert signed.delete("/sessions/current").status_code == 204
    answer = signed.get("/sessions")
    assert (answer.status_code, answer.json["code"]) == (401, "session_ended")
