"""Days of the past on which the demo plays: a server of its own for each, on the same database as `make run`'s."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from pathlib import Path

from demo.api import Api, Call, Unreachable
from demo.clock_setting import MOVED_BY
from server.clock import CHINA

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
#: How long a server may take to answer first, and to stop, in seconds.
START_S, STOP_S, GLANCE_S = 60, 35, 0.1
#: The hour at which a day is played.
MORNING = time_of_day(9, 30)


@contextmanager
def moment(day: date, calls: list[Call]) -> Iterator[Api]:
    """The API as it answers on the morning of a day; the server is stopped at the end. Raises Unreachable."""
    port = _free_port()
    server = _start(port, datetime.combine(day, MORNING, CHINA))
    api = Api(f"http://{HOST}:{port}", calls=calls)
    try:
        _wait_until_ready(api, server)
        yield api
    finally:
        api.close()
        server.terminate()
        server.wait(STOP_S)


def _start(port: int, instant: datetime) -> subprocess.Popen[bytes]:
    moved_by = round((instant - datetime.now(UTC)).total_seconds())
    settings = ROOT / "deploy" / "gunicorn.conf.py"
    command = [sys.executable, "-m", "gunicorn", "--config", str(settings), "--bind", f"{HOST}:{port}"]
    environment = os.environ | {MOVED_BY: str(moved_by)}
    return subprocess.Popen([*command, "demo.moved_clock:app"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)


def _wait_until_ready(api: Api, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            api.check_ready()
        except Unreachable:
            if server.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(GLANCE_S)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
