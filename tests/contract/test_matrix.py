"""Every operation × every role × inside and outside its area, generated from the routes.

A role without the permission is refused; one that has it works inside its area; outside, a record does not exist.
Whoever adds a route without saying how its records are made finds it failing here.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, make_url, text
from werkzeug.test import TestResponse

from server.config import Config, psycopg_url
from server.domain.codes import Purpose, Role
from server.domain.devices import TABLET_PERMISSIONS
from server.domain.permissions import POLICY, Permission, Whose, roles_with
from server.http.openapi import API_PREFIX
from server.services.seeds import load_seeds
from server.store.transaction import Store
from tests.conftest import a_county_code
from tests.contract.arranging import Call, Scene, arrange
from tests.contract.cast import ROLES, Cast, area_of, let_in, purposes_for, stated
from tests.contract.operations import Operation, by_tablets, guarded, name_of, own_account
from tests.make import County, a_county
from tests.signed_in import Signed

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
SOME_ID = "01936f3e-0000-7000-8000-00000000000f"
#: Reads no permission's area bounds: divisions, holidays and code lists are the same for all who can sign in.
FOR_ALL = frozenset({Permission.ACCOUNT_OWN, Permission.AREA_READ, Permission.AREA_LOCATE, Permission.HOLIDAY_MANAGE})
#: Reads for a purpose whose answers hold no person.
NAMES_NOBODY = frozenset(
    API_PREFIX + path
    for path in (
        *("/ledger-entries/{entry_id}/steps", "/ledger-imports/{import_id}", "/ledger-imports/template.xlsx"),
        "/hotline-contacts",
    )
)

WRITTEN_DOWN = text("SELECT event FROM access_stage WHERE position(:request IN event) > 0 ORDER BY id")

GUARDED = guarded()
WITHOUT = [(each, role) for each, role in product(GUARDED, ROLES) if role not in roles_with(each.permission)]
WITH = [
    (each, role) for each in GUARDED if not own_account(each) for role in ROLES if role in roles_with(each.permission)
]
#: What tablets pull is whose it is, not where: nobody gets anything but their own.
BOUNDED = [(each, role) for each, role in WITH if each.permission not in FOR_ALL | {Permission.SYNC_PULL}]
PERSONAL = [(each, role) for each, role in WITH if each.purposes]


def cases(found: list[tuple[Operation, Role]]) -> pytest.MarkDecorator:
    """A test for each operation and role."""
    return pytest.mark.parametrize(("operation", "role"), found, ids=[f"{name_of(one)} as {two}" for one, two in found])


@pytest.fixture(scope="session")
def watcher(config: Config) -> Iterator[Engine]:
    """The database without walls, to look into the stage of access events."""
    url = make_url(psycopg_url(os.environ["LINLI_TEST_OWNER_URL"])).set(database=make_url(config.app_url).database)
    engine = create_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def seeds(owner_engine: Engine) -> None:
    """Code lists and holidays."""
    with owner_engine.begin() as connection:
        load_seeds(connection, SEEDS)


@pytest.fixture
def place(store: Store, owner_engine: Engine) -> County:
    """A county in which nothing has happened yet."""
    return a_county(store, owner_engine, a_county_code())


def events_of(watcher: Engine, answer: TestResponse) -> list[dict[str, object]]:
    """What was written down about one request."""
    request = answer.headers["X-Request-Id"]
    with watcher.begin() as connection:
        rows = connection.scalars(WRITTEN_DOWN, {"request": request.encode()}).all()
    return [json.loads(bytes(row)) for row in rows]


def ask(signed: Signed, operation: Operation, call: Call, purpose: Purpose | None) -> TestResponse:
    """The arranged request."""
    path = operation.path
    for name, value in call.path.items():
        path = path.replace(f"{{{name}}}", value)
    headers = stated(purpose) | ({"If-Match": f'"{call.version}"'} if operation.declared.get("versioned") else {})
    sent = {"data": dict(call.form)} if call.form is not None else {"json": call.body} if call.body is not None else {}
    return signed.open(operation.method, path, query_string=dict(call.query), headers=headers, **sent)


def blindly(operation: Operation) -> str:
    """An address of the operation that names no record."""
    path = operation.path
    for name in operation.placeholders:
        path = path.replace(f"{{{name}}}", SOME_ID)
    return path


def code_of(answer: TestResponse) -> tuple[int, str]:
    """Status and stable code of a refusal."""
    assert answer.json is not None, answer.text
    return answer.status_code, answer.json["code"]


def insider(app: Flask, place: County, operation: Operation, role: Role) -> tuple[Signed, Scene]:
    """Somebody whose area holds the records, and the scene they come into."""
    area = area_of(place, role)
    signed = let_in(app, place, role, area, on_tablet=operation.permission is Permission.SYNC_PULL)
    return signed, Scene(operation, place, role, area, signed.user_id)


def outsider(app: Flask, place: County, elsewhere: County, role: Role) -> Signed:
    """Somebody of the same role in the next township or village; of the whole county, in another one."""
    away = area_of(place, role, inside=False)
    return let_in(app, place, role, away) if len(away) > 6 else let_in(app, elsewhere, role, area_of(elsewhere, role))


def purpose_of(operation: Operation, role: Role) -> Purpose | None:
    """One purpose for which the role may do it."""
    return next(iter(purposes_for(operation.permission, role)), None) if operation.permission else None


@pytest.mark.parametrize("operation", GUARDED, ids=name_of)
def test_nobody_gets_in_unsigned(app: Flask, operation: Operation) -> None:
    answer = app.test_client(use_cookies=False).open(blindly(operation), method=operation.method)
    assert code_of(answer) == (401, "token_missing")


@pytest.mark.parametrize("operation", by_tablets(), ids=name_of)
def test_what_a_tablet_calls_is_closed_without_its_proof(app: Flask, operation: Operation) -> None:
    answer = app.test_client(use_cookies=False).open(blindly(operation), method=operation.method)
    assert code_of(answer) == (401, "device_proof_missing")


@cases([(each, role) for each, role in WITH if each.permission is Permission.SYNC_PULL])
def test_what_tablets_are_for_is_closed_to_a_desk_and_without_the_proof(
    app: Flask, place: County, operation: Operation, role: Role
) -> None:
    desk = let_in(app, place, role, area_of(place, role))
    assert code_of(desk.open(operation.method, blindly(operation))) == (403, "device_needed")
    tablet = let_in(app, place, role, area_of(place, role), on_tablet=True)
    without = replace(tablet, tablet=None)
    assert code_of(without.open(operation.method, blindly(operation))) == (401, "device_proof_missing")


@pytest.mark.parametrize(
    "operation", [each for each in GUARDED if each.permission not in TABLET_PERMISSIONS], ids=name_of
)
def test_a_tablets_session_does_not_reach_the_office(cast: Cast, operation: Operation) -> None:
    role = next(role for role in ROLES if operation.permission and role in roles_with(operation.permission))
    signed = cast.on_tablet(role)
    answer = signed.open(operation.method, blindly(operation), headers=stated(purpose_of(operation, role)))
    assert code_of(answer) == (403, "tablet_token_forbidden")


@cases(WITHOUT)
def test_a_role_without_the_permission_is_refused_and_that_is_written_down(
    cast: Cast, watcher: Engine, operation: Operation, role: Role
) -> None:
    signed = cast.of(role)
    answers = [
        signed.open(operation.method, blindly(operation), headers=stated(each)) for each in (None, Purpose.REVIEW)
    ]
    assert {code_of(answer) for answer in answers} == {(403, "role_forbidden")}
    (event,) = events_of(watcher, answers[0])
    assert (event["decision"], event["code"], event["action"]) == ("refused", "role_forbidden", operation.permission)
    assert event["actor"] == str(signed.user_id)


@cases(PERSONAL)
def test_a_person_is_reached_only_for_a_purpose_of_the_role(cast: Cast, operation: Operation, role: Role) -> None:
    signed = cast.of(role)

    def stating(headers: dict[str, str]) -> tuple[int, str]:
        return code_of(signed.open(operation.method, blindly(operation), headers=headers))

    assert stating({}) == (400, "purpose_required")
    assert stating({"X-Purpose": "curiosity"}) == (400, "purpose_unknown")
    others = set(Purpose) - set(purposes_for(operation.permission, role))
    assert {stating(stated(other)) for other in others} == {(403, "purpose_forbidden")}


@cases(WITH)
def test_inside_the_area_a_role_with_the_permission_gets_through_and_that_is_written_down(
    app: Flask, place: County, watcher: Engine, operation: Operation, role: Role
) -> None:
    signed, scene = insider(app, place, operation, role)
    answer = ask(signed, operation, arrange(scene), purpose_of(operation, role))
    assert answer.status_code // 100 == 2, answer.text
    assert str(answer.status_code) in operation.described["responses"]
    events = events_of(watcher, answer)
    assert {event["decision"] for event in events} <= {"allowed"}
    if operation.purposes or (operation.method != "GET" and operation.permission not in FOR_ALL):
        assert events, "nothing was written down"
    reads = operation.method == "GET" or operation.path.endswith(("/search", "-exports"))
    if operation.purposes and reads and operation.path not in NAMES_NOBODY:
        assert any(event.get("subjects") for event in events), "nobody is named"
        assert {event["purpose"] for event in events} == {str(purpose_of(operation, role))}


@cases(BOUNDED)
def test_outside_the_area_a_record_does_not_exist_and_the_try_is_written_down(
    app: Flask, place: County, cast: Cast, watcher: Engine, operation: Operation, role: Role
) -> None:
    _, scene = insider(app, place, operation, role)
    call = arrange(scene)
    stranger = outsider(app, place, cast.elsewhere, role)
    answer = ask(stranger, operation, call, purpose_of(operation, role))
    if call.names:
        assert answer.status_code == 404, answer.text
        refused = [event for event in events_of(watcher, answer) if event["decision"] == "refused"]
        assert len(refused) == 1
        assert refused[0]["actor"] == str(stranger.user_id)
    else:
        assert answer.status_code // 100 == 2, answer.text
    assert [secret for secret in call.secrets if secret in answer.text and secret not in call.path.values()] == []


#: Records that have somebody who entered them; a month or a sweep belongs to the township.
OWNED = {"return_id", "observation_id", "dispute_id", "resident_id"}
OWN = [
    (operation, role)
    for operation, role in WITH
    if set(operation.placeholders) & OWNED
    and {rule.whose for rule in POLICY if rule.permission is operation.permission and role in rule.roles} == {Whose.OWN}
]


@cases(OWN)
def test_a_colleagues_record_of_the_same_grid_does_not_exist(
    app: Flask, place: County, operation: Operation, role: Role
) -> None:
    _, scene = insider(app, place, operation, role)
    call = arrange(scene)
    colleague, _ = insider(app, place, operation, role)
    assert code_of(ask(colleague, operation, call, purpose_of(operation, role))) == (404, "not_found")


def test_the_matrix_covers_every_guarded_operation() -> None:
    covered = {operation.name for operation, _ in (*WITH, *WITHOUT)}
    assert covered | {each.name for each in GUARDED if own_account(each)} == {each.name for each in GUARDED}
    assert all(any(one == each for one, _ in WITH) for each in GUARDED if not own_account(each))


@pytest.mark.parametrize("operation", [each for each in GUARDED if own_account(each)], ids=name_of)
@pytest.mark.parametrize("role", ROLES)
def test_ones_own_account_is_open_to_every_role_and_to_nobody_else(
    app: Flask, place: County, operation: Operation, role: Role
) -> None:
    signed = let_in(app, place, role, area_of(place, role))
    other = let_in(app, place, role, area_of(place, role))
    mine, theirs = (Call({"session_id": each.tokens["session_id"]}) for each in (signed, other))
    bodies = {"application/json": {"old_password": "three quiet rivers", "new_password": "four loud mountains"}}
    body = bodies["application/json"] if operation.request_bodies else None
    if "session_id" in operation.placeholders:
        assert code_of(ask(signed, operation, theirs, None)) == (404, "not_found")
    answer = ask(signed, operation, Call(mine.path, body), None)
    assert answer.status_code // 100 == 2, answer.text
    assert str(other.user_id) not in answer.text
