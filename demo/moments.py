"""Days of the past on which the demo plays: a server of its own for each, on the same database as `make run`'s.

It reads the same keys and settings as `make run`, and so works beside it, in the same folder, and nowhere else.
"""

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
from tempfile import TemporaryFile
from typing import IO

from demo.api import Api, Call, Unreachable
from demo.clock_setting import MOVED_BY
from server.clock import CHINA

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
#: How long a server may take to answer first, and to stop, in seconds.
START_S, STOP_S, GLANCE_S = 180, 35, 0.1
#: The hour at which a day is played.
MORNING = time_of_day(9, 30)


class NotStarted(Exception):
    """A day's server did not come up; its text is the last thing that server said."""


@contextmanager
def moment(day: date, calls: list[Call]) -> Iterator[Api]:
    """The API as it answers on the morning of a day; the server is stopped whatever happens. Raises NotStarted."""
    port = _free_port()
    with TemporaryFile() as said:
        server = _start(port, datetime.combine(day, MORNING, CHINA), said)
        api = Api(f"http://{HOST}:{port}", calls=calls)
        try:
            _wait_until_ready(api, server, said)
            yield api
        finally:
            api.close()
            _stop(server)


def _start(port: int, instant: datetime, said: IO[bytes]) -> subprocess.Popen[bytes]:
    """A server of its own process group: Ctrl-C reaches the demo alone, which then stops it."""
    moved_by = round((instant - datetime.now(UTC)).total_seconds())
    settings = ROOT / "deploy" / "gunicorn.conf.py"
    command = [sys.executable, "-m", "gunicorn", "--config", str(settings), "--bind", f"{HOST}:{port}"]
    return subprocess.Popen(
        [*command, "demo.moved_clock:app"],
        cwd=ROOT,
        env=os.environ | {MOVED_BY: str(moved_by)},
        stdin=subprocess.DEVNULL,
        stdout=said,
        stderr=subprocess.STDOUT,
        process_group=0,
    )


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Let it finish what it is at; whoever takes too long, or is not waited for, is killed."""
    server.terminate()
    try:
        server.wait(STOP_S)
    except subprocess.TimeoutExpired:
        pass
    finally:
        server.kill()
        server.wait()


def _wait_until_ready(api: Api, server: subprocess.Popen[bytes], said: IO[bytes]) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            api.check_ready()
        except Unreachable:
            if server.poll() is not None:
                raise NotStarted(_last_line(said)) from None
            if time.monotonic() > until:
                raise NotStarted(f"it did not answer within {START_S} seconds; {_last_line(said)}") from None
            time.sleep(GLANCE_S)
        else:
            return


def _last_line(said: IO[bytes]) -> str:
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
