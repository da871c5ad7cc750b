"""`linli serve`: the web server and the job process as two children, watched, and stopped together."""

import shutil
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[2]
GUNICORN_SETTINGS = ROOT / "deploy" / "gunicorn.conf.py"
HOST = "127.0.0.1"
READY = "/api/v1/readyz"
DOCUMENTATION = "/api/v1/docs"
TABLET = "/tablet/"

#: How often the children are looked at, and how long they may take to answer first and to stop, in seconds.
GLANCE_S = 0.2
START_S = 60
STOP_S = 35


@dataclass(frozen=True)
class Child:
    """A process that must run as long as the service does, and what to call it when it does not."""

    name: str
    process: subprocess.Popen[bytes]


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port on 127.0.0.1.")
def serve(port: int) -> None:
    """Serve the API on 127.0.0.1 and run the job process beside it, until Ctrl-C."""
    refuse_taken_port(port)
    asked_to_stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: asked_to_stop.set())
    children = start_children(port)
    try:
        failure = announce_when_ready(port, children, asked_to_stop) or watch(children, asked_to_stop)
    finally:
        stop(children)
    if failure:
        raise click.ClickException(failure)
    click.echo("stopped", err=True)


def refuse_taken_port(port: int) -> None:
    """Say in one line that somebody else has the port, instead of starting half."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            other = f"PORT={port % 65535 + 1} make run"
            raise click.ClickException(
                f"port {port} cannot be used ({error.strerror}); choose another: {other}"
            ) from error


def start_children(port: int) -> tuple[Child, ...]:
    """Start both, each in a session of its own, so that Ctrl-C reaches us and we stop them in order."""
    web = ["-m", "gunicorn", "--config", str(GUNICORN_SETTINGS), "--bind", f"{HOST}:{port}", "wsgi:app"]
    jobs = ["-m", "server.cli.main", "jobs"]
    return Child("the web server", start(web)), Child("the job process", start(jobs))


def start(arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start a Python process that ends when we do, even if we are killed."""
    setpriv = shutil.which("setpriv")
    leash = [setpriv, "--pdeathsig", "TERM"] if setpriv else []
    command = [*leash, sys.executable, *arguments]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)


def announce_when_ready(port: int, children: tuple[Child, ...], asked_to_stop: threading.Event) -> str | None:
    """Print where the documentation is once the service can do its work; the reason if it cannot."""
    for _ in range(round(START_S / GLANCE_S)):
        if asked_to_stop.is_set():
            return None
        if failure := ended(children):
            return failure
        if is_ready(port):
            click.echo(f"\nAPI documentation: http://{HOST}:{port}{DOCUMENTATION}   (Ctrl-C stops)")
            click.echo(f"Tablet app:        http://{HOST}:{port}{TABLET}   (`make tablet` enrols one)\n")
            return None
        asked_to_stop.wait(GLANCE_S)
    return f"the service was not ready after {START_S} seconds; http://{HOST}:{port}{READY} says why"


def watch(children: tuple[Child, ...], asked_to_stop: threading.Event) -> str | None:
    """Wait until somebody asks to stop, or a child ends by itself: then the reason."""
    while not asked_to_stop.wait(GLANCE_S):
        if failure := ended(children):
            return failure
    return None


def ended(children: tuple[Child, ...]) -> str | None:
    """Which child has ended by itself, in a sentence."""
    for child in children:
        code = child.process.poll()
        if code is not None:
            return f"{child.name} ended by itself (exit code {code}); everything is being stopped"
    return None


def is_ready(port: int) -> bool:
    """Whether the service says that it can do its work."""
    connection = HTTPConnection(HOST, port, timeout=2)
    try:
        connection.request("GET", READY)
        return connection.getresponse().status == HTTPStatus.OK
    except (HTTPException, OSError):
        return False
    finally:
        connection.close()


def stop(children: tuple[Child, ...]) -> None:
    """Ask all to finish what they are doing, and end those that take too long."""
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    for child in children:
        try:
            child.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            click.echo(f"{child.name} did not stop in {STOP_S} seconds and is ended", err=True)
            child.process.kill()
            child.process.wait()
