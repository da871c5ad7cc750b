"""Access events: staged as requests do it, against plain inserts of the same bytes."""

from uuid import UUID

from sqlalchemy import insert, text
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from bench.measure import Result, best_of
from bench.place import Place
from server import clock
from server.models.access import AccessStage
from server.store.events import AccessEvent, event_bytes, stage
from server.store.sequencer import sequence
from server.store.transaction import bind

REQUESTS = 50


def measure(place: Place) -> list[Result]:
    """One event a transaction, as a request makes it; then the move from the stage into the log."""
    caller = place.caller
    event = AccessEvent("resident:read", subject_refs=(UUID(int=7),), fields=("resident.name",), count=1)
    now = clock.now()

    def path() -> None:
        for _ in range(REQUESTS):
            with Session(place.store.engine) as session, session.begin():
                bind(session, caller.identity.county_code, caller.identity.area_codes)
                stage(session, caller.identity, [event], now)

    ready = event_bytes(caller.identity, event, uuid7(), now)

    def floor() -> None:
        for _ in range(REQUESTS):
            with Session(place.store.engine) as session, session.begin():
                bind(session, caller.identity.county_code, caller.identity.area_codes)
                session.execute(insert(AccessStage), {"county_code": place.county, "id": uuid7(), "event": ready})

    taken = best_of(30, path, floor)
    return [Result("access event staged, one a transaction", REQUESTS, *taken, target="≥ 0.8 × speed"), _moved(place)]


def _moved(place: Place) -> Result:
    """The whole way into the log, against one insert of the same bytes into a bare table."""
    rows = 2000
    event = AccessEvent("resident:read", subject_refs=(UUID(int=7),), fields=("resident.name",), count=1)
    now = clock.now()

    def path() -> None:
        with Session(place.store.engine) as session, session.begin():
            bind(session, place.county, (place.county,))
            stage(session, place.caller.identity, [event] * rows, now)
        sequence(place.jobs_engine, place.county, now, limit=rows)

    ready = event_bytes(place.caller.identity, event, uuid7(), now)

    def floor() -> None:
        with place.owner_engine.begin() as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS bare (id uuid PRIMARY KEY, event bytea)"))
            connection.execute(
                text("INSERT INTO bare VALUES (:id, :event)"), [{"id": uuid7(), "event": ready} for _ in range(rows)]
            )

    taken = best_of(3, path, floor)
    return Result("access events staged and moved into the log", rows, *taken, target="(none set)")
