"""People who have signed in over HTTP, as a test needs them."""

import json
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server import clock
from server.crypto.passwords import hash_password
from server.domain.codes import Purpose, Role
from server.store.grants import GrantSpec, add_grant
from server.store.transaction import new_id, transaction
from server.store.users import UserSpec, add_users
from tests.make import County, a_caller
from tests.make_devices import Tablet

PASSWORD = "three quiet rivers"


@dataclass(frozen=True)
class Signed:
    """A signed-in person: requests with their token, for their purpose. ``login`` is as it is typed."""

    client: FlaskClient
    user_id: UUID
    login: str
    tokens: dict[str, Any]
    purpose: Purpose | None = None
    #: The tablet the session is bound to; it signs every request.
    tablet: Tablet | None = None

    def get(self, path: str, **said: Any) -> TestResponse:
        return self.open("GET", path, **said)

    def post(self, path: str, **said: Any) -> TestResponse:
        return self.open("POST", path, **said)

    def put(self, path: str, **said: Any) -> TestResponse:
        return self.open("PUT", path, **said)

    def patch(self, path: str, **said: Any) -> TestResponse:
        return self.open("PATCH", path, **said)

    def delete(self, path: str, **said: Any) -> TestResponse:
        return self.open("DELETE", path, **said)

    def open(self, method: str, path: str, **said: Any) -> TestResponse:
        """One request; ``headers`` given are added, ``path`` may leave out /api/v1."""
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}"}
        if self.purpose:
            headers["X-Purpose"] = str(self.purpose)
        headers |= said.pop("headers", None) or {}
        full = path if path.startswith("/api/") else "/api/v1" + path
        if self.tablet is not None:
            if "json" in said:
                said |= {"data": json.dumps(said.pop("json")).encode(), "content_type": "application/json"}
            headers = {"DPoP": self.tablet.proof(method, full, said.get("data", b""))} | headers
        return self.client.open(full, method=method, headers=headers, **said)

    def for_purpose(self, purpose: Purpose | None) -> "Signed":
        """The same person and session, with another purpose."""
        return replace(self, purpose=purpose)


def sign_in(
    client: FlaskClient, county: County, role: Role | None, area: str = "", purpose: Purpose | None = None
) -> Signed:
    """A new user with one role in one area (or none at all), signed in by password."""
    user_id, login = a_user(county, *([(role, area)] if role else []))
    return sign_in_as(client, user_id, login, purpose)


def sign_in_as(client: FlaskClient, user_id: UUID, login: str, purpose: Purpose | None = None) -> Signed:
    """An existing user of the usual password, signed in once more."""
    answer = client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    assert answer.json is not None
    return Signed(client, user_id, login, answer.json, purpose)


def sign_in_on(
    tablet: Tablet, client: FlaskClient, county: County, role: Role, area: str, purpose: Purpose | None = None
) -> Signed:
    """A new user with one role, signed in by password on a tablet."""
    user_id, login = a_user(county, (role, area))
    answer = tablet.send(client, "POST", "/sessions", {"login": login, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return Signed(client, user_id, login, answer.json, purpose, tablet)


def a_user(county: County, *grants: tuple[Role, str], must_change_password: bool = False) -> tuple[UUID, str]:
    """A user with the usual password and these roles; their id and login."""
    name = f"user-{new_id().hex[-16:]}"
    with transaction(a_caller(county, Role.SYSADMIN, county.code)) as work:
        spec = UserSpec(name, "测试用户", _hashed(), must_change_password=must_change_password)
        (user,) = add_users(work, [spec])
        for role, area in grants:
            add_grant(work, user.id, GrantSpec(role, area, clock.today()))
    return user.id, f"{name}@{county.code}"


@cache
def _hashed() -> str:
    """One hash for all: making one takes longer than most tests."""
    return hash_password(PASSWORD)
