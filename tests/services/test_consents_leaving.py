"""Leaving: at once, by anybody who is told, with everything that was planned, or not at all."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_consents import WithdrawalChannel
from server.errors import Conflict, Forbidden, NotFound, Stale
from server.models.consent import Consent
from server.models.ledger import LedgerStep, Task
from server.models.plan import CarePlan
from server.models.referral import Referral
from server.services.consents import withdraw_consent, withdraw_everything, withdraw_plan_visit, withdraw_scope
from server.store.care import columns_of, lock_entry, sealing_keys
from server.store.tasks import NewTask, TaskKind, insert_tasks
from server.store.transaction import Work, new_id, transaction
from tests.make import County, a_caller
from tests.make_care import InCare, a_consent, a_plan, an_agency, an_assessor, entry_of, in_care, visits_of
from tests.make_consents import asked, consents_now, entry_now
from tests.make_ledger import refusal

SAID = WithdrawalChannel.PERSON_SAID
PLANNED = [LedgerState.PLAN_ACTIVE, LedgerState.PAUSED, LedgerState.STABLE]


def consent_of(person: InCare, scope: ConsentScope) -> Consent:
    with transaction(person.coordinator) as work:
        which = Consent.entry_id == person.entry_id, Consent.scope == scope.value
        return work.session.scalars(select(Consent).where(*which)).one()


def a_referral(person: InCare, agency_id: UUID, state: str = "drafted") -> UUID:
    """A referral nobody outside has seen, or in another state."""
    with transaction(person.assessor) as work:
        entry = entry_of(work, person)
        columns = columns_of(work, entry)
        keys = sealing_keys(work, "referral:write", entry.resident_id, "referral.packet")
        values = {
            "agency_id": agency_id, "state": state,
            "sealed_packet": keys.seal("referral.packet", columns["id"], entry.resident_id, "{}"),
        }  # fmt: skip
        for column in Referral.__table__.columns:
            if not column.nullable and column.name not in {*columns, *values} and column.default is None:
                values[column.name] = filler(column, work)
        work.session.add(Referral(**columns, **values))
        return columns["id"]


def filler(column: object, work: Work) -> object:
    """Something of the column's type: what is referred for does not matter here."""
    kind = column.type.python_type  # type: ignore[attr-defined]
    known = {bool: False, str: "1", int: 1, list: [], UUID: new_id(), bytes: b""}
    return known.get(kind, work.now)


def states(person: InCare) -> dict[str, object]:
    """What stands of the person's care."""
    with transaction(person.coordinator) as work:
        plans = select(CarePlan.state, CarePlan.end_reason).where(CarePlan.entry_id == person.entry_id)
        referrals = select(Referral.id, Referral.state).where(Referral.entry_id == person.entry_id)
        return {
            "entry": entry_of(work, person).state,
            "visits": [(visit.state, visit.cancel_reason) for visit in visits_of(person)],
            "plans": [tuple(row) for row in work.session.execute(plans)],
            "referrals": {row.id: row.state for row in work.session.execute(referrals)},
        }


def leave_and_fail(person: InCare) -> None:
    """Take the visits back, and have something later in the same transaction go wrong."""
    with transaction(person.assessor) as work:
        lock_entry(work, person.entry_id)
        withdraw_plan_visit(work, entry_of(work, person), SAID)
        work.session.flush()
        raise ZeroDivisionError


@pytest.mark.parametrize("state", PLANNED)
def test_invariant_4_withdrawal_cancels_visits_plan_and_unsent_referrals_in_the_same_transaction(
    county: County, state: LedgerState
) -> None:
    person, agency = in_care(county, state), an_agency(county)
    a_plan(person, visits=3)
    a_consent(person, ConsentScope.REFERRAL_SHARE, agency)
    unsent, ready = a_referral(person, agency), a_referral(person, agency, "consent_ok")
    sent = a_referral(person, agency, "sent")
    consent = consent_of(person, ConsentScope.PLAN_VISIT)
    taken_back = withdraw_consent(person.assessor, consent.id, consent.version, SAID)
    assert (taken_back.state, taken_back.withdrawn_how, taken_back.version) == ("withdrawn", "person_said", 2)
    assert taken_back.withdrawn_by == person.assessor.identity.user_id
    assert taken_back.ask_again_from is not None
    assert states(person) == {
        "entry": "closed",
        "visits": [("cancelled", "withdrawn")] * 3,
        "plans": [("ended", "withdrawn")],
        "referrals": {unsent: "cancelled", ready: "cancelled", sent: "sent"},
    }
    assert entry_now(person).closure_reason == "4"


def test_invariant_4_a_withdrawal_that_fails_half_way_leaves_everything_as_it_was(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(person, visits=2)
    before, held = states(person), consents_now(person)
    with pytest.raises(ZeroDivisionError):
        leave_and_fail(person)
    assert (states(person), consents_now(person)) == (before, held)


@pytest.mark.parametrize("state", sorted({*PLANNED, LedgerState.CONSENTED, LedgerState.ASSESSED}))
def test_taking_back_the_assessment_ends_everything_that_rests_on_it(county: County, state: LedgerState) -> None:
    person = in_care(county, state)
    consent = consent_of(person, ConsentScope.ASSESSMENT)
    with refusal(Conflict, "consent_cannot_keep_open"):
        withdraw_consent(person.coordinator, consent.id, consent.version, SAID, keep_open=True)
    withdraw_consent(person.coordinator, consent.id, consent.version, WithdrawalChannel.LETTER)
    assert (entry_now(person).state, set(consents_now(person).values())) == ("closed", {"withdrawn"})


def test_before_a_plan_somebody_may_take_back_visits_and_stay(county: County) -> None:
    person = in_care(county, LedgerState.ASSESSED)
    consent = consent_of(person, ConsentScope.PLAN_VISIT)
    withdraw_consent(person.assessor, consent.id, consent.version, SAID, keep_open=True)
    assert entry_now(person).state == "assessed"
    assert consents_now(person) == {"assessment": "given", "plan_visit": "withdrawn"}


def test_without_saying_that_they_stay_they_leave(county: County) -> None:
    person = in_care(county, LedgerState.ASSESSED)
    consent = consent_of(person, ConsentScope.PLAN_VISIT)
    withdraw_consent(person.assessor, consent.id, consent.version, SAID)
    assert entry_now(person).state == "closed"


def test_invariant_4_sharing_taken_back_calls_off_what_was_meant_for_that_agency_alone(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    one, other = an_agency(county), an_agency(county)
    share = a_consent(person, ConsentScope.REFERRAL_SHARE, one)
    a_consent(person, ConsentScope.REFERRAL_SHARE, other)
    mine, theirs = a_referral(person, one), a_referral(person, other)
    withdraw_consent(person.assessor, share, 1, SAID)
    now = states(person)
    assert (now["entry"], now["referrals"]) == ("plan_active", {mine: "cancelled", theirs: "drafted"})


@pytest.mark.parametrize(
    ("scope", "state", "after"),
    [
        (ConsentScope.FAMILY_CONTACT, LedgerState.PLAN_ACTIVE, "plan_active"),
        (ConsentScope.CONTACT, LedgerState.PLAN_ACTIVE, "plan_active"),
        (ConsentScope.CONTACT, LedgerState.ACCEPTED, "closed"),
        (ConsentScope.CONTACT, LedgerState.AWAITING_CONSENT, "closed"),
    ],
)
def test_other_scopes_end_no_more_than_themselves(
    county: County, scope: ConsentScope, state: LedgerState, after: str
) -> None:
    person = in_care(county, state)
    withdraw_consent(person.assessor, a_consent(person, scope), 1, SAID)
    assert entry_now(person).state == after


@pytest.mark.parametrize(
    ("role", "area", "purpose"),
    [
        (Role.TOWNSHIP_COORDINATOR, "township", Purpose.CARE),
        (Role.TOWNSHIP_COORDINATOR, "township", Purpose.SUBJECT_REQUEST),
        (Role.PRIVACY_OFFICER, "code", Purpose.SUBJECT_REQUEST),
    ],
)
def test_leaving_needs_nobodys_leave(county: County, role: Role, area: str, purpose: Purpose) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    with transaction(person.assessor) as work:
        due = work.now
        insert_tasks(work, [NewTask(county.grid, TaskKind.WELFARE_CHECK, Role.ASSESSOR, due, person.entry_id)])
    a_plan(person)
    question = asked(person, ConsentScope.CONTACT)
    caller = a_caller(county, role, getattr(county, area), purpose)
    left = withdraw_everything(caller, person.entry_id, 1, WithdrawalChannel.REQUEST)
    assert (left.state, left.closure_reason, left.version) == ("closed", "4", 2)
    assert consents_now(person) == {"assessment": "withdrawn", "plan_visit": "withdrawn", "contact": "expired"}
    with transaction(person.coordinator) as work:
        row = work.session.get_one(Consent, (county.code, question.id))
        assert row.ask_again_from is not None
        undone = select(func.count()).where(Task.entry_id == person.entry_id, Task.done_at.is_(None))
        assert work.session.scalar(undone) == 0
        (step,) = work.session.scalars(select(LedgerStep).where(LedgerStep.entry_id == person.entry_id))
    assert (step.act, step.from_state, step.to_state, step.reason) == ("withdraw", "plan_active", "closed", "4")
    assert (step.actor_id, step.at) == (caller.identity.user_id, left.closed_at)


@pytest.mark.parametrize("state", [LedgerState.CLOSED, LedgerState.SERVICE_DECLINED, LedgerState.REPORTED])
def test_who_is_not_in_service_has_nothing_to_leave(county: County, state: LedgerState) -> None:
    person = in_care(county, state, carers=(new_id(),))
    with refusal(Conflict, "ledger_transition_forbidden"):
        withdraw_everything(person.coordinator, person.entry_id, 1, SAID)


def test_what_was_not_given_is_not_taken_back(county: County) -> None:
    person = in_care(county)
    question = asked(person, ConsentScope.CONTACT)
    with refusal(Conflict, "consent_not_given"):
        withdraw_consent(person.assessor, question.id, 1, SAID)
    with refusal(Conflict, "consent_missing"), transaction(person.assessor) as work:
        withdraw_scope(work, entry_of(work, person), ConsentScope.FAMILY_CONTACT, SAID)


def test_a_withdrawal_names_the_version_it_was_decided_on(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    consent = consent_of(person, ConsentScope.PLAN_VISIT)
    with refusal(Stale, "record_changed"):
        withdraw_consent(person.assessor, consent.id, 7, SAID)
    with refusal(Stale, "record_changed"):
        withdraw_everything(person.assessor, person.entry_id, 7, SAID)
    assert entry_now(person).state == "plan_active"


def test_who_does_not_look_after_the_person_takes_nothing_back(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    consent = consent_of(person, ConsentScope.PLAN_VISIT)
    elsewhere = a_caller(county, Role.TOWNSHIP_COORDINATOR, county.other_township, Purpose.CARE)
    for stranger in (an_assessor(county), elsewhere):
        with refusal(NotFound, "not_found"):
            withdraw_consent(stranger, consent.id, consent.version, SAID)
        with refusal(NotFound, "not_found"):
            withdraw_everything(stranger, person.entry_id, 1, SAID)
    with refusal(Forbidden, "role_forbidden"):
        withdraw_everything(a_caller(county, Role.GRID_WORKER, county.grid, Purpose.CARE), person.entry_id, 1, SAID)


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.COUNSELLOR, Role.CASE_MEMBER])
def test_whoever_is_told_at_the_door_passes_it_on(county: County, role: Role) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(person, visits=2)
    area = county.grid if role is Role.GRID_WORKER else county.township
    visitor = a_caller(county, role, area, Purpose.CARE)
    with transaction(visitor) as work:
        lock_entry(work, person.entry_id)
        withdraw_plan_visit(work, entry_of(work, person), SAID)
    assert states(person)["visits"] == [("cancelled", "withdrawn")] * 2
    assert (entry_now(person).state, consents_now(person)["plan_visit"]) == ("closed", "withdrawn")


def test_at_the_door_somebody_leaves_also_when_their_consent_had_ended_by_itself(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE, consents=(ConsentScope.ASSESSMENT,))
    with transaction(person.assessor) as work:
        lock_entry(work, person.entry_id)
        withdraw_plan_visit(work, entry_of(work, person), SAID)
    assert entry_now(person).state == "closed"
    with transaction(person.assessor) as work:
        withdraw_plan_visit(work, entry_of(work, person), SAID)
    assert entry_now(person).version == 2
