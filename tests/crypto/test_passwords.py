"""Passwords cost what the standard asks, for known and unknown users alike."""

import time

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from server.crypto.passwords import hash_password, needs_rehash, verify_password

PASSWORD = "长江-2026-梅花"


@pytest.fixture(scope="module")
def stored() -> str:
    return hash_password(PASSWORD)


def test_the_parameters_meet_asvs(stored: str):
    _, kind, version, parameters, salt, digest = stored.split("$")
    cost = dict(part.split("=") for part in parameters.split(","))
    assert (kind, version) == ("argon2id", "v=19")
    assert int(cost["m"]) >= 19 * 1024
    assert int(cost["t"]) >= 2
    assert int(cost["p"]) == 1
    assert len(salt) >= 22
    assert len(digest) == 43


def test_only_the_right_password_matches(stored: str):
    assert verify_password(PASSWORD, stored)
    assert not verify_password(PASSWORD + " ", stored)
    assert not verify_password("", stored)


def test_full_width_and_decomposed_typing_is_the_same_password():
    assert verify_password("Cafe\u0301２０２６", hash_password("Café2026"))


def test_the_same_password_is_never_stored_twice_alike(stored: str):
    assert hash_password(PASSWORD) != stored


def test_nobody_signs_in_as_an_unknown_user():
    assert not verify_password(PASSWORD, None)


def test_an_unknown_user_costs_as_much_as_a_known_one(stored: str):
    def cost(hashed: str | None) -> float:
        times = []
        for _ in range(7):
            start = time.process_time()
            verify_password("guess", hashed)
            times.append(time.process_time() - start)
        return min(times)

    assert cost(None) == pytest.approx(cost(stored), rel=0.5)


@pytest.mark.parametrize("broken", ["", "x", "$argon2id$v=19$m=19456,t=2,p=1$", "$2b$12$abc", PASSWORD])
def test_a_stored_value_that_is_no_hash_matches_nothing(broken: str):
    assert not verify_password(PASSWORD, broken)
    assert not verify_password(broken, broken)


def test_a_lone_surrogate_is_a_wrong_password_not_a_fault(stored: str):
    assert not verify_password("\ud800", stored)


def test_only_a_hash_of_other_parameters_is_made_again(stored: str):
    old = Argon2id(salt=bytes(16), length=32, iterations=1, lanes=1, memory_cost=8192)
    weak = old.derive_phc_encoded(PASSWORD.encode())
    assert verify_password(PASSWORD, weak)
    assert needs_rehash(weak)
    assert not needs_rehash(stored)
