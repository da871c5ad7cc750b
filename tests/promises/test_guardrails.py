"""The guardrails that this part of the product must keep, each over HTTP as its users meet it."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from server import clock
from server.domain.codes import CareCategory, Ground, Purpose, Role
from server.models.tables import METADATA
from tests.make import County
from tests.make_ledger import a_reported_entry, observed
from tests.signed_in import Signed, sign_in
from tests.sweeping import CHARACTER_FACT, DIAGNOSIS_FACT, FACT, FLAGGED_FACT, a_month, complete, sweep_id_of


@pytest.fixture
def worker(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.GRID_WORKER, county.grid, Purpose.SWEEP)


@pytest.fixture
def officer(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.JUDICIAL_OFFICER, county.township, Purpose.SWEEP)


def file_one(worker: Signed, county: County, **changes: Any) -> TestResponse:
    """A return with one observation; ``changes`` are its fields."""
    item = {
        "observed_on": (clock.today() - timedelta(days=1)).isoformat(),
        "ground": "2",
        "fact": FACT,
        "source": "told_by_person",
        "resident": {"name": "王秀英", "sex": "2", "birth_year": 1955},
    } | changes
    document = {"area_code": county.grid, "nil": False, "late_reason": "other", "observations": [item]}
    return worker.post(f"/sweeps/{sweep_id_of(a_month(county))}/returns", json=document)


def code_of(answer: TestResponse) -> str:
    assert answer.json is not None
    return str(answer.json["code"])


def test_g1_a_concrete_fact_makes_an_observation(worker: Signed, county: County) -> None:
    assert file_one(worker, county).status_code == 201


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"fact": "情绪不好"}, "fact_too_short"),
        ({"fact": "昨天在村口" * 101}, "fact_too_long"),
        ({"fact": CHARACTER_FACT}, "fact_character"),
        ({"observed_on": (clock.today() + timedelta(days=1)).isoformat()}, "observed_in_future"),
        ({"ground": "8"}, "fields_invalid"),
    ],
)
def test_g1_no_fact_no_observation(worker: Signed, county: County, changes: dict[str, Any], code: str) -> None:
    answer = file_one(worker, county, **changes)
    assert (answer.status_code, code_of(answer)) == (422, code)


def test_g1_a_judgement_of_character_is_always_returned_for_facts(worker: Signed, county: County) -> None:
    answer = file_one(worker, county, ground=Ground.CHARACTER_LABEL)
    assert answer.status_code == 201
    listed = worker.get(f"/observations?sweep_id={answer.json['sweep_id']}").json["items"]
    assert [(each["state"], each["return_reason"]) for each in listed] == [("returned", "needs_fact")]


def test_g2_a_fact_about_petitioning_waits_for_a_person_and_leads_to_nothing_by_itself(
    worker: Signed, officer: Signed, county: County
) -> None:
    filed = file_one(worker, county, fact=FLAGGED_FACT)
    (found,) = officer.get(f"/observations?sweep_id={filed.json['sweep_id']}").json["items"]
    assert found["needs_word_review"] is True
    body = {"resident_id": found["resident_id"], "observation_ids": [found["id"]], "grounds": ["2"], "report": True}
    answer = officer.post("/ledger-entries", json=body)
    assert (answer.status_code, code_of(answer)) == (409, "word_review_open")


@pytest.mark.parametrize("category", [CareCategory.RELEASED, CareCategory.DRUG_REHAB, CareCategory.REGISTERED_SMD])
def test_g2_a_care_category_is_no_ground_and_no_field(officer: Signed, county: County, category: str) -> None:
    person = observed(county)
    body = {"resident_id": str(person.resident_id), "observation_ids": [str(person.observation_id)], "report": True}
    as_ground = officer.post("/ledger-entries", json=body | {"grounds": [category]})
    as_field = officer.post("/ledger-entries", json=body | {"grounds": ["2"], "care_category": category})
    assert (as_ground.status_code, as_field.status_code) == (422, 422)
    assert as_field.json["errors"][0]["code"] == "field_unknown"


def test_g4_a_lay_diagnosis_is_refused_with_advice(worker: Signed, county: County) -> None:
    answer = file_one(worker, county, fact=DIAGNOSIS_FACT)
    assert (answer.status_code, code_of(answer)) == (422, "fact_diagnosis")
    assert "精神分裂" not in answer.get_data(as_text=True)


def test_g7_no_table_has_a_column_for_what_must_not_be_collected() -> None:
    forbidden = ("religion", "ethnic", "petition", "political", "blood", "income", "wechat", "photo", "attention")
    columns = [column.name for table in METADATA.sorted_tables for column in table.columns]
    assert [name for name in columns for word in forbidden if word in name] == []


@pytest.mark.parametrize("field", ["religion", "ethnicity", "political_status", "photo", "diagnosis", "risk_score"])
def test_g7_a_field_that_must_not_be_collected_is_refused_everywhere(
    worker: Signed, county: County, field: str
) -> None:
    resident = {"name": "王秀英", "sex": "2", "birth_year": 1955, field: "x"}
    answer = file_one(worker, county, resident=resident)
    assert answer.status_code == 422
    assert {error["code"] for error in answer.json["errors"]} == {"field_unknown"}
    with county.owner_engine.begin() as connection:
        connection.execute(
            text("SELECT set_config('linli.county', :c, true), set_config('linli.areas', :c, true)"), {"c": county.code}
        )
        assert connection.scalar(text("SELECT count(*) FROM resident")) == 0


def test_g11_above_the_township_no_count_under_five_is_shown(client: FlaskClient, county: County) -> None:
    for _ in range(3):
        a_reported_entry(county)
    supervisor = sign_in(client, county, Role.COUNTY_SUPERVISOR, county.code)
    own = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township)
    above = supervisor.get(f"/figures?area_code={county.code}&period=202611").json
    exact = own.get(f"/figures?area_code={county.township}&period=202611").json
    assert 3 in numbers(exact)
    assert {1, 2, 3, 4}.isdisjoint(numbers(above, but=("due", "returned", "late")))


def test_g11_a_supervisor_reads_no_person(client: FlaskClient, county: County) -> None:
    a_reported_entry(county)
    supervisor = sign_in(client, county, Role.COUNTY_SUPERVISOR, county.code, Purpose.REVIEW)
    for path in ("/ledger-entries", "/observations", "/residents/00000000-0000-7000-8000-000000000000", "/disputes"):
        answer = supervisor.get(path)
        assert (answer.status_code, code_of(answer)) == (403, "role_forbidden")


def test_g12_a_month_of_nil_returns_is_complete(county: County, officer: Signed) -> None:
    month = a_month(county)
    complete(county, sweep_id_of(month))
    found = officer.get(f"/sweeps/{sweep_id_of(month)}/completeness").json
    total = found["total"]
    assert (total["expected"], total["returned"], total["nil"]) == (6, 6, 6)


def test_g12_no_figure_has_a_target(client: FlaskClient, county: County) -> None:
    own = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township)
    answer = own.get(f"/figures?area_code={county.township}&period=202611").get_data(as_text=True)
    assert not [word for word in ("target", "rank", "score", "quota") if word in answer]


def numbers(value: object, but: tuple[str, ...] = ()) -> set[int]:
    """Every number in a JSON document, except under some keys."""
    if isinstance(value, dict):
        return {n for key, each in value.items() if key not in but for n in numbers(each, but)}
    if isinstance(value, list):
        return {n for each in value for n in numbers(each, but)}
    return {value} if isinstance(value, int) and not isinstance(value, bool) else set()
