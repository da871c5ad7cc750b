"""Telling a county's closed months above the township: all townships together, once and for good (decision 0013)."""

from collections.abc import Sequence
from datetime import date, datetime

from server import clock
from server.domain.area_codes import AreaCode, Level
from server.domain.periods import Period
from server.domain.releases import Release, Told, is_release_due, told_of_county, told_of_townships
from server.store import month_close as store
from server.store.month_frozen import thawed
from server.store.transaction import Work


def release_figures(work: Work, now: datetime) -> int:
    """The night's part: release every period that is due; returns how many townships' months were."""
    return sum(release_if_due(work, period, clock.day_of(now)) for period in store.periods_to_release(work))


def release_if_due(work: Work, period: str, today: date) -> int:
    """Release what is closed of a period once every township has closed, or the meetings' day is over.

    A township that comes later makes a release of its own; what was told before is never told differently.
    """
    store.lock_releases(work, period)
    closed = store.closed_in(work, period)
    told = store.released_in(work, period)
    before = {row.area_code for rows in told.values() for row in rows}
    ready = [row for township, row in sorted(closed.items()) if township not in before]
    waiting = store.townships_in(work, Period(period)) - closed.keys() - before
    if not ready or not is_release_due(waiting, Period(period), today):
        return 0
    store.release(work, ready, len(told) + 1)
    return len(ready)


def told_above(work: Work, area: AreaCode, period: str) -> Told | None:
    """What may be told of a township or county, or None where nothing was released; the caller may ask for the area."""
    releases = releases_of(work, period)
    if len(area) == Level.COUNTY:
        return told_of_county(releases) if releases else None
    return next((told_of_townships(each)[area] for each in releases if _holds(each, area)), None)


def releases_of(work: Work, period: str) -> Sequence[Release]:
    """The exact figures of a period's releases: what leaves goes through ``server/domain/releases.py``."""
    found = store.released_in(work, period)
    return [[thawed(row) for row in rows] for _, rows in sorted(found.items())]


def _holds(release: Release, township: str) -> bool:
    return any(figures.township == township for figures in release)
