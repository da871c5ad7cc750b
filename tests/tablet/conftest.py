"""A real server, a line to it that can be cut, and tablets before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Playwright, sync_playwright
from sqlalchemy import Engine
from werkzeug.serving import WSGIRequestHandler, make_server

from server.services.seeds import load_seeds
from tests.make import County
from tests.sync_client.arrange_world import World
from tests.tablet.browser import Browser
from tests.tablet.gate import Gate
from tests.tablet.hands import Hands


class Silent(WSGIRequestHandler):
    """Says nothing of the requests it takes."""

    def log(self, *said):
        pass


@contextmanager
def serving(app: Flask) -> Iterator[int]:
    """A real server on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server.port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def port(app: Flask) -> Iterator[int]:
    """The server of the whole application."""
    with serving(app) as found:
        yield found


@pytest.fixture
def gate(port: int) -> Iterator[Gate]:
    """The line between the tablets of one test and the server."""
    opened = Gate(port)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver, ended with the file: while it runs, no other event loop can in this thread."""
    with sync_playwright() as running:
        yield running


@pytest.fixture
def browser(playwright: Playwright, gate: Gate, tmp_path) -> Iterator[Browser]:
    """A tablet with nothing on it, not yet started; when the test is over, the app has done nothing wrong."""
    made = Browser(playwright, tmp_path / "profile", gate.address)
    yield made
    made.close()
    assert made.faults == []


@pytest.fixture(scope="session")
def seeded(owner_engine: Engine) -> None:
    """Code lists, words, leaflets and the crisis card, as every deployment has them."""
    with owner_engine.begin() as connection:
        load_seeds(connection, Path(__file__).parents[2] / "seeds")


@pytest.fixture
def world(app: Flask, county: County, seeded: None) -> World:
    """A county, its office, and this month opened."""
    made = World(county, app)
    made.month()
    return made


@pytest.fixture
def hands(browser: Browser, world: World) -> Hands:
    """A grid worker with a new tablet."""
    return Hands(browser, world, world.worker())
