"""A sealed text opens in its own place under its own key, and fails in one way everywhere else."""

import os
import traceback
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.crypto.errors import SealBroken
from server.crypto.keys import DataKey
from server.crypto.registry import FIELDS, Retention
from server.crypto.sealed import Header, open_sealed, read_header, seal
from server.crypto.suites import Suite
from server.errors import Invalid, TooLarge
from tests.crypto.make import OTHER_RESIDENT, OTHER_ROW, context, data_key

both_suites = pytest.mark.parametrize("suite", list(Suite))
NAME = "张伟"


def failure_of(sealed: bytes, key: DataKey, place: object) -> tuple:
    """Everything a caller could tell one failure from another by."""
    with pytest.raises(SealBroken) as caught:
        open_sealed(sealed, key, place)
    error = caught.value
    return type(error), str(error), error.code, error.status, error.field, error.params, error.__cause__


ONE_FAILURE = (SealBroken, "seal_broken", "seal_broken", 503, None, {}, None)


@both_suites
@given(text=st.text())
@settings(max_examples=150, deadline=None)
def test_any_text_comes_back_as_it_was(suite: Suite, text: str):
    key = data_key(suite)
    assert open_sealed(seal(text, key, context()), key, context()) == text


@both_suites
def test_every_flipped_bit_is_refused_alike(suite: Suite):
    key = data_key(suite)
    sealed = seal(NAME, key, context())
    for place in range(len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[place] ^= 1 << bit
            assert failure_of(bytes(changed), key, context()) == ONE_FAILURE


def test_a_printed_failure_does_not_show_its_cause():
    key = data_key()
    sealed = seal(NAME, key, context())
    with pytest.raises(SealBroken) as caught:
        open_sealed(sealed[:-1], key, context())
    assert "InvalidTag" not in "".join(traceback.format_exception(caught.value))


@both_suites
def test_every_shortened_or_lengthened_ciphertext_is_refused_alike(suite: Suite):
    key = data_key(suite)
    sealed = seal(NAME, key, context())
    for length in range(len(sealed)):
        assert failure_of(sealed[:length], key, context()) == ONE_FAILURE
    assert failure_of(sealed + b"\0", key, context()) == ONE_FAILURE
    assert failure_of(sealed + sealed, key, context()) == ONE_FAILURE


@both_suites
@pytest.mark.parametrize(
    "changed",
    [
        {"record_id": OTHER_ROW},
        {"county_code": "430923"},
        {"deployment": "linli-test2"},
        {"field": FIELDS["resident.guardian_name"]},
        {"field": FIELDS["user.display_name"]},
        {"field": replace(FIELDS["resident.name"], retention=Retention.CASE)},
        {"subject_id": OTHER_RESIDENT},
        {"deployment": "linli-test4", "county_code": "30922"},
    ],
    ids=["row", "county", "deployment", "field", "noun", "class", "subject", "shifted boundary"],
)
def test_a_ciphertext_opens_nowhere_but_in_its_place(suite: Suite, changed: dict):
    key = data_key(suite)
    assert failure_of(seal(NAME, key, context()), key, context(**changed)) == ONE_FAILURE


@both_suites
def test_swapped_rows_are_refused(suite: Suite):
    key = data_key(suite)
    first, second = context(), context(record_id=OTHER_ROW)
    a, b = seal("张伟", key, first), seal("李娜", key, second)
    assert failure_of(b, key, first) == failure_of(a, key, second) == ONE_FAILURE


@both_suites
def test_another_key_of_the_same_subject_is_refused(suite: Suite):
    sealed = seal(NAME, data_key(suite), context())
    assert failure_of(sealed, data_key(suite), context()) == ONE_FAILURE


@both_suites
def test_another_residents_key_is_refused_even_when_the_row_names_them(suite: Suite):
    mine, theirs = data_key(suite), data_key(suite, subject_id=OTHER_RESIDENT)
    sealed = seal(NAME, mine, context())
    assert failure_of(sealed, theirs, context()) == ONE_FAILURE
    assert failure_of(sealed, theirs, context(subject_id=OTHER_RESIDENT)) == ONE_FAILURE


def test_a_key_of_another_version_or_suite_is_refused():
    sealed = seal(NAME, data_key(), context())
    assert failure_of(sealed, data_key(version=2), context()) == ONE_FAILURE
    assert failure_of(sealed, data_key(Suite.SM4_GCM), context()) == ONE_FAILURE


@pytest.mark.parametrize("head", [b"\x00\x01", b"\x02\x01", b"\x01\x00", b"\x01\x02", b"\x01\x12", b"\xff\xff"])
def test_unknown_format_or_suite_is_refused_before_any_key(head: bytes):
    key = data_key()
    sealed = head + seal(NAME, key, context())[2:]
    assert failure_of(sealed, key, context()) == ONE_FAILURE
    with pytest.raises(SealBroken):
        read_header(sealed)


@pytest.mark.parametrize("plain", [b"", b"\x01", "张伟".encode(), b"x" * 64, b"430999199001011234" * 9])
def test_plain_bytes_are_never_passed_through(plain: bytes):
    assert failure_of(plain, data_key(), context()) == ONE_FAILURE


def test_the_header_names_suite_and_key_version():
    sealed = seal(NAME, data_key(Suite.SM4_GCM, version=258), context())
    assert read_header(sealed) == Header(Suite.SM4_GCM, 258)


@pytest.mark.parametrize(
    "key", [data_key(subject_id=OTHER_RESIDENT), data_key(retention=Retention.CASE)], ids=["subject", "class"]
)
def test_sealing_with_a_key_that_is_not_the_contexts_is_refused(key: DataKey):
    with pytest.raises(SealBroken):
        seal(NAME, key, context())


@both_suites
def test_the_size_does_not_tell_a_short_name_from_a_long_one(suite: Suite):
    key = data_key(suite)
    sizes = {len(seal(name, key, context())) for name in ("", "李", "张伟", "欧阳娜娜", "买买提·吐尔逊")}
    assert sizes == {64}


def test_one_text_never_gives_the_same_bytes_twice():
    key = data_key()
    nonces = {seal(NAME, key, context())[4:16] for _ in range(100_000)}
    assert len(nonces) == 100_000


def test_the_nonce_comes_from_the_operating_system(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "urandom", lambda length: b"\x07" * length)
    key = data_key()
    assert seal(NAME, key, context())[4:16] == b"\x07" * 12


def test_text_that_is_not_unicode_is_refused_without_repeating_it():
    with pytest.raises(Invalid, match=r"^text_not_unicode$") as caught:
        seal("张\ud800伟", data_key(), context())
    assert caught.value.__cause__ is None


def test_text_beyond_the_limit_is_refused_and_at_the_limit_kept():
    key = data_key()
    largest = "x" * (64 * 1024 - 5)
    assert open_sealed(seal(largest, key, context()), key, context()) == largest
    with pytest.raises(TooLarge, match=r"^text_too_long_to_seal$"):
        seal(largest + "x", key, context())
