"""Generated requests against every operation of the document: no fault of ours, no answer the document does not name.

Each operation is called by nobody, by people who may not, and by those who may, in a county where the records it needs
exist. The same requests come every time: what fails here fails again.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Engine

from server.domain.codes import Role
from server.domain.permissions import Permission, roles_with
from server.http.openapi import API_PREFIX
from server.services.seeds import load_seeds
from server.store.transaction import Store
from tests.conftest import a_county_code
from tests.contract.arranging import Call, Scene, arrange
from tests.contract.cast import ROLES, area_of, let_in, purposes_for, stated
from tests.contract.operations import Operation, name_of, operations, own_account
from tests.make import County, a_county
from tests.make_devices import Tablet, a_tablet

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
CALLING = (Role.SYSADMIN, Role.JUDICIAL_OFFICER, Role.TOWNSHIP_COORDINATOR, Role.GRID_WORKER)
CONFORMING = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
#: Requests per operation: to records that exist, to any address, against the shapes, and by those who may not.
KNOWN, WILD, WRONG, REFUSED = 8, 6, 10, 2


def may_call(operation: Operation, role: Role | None) -> bool:
    """Whether this person gets past the permission check."""
    return operation.permission is None or (role is not None and role in roles_with(operation.permission))


def takes_more_than_text(operation: Operation) -> bool:
    """Whether a request can miss its shape: any text at all fits an address's plain part."""
    formed = any("format" in each["schema"] for each in operation.parameters if each["in"] == "path")
    return formed or bool(operation.request_bodies) or any(each["in"] == "query" for each in operation.parameters)


def callers(operation: Operation) -> Iterator[Role | None]:
    """Nobody, the usual four, and whoever may if none of them does."""
    yield None
    if operation.permission is None:
        return
    yield from CALLING
    if not any(may_call(operation, role) for role in CALLING):
        yield next(role for role in ROLES if may_call(operation, role))


CASES = [(operation, role) for operation in operations() for role in callers(operation)]


#: Tablets that sign requests, by the id a request names one by.
TABLETS: dict[str, Tablet] = {}


def by_tablet(environ: dict[str, Any]) -> dict[str, Any]:
    """The request with the proof of the tablet it names, over its body as it comes."""
    tablet = TABLETS.get(environ.get("HTTP_DPOP", ""))
    if tablet is None:
        return environ
    # Nothing here unpacks an answer.
    environ = environ | {"HTTP_ACCEPT_ENCODING": "identity"}
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    path = environ["PATH_INFO"].encode("latin-1").decode()
    proof = tablet.proof(environ["REQUEST_METHOD"], path, body)
    return environ | {"wsgi.input": BytesIO(body), "HTTP_DPOP": proof}


def naming(tablet: Tablet | None) -> dict[str, str]:
    """The header in which a request names the tablet that is to sign it."""
    if tablet is None:
        return {}
    TABLETS[str(tablet.id)] = tablet
    return {"DPoP": str(tablet.id)}


@pytest.fixture(scope="session", autouse=True)
def seeds(owner_engine: Engine) -> None:
    """Code lists and holidays."""
    with owner_engine.begin() as connection:
        load_seeds(connection, SEEDS)


@pytest.fixture(scope="session")
def schema(app: Flask) -> Any:
    """The document as the app serves it. Its callers sit at an address of their own, as sign-ins are counted by it."""

    def from_afar(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        return app(by_tablet(environ | {"REMOTE_ADDR": "203.0.113.77"}), start_response)

    return schemathesis.openapi.from_wsgi(f"{API_PREFIX}/openapi.json", from_afar)


@pytest.fixture
def place(store: Store, owner_engine: Engine) -> County:
    """A county in which nothing has happened yet."""
    return a_county(store, owner_engine, a_county_code())


@pytest.mark.parametrize(
    ("operation", "role"), CASES, ids=[f"{name_of(one)} by {two or 'nobody'}" for one, two in CASES]
)
def test_every_answer_is_one_the_document_names(
    app: Flask, schema: Any, place: County, operation: Operation, role: Role | None
) -> None:
    described = schema[operation.path][operation.method]
    if role is None:
        send_all(described.as_strategy(), {}, WILD if operation.permission is None else REFUSED)
        if operation.declared.get("by_device"):
            send_all(described.as_strategy(), naming(a_tablet(place)), WILD)
        return
    on_tablet = operation.permission is Permission.SYNC_PULL
    signed = let_in(app, place, role, area_of(place, role), on_tablet=on_tablet)
    token = {"Authorization": f"Bearer {signed.tokens['access_token']}"} | naming(signed.tablet)
    if not may_call(operation, role):
        send_all(described.as_strategy(), token, REFUSED)
        return
    assert operation.permission
    said = token | stated(next(iter(purposes_for(operation.permission, role)), None))
    if takes_more_than_text(operation):
        wrong = described.as_strategy(generation_mode=GenerationMode.NEGATIVE, headers=said)
        send_all(wrong, said, WRONG, wrong_is_refused)
    send_all(described.as_strategy(), said, WILD)
    if not own_account(operation):
        call = arrange(Scene(operation, place, role, area_of(place, role), signed.user_id))
        send_all(known(described, call), said | {"If-Match": f'"{call.version or 1}"'}, KNOWN)


def wrong_is_refused(context: Any, response: Any, case: Any) -> Any:
    """Wrong data are refused; what is too large is so before anybody reads whether it is wrong."""
    return None if response.status_code == 413 else negative_data_rejection(context, response, case)


def known(described: Any, call: Call) -> st.SearchStrategy[Any]:
    """Generated requests to the arranged records; half of them with what the arranged body names."""
    strategy = described.as_strategy(path_parameters=dict(call.path)) if call.path else described.as_strategy()

    def filled(case: Any, whole: bool) -> Any:
        if whole and isinstance(case.body, dict) and call.body:
            case.body = case.body | dict(call.body)
        if whole and call.query:
            case.query = {**(case.query or {}), **call.query}
        return case

    return st.builds(filled, strategy, st.booleans())


def send_all(strategy: st.SearchStrategy[Any], headers: dict[str, str], count: int, *more: Any) -> None:
    """Send this many of the requests and hold each answer to the document."""

    @settings(
        max_examples=count,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def send(case: Any) -> None:
        case.validate_response(case.call(headers=headers), checks=[*CONFORMING, *more])

    send()
