"""Every route says what it needs, what it takes, what it answers and what it refuses, each with an example."""

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from server.domain.devices import TABLET_PERMISSIONS
from server.domain.permissions import Permission, roles_with
from server.http.errors import PROBLEM_TYPE
from server.http.openapi import API_PREFIX
from server.http.routes import declarations
from server.messages import all_messages
from tests.contract.operations import Operation, View, document, name_of, operations, resolved, views

COMMITTED = Path(__file__).resolve().parents[2] / "mobile_api_spec" / "openapi.json"
_BOTH: dict[str, list[str]] = {"bearer": [], "deviceProof": []}
#: What a tablet's session reaches as well as a desk's, and what only a tablet's does.
SECURITY = {key: [{"bearer": []}, _BOTH] for key in TABLET_PERMISSIONS} | {Permission.SYNC_PULL: [_BOTH]}
#: Nobody is scored, ranked or predicted (guardrails G5 and G12), and no list can be sorted by a person's traits.
UNWANTED = re.compile(
    r"(?:\A|_)(?:scor|rank|risk|predict|percentile|rating|probab|likelihood|suspic|sort|order_?by|group_?by)",
    re.IGNORECASE,
)


def every(found: tuple[View, ...]) -> pytest.MarkDecorator:
    """A test for each of these."""
    return pytest.mark.parametrize("operation", found, ids=name_of)


every_operation = every(operations())


@every(views())
def test_every_view_declares_its_permission_or_a_tablets_proof_or_that_it_is_public(operation: View) -> None:
    said = operation.declared
    assert len(said.keys() & {"permission", "by_device", "public"}) == 1, f"{operation.name} declares none or several"


def test_every_view_of_the_whole_app_declares_what_it_needs(app: Flask) -> None:
    undeclared = [
        f"{rule.rule}"
        for rule in app.url_map.iter_rules()
        if not declarations(app.view_functions[rule.endpoint]).keys() & {"permission", "by_device", "public"}
    ]
    assert undeclared == []


def test_only_signing_in_health_and_the_document_are_public(app: Flask) -> None:
    public = {
        rule.rule.removeprefix(API_PREFIX)
        for rule in app.url_map.iter_rules()
        if declarations(app.view_functions[rule.endpoint]).get("public")
    }
    pages = {"/", "/openapi.json", "/docs", "/docs/page.js", "/docs/page.css", "/assets/<path:name>"}
    tablet = {"/tablet/", "/tablet/shell.json", "/tablet/<path:name>"}
    assert public == pages | tablet | {"/healthz", "/readyz", "/sessions", "/sessions/refresh"}


@every_operation
def test_every_operation_has_a_summary_of_one_line(operation: Operation) -> None:
    summary = operation.described.get("summary", "")
    assert 5 <= len(summary) <= 120
    assert summary[0].isupper()
    assert summary.endswith(".")


@every_operation
def test_every_parameter_is_typed_and_described(operation: Operation) -> None:
    described = {(each["in"], each["name"]): each for each in operation.parameters}
    assert {name for place, name in described if place == "path"} == set(operation.placeholders)
    for key, parameter in described.items():
        assert parameter["schema"], key
        assert parameter.get("description") or parameter["schema"].get("description"), f"{key} is not described"


@every_operation
def test_a_purpose_is_documented_where_a_person_is_touched_and_nowhere_else(operation: Operation) -> None:
    stated = [each for each in operation.parameters if each["name"] == "X-Purpose"]
    assert [each["schema"]["enum"] for each in stated] == ([list(operation.purposes)] if operation.purposes else [])
    assert all(each["required"] for each in stated)


@every_operation
def test_permission_and_roles_stand_in_the_document(operation: Operation) -> None:
    if operation.permission is None:
        assert "x-permission" not in operation.described
    else:
        assert operation.described["x-permission"] == operation.permission
        assert operation.described["x-roles"] == sorted(roles_with(operation.permission))
        assert operation.described["security"] == SECURITY.get(operation.permission, [{"bearer": []}])


@every_operation
def test_a_tablets_proof_stands_in_the_document(operation: Operation) -> None:
    if operation.declared.get("by_device"):
        assert operation.described["security"] == [{"deviceProof": []}]
        assert "device_proof_missing" in json.dumps(operation.described["responses"]["401"])


@every_operation
def test_changes_of_a_record_need_its_version_and_say_so(operation: Operation) -> None:
    versioned = bool(operation.declared.get("versioned"))
    calls = inspect.unwrap(operation.view).__code__.co_names
    assert versioned == ("expected_version" in calls), "versioned and expected_version() go together"
    assert versioned == any(each["name"] == "If-Match" for each in operation.parameters)
    assert versioned == ("428" in operation.described["responses"])
    if operation.method == "PATCH":
        assert versioned, "a PATCH changes a record, so it needs If-Match"


@every_operation
def test_a_get_changes_nothing_and_takes_no_body(operation: Operation) -> None:
    if operation.method == "GET":
        assert not operation.request_bodies
        assert "201" not in operation.described["responses"]


@every_operation
def test_every_good_answer_shows_an_example_that_fits_its_schema(operation: Operation) -> None:
    good = [status for status in operation.described["responses"] if str(status)[0] == "2"]
    assert good
    for status, media_type, content in operation.answers(good=True):
        if media_type == "application/json":
            shown = list(examples_of(content))
            assert shown, f"{status} shows no example"
            assert [fault for each in shown for fault in faults(content["schema"], each)] == []


@every_operation
def test_every_body_taken_shows_an_example_that_fits_its_schema(operation: Operation) -> None:
    for media_type, content in operation.request_bodies.items():
        shown = [*examples_of(content)] or [example_by_properties(content["schema"])]
        if media_type == "application/json":
            assert [fault for each in shown for fault in faults(content["schema"], each)] == []


@every_operation
def test_every_refusal_shows_an_example_with_its_code(operation: Operation) -> None:
    refusals = list(operation.answers(good=False))
    assert {status for status, *_ in refusals} == {
        str(status) for status in operation.described["responses"] if str(status)[0] != "2"
    }
    for status, media_type, content in refusals:
        assert media_type == PROBLEM_TYPE
        assert content["examples"]
        for code, reference in content["examples"].items():
            example = resolved(reference)
            problem = example["value"]
            assert (problem["code"], problem["status"]) == (code, int(status))
            assert code in all_messages(), f"{code} has no text"
            assert not list(faults(content["schema"], problem))


@every_operation
def test_the_record_in_an_address_may_always_be_unknown(operation: Operation) -> None:
    if operation.placeholders:
        assert "404" in operation.described["responses"]


def test_nothing_in_the_document_scores_ranks_or_predicts_or_sorts() -> None:
    names = set(property_names(document()))
    assert names
    assert sorted(name for name in names if UNWANTED.search(name)) == []


def test_operations_have_names_of_their_own() -> None:
    ids = [operation.described.get("operationId") for operation in operations()]
    assert len(set(ids)) == len(ids) or set(ids) == {None}


def test_every_view_stands_in_the_document() -> None:
    documented = {
        f"{method.upper()} {path}" for path, item in document()["paths"].items() for method in item if len(method) < 8
    }
    assert {operation.name for operation in operations()} == documented


def test_the_document_is_openapi_3_1() -> None:
    assert document()["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document()).validate()


def test_the_committed_document_is_the_one_the_routes_make() -> None:
    assert json.loads(COMMITTED.read_text("utf-8")) == json.loads(json.dumps(document())), "run `linli api-spec`"


def examples_of(content: dict[str, Any]) -> Iterator[Any]:
    """The examples beside a schema."""
    if "example" in content:
        yield content["example"]
    yield from (resolved(each)["value"] for each in content.get("examples", {}).values())


def example_by_properties(schema: dict[str, Any]) -> dict[str, Any]:
    """A body put together from the examples of its properties; each property must show one."""
    properties = resolved(schema).get("properties", {})
    missing = [name for name, each in properties.items() if not shows(each)]
    assert not missing, f"no example of {missing}"
    return {name: value_of(each) for name, each in properties.items() if value_of(each) is not None}


def shows(part: dict[str, Any]) -> bool:
    """Whether a property shows an example, by itself or through what it is made of."""
    return "example" in part or "examples" in part or nested(part) is not None


def value_of(part: dict[str, Any]) -> Any:
    """A property's example."""
    if "example" in part or "examples" in part:
        return part.get("example") if "example" in part else part["examples"][0]
    inner = nested(part) or {}
    made = example_by_properties(inner)
    return [made] if part.get("type") == "array" else made


def nested(part: dict[str, Any]) -> dict[str, Any] | None:
    """The object a property is or holds a list of; None for plain values."""
    inner = resolved(part.get("items", part))
    inner = resolved(inner["allOf"][0]) if "allOf" in inner else inner
    inner = resolved(inner["anyOf"][0]) if "anyOf" in inner else inner
    return inner if "properties" in inner else None


def faults(schema: dict[str, Any], value: Any) -> Iterator[str]:
    """Where a value does not fit a schema of the document."""
    whole = {"$ref": "#/schema", "schema": schema, "components": document()["components"]}
    validator = OAS31Validator(whole, format_checker=OAS31Validator.FORMAT_CHECKER)
    yield from (f"{error.json_path}: {error.message}" for error in validator.iter_errors(value))


def property_names(part: Any) -> Iterator[str]:
    """Names of properties and parameters anywhere in the document."""
    if isinstance(part, dict):
        properties = part.get("properties")
        if isinstance(properties, dict):
            yield from properties
        if "in" in part and isinstance(part.get("name"), str):
            yield part["name"]
        for value in part.values():
            yield from property_names(value)
    elif isinstance(part, list):
        for value in part:
            yield from property_names(value)
