"""Operations sealed to a county's key: the committed vectors, and what must never open."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path
from uuid import UUID

import pytest

from server.crypto.errors import SealBroken
from server.crypto.kek import KekProvider
from server.crypto.keyring import generate_key_dir
from server.crypto.keys import KeyName, RowMacKey
from server.crypto.operations import BLOCK_BYTES, POINT_BYTES, OperationName, SealKey, padded, seal_operation
from server.crypto.secret import Secret

VECTORS = json.loads((Path(__file__).parents[2] / "mobile_api_spec/vectors/operations.json").read_text("utf-8"))
NAME = KeyName("linli-test", "430999", "202611/019a8f00-0000-7000-8000-0000000000c1")
KEY = SealKey(Secret(bytes.fromhex(VECTORS["seal_key"]["secret"])), NAME)


def decoded(text: str) -> bytes:
    """Bytes of base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def named(operation: dict) -> OperationName:
    """The operation of a vector."""
    ids = {part: UUID(operation[part]) for part in ("device_id", "op_id", "author_id", "record_id")}
    return OperationName(operation["county_code"], kind=operation["kind"], **ids)


def test_the_public_key_of_a_secret_is_the_same_for_ever() -> None:
    assert KEY.public_key == decoded(VECTORS["seal_key"]["public_key"])
    assert (len(KEY.public_key), KEY.public_key[0]) == (POINT_BYTES, 4)


@pytest.mark.parametrize("case", VECTORS["opens"], ids=lambda case: case["name"])
def test_a_vector_opens_to_its_plaintext(case: dict) -> None:
    name = named(case["operation"])
    assert name.info().decode() == case["info"]
    assert len(padded(case["plaintext"].encode())) == case["padded_bytes"]
    assert KEY.open(decoded(case["sealed"]), name).decode() == case["plaintext"]


@pytest.mark.parametrize("case", VECTORS["refuses"], ids=lambda case: case["name"])
def test_a_changed_vector_does_not_open(case: dict) -> None:
    with pytest.raises(SealBroken):
        KEY.open(decoded(case["sealed"]), named(case["operation"]))


def test_what_is_sealed_opens_again_and_looks_different_each_time() -> None:
    name = named(VECTORS["opens"][0]["operation"])
    first, second = (seal_operation(KEY.public_key, name, b'{"data":{}}') for _ in range(2))
    assert KEY.open(first, name) == KEY.open(second, name) == b'{"data":{}}'
    assert first != second
    assert first[POINT_BYTES:] != second[POINT_BYTES:]


@pytest.mark.parametrize("length", [1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1])
def test_lengths_are_told_in_whole_blocks(length: int) -> None:
    assert len(padded(b"x" * length)) == -(-length // BLOCK_BYTES) * BLOCK_BYTES


def test_nothing_is_sealed_to_a_point_off_the_curve() -> None:
    name = named(VECTORS["opens"][0]["operation"])
    with pytest.raises(ValueError, match=r".*"):
        seal_operation(b"\x04" + b"\x01" * 64, name, b"{}")


def test_a_key_is_opened_under_its_own_name_and_purpose_alone(tmp_path: Path) -> None:
    provider: KekProvider = generate_key_dir(tmp_path / "keys").provider
    wrapped = KEY.wrap(provider)
    assert SealKey.unwrap(provider, wrapped, NAME).public_key == KEY.public_key
    with pytest.raises(SealBroken):
        SealKey.unwrap(provider, wrapped, KeyName("linli-test", "430999", "202611/other"))
    with pytest.raises(SealBroken):
        RowMacKey.unwrap(provider, wrapped, NAME)


def test_a_key_shows_nothing_of_itself() -> None:
    assert repr(KEY) == "<SealKey 430999 202611/019a8f00-0000-7000-8000-0000000000c1>"
    with pytest.raises(TypeError):
        KEY.__reduce_ex__(2)
