"""Keys open for their owner, place and purpose, refuse everything else alike, and never show themselves."""

import copy
import pickle
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from server.crypto.errors import KeyRefused, SealBroken
from server.crypto.keys import (
    DataKey,
    IndexKey,
    KeyName,
    MasterKey,
    RowMacKey,
    SealedFileKek,
    WrappedDataKey,
    check_canary,
    make_canary,
)
from server.crypto.registry import Retention
from server.crypto.sealed import open_sealed, seal
from server.crypto.secret import Secret
from server.crypto.suites import Suite
from tests.crypto.make import NAME, OTHER_RESIDENT, RESIDENT, context, data_key, fixed_secret, master_key

both_suites = pytest.mark.parametrize("suite", list(Suite))
KINDS = (MasterKey, IndexKey, RowMacKey)


def provider() -> SealedFileKek:
    """A provider in memory; opening its file is tested apart, since stretching is slow on purpose."""
    return SealedFileKek(Secret.random())


@both_suites
def test_a_data_key_comes_back_through_its_master_key(suite: Suite):
    master, key = master_key(), data_key(suite)
    opened = master.unwrap_data_key(master.wrap_data_key(key))
    assert opened.expose() == key.expose()
    assert open_sealed(seal("张伟", key, context()), opened, context()) == "张伟"


@both_suites
@pytest.mark.parametrize(
    "changed",
    [
        {"subject_id": OTHER_RESIDENT},
        {"retention": Retention.CASE},
        {"version": 2},
        {"version": 0},
        {"version": 65_536},
        {"suite": 0x99},
        {"retention": "att"},
        {"epoch": "202612"},
        {"commitment": bytes(32)},
        {"commitment": b""},
        {"wrapped": b""},
        {"wrapped": bytes(60)},
    ],
    ids=lambda changed: "-".join(f"{name}" for name in changed),
)
def test_a_row_that_says_anything_else_is_refused(suite: Suite, changed: dict):
    master = master_key()
    row = master.wrap_data_key(data_key(suite))
    with pytest.raises(SealBroken, match=r"^seal_broken$"):
        master.unwrap_data_key(replace(row, **changed))


def test_a_row_relabelled_to_the_other_suite_is_refused():
    master = master_key()
    row = master.wrap_data_key(data_key(Suite.AES_256_GCM))
    with pytest.raises(SealBroken):
        master.unwrap_data_key(replace(row, suite=Suite.SM4_GCM))


@both_suites
def test_every_flipped_byte_of_a_wrapped_key_is_refused(suite: Suite):
    master = master_key()
    row = master.wrap_data_key(data_key(suite))
    for name in ("wrapped", "commitment"):
        content = getattr(row, name)
        for place in range(len(content)):
            changed = bytearray(content)
            changed[place] ^= 0x80
            with pytest.raises(SealBroken):
                master.unwrap_data_key(replace(row, **{name: bytes(changed)}))


def test_wrapped_keys_swapped_between_residents_are_refused():
    master = master_key()
    mine, theirs = (master.wrap_data_key(data_key(subject_id=who)) for who in (RESIDENT, OTHER_RESIDENT))
    for row, other in ((mine, theirs), (theirs, mine)):
        with pytest.raises(SealBroken):
            master.unwrap_data_key(replace(row, wrapped=other.wrapped))
        with pytest.raises(SealBroken):
            master.unwrap_data_key(replace(row, wrapped=other.wrapped, commitment=other.commitment))


@pytest.mark.parametrize(
    "other",
    [replace(NAME, county_code="430923"), replace(NAME, epoch="202612"), replace(NAME, deployment="x")],
    ids=["county", "epoch", "deployment"],
)
def test_the_same_bytes_under_another_name_open_no_data_key(other: KeyName):
    row = MasterKey(fixed_secret(1), NAME).wrap_data_key(data_key())
    with pytest.raises(SealBroken):
        MasterKey(fixed_secret(1), other).unwrap_data_key(row)


def test_another_months_master_key_opens_no_data_key():
    row = master_key().wrap_data_key(data_key())
    with pytest.raises(SealBroken):
        master_key().unwrap_data_key(row)


def test_a_new_epoch_rewraps_without_touching_what_was_sealed():
    old, new = master_key(), master_key(replace(NAME, epoch="202612"))
    key = data_key()
    sealed = seal("张伟", key, context())
    row = new.wrap_data_key(old.unwrap_data_key(old.wrap_data_key(key)))
    assert row.epoch == "202612"
    assert row.commitment == key.commitment
    assert open_sealed(sealed, new.unwrap_data_key(row), context()) == "张伟"
    with pytest.raises(SealBroken):
        old.unwrap_data_key(row)


def test_a_commitment_belongs_to_one_key_of_one_owner_class_version_and_suite():
    secret = fixed_secret(9)
    keys = [
        DataKey(secret, RESIDENT, Retention.ID, 1, Suite.AES_256_GCM),
        DataKey(secret, OTHER_RESIDENT, Retention.ID, 1, Suite.AES_256_GCM),
        DataKey(secret, RESIDENT, Retention.CASE, 1, Suite.AES_256_GCM),
        DataKey(secret, RESIDENT, Retention.ID, 2, Suite.AES_256_GCM),
        DataKey(secret, RESIDENT, Retention.ID, 1, Suite.SM4_GCM),
        DataKey(fixed_secret(10), RESIDENT, Retention.ID, 1, Suite.AES_256_GCM),
    ]
    assert len({key.commitment for key in keys}) == len(keys)
    assert all(len(key.commitment) == 32 for key in keys)


def test_generating_again_never_gives_an_erased_key_back():
    keys = [data_key() for _ in range(100)]
    assert len({key.expose() for key in keys}) == 100


@pytest.mark.parametrize("version", [0, -1, 65_536])
def test_a_version_that_fits_no_header_is_refused(version: int):
    with pytest.raises(SealBroken):
        data_key(version=version)


@pytest.mark.parametrize("kind", KINDS)
def test_a_county_key_comes_back_through_its_provider(kind: type[MasterKey]):
    kek, key = provider(), kind.new(NAME)
    opened = kind.unwrap(kek, key.wrap(kek), NAME)
    check_canary(opened, make_canary(key))
    assert opened.name == NAME


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("part", ["deployment", "county_code", "epoch"])
def test_a_county_key_opens_under_no_other_name(kind: type[MasterKey], part: str):
    kek = provider()
    wrapped = kind.new(NAME).wrap(kek)
    with pytest.raises(SealBroken):
        kind.unwrap(kek, wrapped, replace(NAME, **{part: "000000"}))


@pytest.mark.parametrize(("kind", "other"), list(permutations(KINDS, 2)))
def test_a_county_key_opens_for_no_other_purpose(kind: type[MasterKey], other: type[MasterKey]):
    kek = provider()
    with pytest.raises(SealBroken):
        other.unwrap(kek, kind.new(NAME).wrap(kek), NAME)


def test_another_provider_opens_no_county_key():
    wrapped = MasterKey.new(NAME).wrap(provider())
    with pytest.raises(SealBroken):
        MasterKey.unwrap(provider(), wrapped, NAME)
    with pytest.raises(SealBroken):
        MasterKey.unwrap(provider(), b"", NAME)


def test_a_provider_that_returns_a_short_key_is_refused():
    kek = provider()
    with pytest.raises(SealBroken):
        MasterKey.unwrap(kek, kek.wrap(b"short", NAME.context("master")), NAME)


@pytest.mark.parametrize("kind", KINDS)
def test_a_canary_made_by_another_key_stops_the_start(kind: type[MasterKey]):
    with pytest.raises(KeyRefused, match=r"^key_canary_differs$"):
        check_canary(kind.new(NAME), make_canary(kind.new(NAME)))
    with pytest.raises(KeyRefused):
        check_canary(kind.new(NAME), b"")


def all_secret_things(directory: Path) -> list[tuple[object, bytes]]:
    """One of everything that holds key bytes, with the bytes it holds."""
    secret = fixed_secret(0x41)
    key = DataKey(secret, RESIDENT, Retention.ID, 1, Suite.AES_256_GCM)
    return [
        (secret, secret.expose()),
        (key, secret.expose()),
        (SealedFileKek.create(directory / "kek.sealed", b"correct horse"), b"correct horse"),
        *((kind(secret, NAME), secret.expose()) for kind in KINDS),
    ]


def test_no_key_shows_itself_in_any_text(tmp_path: Path):
    for thing, content in all_secret_things(tmp_path):
        for text in (repr(thing), str(thing), f"{thing}", f"{thing!r:>80}", f"{[thing]}"):
            assert content.hex() not in text
            assert repr(content)[2:-1] not in text
            assert content.decode("latin-1") not in text


def test_no_key_is_pickled_or_copied(tmp_path: Path):
    for thing, _ in all_secret_things(tmp_path):
        for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError):
                attempt(thing)


def test_no_key_keeps_an_attribute_dictionary_to_dump(tmp_path: Path):
    for thing, _ in all_secret_things(tmp_path):
        with pytest.raises(TypeError):
            vars(thing)


def test_secrets_compare_equal_by_content_and_are_not_hashable():
    assert fixed_secret(1) == fixed_secret(1)
    assert fixed_secret(1) != fixed_secret(2)
    assert fixed_secret(1) != fixed_secret(1).expose()
    with pytest.raises(TypeError):
        hash(fixed_secret(1))


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_secret_of_another_length_is_refused(length: int):
    with pytest.raises(ValueError, match="32 bytes"):
        Secret(bytes(length))


def test_a_wrapped_key_shows_no_plain_key():
    key = data_key()
    row = master_key().wrap_data_key(key)
    assert isinstance(row, WrappedDataKey)
    assert key.expose() not in row.wrapped + row.commitment
