"""Server and tablet mean the same by a seal and by a proof: the tablet's code makes them, the server's takes them."""

import json
import subprocess
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from flask import Flask

from server.crypto.keys import KeyName
from server.crypto.operations import BLOCK_BYTES, POINT_BYTES, OperationName, SealKey
from server.crypto.secret import Secret
from server.domain.devices import check_number
from server.http.device_proof import stated_proof

CORE = Path(__file__).parent / "core"
LIMIT_S = 60
TAG_BYTES = 16
NAME = OperationName(
    county_code="430999",
    device_id=UUID("019a8f00-0000-7000-8000-0000000000d1"),
    op_id=UUID("019a8f00-0000-7000-8000-000000000101"),
    author_id=UUID("019a8f00-0000-7000-8000-0000000000a1"),
    kind="visit",
    record_id=UUID("019a8f00-0000-7000-8000-000000000201"),
)


def made_by_the_tablet(script: str, given: object) -> str:
    """What one of the scripts beside the core's tests prints for this JSON."""
    command = ["node", "--import", f"{CORE}/modules.mjs", f"{CORE}/{script}"]
    text = json.dumps(given, ensure_ascii=False)
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=LIMIT_S, check=True).stdout


def test_what_the_tablet_seals_the_server_opens() -> None:
    key = SealKey(Secret(bytes(range(32))), KeyName("linli-test", "430999", "202611/a"))
    public_key = urlsafe_b64encode(key.public_key).rstrip(b"=").decode()
    envelope = {in_camel_case(part): str(value) for part, value in asdict(NAME).items()}
    content = {"author_token": "x", "base_version": None, "form_version": 1, "data": {"mood_note": "在院子里晒太阳"}}
    given = {"seal_key": {"id": "a", "public_key": public_key}, "envelope": envelope, "content": content}
    sealed = urlsafe_b64decode(made_by_the_tablet("seal_one.mjs", given) + "==")
    assert json.loads(key.open(sealed, NAME)) == content
    assert (len(sealed) - POINT_BYTES - TAG_BYTES) % BLOCK_BYTES == 0


def test_the_proof_that_the_tablet_makes_the_server_takes() -> None:
    path, body, now = "/api/v1/sync/push", '{"operations":[]}', datetime(2026, 11, 19, 8, 30, tzinfo=UTC)
    given = {"county": "430999", "path": path, "body": body, "now_ms": now.timestamp() * 1000}
    made = json.loads(made_by_the_tablet("prove_one.mjs", given))
    with Flask(__name__).test_request_context(path, method="POST", data=body, headers={"DPoP": made["proof"]}):
        proof = stated_proof()
    assert (proof.county_code, str(proof.device_id), proof.issued_at) == ("430999", made["id"], now.timestamp())
    assert check_number(proof.public_key) == made["check_number"]


def in_camel_case(name: str) -> str:
    """``device_id`` as JavaScript calls it: ``deviceId``."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
