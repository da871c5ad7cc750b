"""Pulling over HTTP: bytes as single reads', small when nothing is new, and the library."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
import zstandard
from flask import Flask
from sqlalchemy import text

from server.domain.codes import LedgerState, Purpose, Role
from server.domain.identity import Grant, Identity
from server.schemas.sync_pull import PullAnswerSchema, RepairAnswerSchema
from server.store.transaction import Caller, new_id, transaction
from tests.contract.cast import let_in
from tests.make import County
from tests.make_care import a_plan, in_care
from tests.make_plans import visited
from tests.services.test_ledger_reading import statements
from tests.services.test_sync_pull import sent_back
from tests.signed_in import Signed, sign_in_as
from tests.sweeping import a_month, sweep_id_of
from tests.tablet_feeds import a_review_of, a_safety_event_of, a_task, assert_feeds_true, everything

PARTS = {"codes", "sweeps", "areas", "crisis_card", "leaflets", "texts", "words"}


@pytest.fixture
def tablet(app: Flask, county: County) -> Signed:
    """A grid worker, signed in on a tablet."""
    return let_in(app, county, Role.GRID_WORKER, county.grid, on_tablet=True)


def as_caller(county: County, signed: Signed, role: Role = Role.GRID_WORKER, area: str = "") -> Caller:
    """The same person as the services know them, at care."""
    grants = (Grant(new_id(), role, area or county.grid),)
    return Caller(Identity(signed.user_id, county.code, new_id(), new_id(), grants, Purpose.CARE), county.store)


def asked(tablet: Signed, **more: Any) -> dict[str, Any]:
    assert tablet.tablet is not None
    return {"device_id": str(tablet.tablet.id), **more}


def pulled(tablet: Signed, **more: Any) -> dict[str, Any]:
    answer = tablet.post("/sync/pull", json=asked(tablet, **more))
    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json, dict)
    return answer.json


def positions(answer: dict[str, Any]) -> dict[str, Any]:
    return {feed["area_code"]: {"epoch": feed["epoch"], "seq": feed["seq"]} for feed in answer["feeds"]}


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.COUNSELLOR, Role.CASE_MEMBER])
def test_data_is_the_single_reads_own_json(app: Flask, county: County, role: Role) -> None:
    area = county.grid if role is Role.GRID_WORKER else county.township
    tablet = let_in(app, county, role, area, on_tablet=True)
    worker = as_caller(county, tablet, role, area)
    visited(county, worker, items=(a_task(worker),))
    a_safety_event_of(worker)
    if role is Role.GRID_WORKER:
        sent_back(county, worker, sweep_id_of(a_month(county)))
    answer = pulled(tablet)
    desk = sign_in_as(tablet.client, tablet.user_id, tablet.login, Purpose.CARE)
    addresses = {"visit": "/visits/", "return": "/returns/", "observation": "/observations/",
                 "safety_event": "/safety-events/"}  # fmt: skip
    told = {kind: [one for one in answer["changes"] if one["kind"] == kind] for kind in (*addresses, "plan_item")}
    for kind, address in addresses.items():
        purpose = Purpose.SWEEP if kind in {"return", "observation"} else Purpose.CARE
        for one in told[kind]:
            assert one["data"] == desk.for_purpose(purpose).get(address + one["id"]).json
    tasks = desk.get("/plan-items").json
    assert tasks is not None
    assert [one["data"] for one in told["plan_item"]] == tasks["items"]
    assert len(told["visit"]) == 1
    assert [len(told[kind]) for kind in ("return", "observation")] == [1, 1] if role is Role.GRID_WORKER else [0, 0]
    assert PullAnswerSchema().validate(answer) == {}


def test_a_review_is_told_to_its_author(county: County, tablet: Signed) -> None:
    id_ = a_review_of(county, as_caller(county, tablet))
    (change,) = pulled(tablet)["changes"]
    assert (change["kind"], change["id"], change["data"]["data"]) == ("review", str(id_), {"minutes": 30})
    assert change["data"]["state"] == "open"


@pytest.mark.parametrize(
    ("taken", "encoding", "unpack"),
    [
        ("gzip", "gzip", gzip.decompress),
        ("gzip, zstd", "zstd", zstandard.decompress),
        ("zstd;q=0, gzip", "gzip", gzip.decompress),
    ],
)
def test_an_answer_without_news_is_small(
    county: County, tablet: Signed, taken: str, encoding: str, unpack: Callable[[bytes], bytes]
) -> None:
    worker = as_caller(county, tablet)
    for _ in range(3):
        visited(county, worker)
    first = pulled(tablet)
    answer = tablet.post("/sync/pull", json=asked(tablet, feeds=positions(first)), headers={"Accept-Encoding": taken})
    assert answer.headers["Content-Encoding"] == encoding
    assert len(answer.data) < 600
    told = json.loads(unpack(answer.data))
    assert (told["changes"], told["feeds"][0]["count"]) == ([], 3)
    assert PullAnswerSchema().validate(told) == {}


def test_a_repair_over_http(county: County, tablet: Signed) -> None:
    visited(county, as_caller(county, tablet))
    held = [["visit", str(new_id()), 3]]
    answer = tablet.post("/sync/repair", json=asked(tablet, area_code=county.grid, held=held))
    assert answer.json is not None
    assert [one["op"] for one in answer.json["changes"]] == ["put", "remove"]
    assert RepairAnswerSchema().validate(answer.json) == {}


@pytest.mark.parametrize("held", [[["visit", "no id", 1]], [["visit"]], ["visit"], [["visit", str(new_id()), -1]]])
def test_a_repair_names_kind_id_and_version(county: County, tablet: Signed, held: Any) -> None:
    answer = tablet.post("/sync/repair", json=asked(tablet, area_code=county.grid, held=held))
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == "fields_invalid"


def test_the_library_is_named_by_hashes_of_what_is_fetched(county: County, tablet: Signed) -> None:
    a_month(county)
    hashes = pulled(tablet)["library"]
    assert set(hashes) == PARTS
    parts = {name: tablet.get(f"/sync/library/{name}") for name in PARTS}
    assert {name: sha256(answer.data).hexdigest()[:16] for name, answer in parts.items()} == hashes
    content = {name: answer.json or {} for name, answer in parts.items()}
    assert {sweep["kind"] for sweep in content["sweeps"]["items"]} == {"concern", "dispute"}
    codes = [county.code, county.township, county.village, county.grid]
    assert [area["code"] for area in content["areas"]["items"]] == codes
    assert content["texts"]["items"]["app_too_old"]["zh"]["title"]
    assert content["words"]["fact"] == {"minimum": 20, "maximum": 500}
    assert content["crisis_card"]["items"][0]["number"] == "12356"
    assert content["leaflets"]["items"]
    assert set(content["codes"]) == {"lists"}
    assert tablet.get("/sync/library/people").status_code == 404


def test_ten_thousand_records_cost_no_more_statements_than_ten(county: County, tablet: Signed) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(person, visitor_id=tablet.user_id)
    counts = []
    for more in (10, 10_000):
        with transaction(everything(county)) as work:
            work.session.execute(
                text(
                    "INSERT INTO visit (county_code, id, area_code, entry_id, resident_id, plan_id, period, due_from, due_to,"
                    " assignee_id, state, rescheduled, version, created_by, created_at, updated_at)"
                    " SELECT county_code, gen_random_uuid(), area_code, entry_id, resident_id, plan_id, period, due_from,"
                    " due_to, assignee_id, state, 0, 1, created_by, created_at, updated_at"
                    " FROM (SELECT * FROM visit WHERE entry_id = :entry LIMIT 1) AS one, generate_series(1, :more)"
                ),
                {"entry": person.entry_id, "more": more},
            )
        with statements(county.store) as sent:
            answer = pulled(tablet, limit=1000)
        counts.append((len(sent), len(answer["changes"])))
    (few, ten), (many, thousand) = counts
    assert (ten, thousand) == (11, 1000)
    assert many <= few
    held, told = {}, answer
    while True:
        held |= {one["id"]: one["version"] for one in told["changes"]}
        if not told["feeds"][0]["more"]:
            break
        told = pulled(tablet, limit=1000, feeds=positions(told))
    assert len(held) == told["feeds"][0]["count"] == 10_011


def test_what_a_write_costs_does_not_grow_with_the_feeds_of_others(county: County, tablet: Signed) -> None:
    worker = as_caller(county, tablet)
    visited(county, worker)
    others = [in_care(county, LedgerState.PLAN_ACTIVE) for _ in range(2)]
    costs = []
    for person in others:
        a_plan(person, visits=20)
        with statements(county.store) as sent, transaction(everything(county)) as work:
            statement = text("UPDATE visit SET version = version + 1 WHERE entry_id = :entry")
            work.session.execute(statement, {"entry": person.entry_id})
        costs.append(len(sent))
    assert costs[0] == costs[1] <= 7
    assert_feeds_true(county)


def test_an_area_of_another_is_revoked_and_a_clumsy_position_begins_anew(county: County, tablet: Signed) -> None:
    visited(county, as_caller(county, tablet))
    feeds = {county.other_grid: {"epoch": "1.x", "seq": 4}, county.grid: {"epoch": "'; --", "seq": 2**53}}
    answer = pulled(tablet, feeds=feeds)
    states = {feed["area_code"]: (feed["state"], feed["reset"]) for feed in answer["feeds"]}
    assert states == {county.other_grid: ("revoked", False), county.grid: ("active", True)}
    assert len(answer["changes"]) == 1


def test_what_is_asked_for_another_tablet_is_refused(county: County, tablet: Signed) -> None:
    other = replace(tablet.tablet, id=new_id()) if tablet.tablet else None
    answer = tablet.post("/sync/pull", json={"device_id": str(other.id if other else "")})
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (401, "device_proof_invalid")
