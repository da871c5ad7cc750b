"""Leaving together: one side proposes, the other decides, and whoever leaves is gone from every list at once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from server import clock
from server.config import Config
from server.domain.codes import ClosureReason, LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope, SafetyKind, SafetySource
from server.domain.codes_consents import WithdrawalChannel
from server.domain.codes_leaving import ProposalState
from server.domain.crisis_reports import CrisisReport
from server.domain.identity import Grant
from server.domain.ledger_states import IN_SERVICE_STATES, TERMINAL_STATES, LedgerAct
from server.domain.pages import PageAsked
from server.domain.permissions import Permission
from server.errors import Conflict, Forbidden, Invalid, LinliError, NotFound, Stale
from server.models.consent import Consent
from server.models.ledger import LedgerEntry, LedgerStep, Task
from server.models.plan import CarePlan, Visit
from server.models.safety import SafetyEvent
from server.services.consents import withdraw_everything
from server.services.entry_proposals import agree, list_proposals, propose_closure, refuse, take_back
from server.services.expiry import expire_due
from server.services.ledger_exit import close_entry, purge_forbidden
from server.services.ledger_moves import move
from server.services.ledger_reading import LedgerFilter, list_ledger
from server.store.care import records
from server.store.erasure import erase_care
from server.store.safety_events import NewSafetyEvent, raise_event
from server.store.transaction import Caller, Store, new_id, open_store, transaction
from tests.make import County, a_caller, same_caller
from tests.make_assessments import signed
from tests.make_care import InCare, a_consent, a_plan, an_assessor, entry_of, in_care, visits_of
from tests.make_ledger import refusal
from tests.make_referrals import drafted, referring
from tests.make_teams import a_constituted_team
from tests.services.test_ledger_reading import statements
from tests.sweeping import events_of

S, C = LedgerState, ClosureReason
FIRST = PageAsked(50)


@pytest.fixture(scope="module")
def jobs(config: Config, store: Store) -> Iterator[Store]:
    """The store as the job process opens it."""
    opened = open_store(config, store.keyring, url=config.jobs_url)
    yield opened
    opened.engine.dispose()


def tasks_about(person: InCare, record_id: UUID) -> list[tuple[str, str, bool]]:
    """Kind, role and whether it is done, of the tasks about a record."""
    with transaction(person.coordinator) as work:
        rows = work.session.scalars(select(Task).where(Task.about_id == record_id).order_by(Task.role))
        return [(row.kind, row.role, row.done_at is not None) for row in rows]


def both_roles(county: County, user_id: UUID | None = None, purpose: Purpose = Purpose.CARE) -> Caller:
    """Somebody who is assessor and coordinator at once."""
    one = an_assessor(county, user_id)
    grants = (*one.identity.grants, Grant(new_id(), Role.TOWNSHIP_COORDINATOR, county.township))
    return replace(one, identity=replace(one.identity, grants=grants, purpose=purpose))


@pytest.mark.parametrize("by_township", [True, False])
def test_two_sides_let_somebody_leave(county: County, *, by_township: bool) -> None:
    person = in_care(county, S.STABLE)
    first, second = person.coordinator, person.assessor
    if not by_township:
        first, second = second, first
    proposal = propose_closure(first, person.entry_id, C.NEED_MET)
    assert vars(proposal) == {
        "id": proposal.id, "entry_id": person.entry_id, "act": "close", "reason": "1", "observation_id": None,
        "side": "township" if by_township else "assessor", "state": "open",
        "created_by": first.identity.user_id, "created_at": proposal.created_at, "decided_by": None,
        "decided_at": None, "version": 1,
    }  # fmt: skip
    roles = ["assessor", "clinician"] if by_township else ["township_coordinator"]
    assert tasks_about(person, proposal.id) == [("closure_proposed", role, False) for role in roles]
    done = agree(second, proposal.id, proposal.version)
    assert done == replace(
        proposal, state="agreed", version=2, decided_by=second.identity.user_id, decided_at=done.decided_at
    )
    assert tasks_about(person, proposal.id) == [("closure_proposed", role, True) for role in roles]
    with transaction(person.coordinator) as work:
        entry = entry_of(work, person)
        step = work.session.scalars(select(LedgerStep).where(LedgerStep.entry_id == person.entry_id)).one()
    assert (entry.state, entry.closure_reason) == ("closed", "1")
    assert (step.act, step.from_state, step.to_state, step.reason, step.actor_id) == (
        "close", "stable", "closed", "1", second.identity.user_id,
    )  # fmt: skip


def test_nobody_is_let_go_by_others_while_an_emergency_is_unanswered(county: County) -> None:
    person = in_care(county, S.STABLE)
    proposal = propose_closure(person.assessor, person.entry_id, C.NEED_MET)
    with transaction(person.assessor) as work:
        new = NewSafetyEvent(
            person.area_code, CrisisReport(SafetyKind.ACUTE_STATE, "说话没有条理，整夜不睡。"), SafetySource.STAFF,
            resident_id=person.resident_id,
        )  # fmt: skip
        raise_event(work, new)
    with refusal(Conflict, "safety_event_open"):
        agree(person.coordinator, proposal.id, proposal.version)
    with transaction(person.assessor) as work:
        work.session.execute(update(SafetyEvent).values(state="closed"))
    assert agree(person.coordinator, proposal.id, proposal.version).state == "agreed"


def test_nobody_decides_about_their_own_proposal_nor_for_their_own_side(county: County) -> None:
    clinician = an_assessor(county, role=Role.CLINICIAN)
    person = in_care(county, S.STABLE, carers=(clinician.identity.user_id,))
    proposal = propose_closure(person.assessor, person.entry_id, C.NEED_MET)
    for caller, code in ((person.assessor, "proposal_own"), (clinician, "proposal_same_side")):
        for decide in (agree, refuse):
            with refusal(Forbidden, code):
                decide(caller, proposal.id, proposal.version)
    of_township = propose_closure(in_care_coordinator(person), in_care(county, S.STABLE).entry_id, C.MOVED)
    with refusal(Forbidden, "proposal_same_side"):
        agree(person.coordinator, of_township.id, of_township.version)


def in_care_coordinator(person: InCare) -> Caller:
    """A colleague of the coordinator."""
    return a_caller(person.county, Role.TOWNSHIP_COORDINATOR, person.county.township, Purpose.REVIEW)


@pytest.mark.parametrize("purpose", [Purpose.CARE, Purpose.REVIEW])
def test_somebody_with_both_roles_does_not_play_both(county: County, purpose: Purpose) -> None:
    person = in_care(county, S.STABLE)
    both = both_roles(county, person.assessor.identity.user_id)
    proposal = propose_closure(both, person.entry_id, C.NEED_MET)
    assert proposal.side == "assessor"
    with refusal(Forbidden, "proposal_own"):
        agree(same_caller(both, purpose), proposal.id, proposal.version)
    colleague = an_assessor(county)
    with transaction(person.assessor) as work:
        entry = entry_of(work, person)
        entry.carer_ids = [*entry.carer_ids, colleague.identity.user_id]
    second = take_back(colleague, proposal.id, proposal.version)
    assert second.state == "taken_back"
    theirs = propose_closure(colleague, person.entry_id, C.NEED_MET)
    with refusal(Forbidden, "proposal_same_side"):
        agree(same_caller(both, purpose), theirs.id, theirs.version)


def test_handing_the_person_over_in_between_does_not_make_two_of_one(county: County) -> None:
    person = in_care(county, S.STABLE)
    both = both_roles(county)
    proposal = propose_closure(both, person.entry_id, C.NEED_MET)
    assert proposal.side == "township"
    with transaction(person.assessor) as work:
        entry_of(work, person).carer_ids = [both.identity.user_id]
    with refusal(Forbidden, "proposal_own"):
        agree(both, proposal.id, proposal.version)


def test_a_refusal_changes_nothing_and_may_be_followed_by_another_proposal(county: County) -> None:
    person = in_care(county, S.STABLE)
    proposal = propose_closure(person.assessor, person.entry_id, C.NEED_MET)
    with refusal(Conflict, "proposal_open"):
        propose_closure(person.coordinator, person.entry_id, C.MOVED)
    refused = refuse(person.coordinator, proposal.id, proposal.version)
    assert (refused.state, refused.version) == ("refused", 2)
    assert tasks_about(person, proposal.id) == [("closure_proposed", "township_coordinator", True)]
    with transaction(person.assessor) as work:
        assert entry_of(work, person).state == "stable"
    with refusal(Conflict, "proposal_decided"):
        agree(person.coordinator, proposal.id, refused.version)
    assert propose_closure(person.coordinator, person.entry_id, C.MOVED).state == "open"


def test_only_its_own_side_takes_a_proposal_back(county: County) -> None:
    person = in_care(county, S.STABLE)
    proposal = propose_closure(person.coordinator, person.entry_id, C.MOVED)
    with refusal(Forbidden, "proposal_of_other_side"):
        take_back(person.assessor, proposal.id, proposal.version)
    with refusal(Stale, "record_changed"):
        take_back(person.coordinator, proposal.id, proposal.version + 1)
    assert take_back(person.coordinator, proposal.id, proposal.version).state == "taken_back"
    with refusal(Conflict, "proposal_decided"):
        take_back(person.coordinator, proposal.id, proposal.version + 1)


def test_what_changed_meanwhile_is_looked_at_again(county: County) -> None:
    person = in_care(county, S.PLAN_ACTIVE)
    proposal = propose_closure(person.assessor, person.entry_id, C.NEED_MET)
    with transaction(person.assessor) as work:
        entry_of(work, person).state = "paused"
    with refusal(Conflict, "closure_reason_unfit"):
        agree(person.coordinator, proposal.id, proposal.version)
    assert tasks_about(person, proposal.id) == [("closure_proposed", "township_coordinator", False)]


def test_outsiders_neither_propose_nor_decide(county: County) -> None:
    person = in_care(county, S.STABLE)
    proposal = propose_closure(person.assessor, person.entry_id, C.NEED_MET)
    away = a_caller(county, Role.TOWNSHIP_COORDINATOR, county.other_township, Purpose.REVIEW)
    for caller in (away, an_assessor(county)):
        with refusal(NotFound, "not_found"):
            propose_closure(caller, person.entry_id, C.MOVED)
        with refusal(NotFound, "not_found"):
            agree(caller, proposal.id, proposal.version)
        assert list_proposals(caller, None, FIRST).items == ()
    for role in (Role.COUNSELLOR, Role.CASE_MEMBER, Role.PRIVACY_OFFICER, Role.JUDICIAL_OFFICER):
        with refusal(Forbidden, "role_forbidden"):
            propose_closure(a_caller(county, role, county.township, Purpose.CARE), person.entry_id, C.MOVED)


def test_one_side_alone_is_shown_the_way(county: County) -> None:
    person = in_care(county, S.STABLE)
    with transaction(person.coordinator) as work:
        version = entry_of(work, person).version
    with refusal(Conflict, "entry_closure_needs_assessor"):
        close_entry(person.coordinator, person.entry_id, version, C.MOVED)


@pytest.mark.parametrize("reason", ["3", "4", "7", "10"])
def test_reasons_of_other_acts_are_not_proposed(county: County, reason: str) -> None:
    person = in_care(county, S.STABLE)
    with refusal(Invalid, "closure_reason_of_other_act"):
        propose_closure(person.assessor, person.entry_id, C(reason))


# Lost contact


LONG = timedelta(days=100)


def test_lost_contact_is_ninety_days_without_anybody_meeting_the_person(county: County) -> None:
    long_ago = clock.now() - LONG
    person = in_care(county, S.ACCEPTED, accepted_at=long_ago, created_at=long_ago, expires_at=long_ago + LONG * 2)
    proposal = propose_closure(person.coordinator, person.entry_id, C.LOST_CONTACT)
    a_consent(person, ConsentScope.CONTACT)
    with refusal(Conflict, "contact_not_lost"):
        agree(person.assessor, proposal.id, proposal.version)


@pytest.mark.parametrize("met", ["visit", "assessment"])
def test_a_visit_or_an_assessment_is_contact(county: County, met: str) -> None:
    long_ago = clock.now() - LONG
    person = in_care(county, S.PLAN_ACTIVE, accepted_at=long_ago, created_at=long_ago, expires_at=long_ago + LONG * 2)
    a_plan(person)
    with transaction(person.assessor) as work:
        work.session.execute(update(Consent).where(Consent.entry_id == person.entry_id).values(answered_at=long_ago))
    made = propose_closure(person.coordinator, person.entry_id, C.LOST_CONTACT)
    take_back(person.coordinator, made.id, made.version)
    if met == "visit":
        with transaction(person.assessor) as work:
            values = {"state": "declined", "done_at": clock.now() - timedelta(days=89)}
            work.session.execute(update(Visit).where(Visit.entry_id == person.entry_id).values(**values))
    else:
        signed(person, held_on=clock.today())
    with refusal(Conflict, "contact_not_lost"):
        propose_closure(person.coordinator, person.entry_id, C.LOST_CONTACT)


# Reading


def test_open_proposals_are_listed_for_both_sides_and_name_their_people_once(county: County) -> None:
    people = [in_care(county, S.STABLE) for _ in range(3)]
    made = [propose_closure(person.coordinator, person.entry_id, C.MOVED) for person in people]
    refused = refuse(people[0].assessor, made[0].id, 1)
    coordinator = people[0].coordinator
    page = list_proposals(coordinator, ProposalState.OPEN, PageAsked(1))
    assert (page.items, page.next_keys) == ((made[1],), (str(made[1].id),))
    rest = list_proposals(coordinator, ProposalState.OPEN, PageAsked(1, page.next_keys))
    assert (rest.items, rest.next_keys) == ((made[2],), None)
    assert list_proposals(coordinator, None, FIRST).items == (refused, *made[1:])
    assert list_proposals(people[1].assessor, None, FIRST).items == (made[1],)
    last = [one for one in events_of(county) if one["action"] == "ledger:exit" and one.get("count")][-2]
    assert len(last["subjects"]) == 3


def test_a_list_takes_as_many_statements_for_one_as_for_eight(county: County) -> None:
    first = in_care(county, S.STABLE)
    propose_closure(first.coordinator, first.entry_id, C.MOVED)
    counts = []
    for more in (0, 7):
        for _ in range(more):
            person = in_care(county, S.STABLE)
            propose_closure(person.coordinator, person.entry_id, C.MOVED)
        list_proposals(first.coordinator, None, FIRST)
        with statements(county.store) as sent:
            assert len(list_proposals(first.coordinator, None, FIRST).items) == 1 + more
        counts.append(len(sent))
    assert counts[0] == counts[1]


# Gone at once (guardrail G9), whichever way


def by_closure(person: InCare, jobs: Store) -> None:
    """Both sides agree."""
    proposal = propose_closure(person.assessor, person.entry_id, C.NEED_MET)
    agree(person.coordinator, proposal.id, proposal.version)


def by_withdrawal(person: InCare, jobs: Store) -> None:
    """The person takes everything back."""
    with transaction(person.assessor) as work:
        version = entry_of(work, person).version
    withdraw_everything(person.assessor, person.entry_id, version, WithdrawalChannel.PERSON_SAID)


def by_expiry(person: InCare, jobs: Store) -> None:
    """The term ends."""
    with transaction(person.assessor) as work:
        entry_of(work, person).expires_at = work.now - timedelta(seconds=1)
    assert expire_due(jobs, person.county.code, clock.now()).expired == 1


def by_forbidden_ground(person: InCare, jobs: Store) -> None:
    """A forbidden ground was found."""
    with transaction(person.coordinator) as work:
        version = entry_of(work, person).version
    purge_forbidden(person.coordinator, person.entry_id, version)


WAYS = [by_closure, by_withdrawal, by_expiry, by_forbidden_ground]


@pytest.mark.parametrize("leave", WAYS, ids=lambda way: way.__name__)
def test_guardrail_g9_whoever_leaves_is_gone_from_every_working_list(
    county: County, jobs: Store, leave: Callable[[InCare, Store], None]
) -> None:
    worker = a_caller(county, Role.GRID_WORKER, county.grid, Purpose.CARE)
    counsellor, clinician = an_assessor(county, role=Role.COUNSELLOR), an_assessor(county, role=Role.CLINICIAN)
    carers = tuple(one.identity.user_id for one in (counsellor, clinician))
    person = in_care(county, S.PLAN_ACTIVE, carers=carers)
    a_plan(person, visitor_id=worker.identity.user_id, visits=2)
    open_one = propose_closure(person.coordinator, person.entry_id, C.MOVED)
    if leave is by_closure:
        take_back(person.coordinator, open_one.id, open_one.version)
    caring = (person.assessor, counsellor, clinician)

    def seen() -> list[int]:
        ledger = [len(list_ledger(one, LedgerFilter(), FIRST).items) for one in caring]
        with transaction(worker) as work:
            visits = work.session.scalars(records(work, Permission.VISIT_READ, Visit, Visit.assignee_id)).all()
        return [*ledger, len(visits)]

    assert seen() == [1, 1, 1, 2]
    leave(person, jobs)
    assert seen() == [0, 0, 0, 0]
    assert list_proposals(person.assessor, None, FIRST).items == ()


@pytest.mark.parametrize("leave", WAYS[:3], ids=lambda way: way.__name__)
def test_guardrail_g9_what_was_planned_is_called_off_and_forgetting_begins(
    county: County, jobs: Store, leave: Callable[[InCare, Store], None]
) -> None:
    made = referring(county)
    person = made.person
    a_plan(person, visits=2)
    referral, team = drafted(made), a_constituted_team(county, person)
    if leave is not by_closure:
        propose_closure(person.coordinator, person.entry_id, C.MOVED)
    leave(person, jobs)
    assert {visit.state for visit in visits_of(person)} == {"cancelled"}
    with transaction(person.coordinator) as work:
        entry = entry_of(work, person)
        plan = work.session.scalars(select(CarePlan).where(CarePlan.entry_id == person.entry_id)).one()
        consents = set(work.session.scalars(select(Consent.state).where(Consent.entry_id == person.entry_id)))
        undone = work.session.scalars(
            select(Task.kind).where(Task.entry_id == person.entry_id, Task.done_at.is_(None))
        ).all()
        states = (
            "SELECT (SELECT state FROM referral WHERE id = :referral), (SELECT state FROM case_team WHERE id = :team)"
        )
        gone = work.session.execute(text(states), {"referral": referral.id, "team": team.id}).one()
    assert tuple(gone) == ("cancelled", "stood_down")
    assert (plan.state, consents) == ("ended", {"withdrawn" if leave is by_withdrawal else "expired"})
    assert set(undone) <= {"expired_entry"}
    assert entry.purge_due_at is not None
    assert timedelta(days=729) < entry.purge_due_at - clock.now() < timedelta(days=732)


def test_guardrail_g3_whoever_said_no_is_forgotten_when_the_lock_ends(county: County, jobs: Store) -> None:
    person = in_care(county, S.AWAITING_CONSENT)
    with transaction(person.assessor) as work:
        entry = entry_of(work, person)
        entry.closure_reason = C.PERSON_DECLINED.value
        move(work, entry, LedgerAct.REFUSE, C.PERSON_DECLINED.value)
        due = entry.purge_due_at
    assert due is not None
    assert timedelta(days=88) < due - clock.now() < timedelta(days=93)
    assert expire_due(jobs, county.code, due - timedelta(seconds=1)).forgotten == 0
    assert expire_due(jobs, county.code, due).forgotten == 1


@pytest.mark.parametrize("state", sorted(IN_SERVICE_STATES))
def test_ninety_days_without_an_assessment_end_an_entry_and_an_assessment_stops_that(
    county: County, jobs: Store, state: LedgerState
) -> None:
    person = in_care(county, state)
    with transaction(person.assessor) as work:
        accepted = entry_of(work, person).accepted_at
    assert accepted is not None
    expired = expire_due(jobs, county.code, accepted + timedelta(days=90)).expired
    assert expired == (state in {S.ACCEPTED, S.AWAITING_CONSENT, S.CONSENTED})


@pytest.mark.parametrize("state", sorted(TERMINAL_STATES))
@pytest.mark.parametrize("act", [act for act in LedgerAct if act not in {LedgerAct.EXPIRE, LedgerAct.LAPSE}])
def test_nothing_is_ever_reopened(county: County, state: LedgerState, act: LedgerAct) -> None:
    person = in_care(county, state)
    with (
        pytest.raises(LinliError) as refused,
        transaction(both_roles(county, person.assessor.identity.user_id)) as work,
    ):
        move(work, entry_of(work, person), act)
    assert refused.value.code == "ledger_transition_forbidden"
    with refusal(NotFound, "not_found"):
        propose_closure(person.coordinator, person.entry_id, C.ERROR)
    with transaction(person.coordinator) as work:
        left = work.session.scalars(select(LedgerEntry.state).where(LedgerEntry.id == person.entry_id)).one()
    assert left == state


def a_second_time(person: InCare) -> UUID:
    """An older entry of the same person, ended and still kept."""
    other = in_care(person.county, S.CLOSED)
    with transaction(person.coordinator) as work:
        entry = entry_of(work, other)
        entry.resident_id = person.resident_id
    return other.entry_id


def care_left(person: InCare) -> list[int]:
    """How many rows of the entry's care are left: consents, assessments, plans, visits, proposals."""
    tables = ("consent", "assessment", "care_plan", "visit", "entry_proposal")
    counts = ", ".join(f"(SELECT count(*) FROM {table} WHERE entry_id = :id)" for table in tables)
    with transaction(person.coordinator) as work:
        return list(work.session.execute(text(f"SELECT {counts}"), {"id": person.entry_id}).one())


def with_much_care(county: County) -> InCare:
    """Somebody with one of everything, and an older entry."""
    person = in_care(county, S.PLAN_ACTIVE)
    a_plan(person)
    signed(person)
    propose_closure(person.coordinator, person.entry_id, C.MOVED)
    a_second_time(person)
    assert care_left(person) == [2, 1, 1, 1, 1]
    return person


def test_what_rested_on_a_forbidden_ground_is_destroyed_also_where_the_person_stays(
    county: County, jobs: Store
) -> None:
    person = with_much_care(county)
    by_forbidden_ground(person, jobs)
    assert care_left(person) == [0, 0, 0, 0, 0]
    with transaction(person.coordinator) as work:
        assert entry_of(work, person).state == "closed"


def test_invariant_15_forgetting_one_of_two_entries_takes_its_care_along(county: County, jobs: Store) -> None:
    person = with_much_care(county)
    by_withdrawal(person, jobs)
    with transaction(person.coordinator) as work:
        entry_of(work, person).purge_due_at = work.now - timedelta(days=1)
    assert expire_due(jobs, county.code, clock.now()).forgotten == 1
    assert care_left(person) == [0, 0, 0, 0, 0]


def test_the_care_of_an_open_entry_is_erased_by_nobody(county: County) -> None:
    person = with_much_care(county)
    with transaction(person.coordinator) as work:
        erase_care(work, [person.entry_id])
    assert care_left(person) == [2, 1, 1, 1, 1]
