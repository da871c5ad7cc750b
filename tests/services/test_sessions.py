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
from server.crypto.passwords import hash_password, needs_rehash
from server.domain.codes import Role
from server.errors import LinliError, TooMany, Unauthenticated, Unavailable
from server.services.access import Request, SessionClaim, identify
from server.services.sessions import Attempt, SignedIn, sign_in
from server.services.users import UserChange, change_user, deactivate_user
from server.store.transaction import Store, new_id, transaction
from server.store.users import renew_hash, user_by_id
from tests.make import County, a_caller
from tests.signed_in import PASSWORD, a_user


def signed_in(store: Store, login: str, password: str = PASSWORD) -> SignedIn:
    return sign_in(store, Attempt(login, password, "192.0.2.7"), Request(new_id(), None, "192.0.2"))


def set_hash(county: County, user_id: UUID, stored: str) -> None:
    """As the application once wrote it: with its fingerprint."""
    with transaction(a_caller(county, Role.SYSADMIN, county.code)) as work:
        renew_hash(work, user_by_id(work, user_id), stored)


def overwrite(county: County, user_id: UUID, change: str, **values: object) -> None:
    """As an administrator of the database would write it: without."""
    with county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :county, true)"), {"county": county.code})
        connection.execute(text(f"UPDATE app_user SET {change} WHERE id = :id"), {"id": user_id, **values})


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


def test_a_hash_written_into_the_database_signs_nobody_in(county: County) -> None:
    user_id, login = a_user(county, (Role.TOWNSHIP_COORDINATOR, county.township))
    overwrite(county, user_id, "password_hash = :stored", stored=hash_password("three loud rivers"))
    with pytest.raises(Unavailable, match="seal_broken"):
        signed_in(county.store, login, "three loud rivers")


def test_a_user_who_takes_another_ones_login_in_the_database_is_not_let_in(county: County) -> None:
    (victim, login), (thief, own) = (a_user(county, (Role.TOWNSHIP_COORDINATOR, county.township)) for _ in range(2))
    overwrite(county, thief, "login = 'elsewhere'")
    overwrite(county, victim, "login = :login", login=own.split("@")[0])
    for tried in (login, own):
        with pytest.raises((Unauthenticated, Unavailable), match=r"sign_in_refused|seal_broken"):
            signed_in(county.store, tried)


def test_somebody_shut_out_is_not_let_in_again_by_the_database(county: County) -> None:
    user_id, login = a_user(county)
    deactivate_user(a_caller(county, Role.SYSADMIN, county.code), user_id)
    overwrite(county, user_id, "state = 'active'")
    with pytest.raises(Unavailable, match="seal_broken"):
        signed_in(county.store, login)


def test_a_change_by_the_application_does_not_bless_what_the_database_was_made_to_say(county: County) -> None:
    user_id, login = a_user(county)
    overwrite(county, user_id, "password_hash = :stored", stored=hash_password("three loud rivers"))
    with pytest.raises(Unavailable, match="seal_broken"):
        change_user(a_caller(county, Role.SYSADMIN, county.code), user_id, 1, UserChange(display_name="王建国"))
    with pytest.raises(Unavailable, match="seal_broken"):
        signed_in(county.store, login, "three loud rivers")


def test_a_session_ends_once_its_users_row_was_touched_in_the_database(county: County) -> None:
    user_id, login = a_user(county)
    opened = signed_in(county.store, login)
    claim, request = SessionClaim(county.code, user_id, opened.session_id), Request(new_id(), None, "")
    assert identify(county.store, claim, request)
    overwrite(county, user_id, "must_change_password = NOT must_change_password")
    with pytest.raises(Unavailable, match="seal_broken"):
        identify(county.store, claim, request)


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


def test_whoever_signs_in_on_several_devices_at_once_is_let_in_on_each(county: County) -> None:
    for _ in range(6):
        _, login = a_user(county)
        with ThreadPoolExecutor(4) as threads:
            entering = [threads.submit(_outcome, county.store, login) for _ in range(4)]
        assert [each.result() for each in entering] == [""] * 4


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
