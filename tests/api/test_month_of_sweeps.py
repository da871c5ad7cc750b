"""A month's sweep over HTTP, as its people walk through it, and what the wire refuses."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from server import clock
from server.domain.codes import Purpose, Role
from server.store.transaction import new_id
from tests.make import County
from tests.signed_in import Signed, sign_in
from tests.sweeping import FACT, FLAGGED_FACT, grids_of, last_period, this_period, villages_of


@pytest.fixture
def office(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.JUDICIAL_OFFICER, county.township, Purpose.SWEEP)


@pytest.fixture
def worker(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.GRID_WORKER, county.grid, Purpose.SWEEP)


@pytest.fixture
def coordinator(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)


def opened(office: Signed, county: County, period: str = "") -> dict[str, Any]:
    answer = office.post("/months", json={"township_code": county.township, "period": period or this_period()})
    assert answer.status_code == 201, answer.text
    return answer.json


def sweep_of(month: dict[str, Any], kind: str = "concern") -> str:
    return next(sweep["id"] for sweep in month["sweeps"] if sweep["kind"] == kind)


def observation(**changes: Any) -> dict[str, Any]:
    return {
        "resident": {"name": "王秀英", "sex": "2", "birth_year": 1955},
        "observed_on": (clock.today() - timedelta(days=1)).isoformat(),
        "ground": "2",
        "fact": FACT,
        "source": "told_by_person",
    } | changes


def body(area_code: str, *observations: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "area_code": area_code,
        "nil": not observations,
        "late_reason": "other",
        "observations": list(observations),
    } | changes


def if_match(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def outcome(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["code"]


def test_a_month_runs_from_opening_to_closing(
    client: FlaskClient, county: County, office: Signed, worker: Signed, coordinator: Signed
) -> None:
    month = opened(office, county, last_period())
    for sweep in month["sweeps"]:
        path = f"/sweeps/{sweep['id']}"
        assert worker.post(path + "/returns", json=body(county.grid)).status_code == 201
        for grid in grids_of(county.township)[1:]:
            assert office.post(path + "/returns", json=body(grid)).status_code == 201
        for village in villages_of(county.township):
            officer = sign_in(client, county, Role.VILLAGE_OFFICER, village)
            answer = officer.post(path + "/confirmations", json={"village_code": village})
            assert (answer.status_code, answer.json["return_count"]) == (201, 2)
        counts = coordinator.get(path + "/completeness").json["total"]
        assert counts == {"expected": 6, "returned": 6, "nil": 6, "late": 6, "items": 0}
        assert len(office.get(path + "/confirmations").json["items"]) == 3
        submitted = office.post(path + "/submission", headers={"If-Match": office.get(path).headers["ETag"]})
        assert (submitted.status_code, submitted.json["state"], submitted.headers["ETag"]) == (200, "submitted", '"3"')
    reopened = coordinator.post(path + "/reopening", json={"reason": "correction"}, headers=if_match(3))
    assert (reopened.status_code, reopened.json["state"]) == (200, "reopened")
    assert office.post(path + "/submission", headers=if_match(4)).status_code == 200
    closed = coordinator.post(f"/months/{month['id']}/closure", headers=if_match(1))
    assert (closed.status_code, closed.json["state"]) == (200, "closed")
    assert coordinator.get(f"/months?township_code={county.township}").json == {
        "items": [closed.json],
        "next_cursor": None,
    }


def test_a_return_with_observations_is_read_back(county: County, office: Signed, worker: Signed) -> None:
    path = f"/sweeps/{sweep_of(opened(office, county))}/returns"
    filed = worker.post(path, json=body(county.grid, observation(), captured_at="2026-11-05T10:10:00+08:00"))
    assert (filed.status_code, filed.json["item_count"], filed.headers["ETag"]) == (201, 1, '"1"')
    assert filed.json["captured_at"] == "2026-11-05T02:10:00+00:00"
    more = worker.post(f"/returns/{filed.json['id']}/observations", json=observation(), headers=if_match(1))
    assert (more.status_code, more.json["item_count"]) == (201, 2)
    assert worker.get(f"/returns/{filed.json['id']}").json == more.json
    listed = office.get(f"/returns?sweep_id={filed.json['sweep_id']}").json
    assert listed == {"items": [more.json], "next_cursor": None}
    facts = worker.get("/observations?limit=1").json
    rest = worker.get(f"/observations?limit=1&cursor={facts['next_cursor']}").json
    assert [one["fact"] for one in (*facts["items"], *rest["items"])] == [FACT, FACT]
    assert rest["next_cursor"] is None


def test_words_are_decided_and_facts_sent_back(county: County, office: Signed, worker: Signed) -> None:
    path = f"/sweeps/{sweep_of(opened(office, county))}/returns"
    worker.post(path, json=body(county.grid, observation(fact=FLAGGED_FACT)))
    (found,) = office.get("/observations?needs_word_review=true").json["items"]
    review = f"/observations/{found['id']}/word-review"
    assert outcome(office.post(review, json={"decision": "cleared"})) == (428, "version_required")
    assert outcome(worker.post(review, json={"decision": "cleared"}, headers=if_match(1))) == (403, "role_forbidden")
    cleared = office.post(review, json={"decision": "cleared"}, headers=if_match(1))
    assert (cleared.status_code, cleared.json["needs_word_review"]) == (200, False)
    back = office.post(f"/observations/{found['id']}/return", json={"reason": "needs_fact"}, headers=if_match(2))
    assert (back.status_code, back.json["state"], back.headers["ETag"]) == (200, "returned", '"3"')
    assert worker.get(f"/observations/{found['id']}").json == back.json


def test_disputes_are_filed_read_and_followed_up(county: County, office: Signed, worker: Signed) -> None:
    dispute = {"dispute_type": "debt", "party_count": 2, "outcome": "ongoing", "parties": "张建军、李国强"}
    path = f"/sweeps/{sweep_of(opened(office, county), 'dispute')}/returns"
    filed = worker.post(path, json=body(county.grid, nil=False, disputes=[dispute]))
    assert filed.status_code == 201, filed.text
    more = worker.post(f"/returns/{filed.json['id']}/disputes", json=dispute, headers=if_match(1))
    assert more.json["item_count"] == 2
    first, _ = office.get("/disputes?outcome=ongoing").json["items"]
    changed = office.patch(f"/disputes/{first['id']}", json={"outcome": "settled"}, headers=if_match(1))
    assert changed.json == first | {"outcome": "settled", "version": 2}
    assert outcome(office.patch(f"/disputes/{first['id']}", json={}, headers=if_match(1))) == (412, "record_changed")
    assert office.get(f"/disputes/{first['id']}").json == changed.json


@pytest.mark.parametrize(
    "unwanted",
    [
        "care_category",
        "care_categories",
        "diagnosis",
        "health",
        "ethnicity",
        "religion",
        "petition",
        "score",
        "marital_status",
    ],
)
def test_nothing_of_a_category_or_of_health_is_taken(
    county: County, office: Signed, worker: Signed, unwanted: str
) -> None:
    path = f"/sweeps/{sweep_of(opened(office, county))}/returns"
    about = observation()["resident"]
    for refused in (
        body(county.grid, observation(), **{unwanted: "13"}),
        body(county.grid, observation(**{unwanted: "13"})),
        body(county.grid, observation(resident=about | {unwanted: "13"})),
        body(county.grid, nil=False, disputes=[{"dispute_type": "debt", unwanted: "13"}]),
    ):
        answer = worker.post(path, json=refused)
        assert outcome(answer) == (422, "fields_invalid")
        assert any(error["field"].endswith(unwanted) for error in answer.json["errors"])


def test_a_category_is_no_ground_and_no_source(county: County, office: Signed, worker: Signed) -> None:
    path = f"/sweeps/{sweep_of(opened(office, county))}/returns"
    for wrong in (observation(ground="13"), observation(ground="8"), observation(source="rumour")):
        assert outcome(worker.post(path, json=body(county.grid, wrong))) == (422, "fields_invalid")


def test_a_return_has_a_limit(county: County, office: Signed, worker: Signed) -> None:
    path = f"/sweeps/{sweep_of(opened(office, county))}/returns"
    assert outcome(worker.post(path, json=body(county.grid, *[observation()] * 201))) == (422, "fields_invalid")
    assert worker.post(path, json=body(county.grid, *[observation()] * 200)).json["item_count"] == 200


def test_refusals_say_which_item_is_meant(county: County, office: Signed, worker: Signed) -> None:
    path = f"/sweeps/{sweep_of(opened(office, county))}/returns"
    answer = worker.post(path, json=body(county.grid, observation(), observation(fact="太短了")))
    assert outcome(answer) == (422, "fact_too_short")
    assert answer.json["field"] == "observations.1.fact"
    numbered = observation(resident=observation()["resident"] | {"id_type": "01", "id_no": "430999199003070023"})
    assert outcome(worker.post(path, json=body(county.grid, numbered))) == (403, "field_not_for_role")


def test_a_return_sent_again_is_a_conflict_and_never_a_fault(county: County, office: Signed, worker: Signed) -> None:
    path = f"/sweeps/{sweep_of(opened(office, county))}/returns"
    about = observation()["resident"] | {"id": str(new_id())}
    sent = body(county.grid, observation(id=str(new_id()), resident=about), id=str(new_id()))
    assert worker.post(path, json=sent).status_code == 201
    assert outcome(worker.post(path, json=sent)) == (409, "record_exists")
    elsewhere = sent | {"area_code": county.village + "002"}
    assert outcome(office.post(path, json=elsewhere)) == (409, "record_exists")


def test_what_is_anothers_is_not_there(client: FlaskClient, county: County, office: Signed, worker: Signed) -> None:
    month = opened(office, county)
    sweep_id = sweep_of(month)
    filed = worker.post(f"/sweeps/{sweep_id}/returns", json=body(county.grid, observation())).json
    (fact,) = worker.get("/observations").json["items"]
    stranger = sign_in(client, county, Role.JUDICIAL_OFFICER, county.other_township, Purpose.SWEEP)
    paths = [f"/months/{month['id']}", f"/sweeps/{sweep_id}", f"/sweeps/{sweep_id}/completeness"]
    paths += [f"/sweeps/{sweep_id}/confirmations", f"/returns/{filed['id']}", f"/returns?sweep_id={sweep_id}"]
    paths += [f"/observations/{fact['id']}", f"/disputes/{new_id()}"]
    assert [outcome(stranger.get(path)) for path in paths] == [(404, "not_found")] * len(paths)
    assert outcome(stranger.post(f"/sweeps/{sweep_id}/returns", json=body(county.grid))) == (404, "not_found")
    assert stranger.get("/observations").json == {"items": [], "next_cursor": None}


def test_a_purpose_is_stated_where_people_are_written_or_read(county: County, office: Signed, worker: Signed) -> None:
    path = f"/sweeps/{sweep_of(opened(office, county))}/returns"
    silent = worker.for_purpose(None)
    assert outcome(silent.post(path, json=body(county.grid))) == (400, "purpose_required")
    assert outcome(silent.get("/observations")) == (400, "purpose_required")
    assert outcome(worker.for_purpose(Purpose.EXPORT).get("/disputes")) == (403, "purpose_forbidden")
