"""Leaving while something else is done for the person: one comes wholly before the other."""

from threading import Event, Thread

import pytest
from sqlalchemy import select

from server.domain.codes import LedgerState
from server.domain.codes_care import ConsentScope, VisitState
from server.domain.codes_consents import ConsentAnswer, WithdrawalChannel
from server.domain.consents import Question
from server.domain.permissions import Permission
from server.errors import Conflict, LinliError, NotFound
from server.models.plan import Visit
from server.services.consents import withdraw_consent, withdraw_everything
from server.services.consents_asking import answer_consent, ask_consent
from server.store.care import entry_for_care
from server.store.consents import require_consent
from server.store.transaction import Work, transaction
from tests.make import County
from tests.make_care import InCare, a_plan, an_assessor, in_care, visits_of
from tests.make_consents import LEAFLET, an_answer, asked, consents_now, entry_now
from tests.services.test_consents_leaving import consent_of
from tests.services.test_ledger_races import at_once, refused

SAID = WithdrawalChannel.PERSON_SAID


def do_a_visit(person: InCare) -> str:
    """What recording a visit does: the entry locked, the consent looked at, the visit written."""
    with transaction(person.assessor) as work:
        entry = entry_for_care(work, Permission.VISIT_PLAN, person.entry_id)
        require_consent(work, entry, ConsentScope.PLAN_VISIT)
        statement = select(Visit).where(Visit.entry_id == entry.id, Visit.state == VisitState.PLANNED.value)
        visit = work.session.scalars(statement.order_by(Visit.due_to)).first()
        assert visit is not None
        mark_done(work, visit)
        return visit.state


def mark_done(work: Work, visit: Visit) -> None:
    """The person was seen."""
    visit.state, visit.outcome, visit.visit_type = VisitState.DONE.value, "1", "1"
    visit.visited_at = visit.done_at = work.now
    visit.done_by = work.identity.user_id


@pytest.mark.parametrize("turn", range(4))
def test_invariant_4_a_visit_and_a_withdrawal_at_once_never_cross(county: County, turn: int) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(person, visits=2)
    consent = consent_of(person, ConsentScope.PLAN_VISIT)
    results = at_once(
        lambda: do_a_visit(person),
        lambda: withdraw_consent(person.coordinator, consent.id, consent.version, SAID),
    )
    stands = [visit.state for visit in visits_of(person)]
    assert not isinstance(results[1], LinliError), turn
    assert entry_now(person).state == "closed"
    if results[0] == "done":
        assert sorted(stands) == ["cancelled", "done"]
    else:
        assert isinstance(results[0], NotFound | Conflict)
        assert stands == ["cancelled", "cancelled"]


def test_invariant_4_who_leaves_waits_for_the_visit_being_written_and_leaves_nothing_planned(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(person, visits=2)
    done: list[str] = []
    begun = Event()

    def leave() -> None:
        begun.set()
        withdraw_everything(person.coordinator, person.entry_id, 1, SAID)
        done.append("left")

    with transaction(person.assessor) as work:
        entry = entry_for_care(work, Permission.VISIT_PLAN, person.entry_id)
        require_consent(work, entry, ConsentScope.PLAN_VISIT)
        leaving = Thread(target=leave)
        leaving.start()
        begun.wait()
        leaving.join(timeout=0.5)
        assert done == []
        visit = work.session.scalars(select(Visit).where(Visit.entry_id == entry.id).order_by(Visit.due_to)).first()
        assert visit is not None
        mark_done(work, visit)
        done.append("visited")
    leaving.join()
    assert done == ["visited", "left"]
    assert sorted(visit.state for visit in visits_of(person)) == ["cancelled", "done"]


def test_of_two_who_ask_the_same_one_asks(county: County) -> None:
    other = an_assessor(county)
    person = in_care(county, carers=(other.identity.user_id,))
    question = Question(ConsentScope.CONTACT, LEAFLET)
    results = at_once(
        *(lambda who=who: ask_consent(who, person.entry_id, question) for who in (person.assessor, other))
    )
    assert [error.code for error in refused(results)] == ["consent_open"]
    assert consents_now(person)["contact"] == "requested"


def test_of_a_yes_and_a_no_at_once_one_stands(county: County) -> None:
    person = in_care(county, LedgerState.ACCEPTED)
    question = asked(person)
    answers = [an_answer(each) for each in ConsentAnswer]
    results = at_once(
        *(lambda one=one: answer_consent(person.assessor, question.id, question.version, one) for one in answers)
    )
    (loser,) = refused(results)
    assert loser.code in {"record_changed", "not_found"}
    state = entry_now(person).state
    assert (state, consents_now(person)["assessment"]) in {("consented", "given"), ("service_declined", "refused")}


def test_of_two_withdrawals_at_once_one_takes_back_and_the_other_is_told(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    consent = consent_of(person, ConsentScope.PLAN_VISIT)
    results = at_once(
        lambda: withdraw_consent(person.assessor, consent.id, consent.version, SAID),
        lambda: withdraw_everything(person.coordinator, person.entry_id, 1, SAID),
    )
    (loser,) = refused(results)
    assert loser.code == "record_changed"
    assert (entry_now(person).state, entry_now(person).version) == ("closed", 2)
