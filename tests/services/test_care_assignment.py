"""Who looks after somebody: named by the township or the assessor in charge, or claimed for oneself."""

from datetime import timedelta
from uuid import UUID

import pytest

from server import clock
from server.domain.care_assignment import Assignment
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.permissions import Permission
from server.errors import Forbidden, Invalid, NotFound, Stale
from server.services.care_assignment import assign_carers
from server.services.ledger_reading import read_steps
from server.store.ledger import entry_by_id
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, a_caller
from tests.make_care import InCare, an_assessor, in_care
from tests.make_consents import entry_now
from tests.make_ledger import refusal
from tests.signed_in import a_user
from tests.sweeping import events_of


def staff(county: County, role: Role, area: str = "") -> UUID:
    """Somebody who really holds a role."""
    return a_user(county, (role, area or county.township))[0]


def reaches(caller: Caller, person: InCare) -> bool:
    with transaction(caller) as work:
        try:
            entry_by_id(work, Permission.CONSENT_RECORD, person.entry_id)
        except NotFound:
            return False
        return True


def unassigned(county: County, state: LedgerState = LedgerState.ACCEPTED) -> InCare:
    return in_care(county, state, assessor_id=None, carer_ids=[])


def test_the_coordinator_names_who_answers_and_who_helps(county: County) -> None:
    person = unassigned(county)
    coordinator = person.coordinator
    assessor, counsellor, clinician = (staff(county, role) for role in (Role.ASSESSOR, Role.COUNSELLOR, Role.CLINICIAN))
    team = Assignment(assessor, frozenset({counsellor, clinician}))
    entry = assign_carers(coordinator, person.entry_id, 1, team)
    assert (entry.assessor_id, entry.carer_ids) == (assessor, [assessor, *sorted((counsellor, clinician))])
    assert (entry.state, entry.version) == ("accepted", 2)
    assert read_steps(coordinator, person.entry_id) == []
    written = [event for event in events_of(county) if event["action"] == "ledger:assign"]
    assert [(event["actor"], event["record"]) for event in written] == [
        (str(coordinator.identity.user_id), str(person.entry_id))
    ]


def test_whoever_is_named_reaches_the_person_and_whoever_no_longer_is_does_not(county: County) -> None:
    person = in_care(county)
    successor = an_assessor(county, staff(county, Role.ASSESSOR))
    assert (reaches(person.assessor, person), reaches(successor, person)) == (True, False)
    assign_carers(person.assessor, person.entry_id, 1, Assignment(successor.identity.user_id))
    assert (reaches(person.assessor, person), reaches(successor, person)) == (False, True)


def test_an_assessor_claims_an_accepted_entry_that_nobody_has(county: County) -> None:
    person, me = unassigned(county), staff(county, Role.ASSESSOR)
    entry = assign_carers(an_assessor(county, me), person.entry_id, 1, Assignment(me))
    assert (entry.assessor_id, entry.carer_ids) == (me, [me])


def test_a_claim_is_for_oneself_alone(county: County) -> None:
    person, me, friend = unassigned(county), staff(county, Role.ASSESSOR), staff(county, Role.ASSESSOR)
    for assignment in (Assignment(friend), Assignment(me, frozenset({friend})), Assignment(friend, frozenset({me}))):
        with refusal(Forbidden, "claim_for_oneself_only"):
            assign_carers(an_assessor(county, me), person.entry_id, 1, assignment)
    assert entry_now(person).carer_ids == []


@pytest.mark.parametrize("state", [LedgerState.REPORTED, LedgerState.CONSENTED, LedgerState.CLOSED])
def test_only_an_accepted_entry_is_claimed(county: County, state: LedgerState) -> None:
    person, me = unassigned(county, state), staff(county, Role.ASSESSOR)
    with refusal(NotFound, "not_found"):
        assign_carers(an_assessor(county, me), person.entry_id, 1, Assignment(me))


def test_an_entry_that_somebody_has_is_not_claimed_away(county: County) -> None:
    person, me = in_care(county, LedgerState.ACCEPTED), staff(county, Role.ASSESSOR)
    with refusal(NotFound, "not_found"):
        assign_carers(an_assessor(county, me), person.entry_id, 1, Assignment(me))


def test_of_two_who_claim_one_the_second_is_told(county: County) -> None:
    person, first, second = unassigned(county), staff(county, Role.ASSESSOR), staff(county, Role.ASSESSOR)
    assign_carers(an_assessor(county, first), person.entry_id, 1, Assignment(first))
    with refusal(NotFound, "not_found"):
        assign_carers(an_assessor(county, second), person.entry_id, 1, Assignment(second))
    with refusal(Stale, "record_changed"):
        assign_carers(person.coordinator, person.entry_id, 1, Assignment(second))


def test_only_people_who_do_such_work_there_are_named(county: County) -> None:
    person, assessor = in_care(county), staff(county, Role.ASSESSOR)
    wrong = [new_id(), staff(county, Role.GRID_WORKER, county.grid), staff(county, Role.TOWNSHIP_COORDINATOR)]
    elsewhere = staff(county, Role.ASSESSOR, county.other_township)
    for user_id in (*wrong, elsewhere, staff(county, Role.COUNSELLOR)):
        with refusal(Invalid, "assessor_unknown"):
            assign_carers(person.coordinator, person.entry_id, 1, Assignment(user_id))
    for user_id in (*wrong, elsewhere):
        with refusal(Invalid, "carer_unknown"):
            assign_carers(person.coordinator, person.entry_id, 1, Assignment(assessor, frozenset({user_id})))
    of_the_county = staff(county, Role.CLINICIAN, county.code)
    assert assign_carers(person.coordinator, person.entry_id, 1, Assignment(of_the_county)).version == 2


def test_a_role_that_has_ended_names_nobody(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    person = in_care(county)
    tomorrow = clock.now() + timedelta(days=1)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: tomorrow)
        not_yet = staff(county, Role.ASSESSOR)
    with refusal(Invalid, "assessor_unknown"):
        assign_carers(person.coordinator, person.entry_id, 1, Assignment(not_yet))


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.COUNSELLOR, Role.GRID_WORKER])
def test_other_roles_name_nobody(county: County, role: Role) -> None:
    person = in_care(county)
    caller = a_caller(county, role, county.grid if role is Role.GRID_WORKER else county.township, Purpose.CARE)
    with refusal(Forbidden, "role_forbidden"):
        assign_carers(caller, person.entry_id, 1, Assignment(caller.identity.user_id))
