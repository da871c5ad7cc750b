"""From the stage to the log: events are moved, numbered without gaps, and hashed as RFC 6962 leaves.

Rows are taken by deleting them, not by remembering how far one got: an event whose transaction commits late, with an
earlier id, is simply taken in the next round. One sequencer works on a county at a time, held apart by an advisory
lock. The move is one transaction: killed at any point, an event is either still staged or in the log, never both.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, delete, func, insert, select, text
from sqlalchemy.orm import Session

from server.crypto.canonical import leaf_hash
from server.models.access import AccessLog, AccessStage
from server.store.transaction import bind

#: Events moved in one transaction.
BATCH = 2000
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('linli/sequencer/' || :county, 0))")


def counties_with_staged_events(engine: Engine) -> list[str]:
    """Where there is something to move; only the job process's role sees every county's stage."""
    with Session(engine) as session:
        return list(session.scalars(select(AccessStage.county_code).distinct().order_by(AccessStage.county_code)))


def sequence(engine: Engine, county_code: str, now: datetime, limit: int = BATCH) -> int:
    """Move up to ``limit`` staged events of one county into its log; returns how many were moved."""
    with Session(engine) as session, session.begin():
        bind(session, county_code, (county_code,))
        session.execute(_LOCK, {"county": county_code})
        taken = _take(session, county_code, limit)
        if taken:
            session.execute(insert(AccessLog), _numbered(session, county_code, taken, now))
        return len(taken)


def _take(session: Session, county_code: str, limit: int) -> list[tuple[UUID, bytes]]:
    oldest = select(AccessStage.id).where(AccessStage.county_code == county_code).order_by(AccessStage.id).limit(limit)
    statement = (
        delete(AccessStage)
        .where(AccessStage.county_code == county_code, AccessStage.id.in_(oldest))
        .returning(AccessStage.id, AccessStage.event)
        .execution_options(synchronize_session=False)
    )
    return sorted((row.id, row.event) for row in session.execute(statement))


def _numbered(
    session: Session, county_code: str, taken: list[tuple[UUID, bytes]], now: datetime
) -> list[dict[str, object]]:
    last = session.scalar(select(func.max(AccessLog.seq)).where(AccessLog.county_code == county_code))
    first = 0 if last is None else last + 1
    return [
        {
            "county_code": county_code,
            "seq": first + place,
            "event_id": event_id,
            "event": event,
            "leaf_hash": leaf_hash(event),
            "logged_at": now,
        }
        for place, (event_id, event) in enumerate(taken)
    ]
