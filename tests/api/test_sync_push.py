"""Pushing over HTTP: by the tablet's proof alone, compressed or not, within limits; and rescue files at the office."""

import gzip
import json
from typing import Any

import pytest
import zstandard
from flask.testing import FlaskClient

from server.domain.codes import Purpose, Role
from server.domain.codes_devices import DeviceState
from server.services.tablet_budgets import OPERATIONS_IN_WINDOW, take_turn
from server.store.transaction import transaction
from tests import make_devices
from tests.make import County
from tests.make_devices import a_tablet
from tests.services.test_sync_push import a_fact
from tests.signed_in import sign_in
from tests.sweeping import CHARACTER_FACT, a_month, sweep_id_of
from tests.tablets import Tablet, a_field_worker

PATH = "/api/v1/sync/push"
RESCUE = "/api/v1/sync/rescue"


@pytest.fixture
def device(county: County) -> make_devices.Tablet:
    """An active tablet with its key."""
    return a_tablet(county)


def some_work(county: County, device: make_devices.Tablet, number: int = 1, **changes: object) -> list[dict]:
    """Facts of one worker, sealed on this tablet."""
    tablet, sweep_id, worker = Tablet(county, device.id), sweep_id_of(a_month(county)), a_field_worker(county)
    return [tablet.operation(worker, "observation", a_fact(sweep_id, county.grid, **changes)) for _ in range(number)]


def body_of(device: make_devices.Tablet, operations: list) -> bytes:
    """The body of a push."""
    return json.dumps({"device_id": str(device.id), "operations": operations}).encode()


def post(client: FlaskClient, device: make_devices.Tablet, body: bytes, **headers: str) -> Any:
    """A push with a proof over the bytes as they are sent."""
    said = {"DPoP": device.proof("POST", PATH, body)} | headers
    return client.post(PATH, data=body, headers=said, content_type="application/json")


def test_a_push_is_answered_with_a_receipt_for_each_operation(
    client: FlaskClient, county: County, device: make_devices.Tablet
) -> None:
    (operation,) = some_work(county, device)
    answer = post(client, device, body_of(device, [operation, 5]))
    assert (answer.status_code, answer.json["backoff_s"]) == (200, 60)
    assert answer.json["receipts"] == [
        {"op_id": operation["op_id"], "result": "applied", "record_id": operation["record_id"], "version": 1,
         "code": None, "field": None, "review_id": None},
        {"op_id": None, "result": "rejected", "record_id": None, "version": None, "code": "operation_unreadable",
         "field": None, "review_id": None},
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "pack"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_a_body_may_be_compressed(
    client: FlaskClient, county: County, device: make_devices.Tablet, name: str, pack: Any
) -> None:
    body = pack(body_of(device, some_work(county, device)))
    answer = post(client, device, body, **{"Content-Encoding": name})
    assert [one["result"] for one in answer.json["receipts"]] == ["applied"]


@pytest.mark.parametrize(
    ("encoding", "body", "status", "code"),
    [
        ("br", b"{}", 415, "media_type_unsupported"),
        ("gzip", b"{}", 400, "body_unreadable"),
        ("zstd", b"{}", 400, "body_unreadable"),
        ("gzip", gzip.compress(b"{}", mtime=0)[:-4], 400, "body_unreadable"),
        ("identity", b"{", 400, "body_unreadable"),
        ("identity", b"", 400, "body_unreadable"),
        ("identity", b'{"device_id": "x", "operations": []}', 400, "body_unreadable"),
        ("identity", b'{"operations": []}', 400, "body_unreadable"),
        ("identity", b" " * (1024 * 1024 + 1), 413, "push_too_large"),
        ("gzip", gzip.compress(b" " * (4 * 1024 * 1024 + 1), mtime=0), 413, "push_too_large"),
        ("zstd", zstandard.compress(b" " * (4 * 1024 * 1024 + 1)), 413, "push_too_large"),
    ],
)
def test_bodies_are_limited_before_and_after_unpacking(
    client: FlaskClient, device: make_devices.Tablet, encoding: str, body: bytes, status: int, code: str
) -> None:
    answer = post(client, device, body, **{"Content-Encoding": encoding})
    assert (answer.status_code, answer.json["code"]) == (status, code)
    if code == "push_too_large":
        assert (answer.json["operations_at_most"], answer.json["bytes_at_most"]) == (100, 1024 * 1024)


def test_a_hundred_operations_are_taken_and_one_more_is_too_many(
    client: FlaskClient, device: make_devices.Tablet
) -> None:
    assert post(client, device, body_of(device, [{}] * 100)).status_code == 200
    assert post(client, device, body_of(device, [{}] * 101)).json["code"] == "push_too_large"


def test_a_push_in_another_tablets_name_is_refused(
    client: FlaskClient, county: County, device: make_devices.Tablet
) -> None:
    answer = post(client, device, body_of(a_tablet(county), []))
    assert (answer.status_code, answer.json["code"]) == (400, "device_differs")


def test_without_a_proof_nothing_is_taken(client: FlaskClient, device: make_devices.Tablet) -> None:
    answer = client.post(PATH, data=body_of(device, []), content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (401, "device_proof_missing")


@pytest.mark.parametrize(
    ("state", "status"), [(DeviceState.REVOKED, 200), (DeviceState.PENDING, 403), (DeviceState.WIPED, 403)]
)
def test_a_tablet_taken_back_still_delivers_until_it_is_wiped(
    client: FlaskClient, county: County, state: DeviceState, status: int
) -> None:
    device = a_tablet(county, state=state)
    answer = post(client, device, body_of(device, some_work(county, device)))
    assert answer.status_code == status
    if status == 200:
        assert [one["result"] for one in answer.json["receipts"]] == ["applied"]


@pytest.mark.parametrize(("language", "title"), [("zh", "已暂停"), ("en", "paused")])
def test_a_tablet_that_sends_without_end_is_told_how_long_to_wait(
    client: FlaskClient, county: County, device: make_devices.Tablet, language: str, title: str
) -> None:
    body = body_of(device, some_work(county, device))
    with transaction(Tablet(county, device.id).caller) as work:
        take_turn(work, device.id, OPERATIONS_IN_WINDOW)
    answer = post(client, device, body, **{"Accept-Language": language})
    assert (answer.status_code, answer.json["code"]) == (429, "tablet_paused")
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert title in answer.json["title"]


def a_file(county: County, device: make_devices.Tablet, operations: list, **changes: object) -> dict:
    """A rescue file as the tablet writes it; sorted, for so does the test client with what it sends."""
    operations = [dict(sorted(one.items())) for one in operations]
    body = json.dumps(operations, ensure_ascii=False, separators=(",", ":")).encode()
    return {
        "linli_rescue": 1, "device_id": str(device.id), "county_code": county.code, "operations": operations,
        "signature": device.proof("POST", RESCUE, body, iat=1_700_000_000),
    } | changes  # fmt: skip


def test_a_rescue_file_is_taken_as_the_tablet_would_have_sent_it(
    client: FlaskClient, county: County, device: make_devices.Tablet
) -> None:
    office = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)
    file = a_file(county, device, some_work(county, device, 2))
    answers = [office.post("/sync/rescue", json=file) for _ in range(2)]
    assert [[one["result"] for one in answer.json["receipts"]] for answer in answers] == [["applied"] * 2] * 2
    assert answers[0].json["receipts"] == answers[1].json["receipts"]


@pytest.mark.parametrize("changes", [{"signature": "x.y.z"}, {"operations": []}, {"linli_rescue": 2}])
def test_a_changed_rescue_file_is_refused(
    client: FlaskClient, county: County, device: make_devices.Tablet, changes: dict
) -> None:
    office = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)
    answer = office.post("/sync/rescue", json=a_file(county, device, some_work(county, device)) | changes)
    assert answer.status_code == 422


def test_a_rescue_file_of_another_key_or_another_township_is_refused(
    client: FlaskClient, county: County, device: make_devices.Tablet
) -> None:
    office = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)
    work, thief = some_work(county, device), make_devices.Tablet(county.code, device.id)
    assert office.post("/sync/rescue", json=a_file(county, thief, work)).json["code"] == "rescue_invalid"
    other = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.other_township, Purpose.REVIEW)
    assert other.post("/sync/rescue", json=a_file(county, device, work)).status_code == 404
    worker = sign_in(client, county, Role.GRID_WORKER, county.grid, Purpose.SWEEP)
    assert worker.post("/sync/rescue", json=a_file(county, device, work)).status_code == 403


def test_the_township_decides_over_http_with_the_version_it_read(
    client: FlaskClient, county: County, device: make_devices.Tablet
) -> None:
    work = some_work(county, device, 3, fact=CHARACTER_FACT)
    reviews = [one["review_id"] for one in post(client, device, body_of(device, work)).json["receipts"]]
    office = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)
    assert {one["id"] for one in office.get("/sync/reviews?state=open").json["items"]} == set(reviews)
    read = office.get(f"/sync/reviews/{reviews[0]}")
    assert (read.json["data"]["fact"], read.headers["ETag"]) == (CHARACTER_FACT, '"1"')
    decide = [
        (f"/sync/reviews/{reviews[0]}/keeping", {"reason": "out_of_date"}, 200),
        (f"/sync/reviews/{reviews[1]}/return", {"reason": "needs_facts", "note": "请写明看到了什么。"}, 200),
        (f"/sync/reviews/{reviews[2]}/application", None, 409),
        (f"/sync/reviews/{reviews[2]}/keeping", {"reason": "because"}, 422),
    ]
    for path, body, status in decide:
        assert office.post(path, json=body, headers={"If-Match": '"1"'}).status_code == status
    assert office.post(f"/sync/reviews/{reviews[2]}/application").status_code == 428
