"""Renewal: a new fact, consent, two people, the last sixty days; and the one notice before a term ends (invariant 9)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from server import clock
from server.config import Config
from server.domain.codes import ClosureReason, LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope
from server.domain.ledger_rules import term_end
from server.errors import Conflict, Forbidden, Invalid, LinliError, NotFound
from server.models.ledger import EntryObservation, LedgerStep, Task
from server.models.sweep import Observation
from server.services.entry_proposals import agree, propose_closure, propose_renewal, refuse
from server.services.expiry import expire_due
from server.services.nightly import do_parts
from server.store.transaction import Store, new_id, open_store, transaction
from tests.make import County, a_caller
from tests.make_care import InCare, entry_of, in_care
from tests.make_leaving import a_new_fact
from tests.make_ledger import observed, overwrite, refusal

S = LedgerState


@pytest.fixture(scope="module")
def jobs(config: Config, store: Store) -> Iterator[Store]:
    """The store as the job process opens it."""
    opened = open_store(config, store.keyring, url=config.jobs_url)
    yield opened
    opened.engine.dispose()


def at_the_end(county: County, state: LedgerState = S.PLAN_ACTIVE, days: int = 30, **changes: object) -> InCare:
    """Somebody whose twelve months end in some days."""
    end = clock.now() + timedelta(days=days)
    times = {"accepted_at": end - timedelta(days=365), "expires_at": end} | changes
    return in_care(county, state, **times)


def test_invariant_9_a_renewal_takes_a_new_fact_and_two_people(county: County) -> None:
    person = at_the_end(county)
    fact = a_new_fact(person)
    proposal = propose_renewal(person.assessor, person.entry_id, fact)
    assert (proposal.act, proposal.reason, proposal.observation_id, proposal.side) == ("renew", None, fact, "assessor")
    with transaction(person.coordinator) as work:
        before = entry_of(work, person).expires_at
        task = work.session.scalars(select(Task).where(Task.about_id == proposal.id)).one()
    assert before is not None
    assert (task.kind, task.role, before < clock.now() + timedelta(days=31)) == (
        "renewal_proposed", "township_coordinator", True,
    )  # fmt: skip
    done = agree(person.coordinator, proposal.id, proposal.version)
    with transaction(person.coordinator) as work:
        entry = entry_of(work, person)
        step = work.session.scalars(select(LedgerStep).where(LedgerStep.entry_id == person.entry_id)).one()
        observation = work.session.get_one(Observation, (county.code, fact))
        rests_on = set(
            work.session.scalars(
                select(EntryObservation.observation_id).where(EntryObservation.entry_id == person.entry_id)
            )
        )
    assert (entry.state, entry.renewed_at, entry.expires_at) == (
        "plan_active", done.decided_at, term_end(entry.renewed_at or clock.now()),
    )  # fmt: skip
    assert (step.act, step.from_state, step.to_state, step.reason, step.actor_id) == (
        "renew", "plan_active", "plan_active", "new_fact", done.decided_by,
    )  # fmt: skip
    assert observation.state == "promoted"
    assert fact in rests_on


def test_invariant_9_no_entry_is_renewed_by_one_person(county: County) -> None:
    person = at_the_end(county)
    fact = a_new_fact(person)
    with refusal(Forbidden, "role_forbidden"):
        propose_renewal(person.coordinator, person.entry_id, fact)
    proposal = propose_renewal(person.assessor, person.entry_id, fact)
    with refusal(Forbidden, "proposal_own"):
        agree(person.assessor, proposal.id, proposal.version)


def test_invariant_16_nobody_renews_on_what_they_observed(county: County) -> None:
    person = at_the_end(county)
    observer = a_caller(county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)
    proposal = propose_renewal(person.assessor, person.entry_id, a_new_fact(person, observer=observer))
    with refusal(Forbidden, "entry_of_own_report"):
        agree(observer, proposal.id, proposal.version)
    assert agree(person.coordinator, proposal.id, proposal.version).state == "agreed"


@pytest.mark.parametrize(
    ("case", "error", "code"),
    [
        ("too_early", Conflict, "renewal_too_early"),
        ("no_consent", Conflict, "consent_missing"),
        ("old_fact", Invalid, "fact_too_old"),
        ("of_the_last_term", Invalid, "fact_not_new"),
        ("used", Conflict, "observation_not_open"),
        ("of_another", Invalid, "observation_of_other_resident"),
        ("unknown", NotFound, "not_found"),
    ],
)
def test_invariant_9_a_renewal_without_what_it_needs_is_refused(
    county: County, case: str, error: type[LinliError], code: str
) -> None:
    person, fact = {
        "too_early": lambda: _with_fact(at_the_end(county, days=61)),
        "no_consent": lambda: _with_fact(at_the_end(county, consents=(ConsentScope.ASSESSMENT,))),
        "old_fact": lambda: _with_fact(at_the_end(county), 32),
        "of_the_last_term": lambda: _with_fact(at_the_end(county, renewed_at=clock.now() - timedelta(days=3)), 3),
        "used": lambda: _with_fact(at_the_end(county), state="promoted"),
        "of_another": lambda: (at_the_end(county), observed(county).observation_id),
        "unknown": lambda: (at_the_end(county), new_id()),
    }[case]()
    with refusal(error, code):
        propose_renewal(person.assessor, person.entry_id, fact)


def _with_fact(person: InCare, days_old: int = 0, **changes: object) -> tuple[InCare, UUID]:
    return person, a_new_fact(person, clock.today() - timedelta(days=days_old), **changes)


def test_what_a_renewal_rests_on_is_looked_at_again(county: County) -> None:
    person = at_the_end(county)
    fact = a_new_fact(person)
    proposal = propose_renewal(person.assessor, person.entry_id, fact)
    with transaction(person.coordinator) as work:
        work.session.execute(text("UPDATE consent SET state = 'withdrawn' WHERE scope = 'plan_visit'"))
    with refusal(Conflict, "consent_missing"):
        agree(person.coordinator, proposal.id, proposal.version)
    with transaction(person.coordinator) as work:
        entry = entry_of(work, person)
        assert (entry.renewed_at, entry.version) == (None, 1)


def test_one_fact_renews_once(county: County) -> None:
    person = at_the_end(county)
    fact = a_new_fact(person)
    proposal = propose_renewal(person.assessor, person.entry_id, fact)
    agree(person.coordinator, proposal.id, proposal.version)
    overwrite(county, person.entry_id, expires_at=clock.now() + timedelta(days=20))
    with refusal(Conflict, "observation_not_open"):
        propose_renewal(person.assessor, person.entry_id, fact)


def test_a_closure_and_a_renewal_may_wait_side_by_side_and_the_closure_overtakes(county: County) -> None:
    person = at_the_end(county)
    renewal = propose_renewal(person.assessor, person.entry_id, a_new_fact(person))
    closure = propose_closure(person.assessor, person.entry_id, ClosureReason.NEED_MET)
    agree(person.coordinator, closure.id, closure.version)
    with transaction(person.coordinator) as work:
        states = work.session.execute(text("SELECT act, state FROM entry_proposal ORDER BY act"))
        assert [tuple(row) for row in states] == [("close", "agreed"), ("renew", "overtaken")]
    with refusal(NotFound, "not_found"):
        agree(person.coordinator, renewal.id, renewal.version)


def test_a_refused_renewal_leaves_the_end_where_it_was(county: County, jobs: Store) -> None:
    person = at_the_end(county)
    proposal = propose_renewal(person.assessor, person.entry_id, a_new_fact(person))
    refuse(person.coordinator, proposal.id, proposal.version)
    assert expire_due(jobs, county.code, clock.now() + timedelta(days=30)).expired == 1


# The database's own word


@pytest.mark.parametrize(
    ("accepted", "renewed", "longest"),
    [
        ("2027-03-01T02:00", None, "2028-03-01T02:00"),
        ("2028-02-29T02:00", None, "2029-02-28T02:00"),
        ("2026-12-31T02:00", None, "2027-12-31T02:00"),
        ("2026-01-05T02:00", "2026-12-20T02:00", "2027-12-20T02:00"),
        ("2027-03-10T02:00", "2028-02-29T02:00", "2029-02-28T02:00"),
    ],
)
def test_invariant_9_the_database_knows_no_longer_term(
    county: County, accepted: str, renewed: str | None, longest: str
) -> None:
    person = in_care(county, S.PLAN_ACTIVE)
    times = [None if each is None else datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (renewed, longest)]
    columns = {"accepted_at": datetime.fromisoformat(accepted).replace(tzinfo=UTC), "renewed_at": times[0]}
    assert times[1] is not None
    assert term_end(times[0] or columns["accepted_at"] or clock.now()) <= times[1]
    overwrite(county, person.entry_id, **columns, expires_at=times[1])
    with pytest.raises(IntegrityError, match="ck_ledger_entry_expiry"):
        overwrite(county, person.entry_id, expires_at=times[1] + timedelta(microseconds=1))


def test_two_people_stand_in_the_database_too(county: County) -> None:
    person = in_care(county, S.STABLE)
    proposal = propose_closure(person.assessor, person.entry_id, ClosureReason.MOVED)
    statement = text("UPDATE entry_proposal SET state = 'agreed', decided_by = created_by WHERE id = :id")
    with pytest.raises(IntegrityError, match="two_people"), transaction(person.assessor) as work:
        work.session.execute(statement, {"id": proposal.id})


# The notice


def notices(person: InCare) -> list[tuple[str, object, bool]]:
    """Role, time and whether it is done, of the notices of an end."""
    with transaction(person.coordinator) as work:
        rows = work.session.scalars(
            select(Task).where(Task.entry_id == person.entry_id, Task.kind == "expires_soon").order_by(Task.id)
        )
        return [(row.role, row.due_at, row.done_at is not None) for row in rows]


def expiring(jobs: Store, county: County, now: datetime) -> int:
    """How many notices one night gave."""
    return do_parts(jobs, county.code, now)["expires_soon"]


def test_the_township_is_told_once_thirty_days_before_a_term_ends(county: County, jobs: Store) -> None:
    person = at_the_end(county, days=40)
    in_care(county, S.CLOSED)
    with transaction(person.coordinator) as work:
        end = entry_of(work, person).expires_at
    assert end is not None
    assert expiring(jobs, county, end - timedelta(days=30, seconds=1)) == 0
    assert expiring(jobs, county, end - timedelta(days=30)) == 1
    assert expiring(jobs, county, end - timedelta(days=29)) == 0
    assert notices(person) == [("township_coordinator", end, False)]
    with transaction(person.coordinator) as work:
        work.session.execute(text("UPDATE task SET done_at = now()"))
    assert expiring(jobs, county, end - timedelta(days=1)) == 0
    assert expire_due(jobs, county.code, end).expired == 1


def test_a_renewal_answers_the_notice_and_the_next_term_has_its_own(county: County, jobs: Store) -> None:
    person = at_the_end(county)
    assert expiring(jobs, county, clock.now()) == 1
    proposal = propose_renewal(person.assessor, person.entry_id, a_new_fact(person))
    agree(person.coordinator, proposal.id, proposal.version)
    assert [done for _, _, done in notices(person)] == [True]
    with transaction(person.coordinator) as work:
        end = entry_of(work, person).expires_at
    assert end is not None
    assert expiring(jobs, county, clock.now() + timedelta(days=100)) == 0
    assert expiring(jobs, county, end - timedelta(days=10)) == 1
    assert [done for _, _, done in notices(person)] == [True, False]


def test_guardrail_g9_nothing_is_renewed_or_kept_open_by_the_night(county: County, jobs: Store) -> None:
    person = at_the_end(county, days=1)
    a_new_fact(person)
    expiring(jobs, county, clock.now())
    assert expire_due(jobs, county.code, clock.now() + timedelta(days=1, seconds=5)).expired == 1
    with transaction(person.coordinator) as work:
        entry = entry_of(work, person)
        assert (entry.state, entry.closure_reason, entry.renewed_at) == ("expired", "7", None)


def test_losing_contact_ends_nothing_by_itself(county: County, jobs: Store) -> None:
    long_ago = clock.now() - timedelta(days=200)
    person = in_care(
        county, S.PLAN_ACTIVE, accepted_at=long_ago, created_at=long_ago, expires_at=long_ago + timedelta(days=364)
    )
    do_parts(jobs, county.code, clock.now())
    assert expire_due(jobs, county.code, clock.now()).expired == 0
    with transaction(person.coordinator) as work:
        assert entry_of(work, person).state == "plan_active"
