"""The last evening of a month: five hundred tablets bring what they have, against the real server.

Each tablet pushes the return of its grid (every third nil, the others with three observations about people of the
grid), the four visits of its worker and what they looked at, pulls what came of it, and asks once more. An hour is
theirs in life; here they come as fast as the machine lets them, from several processes at once, and what is told is
how much of the hour they needed. Afterwards the database must hold everything once.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from time import perf_counter, sleep
from uuid import UUID

from sqlalchemy import insert, text
from uuid_utils.compat import uuid7

from bench.field import give_residents, give_visits, hire, open_this_month
from bench.measure import Result
from bench.office import PASSWORD
from bench.people import analyse
from bench.place import COUNTY, VILLAGES, Place, area_row
from bench.push import FACT
from bench.serving import serving
from bench.tablet import Tablet, Told
from server import clock
from server.domain.periods import period_of
from server.models.area import Area
from server.store.feeds import settle_untrue
from server.store.transaction import Work, settling_of, transaction

TABLETS = 500
PROCESSES = 8
OBSERVATIONS, VISITS = 3, 4
HOUR_S = 3600
#: How often somebody who was sent away comes back before it counts as an error.
TRIES = 20


@dataclass
class Day:
    """What one tablet brings, or what became of it: seconds of each request, and what was answered."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)
    bytes_sent: int = 0
    bytes_got: int = 0
    backoffs: list[float] = field(default_factory=list)

    def add(self, other: "Day") -> None:
        """Count another tablet's day into this one."""
        for name, seconds in other.seconds.items():
            self.seconds.setdefault(name, []).extend(seconds)
        self.statuses += other.statuses
        self.results += other.results
        self.bytes_sent += other.bytes_sent
        self.bytes_got += other.bytes_got
        self.backoffs += other.backoffs


@dataclass(frozen=True)
class Load:
    """One worker's tablet with the people it is about."""

    tablet: Tablet
    sweep_id: UUID
    people: tuple[UUID, ...]
    visits: tuple[UUID, ...]
    nil: bool


def measure(place: Place, tablets: int = TABLETS) -> list[Result]:
    """Everybody syncs; then the database is asked whether everything is there once."""
    loads = _prepare(place, tablets)
    with serving(place) as port, ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        loads = [load for part in _dealt(pool, _sign_in, loads, port) for load in part]
        before, day, start = _counts(place), Day(), perf_counter()
        for part in _dealt(pool, _sync, loads, port):
            day.add(part)
        taken = perf_counter() - start
    _check(place, loads, before, day)
    return _results(day, taken, tablets)


def _prepare(place: Place, tablets: int) -> list[Load]:
    grids = [f"{VILLAGES[number % 10]}{101 + number // 10:03d}" for number in range(tablets)]
    with place.owner_engine.begin() as connection:
        connection.execute(insert(Area), [area_row(grid) for grid in grids])
    sweep_id = open_this_month(place)
    loads = []
    for number, tablet in enumerate(hire(place, grids)):
        people = give_residents(place, tablet, VISITS, seed=1000 + number)
        visits = give_visits(place, tablet, people, 50_000 + number * VISITS)
        loads.append(Load(tablet, sweep_id, tuple(people), tuple(visits), nil=number % 3 == 0))
    analyse(place)
    return loads


def _dealt(pool, act, loads: Sequence[Load], port: int) -> list:  # type: ignore[no-untyped-def, type-arg]
    """What comes of the loads, dealt out to the processes, which all work at once."""
    return list(pool.map(act, [loads[first::PROCESSES] for first in range(PROCESSES)], [port] * PROCESSES))


def _sign_in(loads: Sequence[Load], port: int) -> list[Load]:
    for load in loads:
        load.tablet.sign_in(port, PASSWORD)
    return list(loads)


def _sync(loads: Sequence[Load], port: int) -> Day:
    """One tablet after the other: first sync, look at everybody, work, push, pull, and ask once more."""
    day = Day()
    for load in loads:
        tablet = load.tablet
        _until_taken(day, "pull", partial(tablet.pull, port))
        body = tablet.pack(_operations(load), zipped=True)
        told = _until_taken(day, "push", partial(tablet.send, port, "/sync/push", body))
        day.results.update(receipt["result"] for receipt in told.said["receipts"])
        for _ in range(2):
            _until_taken(day, "pull", partial(tablet.pull, port))
    return day


def _until_taken(day: Day, name: str, act: Callable[[], Told]) -> Told:
    """Ask, and come back as often as the server says wait."""
    told = _asked(day, name, act)
    for _ in range(TRIES - 1):
        if told.status not in {429, 503}:
            break
        sleep(told.retry_after or 1)
        told = _asked(day, name, act)
    assert told.status == 200, f"{name}: {told.status} {told.said}"
    day.backoffs.append(told.said["backoff_s"])
    return told


def _asked(day: Day, name: str, act: Callable[[], Told]) -> Told:
    start = perf_counter()
    told = act()
    day.seconds.setdefault(name, []).append(perf_counter() - start)
    day.statuses[told.status] += 1
    day.bytes_sent += told.sent_bytes
    day.bytes_got += told.got_bytes
    return told


def _operations(load: Load) -> list[dict[str, object]]:
    tablet, period, today = load.tablet, period_of(clock.today()), clock.today().isoformat()
    observed = [
        {
            "id": str(uuid7()),
            "resident_id": str(person),
            "observed_on": today,
            "ground": "2",
            "fact": FACT,
            "source": "told_by_person",
            "urgent": False,
        }
        for person in load.people[: 0 if load.nil else OBSERVATIONS]
    ]
    filed = {
        "sweep_id": str(load.sweep_id),
        "area_code": tablet.area_code,
        "nil": load.nil,
        "late_reason": "offline",
        "observations": observed,
        "disputes": [],
    }
    now = clock.now().isoformat(timespec="seconds")
    visited = {
        "visit_type": "1",
        "visited_at": now,
        "outcome": "1",
        "minutes": 20,
        "mood_note": "在院子里晒太阳，说昨晚睡了六个小时。",
    }
    viewed = {"kind": "visit", "viewed_at": now}
    return [
        *(tablet.sealed("view", visit, viewed) for visit in load.visits),
        *(tablet.sealed("visit", visit, visited) for visit in load.visits),
        tablet.sealed("return", uuid7(), filed, period),
    ]


def _counts(place: Place) -> dict[str, int]:
    """What the county holds of what tablets bring."""
    statement = text("""
        SELECT (SELECT count(*) FROM sync_receipt WHERE county_code = :county),
               (SELECT count(*) FROM sweep_return WHERE county_code = :county),
               (SELECT count(*) FROM observation WHERE county_code = :county),
               (SELECT count(*) FROM visit WHERE county_code = :county AND state = 'done')""")
    with transaction(place.caller) as work:
        names = ("receipts", "returns", "observations", "visits")
        row = work.session.execute(statement, {"county": COUNTY}).one()
        return dict(zip(names, row, strict=True))


def _check(place: Place, loads: Sequence[Load], before: dict[str, int], day: Day) -> None:
    """Everything once, and every feed what its worker may hold."""
    after = _counts(place)
    filed = sum(not load.nil for load in loads)
    expected = {
        "receipts": len(loads) * (2 * VISITS + 1),
        "returns": len(loads),
        "observations": filed * OBSERVATIONS,
        "visits": len(loads) * VISITS,
    }
    found = {name: after[name] - before[name] for name in expected}
    assert found == expected, (found, expected)
    assert day.results == Counter(applied=expected["receipts"]), day.results
    with transaction(place.caller) as work:
        assert _untrue(work) == 0


def _untrue(work: Work) -> int:
    """How many workers hold something else than they may."""
    return settle_untrue(work.session, settling_of(work))


def _results(day: Day, taken: float, tablets: int) -> list[Result]:
    requests = sum(map(len, day.seconds.values()))
    waited = day.statuses[429] + day.statuses[503]
    note = (
        f"{taken:.0f} s of the hour ({taken / HOUR_S:.1%}); {requests / taken:.0f} requests/s, "
        f"{day.bytes_sent // tablets:,} B there and {day.bytes_got // tablets:,} B back each; sent away {waited}, "
        f"errors 0; backoff up to {max(day.backoffs):.0f} s"
    )
    whole = Result(f"month end: {tablets} tablets at once", tablets, taken, HOUR_S, "≤ 1 × time", note)
    return [whole, *(_spread(name, sorted(seconds)) for name, seconds in sorted(day.seconds.items()))]


def _spread(name: str, seconds: list[float]) -> Result:
    middle, most, nearly_all = (seconds[min(len(seconds) - 1, int(len(seconds) * part))] for part in (0.5, 0.95, 0.99))
    said = zip(("p50", "p95", "p99", "worst"), (middle, most, nearly_all, seconds[-1]), strict=True)
    note = ", ".join(f"{name} {value * 1e3:.0f} ms" for name, value in said)
    return Result(f"… one {name} of them", 1, middle, middle, "(no floor)", f"{len(seconds):,} requests; {note}")
