"""The committed vectors, recomputed here from the standard's parts and replayed through the room's own doors."""

import hmac
import json
import os
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SM3, Hash

from server.crypto.buckets import bucket
from server.crypto.canonical import canonical_bytes, leaf_hash
from server.crypto.keys import (
    DataKey,
    IndexKey,
    KeyName,
    MasterKey,
    RowMacKey,
    WrappedDataKey,
    check_canary,
    make_canary,
)
from server.crypto.registry import FIELDS, Retention
from server.crypto.row_mac import row_mac
from server.crypto.sealed import Context, open_sealed, seal
from server.crypto.secret import Secret
from server.crypto.suites import Suite

HERE = Path(__file__).parent / "vectors"
SEALING = json.loads((HERE / "sealing.json").read_text())["cases"]
KEYS = json.loads((HERE / "keys.json").read_text())
CANONICAL = json.loads((HERE / "canonical.json").read_text())["cases"]
NAME = KeyName(**KEYS["name"])


def framed(*parts: bytes) -> bytes:
    """Length-prefix parts, written anew."""
    return b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def sm3(content: bytes) -> bytes:
    """One SM3 digest."""
    digest = Hash(SM3())
    digest.update(content)
    return digest.finalize()


def hmac_sm3(key: bytes, message: bytes) -> bytes:
    """HMAC (RFC 2104) over SM3, written out."""
    padded = key.ljust(64, b"\0")
    inner = sm3(bytes(byte ^ 0x36 for byte in padded) + message)
    return sm3(bytes(byte ^ 0x5C for byte in padded) + inner)


def expand(case: dict, info: bytes, length: int) -> bytes:
    """HKDF-Expand (RFC 5869 §2.3), written out."""
    key, block, blocks = bytes.fromhex(case["data_key"]), b"", b""
    for number in range(1, 4):
        message = block + info + bytes((number,))
        block = hmac.digest(key, message, "sha512") if case["suite"] == "AES_256_GCM" else hmac_sm3(key, message)
        blocks += block
    return blocks[:length]


def encrypt(case: dict, nonce: bytes) -> bytes:
    """Encrypt a case's padded text with the bare cipher."""
    key, padded = bytes.fromhex(case["cipher_key"]), bytes.fromhex(case["padded"])
    associated_data = bytes.fromhex(case["associated_data"])
    if case["suite"] == "AES_256_GCM":
        return AESGCM(key).encrypt(nonce, padded, associated_data)
    stream = Cipher(SM4(key), GCM(nonce)).encryptor()
    stream.authenticate_additional_data(associated_data)
    return stream.update(padded) + stream.finalize() + stream.tag


def key_and_place(case: dict) -> tuple[DataKey, Context]:
    """A case's key and context as the product holds them."""
    field, subject = FIELDS[case["field"]], UUID(case["subject_id"])
    secret, suite = Secret(bytes.fromhex(case["data_key"])), Suite[case["suite"]]
    key = DataKey(secret, subject, Retention(case["retention"]), case["key_version"], suite)
    place = Context(case["deployment"], case["county_code"], field, UUID(case["record_id"]), subject)
    return key, place


every_case = pytest.mark.parametrize("case", SEALING, ids=lambda case: f"{case['suite']}-{case['field']}")


def test_both_suites_and_all_classes_have_cases():
    assert {case["suite"] for case in SEALING} == {suite.name for suite in Suite}
    assert {case["retention"] for case in SEALING} == set(Retention)


@every_case
def test_a_case_follows_from_the_written_format(case: dict):
    subject, number = UUID(case["subject_id"]).bytes, case["key_version"].to_bytes(2, "big")
    binding = framed(subject, case["retention"].encode(), bytes((case["suite_byte"],)), number)
    key_bytes = {"AES_256_GCM": 32, "SM4_GCM": 16}[case["suite"]]
    derived = expand(case, framed(b"linli/data-key/v1", binding), 32 + key_bytes)
    assert derived.hex() == case["commitment"] + case["cipher_key"]

    place = framed(b"linli-field/v1", case["deployment"].encode(), case["county_code"].encode())
    place += framed(case["field_number"].to_bytes(2, "big"), UUID(case["record_id"]).bytes)
    assert (place + binding).hex() == case["associated_data"]

    text = case["plaintext"].encode()
    padded = b"\x01" + len(text).to_bytes(4, "big") + text
    assert bytes.fromhex(case["padded"]) == padded + bytes(len(case["padded"]) // 2 - len(padded))

    header, nonce = bytes((1, case["suite_byte"])) + number, bytes.fromhex(case["sealed"])[4:16]
    assert (header + nonce + encrypt(case, nonce)).hex() == case["sealed"]


@every_case
def test_a_case_opens(case: dict):
    key, place = key_and_place(case)
    assert open_sealed(bytes.fromhex(case["sealed"]), key, place) == case["plaintext"]


@every_case
def test_a_case_seals_again_to_the_same_bytes(case: dict, monkeypatch: pytest.MonkeyPatch):
    key, place = key_and_place(case)
    nonce = bytes.fromhex(case["sealed"])[4:16]
    monkeypatch.setattr(os, "urandom", lambda length: nonce[:length])
    assert seal(case["plaintext"], key, place).hex() == case["sealed"]
    assert key.commitment.hex() == case["commitment"]


def test_the_tablets_replay_the_same_file():
    published = Path(__file__).parents[2] / "mobile_api_spec" / "vectors" / "sealing.json"
    assert published.read_bytes() == (HERE / "sealing.json").read_bytes()


@pytest.mark.parametrize("case", KEYS["wrapped_data_keys"], ids=lambda case: case["suite"])
def test_a_wrapped_data_key_opens(case: dict):
    master = MasterKey(Secret(bytes.fromhex(KEYS["master_key"])), NAME)
    row = WrappedDataKey(
        UUID(case["subject_id"]),
        Retention(case["retention"]),
        case["version"],
        Suite[case["suite"]],
        case["epoch"],
        bytes.fromhex(case["wrapped"]),
        bytes.fromhex(case["commitment"]),
    )
    assert master.unwrap_data_key(row).expose().hex() == case["data_key"]


def test_a_canary_stays_the_same():
    master = MasterKey(Secret(bytes.fromhex(KEYS["master_key"])), NAME)
    assert make_canary(master).hex() == KEYS["canary"]
    check_canary(master, bytes.fromhex(KEYS["canary"]))


@pytest.mark.parametrize("case", KEYS["buckets"], ids=lambda case: case["value"])
def test_a_bucket_stays_the_same(case: dict):
    key = IndexKey(Secret(bytes.fromhex(KEYS["index_key"])), NAME)
    assert bucket(key, FIELDS[case["field"]], case["value"], case["bits"]) == case["bucket"]


def test_a_rows_fingerprint_stays_the_same():
    key = RowMacKey(Secret(bytes.fromhex(KEYS["row_mac_key"])), NAME)
    assert row_mac(key, KEYS["row"]).hex() == KEYS["row_mac"]


@pytest.mark.parametrize("case", CANONICAL, ids=range(len(CANONICAL)))
def test_canonical_bytes_stay_the_same(case: dict):
    encoded = canonical_bytes(case["value"])
    assert encoded.decode() == case["canonical"]
    assert leaf_hash(encoded).hex() == case["leaf_hash"]
