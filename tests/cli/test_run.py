"""`linli serve`: two children that are watched, and stopped together."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from server.cli.main import cli
from server.cli.run import Child, ended, start, stop, watch


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield int(holder.getsockname()[1])


def a_child(program: str) -> Child:
    return Child("the web server", start(["-c", program]))


def test_a_taken_port_is_one_line_that_names_another(taken_port: int) -> None:
    result = CliRunner().invoke(cli, ["serve", "--port", str(taken_port)])
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert f"port {taken_port} cannot be used" in result.output
    assert "PORT=" in result.output


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_number_that_is_no_port_is_a_fault_of_writing(port: str) -> None:
    assert CliRunner().invoke(cli, ["serve", "--port", port]).exit_code == 2


def test_stopping_ends_every_child() -> None:
    children = (a_child("import time; time.sleep(60)"), a_child("import time; time.sleep(60)"))
    assert ended(children) is None
    stop(children)
    assert all(child.process.poll() is not None for child in children)


def test_a_child_that_ends_by_itself_is_noticed_and_named() -> None:
    child = a_child("raise SystemExit(3)")
    failure = watch((child,), threading.Event())
    assert failure is not None
    assert "the web server ended by itself (exit code 3)" in failure


def test_watching_ends_without_complaint_when_asked_to() -> None:
    child = a_child("import time; time.sleep(60)")
    asked = threading.Event()
    asked.set()
    assert watch((child,), asked) is None
    stop((child,))


def test_no_child_outlives_a_killed_server() -> None:
    program = (
        "import sys; from server.cli.run import start;"
        "print(start(['-c', 'import time; print(flush=True); time.sleep(60)']).pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdin is not None
    orphan = int(parent.stdout.readline() + parent.stdout.readline())  # the child's own line says that it runs
    parent.kill()
    parent.wait()
    parent.stdout.close()
    parent.stdin.close()
    assert vanishes(orphan)


def vanishes(pid: int) -> bool:
    """Whether the process is gone, or waits only to be counted as gone, within five seconds."""
    wait = threading.Event()
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        wait.wait(0.1)
    return False
