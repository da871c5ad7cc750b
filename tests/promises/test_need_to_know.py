"""What the whole product shows to whom, over every route there is: generated from the routes, so a new one is held too."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from server.domain.codes import Role
from server.domain.indicator_seeds import parse_definitions
from server.domain.permissions import Permission, roles_with
from server.http.openapi import API_PREFIX
from server.models.tables import METADATA
from server.services.seeds import load_seeds
from tests.contract.arranging import arrange
from tests.contract.operations import Operation, guarded, name_of, operations, own_account, resolved
from tests.contract.test_matrix import SEEDS, ask, events_of, insider, place, purpose_of, watcher
from tests.make import County

__all__ = ["place", "watcher"]

#: Grid workers, village officers, and those who are in a case team: police, volunteers, civil affairs.
NEED_LITTLE = (Role.GRID_WORKER, Role.VILLAGE_OFFICER, Role.CASE_MEMBER)
#: No key of an answer to them may hold one of these words.
CLINICAL = re.compile(r"assess|screen|diagnos|narrative|band|danger|stabil|adher|medic|packet|recommend|instrument|smd")
#: The visitor's own words to a family.
HARMLESS = {"/ledger-entries/{entry_id}/family-advice": {"narrative"}}
#: The names of all code lists, as everybody may read them; who has which code does not stand there.
LISTS = {line.split(",", 1)[0] for file in (SEEDS / "codes").glob("*.csv") for line in file.read_text().splitlines()}
LIBRARY = "/sync/library/{name}"
#: Words of a score, a rank or a forecast about people.
RANKING = re.compile(r"score|rank|risk|predict|forecast|early_warning|heat|key_person|attention|grade")
#: An emergency has a grade, and no person in it; what of a tablet needs the office's attention is of the tablet.
OF_NO_PERSON = {"grade", "emergency_event.grade", "attention"}
#: What is never collected about a person.
NEVER = re.compile(
    r"religio|belief|ethnic|politic|petition|orientation|hiv|blood|occupation|income|marital|former|photo|face|wechat"
    r"|vehicle|control|crime|sentence|latitude|longitude|track|care_category"
)
#: Where a place is looked up by its point, on no person's account and without keeping it.
OF_A_PLACE = {("POST /areas/locate", "latitude"), ("POST /areas/locate", "longitude")}
NAMES = ("欧阳试验", "欧阳**", "上官试验", "王秀英", "王**")

OPEN = [each for each in guarded() if not own_account(each)]
TO_THEM = [(each, role) for each, role in product(OPEN, NEED_LITTLE) if role in roles_with(each.permission)]
PERSONAL = [each for each in OPEN if each.purposes]


@pytest.fixture(scope="module", autouse=True)
def seeds(owner_engine: Engine) -> None:
    """Code lists and holidays."""
    with owner_engine.begin() as connection:
        load_seeds(connection, SEEDS)


def pairs_of(value: object) -> Iterator[tuple[str, object]]:
    """Every key of a JSON document with what it holds, however deep."""
    for key, each in value.items() if isinstance(value, dict) else ():
        yield str(key), each
        yield from pairs_of(each)
    for each in value if isinstance(value, list) else ():
        yield from pairs_of(each)


def properties_of(schema: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every property an answer's schema knows, however deep."""
    reference = schema.get("$ref", "")
    if reference in seen:
        return
    schema = resolved(schema)
    inner = [*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())]
    inner += [part for part in (schema.get("items"), schema.get("additionalProperties")) if isinstance(part, dict)]
    for name, each in schema.get("properties", {}).items():
        yield name
        inner.append(each)
    for each in inner:
        yield from properties_of(each, seen | {reference} if reference else seen)


@pytest.mark.parametrize(("operation", "role"), TO_THEM, ids=[f"{name_of(one)} as {two}" for one, two in TO_THEM])
def test_invariant_7_and_guardrail_g10_an_answer_to_those_who_need_little_has_no_clinical_key(
    app: Flask, place: County, operation: Operation, role: Role
) -> None:
    signed, scene = insider(app, place, operation, role)
    answer = ask(signed, operation, arrange(scene), purpose_of(operation, role))
    assert answer.status_code // 100 == 2, answer.text
    if answer.is_json:
        found = [(key, value) for key, value in pairs_of(answer.json) if CLINICAL.search(key)]
        path = operation.path.removeprefix(API_PREFIX)
        assert {key for key, _ in found} <= (LISTS if path == LIBRARY else HARMLESS.get(path, set()))


def test_guardrail_g5_nobody_is_scored_ranked_or_forecast_anywhere() -> None:
    columns = {f"{table.name}.{column.name}" for table in METADATA.sorted_tables for column in table.columns}
    spoken = {each.value for each in Permission} | {each.path for each in operations()} | columns
    for each in operations():
        for good in (True, False):
            for _, _, content in each.answers(good=good):
                spoken |= set(properties_of(content.get("schema", {})))
        for content in each.request_bodies.values():
            spoken |= set(properties_of(content["schema"]))
    assert {word for word in spoken if RANKING.search(word)} == OF_NO_PERSON


def test_guardrail_g5_no_list_sorts_or_filters_people_by_what_a_form_or_an_assessment_found() -> None:
    lists = [each for each in OPEN if each.method == "GET" or each.path.endswith("/search")]
    asked = {
        (name_of(each), parameter["name"])
        for each in lists
        for parameter in each.parameters
        if parameter["in"] == "query"
    }
    words = re.compile(r"band|total|danger|stabil|score|sort|order|instrument|diagnos|category")
    assert {found for found in asked if words.search(found[1])} == set()


@pytest.mark.parametrize("operation", PERSONAL, ids=name_of)
def test_invariant_6_nobody_is_named_without_being_written_down_as_read(
    app: Flask, place: County, watcher: Engine, operation: Operation
) -> None:
    """As the role that needs least: an answer with a name in it leaves an event with the person, purpose and fields."""
    role = min(roles_with(operation.permission), key=lambda each: (each not in NEED_LITTLE, each))  # type: ignore[arg-type]
    signed, scene = insider(app, place, operation, role)
    answer = ask(signed, operation, arrange(scene), purpose_of(operation, role))
    assert answer.status_code // 100 == 2, answer.text
    if any(name in answer.data.decode(errors="ignore") for name in NAMES):
        told = [event for event in events_of(watcher, answer) if event.get("subjects")]
        who_and_why = {(event["actor"], event["purpose"]) for event in told}
        assert who_and_why == {(str(signed.user_id), str(purpose_of(operation, role)))}
        assert any(event.get("fields") for event in told)


def test_guardrail_g7_no_route_asks_for_what_must_not_be_collected() -> None:
    asked = {
        (name_of(each), name)
        for each in operations()
        for content in each.request_bodies.values()
        for name in properties_of(content["schema"])
    }
    assert {found for found in asked if NEVER.search(found[1])} == OF_A_PLACE


def test_guardrail_g12_nobody_found_is_a_target() -> None:
    """No indicator counts entries, observations or people found; OP-8 counts entries past their end, and wants none."""
    definitions = parse_definitions((SEEDS / "indicators" / "definitions.csv").read_text("utf-8"))
    found = re.compile(r"found|observ|reported person|entries opened|people listed")
    told = {name: f"{each.numerator_en} {each.denominator_en}" for name, each in definitions.items()}
    assert {name for name, text in told.items() if found.search(text)} == set()
