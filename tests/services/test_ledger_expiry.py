"""Time's part: what ends, what is forgotten, and that doing it twice changes nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from server import clock
from server.config import Config
from server.domain.codes import ClosureReason, DeclineReason, ReturnReason
from server.models.ledger import LedgerEntry, LedgerStep, Task
from server.models.resident import Resident
from server.services.expiry import ExpiryCounts, expire_due, system_caller
from server.services.ledger import promote_observations
from server.services.ledger_exit import close_entry
from server.services.ledger_reading import read_entry
from server.services.ledger_review import Acceptance, accept_entry, decline_entry, return_entry
from server.store.disclosure import disclose
from server.store.events import AccessEvent
from server.store.transaction import Store, open_store, transaction
from tests.make import County
from tests.make_ledger import (
    a_coordinator,
    a_promotion,
    a_reported_entry,
    an_officer,
    an_opened_entry,
    observed,
    observed_again,
    overwrite,
)

NOTHING = ExpiryCounts(0, 0, 0, 0)


@pytest.fixture(scope="module")
def jobs(config: Config, store: Store) -> Iterator[Store]:
    """The store as the job process opens it."""
    opened = open_store(config, store.keyring, url=config.jobs_url)
    yield opened
    opened.engine.dispose()


def state_of(county: County, entry_id: object) -> tuple[str, str | None, str, object]:
    with transaction(a_coordinator(county)) as work:
        entry = work.session.scalars(select(LedgerEntry).where(LedgerEntry.id == entry_id)).one()
        step = work.session.scalars(
            select(LedgerStep).where(LedgerStep.entry_id == entry_id).order_by(LedgerStep.id.desc()).limit(1)
        ).one()
        tasks = work.session.scalars(select(Task.kind).where(Task.entry_id == entry_id, Task.kind == "expired_entry"))
        return entry.state, entry.closure_reason, f"{step.actor_id.int}:{step.reason}", tuple(tasks)


def test_a_returned_entry_that_nobody_bettered_lapses(county: County, jobs: Store) -> None:
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    back = return_entry(coordinator, opened.id, opened.version, ReturnReason.NEEDS_FACT)
    assert back.resubmit_due_at is not None
    assert expire_due(jobs, county.code, back.resubmit_due_at) == NOTHING
    after = back.resubmit_due_at + timedelta(seconds=1)
    assert expire_due(jobs, county.code, after) == replace(NOTHING, lapsed=1)
    assert state_of(county, opened.id) == ("lapsed", "7", "0:not_resubmitted", ("expired_entry",))
    assert expire_due(jobs, county.code, after) == NOTHING


@pytest.mark.parametrize("opened", [False, True])
def test_an_entry_without_a_decision_expires_after_thirty_days(county: County, jobs: Store, *, opened: bool) -> None:
    entry = an_opened_entry(county, a_coordinator(county)) if opened else a_reported_entry(county)
    now = clock.now()
    assert expire_due(jobs, county.code, now + timedelta(days=29)) == NOTHING
    assert expire_due(jobs, county.code, now + timedelta(days=30)) == replace(NOTHING, expired=1)
    assert state_of(county, entry.id) == ("expired", "7", "0:not_reviewed", ("expired_entry",))


def test_a_draft_that_nobody_reports_does_not_stay(county: County, jobs: Store) -> None:
    draft = promote_observations(an_officer(county), a_promotion(observed(county), report=False))
    expire_due(jobs, county.code, clock.now() + timedelta(days=30))
    assert state_of(county, draft.id)[:3] == ("expired", "7", "0:not_reported")


def test_an_accepted_entry_without_assessment_expires_after_ninety_days(county: County, jobs: Store) -> None:
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    accept_entry(coordinator, opened.id, opened.version, Acceptance())
    assert expire_due(jobs, county.code, clock.now() + timedelta(days=89)) == NOTHING
    assert expire_due(jobs, county.code, clock.now() + timedelta(days=90)).expired == 1
    assert state_of(county, opened.id)[:3] == ("expired", "7", "0:not_assessed")


def test_no_entry_outlives_its_term(county: County, jobs: Store) -> None:
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    accepted = accept_entry(coordinator, opened.id, opened.version, Acceptance())
    overwrite(county, opened.id, state="plan_active")
    assert accepted.expires_at is not None
    assert expire_due(jobs, county.code, accepted.expires_at - timedelta(seconds=1)) == NOTHING
    assert expire_due(jobs, county.code, accepted.expires_at).expired == 1
    assert state_of(county, opened.id)[:3] == ("expired", "7", "0:end_of_term")


def test_a_declined_person_is_forgotten_after_thirty_days(county: County, jobs: Store) -> None:
    coordinator = a_coordinator(county)
    person = observed(county)
    entry = promote_observations(an_officer(county), a_promotion(person))
    overwrite(county, entry.id, state="in_review")
    decline_entry(coordinator, entry.id, entry.version, DeclineReason.NO_GROUND)
    assert expire_due(jobs, county.code, clock.now() + timedelta(days=29)) == NOTHING
    assert expire_due(jobs, county.code, clock.now() + timedelta(days=30)).forgotten == 1
    with transaction(coordinator) as work:
        assert work.session.get(Resident, (county.code, person.resident_id)) is None
        keys = text("SELECT count(*) FROM subject_key WHERE subject_id = :id")
        assert work.session.scalar(keys, {"id": person.resident_id}) == 0
    assert expire_due(jobs, county.code, clock.now() + timedelta(days=31)) == NOTHING


def test_a_person_with_a_living_entry_is_not_forgotten_for_an_older_one(county: County, jobs: Store) -> None:
    coordinator, person = a_coordinator(county), observed(county)
    first = promote_observations(an_officer(county), a_promotion(person))
    close_entry(coordinator, first.id, first.version, ClosureReason.NO_NEED)
    again = frozenset({observed_again(county, person)})
    second = promote_observations(an_officer(county), a_promotion(person, observation_ids=again))
    overwrite(county, first.id, purge_due_at=clock.now() - timedelta(days=1))
    assert expire_due(jobs, county.code, clock.now()) == replace(NOTHING, forgotten=1)
    assert len(read_entry(coordinator, second.id).facts) == 1
    assert read_entry(coordinator, first.id).facts == ()
    assert expire_due(jobs, county.code, clock.now()) == NOTHING


def test_a_fact_that_came_to_nothing_goes_with_its_person(county: County, jobs: Store) -> None:
    unused, used = observed(county), observed(county)
    entry = promote_observations(an_officer(county), a_promotion(used))
    close_entry(a_coordinator(county), entry.id, entry.version, ClosureReason.NO_NEED)
    kept_until = datetime(2026, 12, 30, 4, tzinfo=UTC)
    overwrite(county, entry.id, purge_due_at=kept_until + timedelta(days=90))
    assert expire_due(jobs, county.code, kept_until) == NOTHING
    assert expire_due(jobs, county.code, kept_until + timedelta(days=1)) == replace(NOTHING, unused_facts=1)
    with transaction(a_coordinator(county)) as work:
        left = set(work.session.scalars(select(Resident.id)))
    assert left == {used.resident_id}
    assert unused.resident_id not in left


def test_every_ending_is_in_the_log_with_its_versions(county: County, jobs: Store) -> None:
    entry = a_reported_entry(county)
    expire_due(jobs, county.code, clock.now() + timedelta(days=30))
    with transaction(system_caller(jobs, county.code)) as work:
        mine = text("SELECT convert_from(event, 'UTF8') FROM access_stage WHERE county_code = :county")
        events = work.session.scalars(mine, {"county": county.code}).all()
    (said,) = [event for event in events if '"ledger:expire"' in event]
    assert f'"record":"{entry.id}"' in said
    assert '"before":2' in said
    assert '"after":3' in said


def test_the_clockwork_can_open_nothing(county: County, jobs: Store) -> None:
    person = observed(county)
    event = AccessEvent("ledger:expire", fields=("resident.name",))
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(system_caller(jobs, county.code)) as work,
    ):
        disclose(work, event, [person.resident_id])
