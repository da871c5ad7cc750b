"""Signing in beneath HTTP: limits of a deployment, old hashes, changes that happen meanwhile."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import text

from server import clock
from server.crypto.passwords import needs_rehash
from server.domain.codes import Role
from server.errors import LinliError, TooMany, Unauthenticated
from server.services.access import Request
from server.services.sessions import Attempt, SignedIn, sign_in
from server.services.users import deactivate_user
from server.store.transaction import Store, new_id
from tests.make import County, a_caller
from tests.signed_in import PASSWORD, a_user


def signed_in(store: Store, login: str, password: str = PASSWORD) -> SignedIn:
    return sign_in(store, Attempt(login, password, "192.0.2.7"), Request(new_id(), None, "192.0.2"))


def set_hash(county: County, user_id: UUID, stored: str) -> None:
    with county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :county, true)"), {"county": county.code})
        statement = text("UPDATE app_user SET password_hash = :stored WHERE id = :id")
        connection.execute(statement, {"stored": stored, "id": user_id})


def hash_of(county: County, user_id: UUID) -> str:
    with county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :county, true)"), {"county": county.code})
        statement = text("SELECT password_hash FROM app_user WHERE id = :id")
        return str(connection.scalar(statement, {"id": user_id}))


def test_a_hash_of_older_parameters_is_renewed_by_a_good_sign_in_alone(county: County) -> None:
    user_id, login = a_user(county)
    weak = Argon2id(salt=os.urandom(16), length=32, iterations=1, lanes=1, memory_cost=8 * 1024)
    set_hash(county, user_id, weak.derive_phc_encoded(PASSWORD.encode()))
    with pytest.raises(Unauthenticated):
        signed_in(county.store, login, "three loud rivers")
    assert needs_rehash(hash_of(county, user_id))
    signed_in(county.store, login)
    assert not needs_rehash(hash_of(county, user_id))
    assert signed_in(county.store, login)


@pytest.mark.parametrize("stored", ["", "plain text", "$argon2id$v=19$m=19456,t=2,p=1$AAAA"])
def test_what_is_no_hash_opens_nothing(county: County, stored: str) -> None:
    user_id, login = a_user(county)
    set_hash(county, user_id, stored)
    for password in (stored or "x", PASSWORD):
        with pytest.raises(Unauthenticated, match="sign_in_refused"):
            signed_in(county.store, login, password)


def test_a_deployment_sets_its_own_limits(county: County) -> None:
    strict = replace(county.store, sign_in_tries=1, session_life=timedelta(minutes=5))
    _, login = a_user(county)
    left = signed_in(strict, login).session_expires_at - clock.now()
    assert timedelta(minutes=4) < left <= timedelta(minutes=5)
    with pytest.raises(Unauthenticated):
        signed_in(strict, login, "three loud rivers")
    with pytest.raises(TooMany) as paused:
        signed_in(strict, login)
    assert 0 < paused.value.params["retry_after_s"] <= 900


def test_a_sign_in_and_a_deactivation_at_once_leave_no_session_open(county: County) -> None:
    admin = a_caller(county, Role.SYSADMIN, county.code)
    for _ in range(4):
        user_id, login = a_user(county)
        with ThreadPoolExecutor(2) as threads:
            entering = threads.submit(_outcome, county.store, login)
            threads.submit(deactivate_user, admin, user_id).result()
            entering.result()
        with county.owner_engine.begin() as connection:
            connection.execute(text("SELECT set_config('linli.county', :county, true)"), {"county": county.code})
            statement = text("SELECT count(*) FROM login_session WHERE user_id = :id AND revoked_at IS NULL")
            assert connection.scalar(statement, {"id": user_id}) == 0


def _outcome(store: Store, login: str) -> str:
    try:
        signed_in(store, login)
    except LinliError as error:
        return error.code
    return ""
