"""A world for each test that asks for one, and the application behind a real HTTP server."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from tests.make import County
from tests.sync_client import transport
from tests.sync_client.arrange_world import World


@pytest.fixture
def world(app: Flask, county: County) -> World:
    return World(county, app)


@pytest.fixture(scope="session")
def over_http(app: Flask) -> Iterator[transport.Carrier]:
    """Requests travel over a socket of this machine to a server with threads."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield transport.over_http("127.0.0.1", server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()
