"""The ledger over HTTP: shapes, versions, refusals."""

import json

from flask.testing import FlaskClient

from server.domain.codes import Purpose, Role
from server.schemas.ledger import EntryDetailSchema, LedgerEntrySchema, LedgerPageSchema
from tests.make import County
from tests.make_ledger import FACT, Observed, a_coordinator, an_opened_entry, observed, observed_people
from tests.signed_in import Signed, sign_in


def an_officer(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.JUDICIAL_OFFICER, county.township, Purpose.SWEEP)


def a_reviewer(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)


def body_of(person: Observed, **changes: object) -> dict[str, object]:
    return {
        "resident_id": str(person.resident_id),
        "observation_ids": [str(person.observation_id)],
        "grounds": ["2"],
        "report": True,
    } | changes


def test_the_way_of_an_entry_over_http(client: FlaskClient, county: County) -> None:
    officer, reviewer = an_officer(client, county), a_reviewer(client, county)
    made = officer.post("/ledger-entries", json=body_of(observed(county)))
    assert (made.status_code, made.headers["ETag"]) == (201, '"2"')
    address = f"/ledger-entries/{made.json['id']}"
    opened = reviewer.post(address + "/review", headers={"If-Match": '"2"'})
    back = reviewer.post(address + "/return", json={"reason": "not_resident"}, headers={"If-Match": '"3"'})
    again = officer.post(address + "/resubmission", json={}, headers={"If-Match": '"4"'})
    reviewer.post(address + "/review", headers={"If-Match": '"5"'})
    accepted = reviewer.post(address + "/acceptance", json={}, headers={"If-Match": '"6"'})
    states = [answer.json["state"] for answer in (made, opened, back, again, accepted)]
    assert states == ["reported", "in_review", "returned", "reported", "accepted"]
    assert not LedgerEntrySchema().validate(accepted.json)
    detail = reviewer.get(address)
    assert detail.headers["ETag"] == '"7"'
    assert not EntryDetailSchema().validate(detail.json)
    assert detail.json["facts"][0]["fact"] == FACT
    steps = reviewer.get(address + "/steps").json["items"]
    assert [step["act"] for step in steps][-2:] == ["open_review", "accept"]


def test_the_page_keeps_to_its_schema(client: FlaskClient, county: County) -> None:
    officer, reviewer = an_officer(client, county), a_reviewer(client, county)
    for person in observed_people(county, 3):
        officer.post("/ledger-entries", json=body_of(person))
    an_opened_entry(county, a_coordinator(county))
    answer = reviewer.get(f"/ledger-entries?township_code={county.township}&period=202611&limit=2")
    assert answer.content_type == "application/json"
    assert not LedgerPageSchema().validate(answer.json)
    assert {line["village_name"] for line in answer.json["items"]} == {"试验村201"}
    dumped = LedgerPageSchema().dump(LedgerPageSchema().load(answer.json))
    assert json.dumps(dumped, sort_keys=True) == json.dumps(answer.json, sort_keys=True)
    following = reviewer.get(f"/ledger-entries?limit=2&cursor={answer.json['next_cursor']}").json
    assert (len(answer.json["items"]), len(following["items"]), following["next_cursor"]) == (2, 2, None)


def test_a_change_needs_the_version_that_was_read(client: FlaskClient, county: County) -> None:
    reviewer = a_reviewer(client, county)
    made = an_officer(client, county).post("/ledger-entries", json=body_of(observed(county)))
    address = f"/ledger-entries/{made.json['id']}/review"
    without, wrong = reviewer.post(address), reviewer.post(address, headers={"If-Match": '"1"'})
    assert (without.status_code, without.json["code"]) == (428, "version_required")
    assert (wrong.status_code, wrong.json["code"]) == (412, "record_changed")


def test_character_and_unknown_codes_are_refused_at_the_door(client: FlaskClient, county: County) -> None:
    officer, person = an_officer(client, county), observed(county)
    for changes in ({"grounds": ["5"]}, {"grounds": ["8"]}, {"grounds": []}, {"observation_ids": []}, {"score": 7}):
        answer = officer.post("/ledger-entries", json=body_of(person, **changes))
        assert (answer.status_code, answer.json["code"]) == (422, "fields_invalid"), changes


def test_the_same_entry_sent_again_is_a_clean_conflict(client: FlaskClient, county: County) -> None:
    officer = an_officer(client, county)
    body = body_of(observed(county), id="01936f3e-0000-7000-8000-000000000009")
    assert officer.post("/ledger-entries", json=body).status_code == 201
    again = officer.post("/ledger-entries", json=body)
    assert (again.status_code, again.json["code"]) == (409, "record_exists")


def test_another_township_s_entry_is_not_there(client: FlaskClient, county: County) -> None:
    made = an_officer(client, county).post("/ledger-entries", json=body_of(observed(county)))
    elsewhere = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.other_township, Purpose.REVIEW)
    address = f"/ledger-entries/{made.json['id']}"
    answers = [
        elsewhere.get(address),
        elsewhere.get(address + "/steps"),
        elsewhere.post(address + "/review", headers={"If-Match": '"2"'}),
        elsewhere.post(address + "/closure", json={"reason": "9"}, headers={"If-Match": '"2"'}),
        elsewhere.post(address + "/forbidden-ground", headers={"If-Match": '"2"'}),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5


def test_a_page_cursor_of_another_list_is_refused(client: FlaskClient, county: County) -> None:
    answer = a_reviewer(client, county).get("/ledger-entries?cursor=WyJ4Il0")
    assert (answer.status_code, answer.json["code"]) == (400, "cursor_malformed")


def test_tasks_and_figures_over_http(client: FlaskClient, county: County) -> None:
    officer, reviewer = an_officer(client, county), a_reviewer(client, county)
    officer.post("/ledger-entries", json=body_of(observed(county), urgency="urgent"))
    (task,) = reviewer.get("/tasks?due=open").json["items"]
    done = reviewer.post(f"/tasks/{task['id']}/acknowledgement", headers={"If-Match": '"1"'})
    assert (done.status_code, done.json["done_by"], done.headers["ETag"]) == (200, str(reviewer.user_id), '"2"')
    figures = reviewer.get(f"/figures?area_code={county.township}&period=202611").json
    assert figures["entries"] == {"cells": {"reported": 1}, "total": 1}
    gone = reviewer.post(f"/ledger-entries/{task['entry_id']}/forbidden-ground", headers={"If-Match": '"2"'})
    assert (gone.status_code, gone.data) == (204, b"")
