"""A county with everybody who works in a demo month, a real server before it, and days of the past."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from threading import Thread

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from demo.api import Api
from demo.moments import MORNING
from demo.playing import OpenDay
from server import clock
from server.services.demo_county import PARTS, DemoUser, demo_users, load_users
from server.services.operator import operator
from server.store.tenancy import places_under
from tests.demo.staging import PASSWORD, TODAY
from tests.make import County

_ACTING = {
    *("county", "sysadmin", "agency", "department"),
    *("judicial", "coordinator", "assessor", "site", "village", "grid"),
}


class Silent(WSGIRequestHandler):
    """Says nothing of the requests it takes."""

    def log(self, *said):
        pass


@pytest.fixture(scope="module")
def address(app) -> Iterator[str]:
    """A real server on a port of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def api(address) -> Iterator[Api]:
    with closing(Api(address)) as opened:
        yield opened


@pytest.fixture
def open_day(api, monkeypatch) -> OpenDay:
    """Days of the past on the same server, whose clock is moved meanwhile."""

    @contextmanager
    def opened(day: date) -> Iterator[Api]:
        moved_by = datetime.combine(day, MORNING, clock.CHINA) - datetime.now(UTC)
        with monkeypatch.context() as patched:
            patched.setattr(clock, "now", lambda: datetime.now(UTC) + moved_by)
            yield api

    return opened


@pytest.fixture
def staffed(county: County) -> County:
    """The county with everybody who works in a demo month."""
    levels = {level for _, prefix, _, level in PARTS if prefix in _ACTING}
    with county.owner_engine.begin() as connection:
        places = [place for level in sorted(levels) for place in places_under(connection, county.code, level, TODAY)]
    users: list[DemoUser] = [user for user in demo_users(county.code, places) if _prefix(user) in _ACTING]
    load_users(operator(county.store, county.code), users, PASSWORD, renew=False, advance=lambda _: None)
    return county


def _prefix(user: DemoUser) -> str:
    return user.login.name.split("-")[0]
