"""The conformance vectors that need a server, replayed over HTTP."""

import json
from typing import Any

import pytest

from tests.sync_client.arrange_steps import Scene
from tests.sync_client.matching import differences
from tests.sync_client.test_pure_vectors import VECTORS

FILES = ("standing", "lease", "pull", "repair", "push", "old-client")


def cases() -> list[Any]:
    found = [
        (name, case) for name in FILES for case in json.loads((VECTORS / f"{name}.json").read_text("utf-8"))["cases"]
    ]
    return [pytest.param(case, id=f"{name}: {case['name']}") for name, case in found]


@pytest.mark.parametrize("case", cases())
def test_the_server_answers_as_the_vector_says(world, over_http, tmp_path, case):
    scene = Scene(world, tmp_path, over_http)
    for step in case["steps"]:
        scene.do(step)
    for number, exchange in enumerate(case["exchanges"]):
        for step in exchange.get("steps", []):
            scene.do(step)
        answer, expected = scene.ask(exchange["request"]), exchange["expected"]
        got = {"status": answer.status, "body": answer.json}
        assert list(differences(expected, got, scene.names, f"exchange {number + 1}")) == []
