"""What every answer carries, and what becomes of requests that nobody would send by accident."""

import gzip
import json
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.domain.codes import Role
from server.domain.permissions import Permission, roles_with
from server.http.errors import PROBLEM_TYPE
from tests.contract.cast import ROLES, Cast, purposes_for, stated
from tests.contract.operations import Operation, name_of, operations

DEEP = 10_000
SOME_ID = "01936f3e-0000-7000-8000-00000000000f"
TAKING_JSON = tuple(each for each in operations() if "application/json" in each.request_bodies)
#: A push has limits of its own, may be compressed, and leaves what it does not know alone: tests/api/test_sync_push.py.
READ_ALIKE = tuple(each for each in TAKING_JSON if not each.path.endswith("/sync/push"))
#: Twenty megabytes of blanks in twenty kilobytes.
BOMB = gzip.compress(b" " * 20_000_000 + b"{}")
SURROGATE = b'"\\ud800"'

#: Bodies that are hard to read, to hold or to store, by what makes them so.
AWKWARD = {
    "nested too deep": b"[" * DEEP + b"]" * DEEP,
    "objects nested too deep": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "a deep value of a field": b'{"login":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "NUL": b'{"login":"a\\u0000b","name":"a\\u0000b","display_name":"\\u0000","fact":"\\u0000"}',
    "a raw NUL": b'{"login":"a\x00b"}',
    "a lone surrogate": b'{"login":' + SURROGATE + b',"password":' + SURROGATE + b',"display_name":' + SURROGATE + b"}",
    "a lone surrogate as a name": b"{" + SURROGATE + b":1}",
    "an integer of five thousand digits": b'{"limit":' + b"9" * 5000 + b"}",
    "a huge integer": b'{"login":1' + b"0" * 400 + b',"year":1' + b"0" * 400 + b"}",
    "an infinite number": b'{"login":1e999,"longitude":Infinity,"latitude":NaN}',
    "the same name twice": b'{"login":"a","login":{"b":1},"password":1,"password":[]}',
    "a list": b"[]",
    "a word": b'"login"',
    "null": b"null",
    "nothing": b"",
    "half a body": b'{"login":',
    "not UTF-8": b'{"login":"\xff\xfe"}',
    "UTF-16": '{"login":"a"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"login":"a"}',
    "a compressed body": gzip.compress(b'{"login":"' + b"a" * 100_000 + b'"}'),
    "an unknown field": b'{"no_such_field":1}',
    "a field named like a method": b'{"__class__":{"__init__":1},"_schema":["x"],"json":{"a":1}}',
}

#: Operations that take something in the address's query.
READING = tuple(each for each in operations() if any(found["in"] == "query" for found in each.parameters))
every_reading = pytest.mark.parametrize("operation", READING, ids=name_of)
every_read_alike = pytest.mark.parametrize("operation", READ_ALIKE, ids=name_of)
every_taking_json = pytest.mark.parametrize("operation", TAKING_JSON, ids=name_of)


def send(cast: Cast, operation: Operation, body: bytes, query: str = "", **headers: str) -> TestResponse:
    """The operation with these bytes as its body, from somebody who may do it."""
    path = operation.path
    for name in operation.placeholders:
        path = path.replace(f"{{{name}}}", SOME_ID if name.endswith("_id") else cast.county.village)
    said = {"Content-Type": "application/json", "If-Match": '"1"'} | headers
    if operation.declared.get("by_device"):
        said |= {"DPoP": cast.revoked_tablet.proof(operation.method, path, body)}
    if operation.permission is None:
        return cast.client.open(path, method=operation.method, data=body, query_string=query, headers=said)
    role = next(role for role in ROLES if role in roles_with(operation.permission))
    purpose = next(iter(purposes_for(operation.permission, role)), None)
    headers = said | stated(purpose)
    signed = cast.on_tablet(role) if operation.permission is Permission.SYNC_PULL else cast.of(role)
    return signed.open(operation.method, path, data=body, query_string=query, headers=headers)


def code_of(answer: TestResponse) -> str:
    """The stable code of a refusal."""
    assert answer.content_type == PROBLEM_TYPE, answer.text
    assert answer.json is not None
    return str(answer.json["code"])


@pytest.mark.parametrize("body", AWKWARD.values(), ids=AWKWARD)
@every_taking_json
def test_an_awkward_body_is_refused_and_breaks_nothing(cast: Cast, operation: Operation, body: bytes) -> None:
    answer = send(cast, operation, body)
    assert 200 <= answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert str(answer.status_code) in operation.described["responses"], answer.text


@every_taking_json
def test_a_body_that_is_not_json_is_unreadable(cast: Cast, operation: Operation) -> None:
    answer = send(cast, operation, b"{half")
    assert (answer.status_code, code_of(answer)) == (400, "body_unreadable")


@every_taking_json
def test_a_body_of_another_kind_is_refused(cast: Cast, operation: Operation) -> None:
    for media_type in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        answer = send(cast, operation, b'{"login": "a"}', **{"Content-Type": media_type})
        assert (answer.status_code, code_of(answer)) == (415, "media_type_unsupported"), media_type


@every_read_alike
def test_a_compressed_body_is_not_unpacked(cast: Cast, operation: Operation) -> None:
    answer = send(cast, operation, BOMB, **{"Content-Encoding": "gzip"})
    assert (answer.status_code, code_of(answer)) == (415, "media_type_unsupported")


@every_read_alike
def test_an_unknown_field_is_named_and_refused(cast: Cast, operation: Operation) -> None:
    answer = send(cast, operation, b'{"no_such_field": 1}')
    assert answer.status_code == 422
    assert ("no_such_field", "field_unknown") in [(each["field"], each["code"]) for each in answer.json["errors"]]


@every_read_alike
def test_a_body_over_the_limit_is_refused(app: Flask, cast: Cast, operation: Operation) -> None:
    limit = app.config["MAX_CONTENT_LENGTH"]
    answer = send(cast, operation, b'{"login":"' + b"a" * limit + b'"}')
    assert (answer.status_code, code_of(answer)) == (413, "body_too_large")
    assert str(limit) in answer.text


@every_reading
def test_an_unknown_name_in_the_address_is_refused(cast: Cast, operation: Operation) -> None:
    answer = send(cast, operation, b"", query="no_such_filter=1")
    assert answer.status_code == 422
    assert ("no_such_filter", "field_unknown") in [(each["field"], each["code"]) for each in answer.json["errors"]]


@pytest.mark.parametrize(
    "query", ["limit=%00", "limit=1e9", "cursor=%ff%fe", "cursor=W10", "limit=1&limit=2", "%ED%A0%80=1"]
)
@every_reading
def test_an_awkward_address_breaks_nothing(cast: Cast, operation: Operation, query: str) -> None:
    answer = send(cast, operation, b"", query=query)
    assert str(answer.status_code) in operation.described["responses"], answer.text
    assert answer.status_code < 500


def paths_to_answers() -> list[tuple[str, str, int]]:
    return [
        ("GET", "/api/v1/healthz", 200),
        ("GET", "/api/v1/sessions", 401),
        ("GET", "/api/v1/nowhere", 404),
        ("GET", "/nowhere", 404),
        ("PUT", "/api/v1/healthz", 405),
        ("POST", "/api/v1/sessions", 400),
        ("GET", "/api/v1/openapi.json", 200),
        ("HEAD", "/api/v1/healthz", 200),
        ("OPTIONS", "/api/v1/sessions", 200),
    ]


@pytest.mark.parametrize(("method", "path", "status"), paths_to_answers())
def test_every_answer_is_kept_out_of_caches_frames_and_guessing(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method, data=b"{" if method == "POST" else None, content_type="application/json")
    assert answer.status_code == status
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert UUID(answer.headers["X-Request-Id"]).version == 7


def test_the_request_id_is_the_servers_own(client: FlaskClient) -> None:
    asked = "00000000-0000-4000-8000-000000000000"
    answer = client.get("/api/v1/sessions", headers={"X-Request-Id": asked})
    assert answer.headers["X-Request-Id"] != asked
    assert answer.json is not None
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("zh", "zh"),
        ("en", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.1", "en"),
        ("fr", "zh"),
        ("", "zh"),
        (";;;=", "zh"),
        ("en;q=0", "zh"),
    ],
)
def test_refusals_speak_the_language_asked_for(client: FlaskClient, wanted: str, given: str) -> None:
    answer = client.get("/api/v1/sessions", headers={"Accept-Language": wanted})
    assert answer.headers["Content-Language"] == given
    assert answer.json is not None
    assert answer.json["title"].isascii() == (given == "en")


def test_a_missing_token_says_how_to_sign_in(client: FlaskClient) -> None:
    assert client.get("/api/v1/sessions").headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "token", ["", "Bearer", "Bearer ", "Bearer x", "Basic dTpw", "Bearer a.b.c", "Bearer " + "a" * 10_000, "Bearer é"]
)
def test_a_token_that_is_none_of_ours_is_refused_alike(client: FlaskClient, token: str) -> None:
    answer = client.get("/api/v1/sessions", headers={"Authorization": token})
    assert answer.status_code == 401
    assert code_of(answer) in {"token_missing", "token_invalid"}


def test_a_token_is_read_from_the_header_alone(cast: Cast) -> None:
    token = cast.of(Role.SYSADMIN).tokens["access_token"]
    answers = [
        cast.client.get(f"/api/v1/sessions?access_token={token}&jwt={token}"),
        cast.client.get("/api/v1/sessions", headers={"Cookie": f"access_token_cookie={token}"}),
    ]
    assert [answer.status_code for answer in answers] == [401, 401]


def test_head_and_options_reveal_no_more_than_get(cast: Cast, client: FlaskClient) -> None:
    assert client.head("/api/v1/sessions").status_code == 401
    answer = client.options("/api/v1/users")
    assert answer.status_code == 200
    assert answer.data == b""
    assert cast.of(Role.SYSADMIN).open("HEAD", "/users").data == b""


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "BREW"])
def test_other_methods_are_not_taken(client: FlaskClient, method: str) -> None:
    answer = client.open("/api/v1/sessions", method=method)
    assert (answer.status_code, code_of(answer)) == (405, "method_not_allowed")


def test_a_method_cannot_be_swapped_by_a_header(client: FlaskClient) -> None:
    answer = client.get("/api/v1/healthz", headers={"X-HTTP-Method-Override": "DELETE"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/api/v1/users/%00", "/api/v1/users/%ff", "/api/v1//users", "/api/v1/users/../users", "/api/v1/" + "a" * 9000],
)
def test_odd_addresses_lead_nowhere(cast: Cast, path: str) -> None:
    assert cast.of(Role.SYSADMIN).get(path).status_code in {308, 404}


def test_a_refusal_repeats_nothing_of_what_was_sent(cast: Cast) -> None:
    answer = cast.of(Role.SYSADMIN).post("/users", json={"name": 430999199003070023, "display_name": [["秘密之人"]]})
    assert answer.status_code == 422
    assert "430999199003070023" not in answer.text
    assert "秘密之人" not in json.dumps(answer.json, ensure_ascii=False)
