"""The real server beside the measuring: gunicorn as `linli serve` starts it, two processes, on a free port."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep

from bench.place import Place
from server.cli.run import GUNICORN_SETTINGS, HOST, ROOT, is_ready

_START_S = 60


@contextmanager
def serving(place: Place, **settings: str) -> Iterator[int]:
    """Serve the place; gives the port. ``settings`` are further variables of the environment."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", str(GUNICORN_SETTINGS), "--bind", f"{HOST}:{port}"]
    process = subprocess.Popen(
        [*command, "wsgi:app"],
        cwd=ROOT,
        env=os.environ | _environment(place) | settings,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def _environment(place: Place) -> dict[str, str]:
    config = place.config
    return {
        "LINLI_ENV_FILE": os.devnull,
        "LINLI_DATABASE_URL": config.owner_url,
        "LINLI_APP_DATABASE_URL": config.app_url,
        "LINLI_JOBS_DATABASE_URL": config.jobs_url,
        "LINLI_KEY_DIR": str(config.key_dir),
        "LINLI_DISCLOSURE_BUDGET_PER_HOUR": str(config.disclosure_budget_per_hour),
        "LINLI_TABLET_RESIDENTS": str(config.tablet_residents),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = monotonic() + _START_S
    while not is_ready(port):
        if process.poll() is not None or monotonic() > until:
            raise RuntimeError("the server did not start")
        sleep(0.1)
