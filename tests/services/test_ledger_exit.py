"""Leaving the ledger by hand, and what a forbidden ground does."""

import pytest
from sqlalchemy import select, text

from server.domain.codes import ClosureReason, Purpose, Role
from server.errors import Conflict, Forbidden, Invalid, NotFound
from server.models.ledger import Task
from server.models.resident import Resident
from server.services.ledger import promote_observations
from server.services.ledger_exit import close_entry, purge_forbidden
from server.services.ledger_reading import read_entry
from server.services.ledger_review import Acceptance, accept_entry
from server.store.transaction import transaction
from tests.make import County, a_caller
from tests.make_ledger import (
    FACT,
    a_coordinator,
    a_promotion,
    a_reported_entry,
    an_officer,
    an_opened_entry,
    observed,
    observed_again,
    refusal,
)


@pytest.mark.parametrize("reason", [each for each in ClosureReason if each.value not in {"7", "10"}])
def test_before_acceptance_the_township_closes_with_a_reason(county: County, reason: ClosureReason) -> None:
    entry = a_reported_entry(county)
    closed = close_entry(a_coordinator(county), entry.id, entry.version, reason)
    assert (closed.state, closed.closure_reason) == ("closed", reason)


@pytest.mark.parametrize("reason", [ClosureReason.EXPIRED, ClosureReason.FORBIDDEN_GROUND])
def test_reasons_of_other_acts_are_not_given_by_hand(county: County, reason: ClosureReason) -> None:
    entry = a_reported_entry(county)
    with refusal(Invalid, "closure_reason_reserved"):
        close_entry(a_coordinator(county), entry.id, entry.version, reason)


def test_the_office_closes_its_draft_and_nothing_further(county: County) -> None:
    officer = an_officer(county)
    draft = promote_observations(officer, a_promotion(observed(county), report=False))
    assert close_entry(officer, draft.id, draft.version, ClosureReason.ERROR).state == "closed"
    reported = a_reported_entry(county)
    with refusal(Forbidden, "role_forbidden"):
        close_entry(officer, reported.id, reported.version, ClosureReason.ERROR)


def test_someone_taken_on_is_not_closed_by_one_side_alone(county: County) -> None:
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    accepted = accept_entry(coordinator, opened.id, opened.version, Acceptance())
    with refusal(Conflict, "entry_closure_needs_assessor"):
        close_entry(coordinator, accepted.id, accepted.version, ClosureReason.MOVED)


def test_a_forbidden_ground_ends_an_entry_and_the_person_is_gone(county: County) -> None:
    coordinator = a_coordinator(county)
    person = observed(county)
    entry = promote_observations(an_officer(county), a_promotion(person))
    purge_forbidden(coordinator, entry.id, entry.version)
    with refusal(NotFound, "not_found"):
        read_entry(coordinator, entry.id)
    with transaction(coordinator) as work:
        assert work.session.get(Resident, (county.code, person.resident_id)) is None
        left = text(
            "SELECT (SELECT count(*) FROM subject WHERE id = :id), (SELECT count(*) FROM subject_key WHERE subject_id = :id),"
            " (SELECT count(*) FROM observation WHERE resident_id = :id)"
        )
        assert tuple(work.session.execute(left, {"id": person.resident_id}).one()) == (0, 0, 0)
        task = work.session.scalars(select(Task).where(Task.kind == "forbidden_ground")).one()
    assert (task.role, task.entry_id) == ("privacy_officer", None)


def test_a_forbidden_ground_leaves_a_person_with_another_entry(county: County) -> None:
    person = observed(county)
    first = promote_observations(an_officer(county), a_promotion(person))
    close_entry(a_coordinator(county), first.id, first.version, ClosureReason.NO_NEED)
    again = frozenset({observed_again(county, person)})
    second = promote_observations(an_officer(county), a_promotion(person, observation_ids=again))
    privacy = a_caller(county, Role.PRIVACY_OFFICER, county.code, Purpose.AUDIT)
    purge_forbidden(privacy, second.id, second.version)
    detail = read_entry(a_coordinator(county), second.id)
    assert (detail.entry.state, detail.entry.closure_reason, detail.facts) == ("closed", "10", ())
    assert [fact.fact for fact in read_entry(a_coordinator(county), first.id).facts] == [FACT]
