"""A real server to be killed: gunicorn as it is deployed, on the test's database, and every process of it ended at once.

Making the application takes seconds. So a process that has made it, and has asked the database nothing yet, stands by
and forks a gunicorn whenever it is told to: ``python -m tests.sync_client.arrange_server PORT``.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from gunicorn.app.base import Application

from server.app import create_app
from server.config import Config
from tests.sync_client.transport import NoAnswer, Request, over_http

ROOT = Path(__file__).resolve().parents[2]
READY = Request("GET", "/api/v1/readyz", {})


class Killable:
    """The server of one deployment; started and killed as often as one likes, on the same port."""

    def __init__(self, config: Config, log: Path):
        self.port, self.log, self.group = free_port(), log, 0
        self.carrier = over_http("127.0.0.1", self.port, timeout=20)
        settings = {
            "LINLI_ENV_FILE": os.devnull,
            "LINLI_DATABASE_URL": config.owner_url,
            "LINLI_APP_DATABASE_URL": config.app_url,
            "LINLI_JOBS_DATABASE_URL": config.jobs_url,
            "LINLI_KEY_DIR": str(config.key_dir),
        }
        command = [sys.executable, "-m", __name__, str(self.port)]
        pipe = subprocess.PIPE
        with log.open("ab") as said:
            self.standby = subprocess.Popen(
                command, cwd=ROOT, env=os.environ | settings, stdin=pipe, stdout=pipe, stderr=said, text=True
            )

    def start(self) -> None:
        """Start a gunicorn with its processes as one group of their own, and wait until it answers."""
        self.group = int(self._tell("start"))
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(NoAnswer):
                if self.carrier(READY).status == 200:
                    return
            time.sleep(0.02)
        raise TimeoutError(self.log.read_text("utf-8")[-2000:])

    def kill(self) -> None:
        """SIGKILL to every process of the group: nobody gets to finish anything."""
        os.killpg(self.group, signal.SIGKILL)
        self._tell("reap")
        self.group = 0

    def close(self) -> None:
        """Kill what runs, and let the process that stands by end."""
        if self.group:
            self.kill()
        self.standby.communicate()

    def _tell(self, word: str) -> str:
        assert self.standby.stdin
        assert self.standby.stdout
        self.standby.stdin.write(word + "\n")
        self.standby.stdin.flush()
        return self.standby.stdout.readline()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


class Deployed(Application):
    """Gunicorn with the settings of the deployment, and an application that has no connection yet."""

    def __init__(self, app: object):
        self.app = app
        super().__init__()

    def load_config(self) -> None:
        """The settings of ``deploy/gunicorn.conf.py``, and the port."""
        self.load_config_from_file(str(ROOT / "deploy" / "gunicorn.conf.py"))
        self.cfg.set("bind", f"127.0.0.1:{sys.argv[1]}")

    def load(self) -> object:
        """The application; each process opens connections of its own."""
        return self.app


def stand_by() -> None:
    """Fork a gunicorn for each ``start``, telling its id; wait for its end at each ``reap``."""
    app = create_app(Config.from_environment())
    for word in sys.stdin:
        if word.strip() == "start":
            child = os.fork()
            if child == 0:
                os.setsid()
                os.dup2(2, 1)
                Deployed(app).run()
            print(child, flush=True)  # noqa: T201  this is how it answers
        else:
            os.wait()
            print("reaped", flush=True)  # noqa: T201  this is how it answers


if __name__ == "__main__":
    stand_by()
