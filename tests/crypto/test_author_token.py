"""Tokens of authorship: of one user on one tablet of one county since one second, and of nobody else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from server.crypto.author_token import author_check, author_token
from server.crypto.keys import RowMacKey
from tests.crypto.make import NAME, OTHER_RESIDENT, OTHER_ROW, RESIDENT, ROW, fixed_secret, row_mac_key

DEVICE, OTHER_DEVICE, USER, OTHER_USER = ROW, OTHER_ROW, RESIDENT, OTHER_RESIDENT
ISSUED = datetime(2026, 11, 22, 9, 30, 15, 999_999, tzinfo=UTC)


def test_a_token_tells_the_second_of_its_issue_and_fits_base64url_to_the_last_bit():
    token = author_token(row_mac_key(), DEVICE, USER, ISSUED)
    assert len(token) == 48
    assert author_check(row_mac_key(), DEVICE, USER)(token) == ISSUED.replace(microsecond=0)


def test_each_lease_gives_another_token_and_each_proves_the_same_author():
    issued = [ISSUED, ISSUED + timedelta(seconds=1), ISSUED - timedelta(days=400)]
    tokens = [author_token(row_mac_key(), DEVICE, USER, at) for at in issued]
    assert len(set(tokens)) == 3
    check = author_check(row_mac_key(), DEVICE, USER)
    assert [check(token) for token in tokens] == [at.replace(microsecond=0) for at in issued]


def test_a_token_of_another_user_tablet_county_or_key_proves_nothing():
    token = author_token(row_mac_key(), DEVICE, USER, ISSUED)
    elsewhere = RowMacKey(fixed_secret(0x60), replace(NAME, county_code="430999"))
    for key, device, user in (
        (row_mac_key(), OTHER_DEVICE, USER),
        (row_mac_key(), DEVICE, OTHER_USER),
        (row_mac_key(), USER, DEVICE),
        (row_mac_key(0x61), DEVICE, USER),
        (elsewhere, DEVICE, USER),
    ):
        assert author_check(key, device, user)(token) is None


@pytest.mark.parametrize("byte", [0, 3, 4, 35])
def test_no_bit_of_a_token_can_be_changed_least_of_all_its_time(byte: int):
    raw = bytearray(urlsafe_b64decode(author_token(row_mac_key(), DEVICE, USER, ISSUED)))
    raw[byte] ^= 1
    assert author_check(row_mac_key(), DEVICE, USER)(urlsafe_b64encode(raw).decode()) is None


@pytest.mark.parametrize("token", ["", "x", "x" * 47, "x" * 48, "!" * 48, "é" * 48, "=" * 48, "x" * 4000, "\0" * 48])
def test_what_is_no_token_proves_nothing(token: str):
    assert author_check(row_mac_key(), DEVICE, USER)(token) is None
