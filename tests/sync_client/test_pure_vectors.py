"""The vectors that need no server, replayed by the client; ``test_server_vectors.py`` replays them by the server's code."""

import hashlib
import json
from pathlib import Path

import jwt
import pytest
from cryptography.exceptions import InvalidTag

from tests.sync_client.digest import digest_of
from tests.sync_client.keys import DeviceKey, Proof, b64, opened, padded, sealed_to, sealing_info, signed, unb64

VECTORS = Path(__file__).parents[2] / "mobile_api_spec" / "vectors" / "sync"
OPERATIONS = json.loads((VECTORS.parent / "operations.json").read_text("utf-8"))
SEAL_KEY = DeviceKey.from_number(int(OPERATIONS["seal_key"]["private_key"], 16)).private


def cases(name: str) -> list:
    found = json.loads((VECTORS / name).read_text("utf-8"))["cases"]
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.mark.parametrize("case", cases("check-numbers.json"))
def test_a_key_has_its_check_number(case):
    key = DeviceKey.from_number(int(case["private"], 16))
    assert (key.point.hex(), key.jwk, key.check_number) == (case["point"], case["jwk"], case["check_number"])


@pytest.mark.parametrize("case", cases("digests.json"))
def test_what_is_held_has_its_digest(case):
    assert digest_of(tuple(each) for each in case["held"]) == case["digest"]
    assert len(case["held"]) == case["count"]


@pytest.mark.parametrize("case", OPERATIONS["opens"], ids=lambda case: case["name"])
def test_an_operation_opens_as_what_it_was_sealed_for(case):
    info = info_of(case["operation"])
    assert info.decode() == case["info"]
    inner = opened(SEAL_KEY, case["sealed"], info)
    assert inner == json.loads(case["plaintext"])
    assert len(padded(inner)) == case["padded_bytes"]
    assert opened(SEAL_KEY, sealed_to(OPERATIONS["seal_key"]["public_key"], inner, info), info) == inner


@pytest.mark.parametrize("case", OPERATIONS["refuses"], ids=lambda case: case["name"])
def test_an_operation_does_not_open_as_anything_else(case):
    with pytest.raises((InvalidTag, ValueError)):
        opened(SEAL_KEY, case["sealed"], info_of(case["operation"]))


def info_of(operation: dict) -> bytes:
    return sealing_info(operation["county_code"], operation["device_id"], operation)


@pytest.mark.parametrize("case", [each for each in cases("proofs.json") if each.values[0]["expected"] == "good"])
def test_a_good_proof_says_what_the_client_would_say(case):
    header = jwt.get_unverified_header(case["proof"])
    claims = jwt.decode(case["proof"], options={"verify_signature": False})
    body = case["body"].encode()
    mine = Proof(case["method"], case["path"], claims["iat"], case["county"], case["device_id"], body)
    assert claims == mine.claims(claims["jti"])
    assert header == {"typ": "dpop+jwt", "alg": "ES256", "jwk": header["jwk"]}
    assert claims["bh"] == b64(hashlib.sha256(body).digest())
    point = b"\x04" + unb64(header["jwk"]["x"]) + unb64(header["jwk"]["y"])
    assert b64(point) == case["public"]


def test_a_proof_of_the_client_is_verified_by_its_own_key():
    key = DeviceKey.from_number(42)
    proof = signed(key, Proof("POST", "/api/v1/sync/push", 1_795_327_200, "430999", "device", b"{}"))
    options = {"verify_iat": False}
    assert jwt.decode(proof, key.private.public_key(), ["ES256"], options=options)["htm"] == "POST"
