"""Feeds settled: the difference of what a worker may hold and what their feeds say, numbered as it is written.

Triggers leave a mark of everything stirred; ``transaction`` settles the marks of its own at its end. The readers
concerned are locked first, in order, and the difference is looked for after that: so whoever settles second sees
what the first has done, numbers are given in the order of commits, and a tablet that asks from a number on can
never skip one. Four statements, however many records or feeds.

A reader is locked by name, not by a row of theirs: the feed that must be waited for may not be there yet.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

from server.clock import day_of
from server.domain.codes_care import VisitState
from server.domain.codes_sync import FeedKind
from server.domain.returns import ObservationState
from server.store.feed_projection import DIFFERENCE, HELD_AHEAD, OF_ALL, OF_STIRRED, WRITE

#: Tables with stirring triggers; a statement that writes another stirs nothing by itself.
STIRRING = (
    "visit", "plan_item", "sweep_return", "observation", "safety_event", "safety_notice", "sync_review",
    "ledger_entry", "resident", "care_plan", "consent", "month",
)  # fmt: skip
_WRITES = re.compile(rf"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+(?:{'|'.join(STIRRING)})\b|\blinli_erase_care\b")
_STIRRED = "linli_stirred"
#: How many left-over marks, or readers whose feeds are not true, one batch of the night takes.
_BATCH = 200

#: Everything the marks stand for: whose care, and which records of whom.
_RESOLVE = f"""
    SELECT reader_id, NULL AS kind, NULL::uuid AS record_id FROM taken WHERE about = 'care'
    UNION SELECT v.assignee_id, NULL, NULL FROM taken t
            JOIN visit v ON v.county_code = :county AND v.entry_id = t.record_id AND v.state = '{VisitState.PLANNED}'
           WHERE t.about = 'entry'
    UNION SELECT i.owner_id, NULL, NULL FROM taken t
            JOIN plan_item i ON i.county_code = :county AND i.entry_id = t.record_id AND i.done_at IS NULL
           WHERE t.about = 'entry'
    UNION SELECT v.assignee_id, NULL, NULL FROM taken t
            JOIN ledger_entry e ON e.county_code = :county AND e.resident_id = t.record_id
            JOIN visit v ON (v.county_code, v.entry_id) = (e.county_code, e.id) AND v.state = '{VisitState.PLANNED}'
           WHERE t.about = 'resident'
    UNION SELECT r.created_by, '{FeedKind.RETURN}', r.id FROM taken t
            JOIN sweep s ON s.county_code = :county AND s.month_id = t.record_id
            JOIN sweep_return r ON (r.county_code, r.sweep_id) = (s.county_code, s.id)
           WHERE t.about = 'month'
    UNION SELECT o.created_by, '{FeedKind.OBSERVATION}', o.id FROM taken t
            JOIN month m ON m.county_code = :county AND m.id = t.record_id
            JOIN observation o ON (o.county_code, o.period) = (m.county_code, m.period)
             AND o.area_code >= m.area_code AND o.area_code < m.area_code || '~'
             AND o.state = '{ObservationState.RETURNED}'
           WHERE t.about = 'month'
    UNION SELECT e.created_by, '{FeedKind.SAFETY_EVENT}', e.id FROM taken t
            JOIN safety_event e ON e.county_code = :county AND e.id = t.record_id
           WHERE t.about = 'safety_notice'
    UNION SELECT reader_id, about, record_id FROM taken WHERE about IN ({", ".join(f"'{kind}'" for kind in FeedKind)})
"""
_TAKE_OWN = text(f"""
    WITH taken AS (
        DELETE FROM feed_stir WHERE county_code = :county AND xact = (pg_current_xact_id()::text)::bigint
        RETURNING about, reader_id, record_id
    ) {_RESOLVE}""")
#: Marks of transactions that could not settle; those another takes at this moment are left to it.
_TAKE_LEFT = text(f"""
    WITH taken AS (
        DELETE FROM feed_stir WHERE county_code = :county AND (xact, id) IN (
            SELECT xact, id FROM feed_stir WHERE county_code = :county ORDER BY xact, id LIMIT {_BATCH * 10}
               FOR UPDATE SKIP LOCKED)
        RETURNING about, reader_id, record_id
    ) {_RESOLVE}""")
#: What follows is a long statement that is always done the same way, by keys: to plan it anew each time would take
#: longer than to do it.
_LOCK = text("""
    SELECT pg_advisory_xact_lock(key), set_config('plan_cache_mode', 'force_generic_plan', true)
      FROM (SELECT DISTINCT hashtextextended('feed:' || :county || reader_id, 0) AS key
              FROM unnest(CAST(:readers AS uuid[])) AS reader_id ORDER BY key OFFSET 0) AS keys""")
_SETTLE = text(OF_STIRRED + DIFFERENCE + WRITE)
_WHOSE_UNTRUE = text(
    OF_ALL + DIFFERENCE + f" SELECT reader_id, kind, record_id FROM difference WHERE reader_id IN"
    f" (SELECT reader_id FROM difference GROUP BY reader_id ORDER BY reader_id LIMIT {_BATCH})"
)
_OWN_UNTRUE = text(
    OF_STIRRED + DIFFERENCE + " SELECT EXISTS (SELECT FROM difference)"
    " OR EXISTS (SELECT FROM feed_stir WHERE county_code = :county)"
)


@dataclass(frozen=True)
class Settling:
    """What settling goes by: whose county, the instant, and how many people one worker holds at most."""

    county_code: str
    now: datetime
    residents_at_most: int

    def parameters(self) -> dict[str, Any]:
        """As the projection names them, with nothing stirred."""
        return {
            "county": self.county_code, "now": self.now, "until": day_of(self.now) + HELD_AHEAD,
            "cap": self.residents_at_most, "carers": [], "readers": [], "kinds": [], "records": [],
        }  # fmt: skip


@dataclass(frozen=True)
class Stirred:
    """Whose care is to be looked at, and which records of whom."""

    carers: frozenset[UUID]
    records: frozenset[tuple[UUID, str, UUID]]

    @property
    def readers(self) -> list[UUID]:
        """Everybody whose feeds may change."""
        return sorted(self.carers | {reader_id for reader_id, _, _ in self.records})


def watch(engine: Engine) -> None:
    """Remember of each connection whether a statement wrote what feeds show, so that reading settles nothing."""

    @event.listens_for(engine, "before_cursor_execute")
    def remember(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if _STIRRED not in connection.info and _writes(statement):
            connection.info[_STIRRED] = True

    @event.listens_for(engine, "rollback")
    def forget(connection: Any) -> None:
        connection.info.pop(_STIRRED, None)


@lru_cache(maxsize=2048)
def _writes(statement: str) -> bool:
    """Whether a statement writes what feeds show: looked for once, for the same texts come with every request."""
    return _WRITES.search(statement) is not None


def was_stirred(session: Session) -> bool:
    """Whether this transaction wrote what feeds show; asked once, at its end."""
    return session.connection().info.pop(_STIRRED, False) is True


def settle(session: Session, settling: Settling) -> None:
    """Bring every feed this transaction stirred up to date. Its last act, with the whole county in sight.

    Raises OperationalError where a reader stays locked by others for longer than a transaction may wait.
    """
    _settle(session, settling, _stirred(session.execute(_TAKE_OWN, {"county": settling.county_code})))


def settle_left(session: Session, settling: Settling) -> int:
    """Settle marks that nobody settled, as statements by hand leave them; how many readers they were about."""
    return _settle(session, settling, _stirred(session.execute(_TAKE_LEFT, {"county": settling.county_code})))


def settle_untrue(session: Session, settling: Settling) -> int:
    """Settle a batch of readers whose feeds are not what they may hold, as time alone brings about; how many."""
    rows = session.execute(_WHOSE_UNTRUE, settling.parameters())
    care = {FeedKind.VISIT, FeedKind.PLAN_ITEM}
    return _settle(session, settling, _stirred((r, None if kind in care else kind, id_) for r, kind, id_ in rows))


def settle_reader(session: Session, settling: Settling, reader_id: UUID) -> bool:
    """See that one reader's visits and tasks are what they may hold now, and that no mark is left; whether it did more.

    One statement where all is well. Dates do it, and two transactions that could not see each other: one that
    corrects a person's contact, and one that gives somebody a visit to that person.
    """
    if not session.scalar(_OWN_UNTRUE, settling.parameters() | {"carers": [reader_id]}):
        return False
    left = _stirred(session.execute(_TAKE_LEFT, {"county": settling.county_code}))
    _settle(session, settling, Stirred(left.carers | {reader_id}, left.records))
    return True


def _stirred(rows: Any) -> Stirred:
    carers: set[UUID] = set()
    records: set[tuple[UUID, str, UUID]] = set()
    for reader_id, kind, record_id in rows:
        if kind is None:
            carers.add(reader_id)
        else:
            records.add((reader_id, kind, record_id))
    return Stirred(frozenset(carers), frozenset(records))


def _settle(session: Session, settling: Settling, stirred: Stirred) -> int:
    readers = stirred.readers
    if not readers:
        return 0
    session.execute(_LOCK, {"county": settling.county_code, "readers": readers})
    session.execute(_SETTLE, settling.parameters() | _named(stirred))
    return len(readers)


def _named(stirred: Stirred) -> dict[str, Collection[Any]]:
    records = sorted(stirred.records)
    return {
        "carers": sorted(stirred.carers),
        "readers": [reader_id for reader_id, _, _ in records],
        "kinds": [kind for _, kind, _ in records],
        "records": [record_id for _, _, record_id in records],
    }
