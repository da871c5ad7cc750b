"""The same vectors that need no server, replayed by the server's own code: both sides mean the same.

``tests/crypto/test_operations.py`` does so for what is sealed.
"""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from uuid import UUID

import pytest

from server import clock
from server.domain.devices import check_number
from server.errors import LinliError
from server.http.device_proof import check_time, stated_proof
from tests.sync_client.test_pure_vectors import cases


@pytest.mark.parametrize("case", cases("check-numbers.json"))
def test_the_server_reckons_the_same_check_number(case):
    assert check_number(bytes.fromhex(case["point"])) == case["check_number"]


@pytest.mark.parametrize("case", cases("proofs.json"))
def test_the_server_takes_and_refuses_the_same_proofs(app, monkeypatch, case):
    monkeypatch.setattr(clock, "now", lambda: datetime.fromtimestamp(case["at"], UTC))
    asked = {"method": case["method"], "data": case["body"].encode(), "headers": {"DPoP": case["proof"]}}
    with app.test_request_context(case["path"], **asked):
        assert judged(case) == case["expected"]


def judged(case: dict) -> str:
    """The code of the refusal, or that the proof is this device's."""
    try:
        proof = stated_proof()
        check_time(proof)
    except LinliError as refusal:
        return refusal.code
    named = (proof.county_code, proof.device_id, proof.public_key)
    public = urlsafe_b64decode(case["public"] + "=")
    return "good" if named == (case["county"], UUID(case["device_id"]), public) else "device_proof_invalid"
