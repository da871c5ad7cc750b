"""What the job process does: nobody waits for it, and every part may be repeated without harm."""

from collections import Counter
from datetime import datetime, timedelta

from server import clock
from server.services.access import Store
from server.services.expiry import expire_due, system_caller
from server.services.nightly import PARTS, URGENT, do_parts
from server.store.apart import faults_in
from server.store.attempts import NOWHERE
from server.store.cleaning import drop_stale_counters
from server.store.search import rebuild
from server.store.sequencer import BATCH, counties_with_staged_events, sequence
from server.store.tenancy import every_county
from server.store.transaction import transaction, widened

#: Counters of budgets and failed sign-ins are kept this long.
KEPT_FOR = timedelta(days=2)


def move_access_log(store: Store) -> int:
    """Move every staged event into its county's log; returns how many were moved."""
    return sum(_move_all(store, county_code) for county_code in counties_with_staged_events(store.engine))


def end_what_is_due(store: Store, now: datetime) -> dict[str, int]:
    """Lapse, expire, purge and remind of what is due in every county; returns counts by kind.

    What fails in one county, or in one part, stops no other: nobody stays listed because of somebody else's broken
    row. Raises ExceptionGroup with all faults at the end.
    """
    totals: Counter[str] = Counter()
    faults: list[Exception] = []
    for county_code in every_county(store.engine):
        totals.update(end_in_county(store, county_code, now, faults))
    if faults:
        raise ExceptionGroup("some of the night's work failed", faults)
    return dict(totals)


def end_in_county(store: Store, county_code: str, now: datetime, faults: list[Exception]) -> Counter[str]:
    """The same for one county; a part that fails leaves its fault in the list, and the next goes on."""
    totals: Counter[str] = Counter()
    with faults_in(faults):
        totals.update(expire_due(store, county_code, now).as_counts())
    for name in PARTS:
        with faults_in(faults):
            totals.update(do_parts(store, county_code, now, (name,)))
    return totals


def mind_the_hours(store: Store, now: datetime) -> int:
    """Tell of what is counted in hours and has not been answered, in every county; returns how much."""
    return sum(sum(do_parts(store, county_code, now, URGENT).values()) for county_code in every_county(store.engine))


def sweep_up(store: Store, now: datetime) -> int:
    """Drop counters that no longer count; returns how many."""
    return sum(
        drop_stale_counters(store.engine, code, now - KEPT_FOR) for code in (*every_county(store.engine), NOWHERE)
    )


def rebuild_search(store: Store) -> int:
    """Make every county's search index anew; returns how many residents it holds."""
    return sum(_rebuild(store, county_code) for county_code in every_county(store.engine))


def _rebuild(store: Store, county_code: str) -> int:
    with transaction(system_caller(store, county_code)) as work, widened(work):
        return rebuild(work)


def _move_all(store: Store, county_code: str) -> int:
    moved = 0
    while True:
        batch = sequence(store.engine, county_code, clock.now())
        moved += batch
        if batch < BATCH:
            return moved
