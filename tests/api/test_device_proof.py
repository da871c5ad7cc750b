"""The proof of a tablet's key over HTTP: every part of it wrong in turn, replayed elsewhere, stolen, late."""

import json
from typing import Any
from uuid import uuid4

import jwt
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

from server import clock
from server.domain.codes import Role
from server.domain.codes_devices import DeviceState
from server.store.transaction import Store, new_id
from tests.make import County
from tests.make_devices import Tablet, a_pending_tablet, a_tablet, base64url
from tests.signed_in import PASSWORD, a_user, sign_in, sign_in_on

STANDING, LEASE, WIPED = "/api/v1/sync/standing", "/api/v1/sync/lease", "/api/v1/sync/wiped"


def outcome(answer: Any) -> tuple[int, str]:
    return answer.status_code, (answer.json or {}).get("code", "") if answer.data else ""


def ask(client: FlaskClient, proof: str | None, path: str = STANDING) -> Any:
    return client.get(path, headers={} if proof is None else {"DPoP": proof})


def as_county(county: County, statement: str, **values: object) -> Any:
    with county.owner_engine.begin() as connection:
        connection.execute(
            text("SELECT set_config('linli.county', :county, true), set_config('linli.areas', :county, true)"),
            {"county": county.code},
        )
        return connection.execute(text(statement), values)


def test_an_enrolled_tablet_is_told_where_it_stands(client: FlaskClient, county: County) -> None:
    tablet = a_tablet(county)
    answer = tablet.send(client, "GET", STANDING)
    assert answer.status_code == 200
    assert answer.json | {"server_time": ""} == {
        "device_id": str(tablet.id),
        "state": "active",
        "wipe": False,
        "server_time": "",
        "app_version_at_least": "1.0.0",
        "app_version_newest": "1.0.0",
    }


def test_without_a_proof_a_tablets_route_is_closed(client: FlaskClient) -> None:
    assert outcome(ask(client, None)) == (401, "device_proof_missing")


CLAIMS: dict[str, dict[str, Any]] = {
    "another method": {"htm": "POST"},
    "a method in small letters": {"htm": "get"},
    "another path": {"htu": "/api/v1/sync/lease"},
    "a path with a host": {"htu": "https://linli.example" + STANDING},
    "a path with a query": {"htu": STANDING + "?a=1"},
    "another body": {"bh": base64url(b"\0" * 32)},
    "the digest of a body with padding": {"bh": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU="},
    "no digest": {"bh": None},
    "a time that is no number": {"iat": "now"},
    "a time in parts of a second": {"iat": 1.5},
    "a time that is true": {"iat": True},
    "no jti": {"jti": None},
    "a jti that is no UUID": {"jti": "again"},
    "a county that is none": {"county": "4309"},
    "a county with a line": {"county": "430902\n"},
    "no county": {"county": None},
    "a device that is no id": {"device": "tablet"},
    "a number for a device": {"device": 7},
    "a list for a method": {"htm": ["GET"]},
}


@pytest.mark.parametrize("wrong", CLAIMS)
def test_each_wrong_claim_is_refused(client: FlaskClient, county: County, wrong: str) -> None:
    tablet = a_tablet(county)
    assert outcome(ask(client, tablet.proof("GET", STANDING, **CLAIMS[wrong]))) == (401, "device_proof_invalid")


@pytest.mark.parametrize("name", ["jti", "htm", "htu", "iat", "county", "device", "bh"])
def test_each_missing_claim_is_refused(client: FlaskClient, county: County, name: str) -> None:
    tablet = a_tablet(county)
    claims = tablet.claims("GET", STANDING)
    del claims[name]
    assert outcome(ask(client, tablet.signed(claims))) == (401, "device_proof_invalid")


def test_each_wrong_header_is_refused(client: FlaskClient, county: County) -> None:
    tablet, stranger = a_tablet(county), Tablet(county.code)
    claims = tablet.claims("GET", STANDING)
    private = tablet.jwk | {"d": base64url(b"\1" * 32)}
    wrong = {
        "another type": tablet.signed(claims, typ="JWT"),
        "no key": tablet.signed(claims, jwk=None),
        "a key that is text": tablet.signed(claims, jwk="key"),
        "another's key in the header": tablet.signed(claims, jwk=stranger.jwk),
        "another's signature": stranger.signed(claims, jwk=tablet.jwk),
        "another's key and signature": stranger.signed(claims),
        "a private key": tablet.signed(claims, jwk=private),
        "another curve": tablet.signed(claims, jwk=tablet.jwk | {"crv": "P-384"}),
        "another kind of key": tablet.signed(claims, jwk=tablet.jwk | {"kty": "oct"}),
        "a point off the curve": tablet.signed(claims, jwk=tablet.jwk | {"x": base64url(b"\2" * 32)}),
        "a short point": tablet.signed(claims, jwk=tablet.jwk | {"x": base64url(b"\2" * 31)}),
        "no signature": jwt.encode(claims, None, algorithm="none", headers={"typ": "dpop+jwt", "jwk": tablet.jwk}),
        "a shared secret": jwt.encode(
            claims, "s" * 32, algorithm="HS256", headers={"typ": "dpop+jwt", "jwk": tablet.jwk}
        ),
        "two proofs": ", ".join([tablet.signed(claims)] * 2),
        "nothing": "",
        "no token": "a.b.c",
        "far too long": tablet.signed(claims | {"more": "x" * 3000}),
        "deep": f"{base64url(b'[' * 1200)}.e30.e30",
        "no ASCII": "Ω",
    }
    assert {name: outcome(ask(client, proof)) for name, proof in wrong.items()} == dict.fromkeys(
        wrong, (401, "device_proof_invalid")
    )
    assert outcome(ask(client, tablet.signed(claims)))[0] == 200


def test_a_proof_is_for_one_path_one_method_and_one_body(client: FlaskClient, county: County) -> None:
    tablet = a_tablet(county, state=DeviceState.REVOKED)
    body = json.dumps({"rows": 3}).encode()
    proof = tablet.proof("POST", WIPED, body)

    def post(path: str, content: bytes) -> tuple[int, str]:
        kind = "application/json"
        return outcome(client.post(path, data=content, headers={"DPoP": proof}, content_type=kind))

    assert outcome(ask(client, proof)) == (401, "device_proof_invalid")
    assert post("/api/v1/devices", body) == (401, "device_proof_invalid")
    assert post(WIPED, json.dumps({"rows": 4}).encode()) == (401, "device_proof_invalid")
    assert post(WIPED, body + b" ") == (401, "device_proof_invalid")
    assert post(WIPED, body) == (204, "")


@pytest.mark.parametrize(("seconds", "good"), [(-299, True), (299, True), (-320, False), (320, False), (10**9, False)])
def test_a_clock_may_be_300_seconds_off_and_is_told_the_time_beyond(
    client: FlaskClient, county: County, seconds: int, good: bool
) -> None:
    tablet = a_tablet(county)
    answer = ask(client, tablet.proof("GET", STANDING, iat=int(clock.now().timestamp()) + seconds))
    if good:
        assert answer.status_code == 200
    else:
        assert outcome(answer) == (401, "device_clock_off")
        told = answer.json["server_time"]
        assert told[:13] == clock.now().isoformat()[:13]
        assert told.endswith("+00:00")


def test_a_tablet_nobody_enrolled_costs_one_indexed_read(client: FlaskClient, county: County, store: Store) -> None:
    statements: list[str] = []

    def heard(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(store.engine, "before_cursor_execute", heard)
    try:
        answer = ask(client, Tablet(county.code).proof("GET", STANDING))
    finally:
        event.remove(store.engine, "before_cursor_execute", heard)
    assert outcome(answer) == (401, "device_unknown")
    assert [each.split()[0] for each in statements] == ["SELECT", "SELECT"]
    assert "set_config" in statements[0]
    assert outcome(ask(client, Tablet("777777").proof("GET", STANDING))) == (401, "device_unknown")


def test_a_tablet_of_one_county_is_unknown_in_another(client: FlaskClient, county: County) -> None:
    tablet = a_tablet(county)
    assert outcome(ask(client, tablet.proof("GET", STANDING, county="777777"))) == (401, "device_unknown")


def test_a_tablet_slipped_into_the_database_or_brought_back_there_is_not_believed(
    client: FlaskClient, county: County
) -> None:
    tablet, revoked = a_tablet(county), a_tablet(county, state=DeviceState.REVOKED)
    other = Tablet(county.code, id=tablet.id)
    as_county(county, "UPDATE device SET public_key = :key WHERE id = :id", key=other.public_key, id=tablet.id)
    as_county(county, "UPDATE device SET state = 'active' WHERE id = :id", id=revoked.id)
    assert outcome(other.send(client, "GET", STANDING)) == (503, "seal_broken")
    assert outcome(revoked.send(client, "GET", STANDING)) == (503, "seal_broken")
    moved = a_tablet(county)
    as_county(county, "UPDATE device SET area_code = :area WHERE id = :id", area=county.other_township, id=moved.id)
    assert outcome(moved.send(client, "GET", STANDING)) == (503, "seal_broken")


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (DeviceState.PENDING, "device_pending"),
        (DeviceState.REVOKED, "device_revoked"),
        (DeviceState.WIPED, "device_revoked"),
    ],
)
def test_only_an_active_tablet_opens_a_session(
    client: FlaskClient, county: County, state: DeviceState, code: str
) -> None:
    tablet = a_tablet(county, state=state)
    _, login = a_user(county, (Role.GRID_WORKER, county.grid))
    answer = tablet.send(client, "POST", "/sessions", {"login": login, "password": PASSWORD})
    assert outcome(answer) == (403, code)
    assert answer.json.get("wipe") == (True if code == "device_revoked" else None)


# Sessions on a tablet


def test_a_session_on_a_tablet_is_worth_nothing_without_its_proof(client: FlaskClient, county: County) -> None:
    tablet, other = a_tablet(county), a_tablet(county)
    signed = sign_in_on(tablet, client, county, Role.GRID_WORKER, county.grid)
    bearer = {"Authorization": f"Bearer {signed.tokens['access_token']}"}
    assert signed.get("/sessions").status_code == 200
    assert outcome(client.get("/api/v1/sessions", headers=bearer)) == (401, "device_proof_missing")
    assert outcome(other.send(client, "GET", "/sessions", **bearer)) == (401, "device_proof_invalid")
    assert outcome(Tablet(county.code).send(client, "GET", "/sessions", **bearer)) == (401, "device_proof_invalid")
    stolen_key = Tablet(county.code, id=tablet.id)
    assert outcome(stolen_key.send(client, "GET", "/sessions", **bearer)) == (401, "device_proof_invalid")


def test_a_session_cannot_be_cut_loose_from_its_tablet_in_the_database(client: FlaskClient, county: County) -> None:
    signed = sign_in_on(a_tablet(county), client, county, Role.GRID_WORKER, county.grid)
    as_county(county, "UPDATE login_session SET device_id = NULL")
    assert outcome(signed.get("/sessions")) == (401, "session_ended")


def test_a_desk_session_cannot_be_made_a_tablets(client: FlaskClient, county: County) -> None:
    tablet = a_tablet(county)
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    bearer = {"Authorization": f"Bearer {signed.tokens['access_token']}"}
    assert outcome(tablet.send(client, "POST", LEASE, {}, **bearer)) == (403, "device_needed")


def test_refreshing_on_a_tablet_needs_its_proof_and_survives_a_lost_answer(client: FlaskClient, county: County) -> None:
    tablet, other = a_tablet(county), a_tablet(county)
    signed = sign_in_on(tablet, client, county, Role.GRID_WORKER, county.grid)
    bearer = {"Authorization": f"Bearer {signed.tokens['refresh_token']}"}
    path = "/api/v1/sessions/refresh"
    assert outcome(client.post(path, headers=bearer)) == (401, "device_proof_missing")
    assert outcome(other.send(client, "POST", path, **bearer)) == (401, "device_proof_invalid")
    answers = [tablet.send(client, "POST", path, **bearer) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    fresh = {"Authorization": f"Bearer {answers[1].json['access_token']}"}
    assert tablet.send(client, "GET", "/sessions", **fresh).status_code == 200
    assert outcome(client.get("/api/v1/sessions", headers=fresh)) == (401, "device_proof_missing")


def test_a_tablets_session_reaches_its_short_list_and_nothing_else(client: FlaskClient, county: County) -> None:
    signed = sign_in_on(a_tablet(county), client, county, Role.GRID_WORKER, county.grid)
    assert signed.get("/users/me").status_code == 200
    assert signed.get("/code-lists").status_code == 200
    assert signed.post("/areas/locate", json={"longitude": 112.35, "latitude": 28.55}).status_code == 200
    assert signed.get("/crisis-card", headers={"X-Purpose": "care"}).status_code in {200, 404}
    assert outcome(signed.get("/returns", headers={"X-Purpose": "sweep"})) == (403, "tablet_token_forbidden")
    assert outcome(signed.get(f"/visits/{new_id()}", headers={"X-Purpose": "care"})) == (403, "tablet_token_forbidden")


def test_a_coordinator_signed_in_on_a_tablet_reaches_nothing_of_the_office(client: FlaskClient, county: County) -> None:
    signed = sign_in_on(a_tablet(county), client, county, Role.TOWNSHIP_COORDINATOR, county.township)
    assert outcome(signed.get("/devices")) == (403, "tablet_token_forbidden")
    assert outcome(signed.post("/sync/lease", json={})) == (403, "role_forbidden")


def test_one_signs_in_on_a_tablet_of_ones_own_township_only(client: FlaskClient, county: County, store: Store) -> None:
    tablet = a_tablet(county, county.other_township)
    _, login = a_user(county, (Role.GRID_WORKER, county.grid))
    answer = tablet.send(client, "POST", "/sessions", {"login": login, "password": PASSWORD})
    assert outcome(answer) == (403, "device_not_of_area")
    _, both = a_user(county, (Role.GRID_WORKER, county.grid), (Role.CASE_MEMBER, county.other_township))
    assert tablet.send(client, "POST", "/sessions", {"login": both, "password": PASSWORD}).status_code == 201
    _, whole = a_user(county, (Role.COUNSELLOR, county.code))
    assert tablet.send(client, "POST", "/sessions", {"login": whole, "password": PASSWORD}).status_code == 201
    _, none = a_user(county)
    answer = tablet.send(client, "POST", "/sessions", {"login": none, "password": PASSWORD})
    assert outcome(answer) == (403, "device_not_of_area")


def test_whoever_may_not_sign_in_learns_nothing_of_the_tablets_township(client: FlaskClient, county: County) -> None:
    tablet = a_tablet(county, county.other_township)
    _, login = a_user(county, (Role.GRID_WORKER, county.grid))
    answer = tablet.send(client, "POST", "/sessions", {"login": login, "password": "three loud rivers"})
    assert outcome(answer) == (401, "sign_in_refused")


def test_a_revoked_tablet_may_only_ask_where_it_stands_and_say_that_it_wiped(
    client: FlaskClient, county: County
) -> None:
    tablet = a_tablet(county)
    signed = sign_in_on(tablet, client, county, Role.GRID_WORKER, county.grid)
    keeper = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township)
    path = f"/devices/{tablet.id}/revocation"
    assert keeper.post(path, json={"reason": "lost"}, headers={"If-Match": '"2"'}).status_code == 200
    assert outcome(signed.get("/sessions")) == (401, "session_ended")
    standing = tablet.send(client, "GET", STANDING).json
    assert (standing["state"], standing["wipe"]) == ("revoked", True)
    assert [tablet.send(client, "POST", WIPED, {"rows": 1}).status_code for _ in range(2)] == [204, 204]
    standing = tablet.send(client, "GET", STANDING).json
    assert (standing["state"], standing["wipe"]) == ("revoked", False)


def test_a_tablet_that_was_emptied_by_hand_says_so_and_nobody_works_on_it_any_more(
    client: FlaskClient, county: County
) -> None:
    tablet = a_tablet(county)
    signed = sign_in_on(tablet, client, county, Role.GRID_WORKER, county.grid)
    keeper = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township)
    assert signed.post("/sync/lease", json={}).status_code == 200
    assert [tablet.send(client, "POST", WIPED, {"rows": 12}).status_code for _ in range(2)] == [204, 204]
    assert outcome(signed.get("/sessions")) == (401, "session_ended")
    told = keeper.get(f"/devices/{tablet.id}").json
    assert (told["state"], told["wiped_rows"], told["revoked_at"], told["attention"]) == ("wiped", 12, None, [])
    (user,) = keeper.get(f"/devices/{tablet.id}/users").json["items"]
    assert user["share_held"] is False
    push = "/api/v1/sync/push"
    assert outcome(tablet.send(client, "POST", push, {"device_id": str(tablet.id), "operations": []})) == (
        403, "device_revoked",
    )  # fmt: skip
    path = f"/devices/{tablet.id}/revocation"
    assert outcome(keeper.post(path, json={"reason": "lost"}, headers={"If-Match": '"3"'})) == (
        409, "device_state_wrong",
    )  # fmt: skip


def test_a_tablet_that_waits_for_its_approval_has_nothing_to_delete(client: FlaskClient, county: County) -> None:
    tablet = a_tablet(county, state=DeviceState.PENDING)
    assert outcome(tablet.send(client, "POST", WIPED, {"rows": 0})) == (403, "device_pending")


def test_refusals_of_a_known_tablet_are_written_down_with_it(
    client: FlaskClient, county: County, owner_engine: Engine
) -> None:
    tablet = a_pending_tablet(county)
    _, login = a_user(county, (Role.GRID_WORKER, county.grid))
    answer = tablet.send(client, "POST", WIPED, {"rows": 1})
    assert outcome(answer) == (403, "device_pending")
    rows = as_county(county, "SELECT event FROM access_stage").scalars().all()
    events = [json.loads(bytes(row)) for row in rows]
    (refused,) = [each for each in events if each["decision"] == "refused"]
    assert (refused["code"], refused["device"]) == ("device_pending", str(tablet.id))
    assert login not in str(events)
    assert str(uuid4()) not in str(events)
