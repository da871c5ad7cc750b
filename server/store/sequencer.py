"""From the stage to the log: events are moved, numbered without gaps, and hashed as RFC 6962 leaves.

Rows are taken by deleting them, not by remembering how far one got: an event whose transaction commits late, with an
earlier id, is simply taken in the next round. One sequencer works on a county at a time, held apart by an advisory
lock. The move is one statement: killed at any point, an event is either still staged or in the log, never both.
"""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, select, text
from sqlalchemy.orm import Session

from server.models.access import AccessStage
from server.store.transaction import bind

#: Events moved in one transaction.
BATCH = 2000
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('linli/sequencer/' || :county, 0))")
#: A range of ids, not a list to join with: the plan is the same whether the stage held a row or a million when the
#: planner last looked. The hash is ``leaf_hash`` of ``server/crypto/canonical.py``.
_MOVE = text("""
    WITH taken AS (
        DELETE FROM access_stage WHERE county_code = :county AND id <= coalesce(
            (SELECT id FROM access_stage WHERE county_code = :county ORDER BY id OFFSET :before_last LIMIT 1),
            'ffffffff-ffff-ffff-ffff-ffffffffffff')
        RETURNING id, event
    ), last AS (
        SELECT coalesce(max(seq), -1) AS seq FROM access_log WHERE county_code = :county
    )
    INSERT INTO access_log (county_code, seq, event_id, event, leaf_hash, logged_at)
    SELECT :county, last.seq + row_number() OVER (ORDER BY id), id, event, sha256('\\x00'::bytea || event), :now
      FROM taken CROSS JOIN last""")


def counties_with_staged_events(engine: Engine) -> list[str]:
    """Where there is something to move; only the job process's role sees every county's stage."""
    with Session(engine) as session:
        return list(session.scalars(select(AccessStage.county_code).distinct().order_by(AccessStage.county_code)))


def sequence(engine: Engine, county_code: str, now: datetime, limit: int = BATCH) -> int:
    """Move up to ``limit`` staged events of one county into its log; returns how many were moved."""
    with Session(engine) as session, session.begin():
        bind(session, county_code, (county_code,))
        session.execute(_LOCK, {"county": county_code})
        moving = {"county": county_code, "before_last": limit - 1, "now": now}
        return cast("CursorResult[Any]", session.execute(_MOVE, moving)).rowcount
