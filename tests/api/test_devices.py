"""A tablet's whole way over HTTP: enrolled, approved, worked on, taken back, wiped, and what the office sees of it."""

from typing import Any

from flask.testing import FlaskClient

from server.domain.codes import Purpose, Role
from server.domain.devices import check_number
from tests.make import County
from tests.make_devices import APP, Tablet, a_code, a_tablet
from tests.signed_in import Signed, sign_in, sign_in_on


def keeper_of(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township)


def outcome(answer: Any) -> tuple[int, str]:
    return answer.status_code, (answer.json or {}).get("code", "")


def test_a_tablets_whole_way(client: FlaskClient, county: County) -> None:
    keeper = keeper_of(client, county)
    given = keeper.post("/devices/enrolments", json={"area_code": county.township, "label": "一号平板"})
    assert given.status_code == 201
    assert given.json["link"].endswith(f"/tablet/#enrol={given.json['code']}")
    assert given.json["qr_svg"].startswith("<svg")
    assert given.json["code"] not in keeper.get("/devices/enrolments").text
    tablet = Tablet(county.code)
    body = {"id": str(tablet.id), "code": given.json["code"], "app_version": APP}
    enrolled = tablet.send(client, "POST", "/devices", body)
    assert enrolled.status_code == 201
    assert enrolled.json == {
        "id": str(tablet.id),
        "county_code": county.code,
        "area_code": county.township,
        "label": "一号平板",
        "state": "pending",
        "check_number": check_number(tablet.public_key),
    }
    assert enrolled.json["check_number"] not in keeper.get(f"/devices/{tablet.id}").text
    number = {"check_number": enrolled.json["check_number"]}
    approved = keeper.post(f"/devices/{tablet.id}/approval", json=number)
    assert (approved.status_code, approved.json["state"], approved.headers["ETag"]) == (200, "active", '"2"')
    worker = sign_in_on(tablet, client, county, Role.GRID_WORKER, county.grid)
    lease = worker.post("/sync/lease", json={"app_version": APP})
    assert lease.status_code == 200
    assert (len(lease.json["author_token"]), len(lease.json["share"])) == (48, 43)
    assert len(lease.json["seal_key"]["public_key"]) == 87
    (user,) = keeper.get(f"/devices/{tablet.id}/users").json["items"]
    assert (user["user_id"], user["lease_count"], user["share_held"]) == (str(worker.user_id), 1, True)
    revoked = keeper.post(
        f"/devices/{tablet.id}/revocation", json={"reason": "lost"}, headers={"If-Match": approved.headers["ETag"]}
    )
    assert (revoked.json["state"], revoked.json["attention"]) == ("revoked", ["not_wiped"])
    assert outcome(worker.post("/sync/lease", json={})) == (401, "session_ended")
    assert tablet.send(client, "POST", "/sync/wiped", {"rows": 7}).status_code == 204
    after = keeper.get(f"/devices/{tablet.id}").json
    assert (after["state"], after["wiped_rows"], after["attention"]) == ("wiped", 7, [])


def test_the_id_sent_is_the_one_signed_for(client: FlaskClient, county: County) -> None:
    tablet, other = Tablet(county.code), Tablet(county.code)
    body = {"id": str(other.id), "code": a_code(county), "app_version": APP}
    assert outcome(tablet.send(client, "POST", "/devices", body)) == (401, "device_proof_invalid")


def test_a_wrong_code_is_one_refusal_and_says_what_to_do(client: FlaskClient, county: County) -> None:
    tablet = Tablet(county.code)
    body = {"id": str(tablet.id), "code": f"{county.code}-0000-0000", "app_version": APP}
    answer = tablet.send(client, "POST", "/devices", body)
    assert outcome(answer) == (422, "enrolment_code_wrong")
    assert answer.json["detail"].startswith("请检查登记码")


def test_shapes_are_held(client: FlaskClient, county: County) -> None:
    keeper = keeper_of(client, county)
    for body in (
        {"area_code": county.township, "label": ""},
        {"area_code": county.township, "label": " "},
        {"area_code": county.township, "label": "a\nb"},
        {"area_code": county.village, "label": "平板"},
    ):
        assert outcome(keeper.post("/devices/enrolments", json=body)) == (422, "fields_invalid"), body
    tablet = Tablet(county.code)
    body = {"id": str(tablet.id), "code": a_code(county), "app_version": "latest"}
    assert outcome(tablet.send(client, "POST", "/devices", body)) == (422, "fields_invalid")


def test_a_list_is_filtered_over_http(client: FlaskClient, county: County) -> None:
    keeper, tablet = keeper_of(client, county), a_tablet(county)
    ids = [each["id"] for each in keeper.get("/devices?state=active&limit=1").json["items"]]
    assert ids == [str(tablet.id)]
    assert keeper.get("/devices?state=wiped").json["items"] == []
    assert keeper.get(f"/devices?area_code={county.township}&silent_days=1").json["items"] == []
    assert outcome(keeper.get("/devices?state=lost")) == (422, "fields_invalid")
    assert outcome(keeper.get("/devices?silent_days=0")) == (422, "fields_invalid")
    assert outcome(keeper.get("/devices?cursor=WyIxIl0")) == (400, "cursor_malformed")


def test_what_was_held_is_told_for_a_purpose(client: FlaskClient, county: County) -> None:
    keeper, tablet = keeper_of(client, county), a_tablet(county)
    assert outcome(keeper.get(f"/devices/{tablet.id}/held")) == (400, "purpose_required")
    answer = keeper.for_purpose(Purpose.REVIEW).get(f"/devices/{tablet.id}/held")
    assert answer.json == {"device_id": str(tablet.id), "items": [], "more": False}
