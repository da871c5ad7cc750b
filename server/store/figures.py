"""A month counted in the database: by township and cell, nobody's row leaving it."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import case, func, select

from server.domain.area_codes import Level
from server.domain.codes import LedgerState
from server.models.ledger import LedgerEntry
from server.models.sweep import Observation, Sweep, SweepReturn
from server.store.scope import under
from server.store.transaction import Work

_TOWNSHIP_DIGITS = Level.TOWNSHIP.value


def observations_by_ground(work: Work, area_code: str, period: str) -> dict[str, dict[str, int]]:
    """Township → ground → how many observations."""
    township = func.left(Observation.area_code, _TOWNSHIP_DIGITS)
    statement = (
        select(township, Observation.ground, func.count())
        .where(Observation.county_code == work.county_code, Observation.period == period)
        .where(under(Observation.area_code, area_code))
        .group_by(township, Observation.ground)
    )
    return _table((town, ground, count) for town, ground, count in work.session.execute(statement))


def entries_by_state(work: Work, area_code: str, period: str) -> dict[str, dict[str, int]]:
    """Township → ``state`` or ``state:reason`` → how many entries; each entry counts in one cell."""
    decided = LedgerEntry.state.in_([LedgerState.RETURNED.value, LedgerState.DECLINED.value])
    ended = LedgerEntry.state == LedgerState.CLOSED.value
    reason = case((decided, LedgerEntry.decision_reason), (ended, LedgerEntry.closure_reason), else_=None)
    statement = (
        select(LedgerEntry.township_code, LedgerEntry.state, reason, func.count())
        .where(LedgerEntry.county_code == work.county_code, LedgerEntry.period == period)
        .where(under(LedgerEntry.area_code, area_code))
        .group_by(LedgerEntry.township_code, LedgerEntry.state, reason)
    )
    rows = work.session.execute(statement)
    return _table((town, f"{state}:{why}" if why else state, count) for town, state, why, count in rows)


def returns_by_kind(work: Work, area_code: str, period: str) -> dict[str, dict[str, dict[str, int]]]:
    """Sweep kind → township → ``returned``, ``with_items`` and ``late`` → how many grids."""
    township = func.left(SweepReturn.area_code, _TOWNSHIP_DIGITS)
    statement = (
        select(
            Sweep.kind,
            township,
            func.count(),
            func.count().filter(~SweepReturn.nil),
            func.count().filter(SweepReturn.late),
        )
        .join(Sweep, (Sweep.county_code == SweepReturn.county_code) & (Sweep.id == SweepReturn.sweep_id))
        .where(SweepReturn.county_code == work.county_code, Sweep.period == period)
        .where(under(SweepReturn.area_code, area_code))
        .group_by(Sweep.kind, township)
    )
    found: dict[str, dict[str, dict[str, int]]] = defaultdict(dict)
    for kind, town, returned, with_items, late in work.session.execute(statement):
        found[kind][town] = {"returned": returned, "with_items": with_items, "late": late}
    return found


def _table(rows: Iterable[tuple[str, str, int]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for township, cell, count in rows:
        found[township][cell] = count
    return found
