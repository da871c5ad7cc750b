"""Feeds never miss a writer: every column the projection reads has a trigger, whoever writes it and however."""

import re

import pytest
from sqlalchemy import text

from server import clock
from server.domain.codes import Role
from server.models.tables import METADATA
from server.services.feed_nights import settle_feeds
from server.store.feed_projection import DIFFERENCE, OF_ALL
from server.store.feeds import _TAKE_OWN, STIRRING
from server.store.transaction import transaction
from tests.make import County, a_caller
from tests.make_plans import a_worker, planned, set_clock, visited
from tests.sweeping import a_month, an_observation, filed, sweep_id_of
from tests.tablet_feeds import (
    Tablet,
    a_review_of,
    a_safety_event_of,
    a_task,
    assert_feeds_true,
    everything,
    on_a_tablet,
)

PROJECTION = OF_ALL + DIFFERENCE + str(_TAKE_OWN)
#: Tables the projection reads that need no trigger of their own, and why.
UNSTIRRED = {
    "sweep": "a return's sweep and a sweep's month are never changed, and stand before any return",
    "feed": "what is settled",
    "feed_change": "what is settled",
    "feed_stir": "what is settled",
}
#: What is changed of a row → its other value; each is read by the projection and moves somebody's feed.
CHANGES = [
    ("visit", "state", "'cancelled'"),
    ("visit", "due_from", "'2028-01-01', due_to = '2028-01-31'"),
    ("visit", "due_to", "due_to + 1"),
    ("visit", "assignee_id", "gen_random_uuid()"),
    ("visit", "version", "version + 1"),
    ("plan_item", "owner_id", "gen_random_uuid()"),
    ("plan_item", "done_at", "now()"),
    ("plan_item", "due_on", "due_on + 1"),
    ("plan_item", "version", "version + 1"),
    ("care_plan", "version", "version + 1"),
    ("care_plan", "state", "'ended'"),
    ("ledger_entry", "state", "'paused'"),
    ("ledger_entry", "carer_ids", "'{}'"),
    ("resident", "version", "version + 1"),
    ("sweep_return", "version", "version + 1"),
    ("sweep_return", "created_by", "gen_random_uuid()"),
    ("month", "state", "'closed'"),
    ("observation", "state", "'returned'"),
    ("safety_event", "state", "'closed'"),
    ("safety_event", "version", "version + 1"),
    ("sync_review", "state", "'replaced'"),
    ("sync_review", "version", "version + 1"),
]


@pytest.fixture(autouse=True)
def in_january(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, 2027, 1, 5)


def tables_read() -> set[str]:
    words = set(re.findall(r"\b(?:FROM|JOIN)\s+([a-z_]+)", PROJECTION))
    return words & {table.name for table in METADATA.sorted_tables}


def test_every_table_the_projection_reads_stirs_or_has_a_reason_not_to(county: County) -> None:
    assert tables_read() - set(UNSTIRRED) <= set(STIRRING)
    with transaction(a_caller(county, Role.SYSADMIN, county.code)) as work:
        triggers = set(
            work.session.scalars(
                text(
                    "SELECT DISTINCT event_object_table FROM information_schema.triggers WHERE trigger_name ^@ 'stir_'"
                )
            )
        ) | set(
            work.session.scalars(
                text(
                    "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname ^@ 'stir_' AND tgenabled = 'O'"
                )
            )
        )
    assert triggers == set(STIRRING)


def test_every_settled_table_is_known_by_the_statement_that_writes_it(county: County) -> None:
    """Whoever writes a stirring table by the application's store settles at once; the regular expression knows it."""
    for table in STIRRING:
        with transaction(everything(county)) as work:
            work.session.execute(text(f"INSERT INTO {table} SELECT * FROM {table} WHERE false"))
            assert work.session.connection().info.get("linli_stirred"), table


@pytest.mark.parametrize(("table", "column", "value"), CHANGES)
def test_a_column_changed_by_hand_is_settled_at_once(county: County, table: str, column: str, value: str) -> None:
    """By raw SQL inside the application: neither a service nor the ORM knows of it."""
    worker = a_worker(county)
    visited(county, worker, items=(a_task(worker),))
    filed(county, sweep_id_of(a_month(county)), an_observation())
    a_safety_event_of(worker)
    a_review_of(county, worker)
    assert_feeds_true(county)
    with transaction(everything(county)) as work:
        done = work.session.execute(
            text(f"UPDATE {table} SET {column} = {value} WHERE county_code = :county"), {"county": county.code}
        )
        assert done.rowcount > 0
    assert_feeds_true(county)


def test_what_is_written_past_the_application_is_settled_by_the_next_pull_or_the_night(county: County) -> None:
    worker = a_worker(county)
    person = visited(county, worker)
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    visit = planned(person)[0]
    for settle in (tablet.pull_all, lambda: night(county)):
        with county.owner_engine.begin() as connection:
            connection.execute(
                text("SELECT set_config('linli.county', :county, true), set_config('linli.areas', :county, true)"),
                {"county": county.code},
            )
            connection.execute(text("UPDATE visit SET version = version + 1 WHERE id = :id"), {"id": visit.id})
        settle()
        assert_feeds_true(county)
    tablet.pull_all()
    assert tablet.data("visit")[visit.id].version == visit.version + 2


def night(county: County) -> None:
    with transaction(everything(county)) as work:
        while settle_feeds(work, clock.now()):
            pass
