"""The same vectors that need no server, replayed by the server's own code: both sides mean the same.

``tests/crypto/test_operations.py`` does so for what is sealed.
"""

import json
import re
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import text

from server import clock
from server.domain.devices import check_number
from server.errors import LinliError
from server.http.device_proof import check_time, stated_proof
from server.store.feed_projection import WRITE
from server.store.feed_reading import OwnFeed
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


@pytest.mark.parametrize("case", cases("digests.json"))
def test_the_server_reckons_the_same_digest(owner_engine, case):
    """The mark of a record is reckoned in SQL where a feed is written; the tally of marks is what a pull tells."""
    mark = re.search(r"\('x' \|\|.*?::bigint", WRITE, re.DOTALL)[0]
    held = [dict(zip(("kind", "record_id", "stamp"), each, strict=True)) for each in case["held"]]
    rows = "jsonb_to_recordset(CAST(:held AS jsonb)) AS held (kind text, record_id uuid, stamp bigint)"
    with owner_engine.connect() as connection:
        count, total = connection.execute(
            text(f"SELECT count(*), bit_xor({mark}) FROM {rows}"), {"held": json.dumps(held)}
        ).one()
    feed = OwnFeed("430999101201001", 1, 0, 0, {("any", True): (count, total or 0)})
    assert feed.tally({("any", True)}) == (case["count"], case["digest"])


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
