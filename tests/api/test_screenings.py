"""Screenings over HTTP: the crisis, the disclaimer on every face, and that nobody is compared with anybody."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from server import clock
from server.domain.codes import Purpose, Role
from server.domain.permissions import Permission, roles_with
from server.schemas.instrument_examples import DEFINITION, INSTRUMENT
from server.schemas.instruments import InstrumentSchema, InstrumentsSchema
from server.schemas.screenings import ScreeningSchema, ScreeningsSchema
from server.services.screenings import record_screening
from tests.contract.operations import Operation, operations, resolved
from tests.make import County
from tests.make_care import InCare, in_care
from tests.make_screenings import a_form, answers_of, body_of
from tests.signed_in import Signed, sign_in
from tests.sweeping import events_of

ROOT = Path(__file__).resolve().parents[2]
CARERS = {Role.ASSESSOR, Role.CLINICIAN, Role.COUNSELLOR}
#: Fields that only a screening has.
RESULT_FIELDS = {"crisis_item_positive", "ask_items", "talk_offer"}
EVENT = {
    "kind": "self_harm_thought",
    "facts": "本人说近一周夜里想过不如死掉，没有计划，家人在身边。",
    "actions": "女儿陪同。",
}


def a_carer(client: FlaskClient, county: County, role: Role = Role.ASSESSOR) -> tuple[Signed, InCare]:
    """A signed-in carer, and somebody they look after."""
    signed = sign_in(client, county, role, county.township, Purpose.CARE)
    return signed, in_care(county, carers=(signed.user_id,))


def test_the_way_of_a_form_over_http(client: FlaskClient, county: County) -> None:
    assessor, person = a_carer(client, county)
    address = f"/ledger-entries/{person.entry_id}/screenings"
    made = assessor.post(address, json=body_of(a_form(answers=answers_of("gad-7", 1))))
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert not ScreeningSchema().validate(made.json)
    assert (made.json["total"], made.json["band"], made.json["answers"]["7"]) == (7, "mild", 1)
    listed = assessor.get(address)
    assert not ScreeningsSchema().validate(listed.json)
    assert listed.json == {"items": [made.json]}
    assert assessor.get(f"/screenings/{made.json['id']}").json == made.json


def test_invariant_17_a_positive_ninth_item_is_saved_only_with_a_safety_event(
    client: FlaskClient, county: County
) -> None:
    assessor, person = a_carer(client, county)
    address = f"/ledger-entries/{person.entry_id}/screenings"
    body = body_of(a_form("phq-9", answers_of("phq-9", 0, i9=1)))
    for language, said in (("zh", "留在本人身边"), ("en", "Stay with the person")):
        refused = assessor.post(address, json=body, headers={"Accept-Language": language})
        assert (refused.status_code, refused.json["code"], refused.json["field"]) == (
            422,
            "crisis_open",
            "safety_event",
        )
        assert said in refused.json["detail"]
        assert "12356" in refused.json["detail"]
    assert assessor.get(address).json == {"items": []}
    saved = assessor.post(address, json=body | {"safety_event": EVENT})
    assert (saved.status_code, saved.json["crisis_item_positive"]) == (201, True)
    assert saved.json["safety_event_id"]
    again = assessor.post(address, json=body | {"safety_event_id": saved.json["safety_event_id"]})
    assert again.json["safety_event_id"] == saved.json["safety_event_id"]


def test_a_refused_crisis_leaves_no_word_of_it_in_the_log(client: FlaskClient, county: County) -> None:
    assessor, person = a_carer(client, county)
    body = body_of(a_form("phq-9", answers_of("phq-9", 0, i9=1)))
    assessor.post(f"/ledger-entries/{person.entry_id}/screenings", json=body)
    assessor.post(f"/ledger-entries/{person.entry_id}/screenings", json=body | {"safety_event": EVENT})
    assert "crisis" not in str(events_of(county))


@pytest.mark.parametrize(
    "changes",
    [
        {"answers": {}}, {"answers": {"01": 1}}, {"answers": {"x": 1}}, {"answers": {"1": "1"}}, {"answers": {"1": 1.5}},
        {"answers": {"1": -1}}, {"answers": [1, 2]}, {"mode": "guess"}, {"held_at": "2026-11-05"}, {"instrument": "PHQ 9"},
        {"total": 3}, {"band": "mild"}, {"safety_event": {"kind": "self_harm_thought"}}, {"disclaimer_shown": "maybe"},
    ],
)  # fmt: skip
def test_a_form_of_another_shape_is_refused_at_the_door(client: FlaskClient, county: County, changes: dict) -> None:
    assessor, person = a_carer(client, county)
    answer = assessor.post(f"/ledger-entries/{person.entry_id}/screenings", json=body_of(a_form()) | changes)
    assert (answer.status_code, answer.json["code"]) == (422, "fields_invalid")


def test_the_same_form_sent_again_is_a_clean_conflict(client: FlaskClient, county: County) -> None:
    assessor, person = a_carer(client, county)
    body = body_of(a_form()) | {"id": "01936f3e-0000-7000-8000-0000000000aa"}
    sent = [assessor.post(f"/ledger-entries/{person.entry_id}/screenings", json=body) for _ in range(2)]
    assert [answer.status_code for answer in sent] == [201, 409]
    assert sent[1].json["code"] == "record_exists"


@pytest.mark.parametrize(
    ("role", "purpose"),
    [
        (Role.TOWNSHIP_COORDINATOR, Purpose.REVIEW),
        (Role.GRID_WORKER, Purpose.SWEEP),
        (Role.PRIVACY_OFFICER, Purpose.AUDIT),
        (Role.COUNTY_SUPERVISOR, None),
    ],
)
def test_g10_a_coordinator_a_grid_worker_and_the_offices_are_shown_no_total(
    client: FlaskClient, county: County, role: Role, purpose: Purpose | None
) -> None:
    assessor, person = a_carer(client, county)
    made = assessor.post(f"/ledger-entries/{person.entry_id}/screenings", json=body_of(a_form())).json
    area = {Role.TOWNSHIP_COORDINATOR: county.township, Role.GRID_WORKER: county.grid}.get(role, county.code)
    other = sign_in(client, county, role, area, purpose)
    for address in (f"/ledger-entries/{person.entry_id}/screenings", f"/screenings/{made['id']}"):
        answer = other.get(address)
        assert (answer.status_code, answer.json["code"]) == (403, "role_forbidden")
        assert "total" not in answer.text


def test_a_counsellor_is_shown_their_own_alone(client: FlaskClient, county: County) -> None:
    counsellor, person = a_carer(client, county, Role.COUNSELLOR)
    theirs = record_screening(person.assessor, person.entry_id, a_form())
    own = counsellor.post(f"/ledger-entries/{person.entry_id}/screenings", json=body_of(a_form())).json
    listed = counsellor.get(f"/ledger-entries/{person.entry_id}/screenings").json["items"]
    assert [one["id"] for one in listed] == [own["id"]]
    assert counsellor.get(f"/screenings/{theirs.id}").status_code == 404


# Instruments


def test_an_instrument_shows_its_licence_its_disclaimer_and_that_its_wording_is_not_reviewed(
    client: FlaskClient, county: County
) -> None:
    assessor, _ = a_carer(client, county)
    one = assessor.get("/instruments/srq-20")
    assert one.headers["ETag"] == '"1"'
    assert not InstrumentSchema().validate(one.json)
    definition = one.json["definition"]
    assert (one.json["enabled"], one.json["cut_off"], one.json["unreviewed"]) == (True, 7, ["zh", "en"])
    assert definition["items"][16]["translation_status"] == {"zh": "unreviewed", "en": "unreviewed"}
    assert definition["licence"]["non_commercial"] is True
    assert "不是诊断" in definition["disclaimer"]["zh"]
    assert not InstrumentsSchema().validate(assessor.get("/instruments").json)
    assert assessor.get("/instruments/beck").status_code == 404
    assert assessor.get("/instruments/phq-9?edition=1998").status_code == 404


def test_an_instrument_of_the_county_s_own_over_http(client: FlaskClient, county: County) -> None:
    admin = sign_in(client, county, Role.SYSADMIN, county.code)
    officer = sign_in(client, county, Role.PRIVACY_OFFICER, county.code)
    made = admin.post("/instruments", json={"definition": DEFINITION, "licence_evidence": "授权书2026-3"})
    assert made.status_code == 201
    assert made.json == INSTRUMENT | {"licence_evidence": "授权书2026-3"}
    address = "/instruments/sleep-2/enabling"
    assert officer.post(address, json={"edition": "2026"}).status_code == 428
    enabled = officer.post(address, json={"edition": "2026"}, headers={"If-Match": '"1"'})
    assert (enabled.status_code, enabled.json["enabled"], enabled.headers["ETag"]) == (200, True, '"2"')
    assert admin.post(address, json={"edition": "2026"}, headers={"If-Match": '"2"'}).status_code == 403
    broken = admin.post("/instruments", json={"definition": DEFINITION | {"bands": []}})
    assert (broken.status_code, broken.json["code"]) == (422, "instrument_definition_invalid")
    assert [(one["field"], one["code"]) for one in broken.json["errors"]] == [("bands", "definition_bands")]
    assert broken.json["errors"][0]["title"] == "分段须从 0 到 2 首尾相接，不能有空隙或重叠。"


# Guardrail G5


def answered_with(operation: Operation) -> set[str]:
    """Names of every property that a good answer of this operation may hold."""
    seen: set[str] = set()

    def names(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            if "$ref" in part:
                if part["$ref"] in seen:
                    return
                seen.add(part["$ref"])
                part = resolved(part)
            yield from part.get("properties", {})
            for value in part.values():
                yield from names(value)
        elif isinstance(part, list):
            for value in part:
                yield from names(value)

    return {name for _, _, content in operation.answers(good=True) for name in names(content.get("schema", {}))}


def test_g5_no_route_answers_with_the_results_of_more_than_one_person() -> None:
    telling = [operation for operation in operations() if answered_with(operation) & RESULT_FIELDS]
    telling = [operation for operation in telling if "instrument" not in operation.path]
    assert {operation.name.replace("/api/v1", "") for operation in telling} == {
        "GET /ledger-entries/{entry_id}/screenings",
        "POST /ledger-entries/{entry_id}/screenings",
        "GET /screenings/{screening_id}",
    }
    for operation in telling:
        assert operation.placeholders in {("entry_id",), ("screening_id",)}
        assert [one["name"] for one in operation.parameters if one["in"] == "query"] == []


def test_g5_screenings_are_reached_by_carers_alone_and_by_no_export() -> None:
    for permission in (Permission.SCREENING_READ, Permission.SCREENING_RECORD):
        assert roles_with(permission) == CARERS
        used = [operation for operation in operations() if operation.permission is permission]
        assert used
        assert all("{entry_id}" in each.path or "{screening_id}" in each.path for each in used)


def test_g5_a_result_is_opened_in_one_place_and_for_one_person() -> None:
    readers = set()
    for path in sorted((ROOT / "server").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"sealed_result", "sealed_answers"}:
                readers.add(path.relative_to(ROOT).as_posix())
    assert readers == {"server/store/screenings.py"}


def test_the_clock_of_a_tablet_may_run_a_little_ahead(client: FlaskClient, county: County) -> None:
    assessor, person = a_carer(client, county)
    body = body_of(a_form(held_at=clock.now() + timedelta(minutes=4)))
    assert assessor.post(f"/ledger-entries/{person.entry_id}/screenings", json=body).status_code == 201
