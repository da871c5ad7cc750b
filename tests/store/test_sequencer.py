"""Promise 3: nobody looks unseen. What was staged is in the log once, as it was staged."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from server import clock
from server.config import Config
from server.crypto.canonical import leaf_hash
from server.domain.codes import Role
from server.models.access import AccessLog
from server.store.events import AccessEvent
from server.store.sequencer import counties_with_staged_events, sequence
from server.store.transaction import Caller, bind, transaction
from tests.make import County, a_caller


@pytest.fixture(scope="module")
def jobs_engine(config: Config):
    engine = create_engine(config.jobs_url)
    yield engine
    engine.dispose()


def _note(caller: Caller, count: int) -> None:
    with transaction(caller) as work:
        work.note(AccessEvent("figures:read", count=count))


def _fail_after_staging(caller: Caller) -> None:
    with transaction(caller) as work:
        work.note(AccessEvent("figures:read"))
        work.flush_events()
        raise RuntimeError


def _log_of(jobs_engine: Engine, county: County) -> list[AccessLog]:
    with Session(jobs_engine) as session:
        bind(session, county.code, (county.code,))
        return list(
            session.scalars(select(AccessLog).where(AccessLog.county_code == county.code).order_by(AccessLog.seq))
        )


def test_events_are_moved_once_numbered_without_gaps_and_hashed_as_stored(county: County, jobs_engine: Engine) -> None:
    caller = a_caller(county, Role.AUDITOR, county.code)
    for number in range(5):
        _note(caller, number)
    assert county.code in counties_with_staged_events(jobs_engine)
    moved = [sequence(jobs_engine, county.code, clock.now(), limit=2) for _ in range(4)]
    log = _log_of(jobs_engine, county)
    assert moved == [2, 2, 1, 0]
    assert [row.seq for row in log] == [0, 1, 2, 3, 4]
    assert all(row.leaf_hash == leaf_hash(row.event) for row in log)
    assert all(f'"count":{number}'.encode() in row.event for number, row in enumerate(log))


def test_an_event_committed_late_with_an_earlier_id_is_not_skipped(county: County, jobs_engine: Engine) -> None:
    caller = a_caller(county, Role.AUDITOR, county.code)
    with transaction(caller) as slow:
        slow.note(AccessEvent("figures:read", count=1))
        slow.flush_events()
        _note(caller, 2)
        assert sequence(jobs_engine, county.code, clock.now()) == 1
    assert sequence(jobs_engine, county.code, clock.now()) == 1
    assert len(_log_of(jobs_engine, county)) == 2


def test_writers_and_two_sequencers_at_once_lose_and_double_nothing(county: County, jobs_engine: Engine) -> None:
    start = Barrier(6)

    def write(_: int) -> None:
        start.wait()
        for number in range(25):
            _note(a_caller(county, Role.AUDITOR, county.code), number)

    def move(_: int) -> int:
        start.wait()
        return sum(sequence(jobs_engine, county.code, clock.now(), limit=7) for _ in range(30))

    with ThreadPoolExecutor(6) as pool:
        writers = [pool.submit(write, n) for n in range(4)]
        movers = [pool.submit(move, n) for n in range(2)]
        for future in [*writers, *movers]:
            future.result()
    while sequence(jobs_engine, county.code, clock.now()):
        pass
    log = _log_of(jobs_engine, county)
    assert [row.seq for row in log] == list(range(100))
    assert len({row.event_id for row in log}) == 100


def test_a_rolled_back_act_leaves_no_event(county: County, jobs_engine: Engine) -> None:
    caller = a_caller(county, Role.AUDITOR, county.code)
    with pytest.raises(RuntimeError):
        _fail_after_staging(caller)
    assert sequence(jobs_engine, county.code, clock.now()) == 0


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT event FROM access_log",
        "SELECT event FROM access_stage",
        "DELETE FROM access_stage",
        "UPDATE access_stage SET event = ''",
        "INSERT INTO access_log SELECT '990001', 0, gen_random_uuid(), '', '', now()",
    ],
)
def test_the_application_can_only_add_to_the_stage(county: County, statement: str) -> None:
    with Session(county.store.engine) as session:
        bind(session, county.code, (county.code,))
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(statement))


@pytest.mark.parametrize(
    "statement", ["UPDATE access_log SET event = ''", "DELETE FROM access_log", "UPDATE access_stage SET event = ''"]
)
def test_the_job_process_can_neither_change_nor_delete_the_log(
    county: County, jobs_engine: Engine, statement: str
) -> None:
    with Session(jobs_engine) as session:
        bind(session, county.code, (county.code,))
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(statement))


def test_an_event_holds_ids_codes_and_counts_only(county: County, jobs_engine: Engine) -> None:
    caller = a_caller(county, Role.AUDITOR, county.code)
    with transaction(caller) as work:
        work.note(AccessEvent("resident:read", subject_refs=(UUID(int=7),), fields=("resident.name",), count=1))
    sequence(jobs_engine, county.code, clock.now())
    (row,) = _log_of(jobs_engine, county)
    assert b'"subjects":["00000000-0000-0000-0000-000000000007"]' in row.event
    assert str(caller.identity.user_id).encode() in row.event
