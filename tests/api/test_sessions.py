"""Signing in over HTTP: one answer to all who may not, sessions that end at once, tokens that cannot be forged."""

import json
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from server import clock
from server.domain.codes import Role
from server.store.transaction import Store
from tests.make import County
from tests.signed_in import PASSWORD, Signed, a_user, sign_in, sign_in_as

WRONG = "three loud rivers"


def attempt(client: FlaskClient, login: str, password: str = PASSWORD) -> tuple[int, str]:
    answer = client.post("/api/v1/sessions", json={"login": login, "password": password})
    assert answer.json is not None
    return answer.status_code, answer.json.get("code", "")


def outcome(answer: Any) -> tuple[int, str]:
    return answer.status_code, (answer.json or {}).get("code", "")


def with_token(client: FlaskClient, token: str) -> tuple[int, str]:
    return outcome(client.get("/api/v1/sessions", headers={"Authorization": f"Bearer {token}"}))


def refresh(client: FlaskClient, token: str) -> Any:
    return client.post("/api/v1/sessions/refresh", headers={"Authorization": f"Bearer {token}"})


def as_county(engine: Engine, county: County, statement: str, **values: object) -> int:
    with engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :county, true)"), {"county": county.code})
        return connection.execute(text(statement), values).rowcount


# Signing in


def test_whoever_knows_the_password_gets_a_session_with_their_roles(client: FlaskClient, county: County) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    assert signed.tokens["roles"] == [{"role": "grid_worker", "area_code": county.grid}]
    assert (signed.tokens["county_code"], signed.tokens["must_change_password"]) == (county.code, False)
    assert [each["current"] for each in signed.get("/sessions").json["items"]] == [True]


def test_a_login_may_be_typed_in_capitals_and_with_blanks(client: FlaskClient, county: County) -> None:
    _, login = a_user(county)
    assert attempt(client, f"  {login.upper()} ")[0] == 201


def test_everyone_who_may_not_gets_one_answer(client: FlaskClient, county: County) -> None:
    user_id, login = a_user(county)
    _, inactive = a_user(county)
    name, _, _ = login.partition("@")
    as_county(
        county.owner_engine,
        county,
        "UPDATE app_user SET state = 'inactive' WHERE login = :name",
        name=inactive.split("@")[0],
    )
    bodies = []
    for typed, password in (
        (login, WRONG),
        (inactive, PASSWORD),
        (f"nobody@{county.code}", PASSWORD),
        (f"{name}@777777", PASSWORD),
        (name, PASSWORD),
        ("'; DROP TABLE app_user; --@1", PASSWORD),
        (f"nul\0@{county.code}", PASSWORD),
    ):
        answer = client.post("/api/v1/sessions", json={"login": typed, "password": password})
        assert answer.json is not None
        bodies.append((answer.status_code, answer.json | {"request_id": ""}))
    assert bodies[0][0] == 401
    assert bodies[0][1]["code"] == "sign_in_refused"
    assert bodies == [bodies[0]] * len(bodies)
    assert str(user_id) not in str(bodies)


def test_a_county_cannot_be_swapped_in_the_login(client: FlaskClient, county: County, owner_engine: Engine) -> None:
    _, login = a_user(county)
    assert attempt(client, login.replace(county.code, "990001" if county.code != "990001" else "990002"))[0] == 401


# Too many tries


@pytest.mark.parametrize("known", [True, False])
def test_the_sixth_try_is_paused_for_known_and_unknown_logins(client: FlaskClient, county: County, known: bool) -> None:
    login = a_user(county)[1] if known else f"nobody@{county.code}"
    assert [attempt(client, login, WRONG) for _ in range(5)] == [(401, "sign_in_refused")] * 5
    answer = client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
    assert outcome(answer) == (429, "sign_in_paused")
    assert 0 < int(answer.headers["Retry-After"]) <= 900


def test_a_pause_is_for_one_login_and_ends_with_its_window(client: FlaskClient, county: County) -> None:
    (_, login), (_, other) = a_user(county), a_user(county)
    for _ in range(6):
        attempt(client, login, WRONG)
    assert attempt(client, other)[0] == 201
    as_county(
        county.owner_engine,
        county,
        "UPDATE sign_in_attempt SET window_started_at = window_started_at - interval '15 min'",
    )
    assert attempt(client, login)[0] == 201


def test_a_good_sign_in_starts_the_count_anew(client: FlaskClient, county: County) -> None:
    _, login = a_user(county)
    for _ in range(2):
        assert [attempt(client, login, WRONG)[0] for _ in range(4)] == [401] * 4
        assert attempt(client, login)[0] == 201


def test_tries_that_come_at_once_are_all_counted(client: FlaskClient, county: County) -> None:
    _, login = a_user(county)
    app = client.application

    def once(_: int) -> int:
        return attempt(app.test_client(use_cookies=False), login, WRONG)[0]

    with ThreadPoolExecutor(8) as threads:
        answers = sorted(threads.map(once, range(16)))
    assert answers == [401] * 5 + [429] * 11


def test_many_logins_from_one_address_are_paused_together(client: FlaskClient, county: County) -> None:
    _, login = a_user(county)
    a_user(county)
    assert attempt(client, login, WRONG)[0] == 401
    as_county(county.owner_engine, county, "UPDATE sign_in_attempt SET failures = 50 WHERE failures = 1")
    fresh = a_user(county)[1]
    assert attempt(client, fresh) == (429, "sign_in_paused")
    elsewhere = client.post(
        "/api/v1/sessions", json={"login": fresh, "password": PASSWORD}, environ_base={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert elsewhere.status_code == 201


def test_inventing_counties_gives_no_fresh_tries(client: FlaskClient) -> None:
    stranger = {"REMOTE_ADDR": "198.51.100.77"}
    answers = [
        client.post(
            "/api/v1/sessions",
            json={"login": f"somebody@98{number:04d}", "password": "wrong horse"},
            environ_overrides=stranger,
        ).status_code
        for number in range(52)
    ]
    assert answers == [401] * 50 + [429] * 2


def test_attempts_keep_neither_login_nor_address(client: FlaskClient, county: County) -> None:
    _, login = a_user(county)
    attempt(client, login, WRONG)
    with county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :county, true)"), {"county": county.code})
        rows = connection.execute(text("SELECT key_digest, failures FROM sign_in_attempt")).all()
    assert [(len(row.key_digest), row.failures) for row in rows] == [(32, 1), (32, 1)]


# Sessions


def test_an_ended_session_is_refused_at_the_next_call(client: FlaskClient, county: County) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    assert signed.delete("/sessions/current").status_code == 204
    assert outcome(signed.get("/sessions")) == (401, "session_ended")
    assert outcome(refresh(client, signed.tokens["refresh_token"])) == (401, "session_ended")


def test_one_may_end_ones_other_session_and_nobody_elses(client: FlaskClient, county: County) -> None:
    here = sign_in(client, county, Role.GRID_WORKER, county.grid)
    lost = sign_in_as(client, here.user_id, here.login)
    stranger = sign_in(client, county, Role.GRID_WORKER, county.grid)
    path = f"/sessions/{lost.tokens['session_id']}"
    assert outcome(stranger.delete(path)) == (404, "not_found")
    assert lost.get("/sessions").status_code == 200
    assert here.delete(path).status_code == 204
    assert lost.get("/sessions").status_code == 401
    assert outcome(here.delete(path)) == (404, "not_found")
    assert here.get("/sessions").status_code == 200


def test_a_refresh_gives_the_next_pair_once(client: FlaskClient, county: County) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    second = refresh(client, signed.tokens["refresh_token"])
    assert second.status_code == 201
    assert second.json["session_id"] == signed.tokens["session_id"]
    third = refresh(client, second.json["refresh_token"])
    assert with_token(client, third.json["access_token"])[0] == 200


def test_a_refresh_token_used_twice_ends_the_whole_session(client: FlaskClient, county: County) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    second = refresh(client, signed.tokens["refresh_token"])
    assert outcome(refresh(client, signed.tokens["refresh_token"])) == (401, "session_ended")
    assert outcome(refresh(client, second.json["refresh_token"])) == (401, "session_ended")
    assert with_token(client, second.json["access_token"]) == (401, "session_ended")


def test_of_two_refreshes_at_once_one_wins_and_the_session_ends(client: FlaskClient, county: County) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    app = client.application

    def once(_: int) -> int:
        return refresh(app.test_client(use_cookies=False), signed.tokens["refresh_token"]).status_code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(once, range(2)))[1] == 401
    assert outcome(signed.get("/sessions")) == (401, "session_ended")


def test_a_session_past_its_end_is_refused(client: FlaskClient, county: County) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    as_county(county.owner_engine, county, "UPDATE login_session SET expires_at = now() - interval '1 s'")
    assert outcome(signed.get("/sessions")) == (401, "session_ended")
    assert outcome(refresh(client, signed.tokens["refresh_token"])) == (401, "session_ended")


# Tokens


def forged(signed: Signed, key: Any, **changes: Any) -> str:
    claims = jwt.decode(signed.tokens["access_token"], options={"verify_signature": False})
    return jwt.encode(claims | changes, key, algorithm="EdDSA")


def test_only_our_tokens_are_believed(client: FlaskClient, county: County, store: Store) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    ours = store.keyring.token_private_key
    past = int(clock.now().timestamp()) - 60
    cases = {
        "": "token_invalid",
        forged(signed, Ed25519PrivateKey.generate()): "token_invalid",
        forged(signed, ours, aud="another"): "token_invalid",
        forged(signed, ours, iss="another"): "token_invalid",
        forged(signed, ours, exp=past): "token_expired",
        forged(signed, ours, sub="not-an-id"): "token_invalid",
        forged(signed, ours, sid=7): "token_invalid",
        forged(signed, ours, county="430902"): "session_ended",
        forged(signed, ours, type="refresh"): "token_invalid",
        signed.tokens["refresh_token"]: "token_invalid",
        unsigned(signed.tokens["access_token"]): "token_invalid",
        hmac_signed(signed.tokens["access_token"], store.keyring.token_public_pem): "token_invalid",
        "a.b.c": "token_invalid",
        "Ω": "token_invalid",
    }
    assert {token: with_token(client, token) for token in cases} == {
        token: (401, code) for token, code in cases.items()
    }
    assert with_token(client, signed.tokens["access_token"])[0] == 200
    assert outcome(client.get("/api/v1/sessions")) == (401, "token_missing")


def test_an_access_token_does_not_refresh(client: FlaskClient, county: County) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    assert outcome(refresh(client, signed.tokens["access_token"])) == (401, "token_invalid")
    assert signed.get("/sessions").status_code == 200


def test_tokens_never_outlive_their_session(client: FlaskClient, county: County, store: Store) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    as_county(county.owner_engine, county, "UPDATE login_session SET expires_at = now() + interval '1 min'")
    again = refresh(client, signed.tokens["refresh_token"]).json
    for name in ("access_token", "refresh_token"):
        ends = jwt.decode(again[name], options={"verify_signature": False})["exp"]
        assert ends <= clock.now().timestamp() + timedelta(minutes=1).total_seconds() + 1


def unsigned(token: str) -> str:
    """The same claims under the algorithm "none"."""
    _, claims, _ = token.split(".")
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{claims}."


def hmac_signed(token: str, public_pem: str) -> str:
    """The same claims signed with the public key as if it were a shared secret."""
    claims = jwt.decode(token, options={"verify_signature": False})
    head, body = _part({"alg": "HS256", "typ": "JWT"}), _part(claims)
    mac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        f"{head}.{body}".encode(), public_pem.encode()
    )
    return f"{head}.{body}.{urlsafe_b64encode(mac).decode().rstrip('=')}"


def _part(content: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


# What is written down


def events_of(county: County) -> list[dict[str, Any]]:
    with county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :county, true)"), {"county": county.code})
        return [json.loads(event) for event in connection.scalars(text("SELECT event FROM access_stage ORDER BY id"))]


def test_sign_ins_and_their_refusals_are_events_without_the_login(client: FlaskClient, county: County) -> None:
    _, login = a_user(county)
    name = login.split("@")[0]
    attempt(client, login, WRONG)
    attempt(client, f"nobody@{county.code}")
    attempt(client, login)
    found = [event for event in events_of(county) if event["action"] == "session:sign_in"]
    assert [(event["decision"], event.get("code")) for event in found] == [
        ("refused", "sign_in_refused"),
        ("refused", "sign_in_refused"),
        ("allowed", None),
    ]
    assert "record" in found[0]
    assert "record" not in found[1]
    assert name not in json.dumps(found)
    assert "nobody" not in json.dumps(found)


def test_a_pause_is_written_down_when_it_begins_and_not_again(client: FlaskClient, county: County) -> None:
    for _ in range(8):
        attempt(client, f"nobody@{county.code}")
    codes = [event.get("code") for event in events_of(county)]
    assert codes == ["sign_in_refused"] * 5 + ["sign_in_paused"]


def test_a_reused_refresh_token_is_written_down(client: FlaskClient, county: County) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    refresh(client, signed.tokens["refresh_token"])
    refresh(client, signed.tokens["refresh_token"])
    assert events_of(county)[-1]["code"] == "refresh_token_reused"
