"""Whether a record costs the same when there are many: pushes and pulls with ever more receipts and changes of others.

The rows are other tablets' and other workers' of the same county, as two years of a county leave them behind.
"""

from collections.abc import Iterator
from time import perf_counter

from sqlalchemy import text

from bench.field import give_residents, give_visits, hire, open_this_month
from bench.measure import Result
from bench.office import PASSWORD
from bench.people import analyse
from bench.place import COUNTY, VILLAGES, Place
from bench.push import BATCH, Series, about_known, file_nil, warm_up
from bench.serving import serving
from bench.tablet import Tablet

SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 8
HELD = 50
_DEVICES = 500
_RECEIPTS = """
    INSERT INTO sync_receipt (county_code, device_id, op_id, author_id, device_seq, payload_hash, kind,
                              period, captured_at, clock_offset_ms, received_at, result, version, row_mac)
    SELECT :county, md5('device' || n % :devices)::uuid, md5('op' || n)::uuid, md5('author' || n % :devices)::uuid, n,
           sha256(n::text::bytea), 'observation', '202610', now(), 0, now(), 'applied', 1, sha256(n::text::bytea)
      FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n"""
_CHANGES = """
    INSERT INTO feed_change (county_code, reader_id, kind, record_id, area_code, seq, op, version, cared, mark)
    SELECT :county, md5('author' || n % :devices)::uuid, 'visit', md5('record' || n)::uuid,
           :village || lpad((n % :devices % 900 + 100)::text, 3, '0'), n / :devices, 'put', 1, false, n
      FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n"""


def measure(place: Place, sizes: tuple[int, ...] = SIZES) -> list[Result]:
    """Each size against the first, which stands in the place of the floor."""
    (tablet,) = hire(place, [VILLAGES[2] + "001"])
    sweep_id = open_this_month(place)
    known = give_residents(place, tablet, HELD, seed=9)
    give_visits(place, tablet, known, 40_000)
    with serving(place) as port:
        tablet.sign_in(port, PASSWORD)
        file_nil(tablet, port, sweep_id)
        warm_up(tablet, port)
        series = Series(place, tablet, port, sweep_id)
        taken = [_at(series, about_known(known)) for _ in _grown(place, sizes)]
    pushes, pulls = ([best[part] for best in taken] for part in (0, 1))
    results = []
    for name, records, best in (("push of 100", BATCH, pushes), (f"first pull of {HELD} visits", HELD, pulls)):
        for size, seconds in zip(sizes[1:], best[1:], strict=True):
            what = f"{name}, {size:,} rows of others against {sizes[0]:,}"
            results.append(Result(what, records, seconds, best[0], "≤ 1.3 × time"))
    return results


def _grown(place: Place, sizes: tuple[int, ...]) -> Iterator[int]:
    """The tables filled up to each size in turn."""
    first = 1
    for size in sizes:
        with place.owner_engine.begin() as connection:
            scope = "SELECT set_config('linli.county', :county, true), set_config('linli.areas', :county, true)"
            connection.execute(text(scope), {"county": COUNTY})
            span = {"county": COUNTY, "devices": _DEVICES, "first": first, "last": size}
            connection.execute(text(_RECEIPTS), span)
            connection.execute(text(_CHANGES), span | {"village": VILLAGES[3]})
        analyse(place)
        first = size + 1
        yield size


def _at(series: Series, people: Iterator[dict[str, object]]) -> tuple[float, float]:
    """Best seconds of a push and of a first pull; two of each go before."""
    best_push = best_pull = 9.9
    for number in range(ROUNDS + 2):
        body = series.tablet.pack(series.batch(people))
        start = perf_counter()
        series.push(body)
        pushed = perf_counter() - start
        pulled = _first_pull(series.tablet, series.port)
        if number >= 2:
            best_push, best_pull = min(best_push, pushed), min(best_pull, pulled)
    return best_push, best_pull


def _first_pull(tablet: Tablet, port: int) -> float:
    tablet.feeds = {}
    start = perf_counter()
    told = tablet.pull(port, 500)
    taken = perf_counter() - start
    assert sum(change["kind"] == "visit" for change in told.said["changes"]) == HELD, told.said
    return taken
