"""The township's review: who decides, for what reasons, and what is written down."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from server.domain.codes import ClosureReason, DeclineReason, LedgerState, Purpose, ReturnReason, Role, Urgency
from server.domain.pages import PageAsked
from server.errors import Forbidden, Invalid, Stale
from server.models.ledger import LedgerEntry, LedgerStep, Task
from server.services.ledger import Bettered, promote_observations, resubmit_entry
from server.services.ledger_exit import close_entry
from server.services.ledger_reading import read_steps
from server.services.ledger_review import Acceptance, accept_entry, decline_entry, open_review, return_entry
from server.services.tasks import list_tasks
from server.store.disclosure import refs_of
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, an_identity, same_caller
from tests.make_ledger import (
    a_coordinator,
    a_promotion,
    a_reported_entry,
    an_officer,
    an_opened_entry,
    observed,
    observed_again,
    overwrite,
    refusal,
)
from tests.signed_in import a_user


@pytest.mark.parametrize("reason", list(ReturnReason))
def test_a_returned_entry_comes_back_bettered(county: County, reason: ReturnReason) -> None:
    officer, coordinator = an_officer(county), a_coordinator(county)
    person = observed(county)
    entry = promote_observations(officer, a_promotion(person))
    opened = open_review(coordinator, entry.id, entry.version)
    back = return_entry(coordinator, entry.id, opened.version, reason)
    assert (back.state, back.decision_reason) == ("returned", reason)
    assert back.resubmit_due_at is not None
    with transaction(officer) as work:
        task = work.session.scalars(select(Task).where(Task.entry_id == entry.id)).one()
    assert (task.kind, task.assignee_id, task.due_at) == (
        "returned_entry",
        officer.identity.user_id,
        back.resubmit_due_at,
    )
    added = frozenset({observed_again(county, person, ground="3")})
    again = resubmit_entry(officer, entry.id, back.version, Bettered(added, frozenset({"2", "3"})))
    assert (again.state, again.grounds, again.resubmit_due_at, again.reviewer_id) == (
        "reported",
        ["2", "3"],
        None,
        None,
    )
    assert read_steps(coordinator, entry.id)[3].reason == reason


@pytest.mark.parametrize("reason", list(DeclineReason))
def test_a_declined_entry_is_to_be_forgotten_in_thirty_days(county: County, reason: DeclineReason) -> None:
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    declined = decline_entry(coordinator, opened.id, opened.version, reason)
    assert (declined.state, declined.decision_reason) == ("declined", reason)
    with transaction(coordinator) as work:
        due = work.session.get_one(LedgerEntry, (county.code, declined.id)).purge_due_at
    assert due is not None
    assert declined.closed_at is not None
    assert timedelta(days=29) < due - declined.closed_at <= timedelta(days=30)


def test_nobody_reviews_what_they_reported_whatever_else_they_are(county: County) -> None:
    both = (Role.JUDICIAL_OFFICER, county.township), (Role.TOWNSHIP_COORDINATOR, county.township)
    sweeping = Caller(an_identity(county, *both, purpose=Purpose.SWEEP), county.store)
    entry = promote_observations(sweeping, a_promotion(observed(county)))
    reviewing = same_caller(sweeping, Purpose.REVIEW)
    with refusal(Forbidden, "entry_of_own_report"):
        open_review(reviewing, entry.id, entry.version)
    assert open_review(a_coordinator(county), entry.id, entry.version).state == "in_review"


def test_beneath_it_the_database_refuses_reporter_as_reviewer(county: County) -> None:
    entry = a_reported_entry(county)
    with pytest.raises(IntegrityError, match="two_people"):
        overwrite(county, entry.id, reviewer_id=entry.reporter_id)


def test_nobody_reviews_what_they_observed(county: County) -> None:
    coordinator = a_coordinator(county)
    person = observed(county, created_by=coordinator.identity.user_id)
    entry = promote_observations(an_officer(county), a_promotion(person))
    with refusal(Forbidden, "entry_of_own_report"):
        open_review(coordinator, entry.id, entry.version)


def test_whoever_read_an_older_version_changes_nothing(county: County) -> None:
    entry = a_reported_entry(county)
    open_review(a_coordinator(county), entry.id, entry.version)
    with refusal(Stale, "record_changed"):
        open_review(a_coordinator(county), entry.id, entry.version)


def test_steps_can_be_added_and_never_changed(county: County) -> None:
    entry = a_reported_entry(county)
    for attempt in ("UPDATE ledger_step SET reason = 'x'", "DELETE FROM ledger_step"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction(a_coordinator(county)) as work:
            work.session.execute(text(attempt))
    assert len(read_steps(a_coordinator(county), entry.id)) == 2


def test_every_step_has_actor_time_and_states(county: County) -> None:
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    decline_entry(coordinator, opened.id, opened.version, DeclineReason.NO_GROUND)
    with transaction(coordinator) as work:
        steps = work.session.scalars(select(LedgerStep).where(LedgerStep.entry_id == opened.id)).all()
    assert len(steps) == 4
    assert all(step.actor_id != UUID(int=0) and step.at and step.to_state in set(LedgerState) for step in steps)


def test_only_an_assessor_of_the_area_is_named_for_the_first_contact(county: County) -> None:
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    elsewhere, _ = a_user(county, (Role.ASSESSOR, county.other_township))
    other_role, _ = a_user(county, (Role.JUDICIAL_OFFICER, county.township))
    for stranger in (elsewhere, other_role, new_id()):
        with refusal(Invalid, "assessor_unknown"):
            accept_entry(coordinator, opened.id, opened.version, Acceptance(stranger))
    assessor, _ = a_user(county, (Role.ASSESSOR, county.code))
    assert accept_entry(coordinator, opened.id, opened.version, Acceptance(assessor)).assessor_id == assessor


def test_every_move_is_in_the_log_with_whom_it_is_about_and_its_versions(county: County) -> None:
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    with transaction(coordinator) as work:
        (ref,) = refs_of(work, [opened.resident_id]).values()
    with county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :code, true)"), {"code": county.code})
        events = [json.loads(event) for event in connection.scalars(text("SELECT event FROM access_stage ORDER BY id"))]
    moves = [event for event in events if event.get("record") == str(opened.id)]
    assert [(event["action"], event.get("before"), event["after"]) for event in moves] == [
        ("ledger:promote", None, 1),
        ("ledger:report", 1, 2),
        ("ledger:open_review", 2, 3),
    ]
    assert all(event["subjects"] == [str(ref)] for event in moves)


def test_an_ended_entry_leaves_the_tasks_at_once(county: County) -> None:
    coordinator = a_coordinator(county)
    entry = a_reported_entry(county, urgency=Urgency.URGENT)
    assert len(list_tasks(coordinator, PageAsked(9), overdue_only=False).items) == 1
    close_entry(coordinator, entry.id, entry.version, ClosureReason.NEED_MET)
    assert list_tasks(coordinator, PageAsked(9), overdue_only=False).items == ()


@pytest.mark.parametrize("reason", [ReturnReason.NEEDS_FACT, ReturnReason.HEARSAY_ONLY, ReturnReason.FORBIDDEN_GROUND])
def test_what_came_back_for_want_of_facts_needs_one_more(county: County, reason: ReturnReason) -> None:
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    back = return_entry(coordinator, opened.id, opened.version, reason)
    with refusal(Invalid, "resubmission_needs_fact"):
        resubmit_entry(an_officer(county), back.id, back.version, Bettered())


def test_a_resubmitted_entry_no_longer_carries_the_old_decision(county: County) -> None:
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    back = return_entry(coordinator, opened.id, opened.version, ReturnReason.NOT_RESIDENT)
    again = resubmit_entry(an_officer(county), back.id, back.version, Bettered())
    assert (again.state, again.decision_reason, again.decided_at) == ("reported", None, None)
