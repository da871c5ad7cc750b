"""The client is independent: it is written from SYNC.md and imports nothing of the server."""

import ast
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
#: Tests and their builders arrange the server's side; everything else here is the client.
CLIENT = sorted(path for path in HERE.glob("*.py") if not path.name.startswith(("test_", "arrange_", "conftest")))
ALLOWED = {"cryptography", "jwt"}


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, path
            found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", CLIENT, ids=lambda path: path.stem)
def test_the_client_imports_nothing_but_the_standard_library_and_cryptography(path):
    of_client = {"tests.sync_client", *(f"tests.sync_client.{each.stem}" for each in CLIENT)}
    others = imported(path) - of_client
    assert {name.split(".")[0] for name in others} <= set(sys.stdlib_module_names) | ALLOWED


def test_there_is_a_client_to_look_at():
    assert {"keys", "transport", "outbox", "feeds", "engine", "digest"} <= {path.stem for path in CLIENT}
