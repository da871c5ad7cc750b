"""Plans and visits over HTTP: shapes, versions, and what a worker's answer must not contain."""

import json

import pytest
from flask.testing import FlaskClient

from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope
from server.schemas.plans import PlanDetailSchema
from server.schemas.visits import VisitPageSchema, VisitSchema, VisitTaskSchema
from tests.make import County
from tests.make_care import InCare, a_consent, in_care
from tests.make_plans import entry_row, set_clock
from tests.signed_in import Signed, sign_in

#: What stands for an assessment or a screening in any answer (invariant 7).
CLINICAL = ("assess", "screen", "score", "band", "diagnos", "recommend", "danger", "goal", "mood")


@pytest.fixture(autouse=True)
def in_january(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fifth of a month, so that a first visit is due at once."""
    set_clock(monkeypatch, 2027, 1, 5)


def begun(client: FlaskClient, county: County, worker: Signed) -> tuple[Signed, InCare, dict[str, object]]:
    """An assessor, somebody in their care, and the plan they agreed on."""
    assessor = sign_in(client, county, Role.ASSESSOR, county.township, Purpose.CARE)
    person = in_care(county, LedgerState.ASSESSED, carers=(assessor.user_id,))
    body = {"goals": "每天出门走一走。", "items": [], "visitor_id": str(worker.user_id), "contact_wishes": "下午来。"}
    made = assessor.post(f"/ledger-entries/{person.entry_id}/plans", json=body)
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    address, said = f"/plans/{made.json['id']}/agreement", {"agreed_by": "self", "copy_given": True}
    without = assessor.post(address, json=said | {"copy_given": False}, headers={"If-Match": '"1"'})
    assert (without.status_code, without.json["errors"][0]["code"]) == (422, "field_yes_needed")
    agreed = assessor.post(address, json=said, headers={"If-Match": '"1"'})
    assert (agreed.status_code, agreed.json["state"]) == (200, "active")
    assert not PlanDetailSchema().validate(agreed.json)
    return assessor, person, agreed.json


def keys_of(value: object) -> set[str]:
    """Every key at any depth."""
    if isinstance(value, dict):
        return set(value) | set().union(*map(keys_of, value.values()), set())
    return set().union(*map(keys_of, value), set()) if isinstance(value, list) else set()


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.CASE_MEMBER])
def test_invariant_7_what_a_worker_gets_over_http_has_no_clinical_key(
    client: FlaskClient, county: County, role: Role
) -> None:
    area = county.grid if role is Role.GRID_WORKER else county.village
    worker = sign_in(client, county, role, area, Purpose.CARE)
    assessor, person, _ = begun(client, county, worker)
    a_consent(person, ConsentScope.FAMILY_CONTACT)
    listed = worker.get("/visits?mine=true&due=due")
    (visit,) = listed.json["items"]
    assert not VisitTaskSchema().validate(visit)
    one = worker.get(f"/visits/{visit['id']}")
    told = {"given_on": "2027-01-05", "relation": "1", "advice": ["see_doctor"], "reply": "will_do"}
    advice = worker.post(f"/ledger-entries/{person.entry_id}/family-advice", json=told | {"visit_id": visit["id"]})
    record = {"visit_type": "1", "visited_at": "2027-01-05T01:00:00+00:00", "outcome": "1", "mood_note": "说睡得好。"}
    recorded = worker.post(f"/visits/{visit['id']}/record", json=record, headers={"If-Match": one.headers["ETag"]})
    items = worker.get("/plan-items")
    answers = [listed, one, advice, recorded, items, worker.get(f"/ledger-entries/{person.entry_id}/family-advice")]
    assert [answer.status_code for answer in answers] == [200, 200, 201, 200, 200, 200]
    for answer in answers:
        assert [key for key in keys_of(answer.json) if any(word in key for word in CLINICAL)] == []
    seen = assessor.get(f"/visits/{visit['id']}").json
    assert (seen["mood_note"], seen["entry_no"]) == ("说睡得好。", entry_row(person).entry_no)
    assert not VisitSchema().validate(seen)
    assert VisitTaskSchema().validate(seen)


def test_the_page_keeps_to_its_schema_whoever_reads_it(client: FlaskClient, county: County) -> None:
    worker = sign_in(client, county, Role.GRID_WORKER, county.grid, Purpose.CARE)
    assessor, *_ = begun(client, county, worker)
    for reader in (worker, assessor):
        answer = reader.get("/visits?limit=2")
        assert answer.content_type == "application/json"
        assert len(answer.json["items"]) == 2
        dumped = VisitPageSchema().dump(VisitPageSchema().load(answer.json))
        assert json.dumps(dumped, sort_keys=True) == json.dumps(answer.json, sort_keys=True)
    assert "entry_no" in answer.json["items"][0]


def test_where_a_worker_stood_is_never_asked_and_never_taken(client: FlaskClient, county: County) -> None:
    worker = sign_in(client, county, Role.GRID_WORKER, county.grid, Purpose.CARE)
    begun(client, county, worker)
    (visit,) = worker.get("/visits?due=due").json["items"]
    record = {"visit_type": "1", "visited_at": "2027-01-05T01:00:00+00:00", "outcome": "1"}
    for key in ("latitude", "location", "track"):
        sent = worker.post(f"/visits/{visit['id']}/record", json=record | {key: 1}, headers={"If-Match": '"1"'})
        assert (sent.status_code, sent.json["code"]) == (422, "fields_invalid"), key


def test_a_rest_and_going_on_over_http(client: FlaskClient, county: County) -> None:
    worker = sign_in(client, county, Role.GRID_WORKER, county.grid, Purpose.CARE)
    assessor, person, _ = begun(client, county, worker)
    address, version = f"/ledger-entries/{person.entry_id}", f'"{entry_row(person).version}"'
    body = {"reason": "away", "until": "2027-02-01"}
    assert assessor.post(address + "/pause", json=body).json["code"] == "version_required"
    rested = assessor.post(address + "/pause", json=body, headers={"If-Match": version})
    assert (rested.json["state"], worker.get("/visits").json["items"]) == ("paused", [])
    tag = {"If-Match": rested.headers["ETag"]}
    back = assessor.post(address + "/resumption", json={"reason": "back"}, headers=tag)
    assert (back.json["state"], len(worker.get("/visits?state=planned").json["items"])) == ("plan_active", 4)
