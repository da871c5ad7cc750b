"""What a tablet fetches: a first sync of ten thousand visits over HTTP, and the small ones that follow.

The path reads the feed by pages of a thousand, finds each record anew within the policy, opens five fields of two keys,
logs everybody, and counts and digests the feed. The floor is one join by psycopg, the same fields opened, one dump.
"""

import json
from collections.abc import Callable
from time import perf_counter
from uuid import UUID

import psycopg
from sqlalchemy import text

from bench.field import give_residents, give_visits, hire
from bench.measure import Result, best_of
from bench.office import PASSWORD, plain_url
from bench.people import analyse
from bench.place import COUNTY, VILLAGES, Place
from bench.serving import serving
from bench.tablet import Tablet, Told
from bench.visits_page import SELECT, Opened
from server.domain.codes import Purpose, Role
from server.store.transaction import transaction

VISITS = 10_000
PAGE = 1000
ROUNDS = 3


def measure(place: Place) -> list[Result]:
    """The first sync, then pulls after nothing, ten and a hundred changes."""
    (tablet,) = hire(place, [VILLAGES[1] + "001"])
    residents = give_residents(place, tablet, VISITS, seed=7)
    visits = give_visits(place, tablet, residents, 20_000)
    analyse(place)
    with serving(place) as port, psycopg.connect(plain_url(place)) as connection:
        tablet.sign_in(port, PASSWORD)
        taken = best_of(ROUNDS, lambda: _first(tablet, port), _by_hand(place, connection, tablet))
        first = Result("first sync of 10,000 visits over HTTP", VISITS, *taken, target="≥ 0.4 × speed")
        return [first, *(_small(place, tablet, port, visits[:changed]) for changed in (0, 10, 100))]


def _first(tablet: Tablet, port: int) -> None:
    """Everything from the beginning, page by page."""
    tablet.feeds = {}
    got, more = 0, True
    while more:
        told = _pulled(tablet, port, PAGE)
        got += len(told.said["changes"])
        more = any(feed["more"] for feed in told.said["feeds"])
    assert got == VISITS, got


def _small(place: Place, tablet: Tablet, port: int, changed: list[UUID]) -> Result:
    """The best of some pulls that bring these changes, each made anew before it."""
    best, told = 9.9, None
    for _ in range(10):
        _touch(place, changed)
        start = perf_counter()
        told = _pulled(tablet, port, 500)
        best = min(best, perf_counter() - start)
        assert len(told.said["changes"]) == len(changed), len(told.said["changes"])
    assert told is not None
    note = f"{told.sent_bytes:,} B there, {told.got_bytes:,} B back (zstd; without headers)"
    return Result(f"a pull after {len(changed)} changes, of 10,000", 1, best, best, "(no floor)", note)


def _pulled(tablet: Tablet, port: int, limit: int) -> Told:
    told = tablet.pull(port, limit)
    assert told.status == 200, told.said
    return told


def _touch(place: Place, visits: list[UUID]) -> None:
    """A new version of these visits, as rescheduling makes one."""
    if not visits:
        return
    with transaction(place.caller_as(Role.ASSESSOR, COUNTY, Purpose.CARE)) as work:
        statement = text("UPDATE visit SET version = version + 1 WHERE county_code = :county AND id = ANY (:ids)")
        work.session.execute(statement, {"county": COUNTY, "ids": visits})


def _by_hand(place: Place, connection: psycopg.Connection, tablet: Tablet) -> Callable[[], None]:
    opened = Opened(place)

    def floor() -> None:
        with connection.transaction():
            scope = "SELECT set_config('linli.county', %s, true), set_config('linli.areas', %s, true)"
            connection.execute(scope, (COUNTY, tablet.area_code))
            rows = connection.execute(SELECT + " AND v.assignee_id = %s", (COUNTY, tablet.user_id)).fetchall()
        assert len(json.dumps([opened(row) for row in rows])) > VISITS
        assert len(rows) == VISITS

    return floor
