"""Safety events: raised by anybody, answered in time, reviewed by another, and nobody told without a reason."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select, text

from server import clock
from server.clock import CHINA
from server.domain.codes import LedgerState, LegalBasis, Purpose, Role
from server.domain.codes_care import ConsentScope, SafetyKind, SafetyState
from server.domain.codes_consents import BasisFinding, WithdrawalChannel
from server.domain.codes_safety import RELATIVES, RESCUERS, SafetyRecipient
from server.domain.legal_basis import BasisReview
from server.domain.pages import PageAsked
from server.errors import Conflict, Forbidden, Invalid, LinliError, NotFound, Stale
from server.models.consent import LegalBasisUse
from server.models.key import Subject
from server.models.ledger import Task
from server.models.safety import SafetyEvent, SafetyNotice
from server.services.consents import withdraw_everything
from server.services.legal_basis import review_use
from server.services.safety import (
    SafetyDetail,
    SafetyFilter,
    SafetyReport,
    SafetyStatus,
    list_safety_events,
    raise_safety_event,
    read_safety_event,
)
from server.services.safety_acts import (
    NewNotice,
    acknowledge_event,
    close_event,
    forget_unknown_events,
    note_action,
    review_event,
    tell_others,
)
from server.store.erasure import erase_residents
from server.store.transaction import Caller, Store, new_id, transaction, widened
from tests.conftest import a_county_code
from tests.make import County, a_caller, a_county
from tests.make_care import InCare, a_consent, a_plan, an_assessor, in_care
from tests.make_ledger import observed, refusal
from tests.services.test_ledger_reading import statements

FACTS = "她说不想活了，家里只有她一人。"


def a_worker(county: County, user_id: UUID | None = None) -> Caller:
    made = a_caller(county, Role.GRID_WORKER, county.grid, Purpose.SWEEP)
    return replace(made, identity=replace(made.identity, user_id=user_id)) if user_id else made


def a_coordinator(county: County) -> Caller:
    return a_caller(county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)


def raised(county: County, by: Caller | None = None, **changes: object) -> SafetyStatus:
    values: dict[str, object] = {"kind": SafetyKind.SELF_HARM_THOUGHT, "facts": FACTS, "area_code": county.grid}
    return raise_safety_event(by or a_worker(county), SafetyReport(**values | changes))  # type: ignore[arg-type]


def raised_about(person: InCare, **changes: object) -> SafetyStatus:
    return raised(person.county, person.assessor, entry_id=person.entry_id, **changes)


def told_to(recipient: SafetyRecipient, **changes: object) -> NewNotice:
    return NewNotice(recipient, clock.now(), **changes)  # type: ignore[arg-type]


def tasks(county: County) -> list[tuple[str, str, bool]]:
    with transaction(a_coordinator(county)) as work:
        rows = work.session.scalars(select(Task).where(Task.about_table == "safety_event").order_by(Task.id)).all()
        return sorted((row.kind, row.role, row.done_at is not None) for row in rows)


def test_anybody_of_the_field_raises_one_without_a_score_and_the_area_is_called_within_two_hours(
    county: County,
) -> None:
    for role, area in (
        (Role.GRID_WORKER, county.grid),
        (Role.VILLAGE_OFFICER, county.village),
        (Role.JUDICIAL_OFFICER, county.township),
        (Role.COUNSELLOR, county.township),
        (Role.CASE_MEMBER, county.village),
        (Role.HOTLINE_OPERATOR, county.code),
    ):
        purpose = Purpose.CARE if role in {Role.COUNSELLOR, Role.CASE_MEMBER, Role.HOTLINE_OPERATOR} else Purpose.SWEEP
        view = raised(county, a_caller(county, role, area, purpose))
        assert (view.state, view.source, view.ack_due_at - view.raised_at) == ("raised", "staff", timedelta(hours=2))
        assert view.review_due_at - view.raised_at == timedelta(hours=72)
    assert set(tasks(county)) == {
        ("safety_event", "assessor", False),
        ("safety_event", "township_coordinator", False),
    }


def test_what_happened_is_sealed(county: County) -> None:
    raised(county, actions="已陪同")
    with transaction(a_coordinator(county)) as work:
        rows = work.session.scalars(
            text("SELECT e::text FROM safety_event e UNION ALL SELECT t::text FROM task t")
        ).all()
    assert not any("不想活" in row or "self_harm" in row or "陪同" in row for row in rows)


def test_a_village_officer_does_not_read_back_what_they_raised(county: County) -> None:
    officer = a_caller(county, Role.VILLAGE_OFFICER, county.village, Purpose.SWEEP)
    view = raised(county, officer)
    assert type(read_safety_event(officer, view.id)) is SafetyStatus
    assert not vars(read_safety_event(officer, view.id)).keys() & {"kind", "facts", "actions", "notices"}


def test_a_worker_reads_what_they_raised_and_nothing_a_colleague_did(county: County) -> None:
    worker = a_worker(county)
    view = raised(county, worker)
    read = read_safety_event(worker, view.id)
    assert isinstance(read, SafetyDetail)
    assert (read.kind, read.facts, read.actions, read.notices) == ("self_harm_thought", FACTS, None, [])
    with refusal(NotFound, "not_found"):
        read_safety_event(a_worker(county), view.id)
    assert list_safety_events(a_worker(county), SafetyFilter(), PageAsked(50)).items == ()


def test_a_stranger_cannot_be_named_nor_found_out_by_naming(county: County) -> None:
    person = observed(county)
    worker = a_worker(county)
    for resident_id in (person.resident_id, new_id()):
        with refusal(NotFound, "not_found"):
            raised(county, worker, resident_id=resident_id)
    assert raised(county, person.observer, resident_id=person.resident_id).state == "raised"


def test_an_entry_is_named_by_whoever_visits_or_looks_after_the_person_and_nobody_else(county: County) -> None:
    worker = a_worker(county)
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    with refusal(NotFound, "not_found"):
        raised(county, worker, entry_id=person.entry_id)
    a_plan(person, visitor_id=worker.identity.user_id)
    view = raised(county, worker, entry_id=person.entry_id, area_code=None)
    read = read_safety_event(worker, view.id)
    assert isinstance(read, SafetyDetail)
    assert (read.entry_id, read.resident_id, read.area_code) == (person.entry_id, person.resident_id, county.grid)
    with refusal(NotFound, "not_found"):
        raised(county, person.assessor, entry_id=person.entry_id, resident_id=new_id())


def test_nobody_raises_one_in_an_area_that_is_not_theirs_or_is_none(county: County) -> None:
    for area in (county.other_grid, county.village + "999"):
        with refusal(NotFound, "not_found"):
            raised(county, area_code=area)
    with refusal(NotFound, "not_found"):
        raised(county, area_code=None)


def test_guardrail_g4_a_diagnosis_is_not_taken_anywhere(county: County) -> None:
    for changes in ({"facts": "他得了精神分裂症，很激动"}, {"actions": "诊断为抑郁症"}):
        with refusal(Invalid, "diagnosis_in_text"):
            raised(county, **changes)
    view = raised(county)
    with refusal(Invalid, "diagnosis_in_text"):
        note_action(a_coordinator(county), view.id, 1, "诊断为抑郁症")


def test_a_taken_id_is_told_cleanly(county: County) -> None:
    id_ = new_id()
    raised(county, id=id_)
    with refusal(Conflict, "record_exists"):
        raised(county, id=id_)


def test_taking_it_in_hand_ends_the_call_and_asks_for_a_review(county: County) -> None:
    view = raised(county)
    taken = acknowledge_event(a_coordinator(county), view.id, view.version)
    assert (taken.state, taken.version, taken.overdue) == ("acknowledged", 2, ())
    assert tasks(county) == [
        ("safety_event", "assessor", True),
        ("safety_event", "township_coordinator", True),
        ("safety_review", "assessor", False),
        ("safety_review", "clinician", False),
    ]
    with refusal(Stale, "record_changed"):
        acknowledge_event(a_coordinator(county), view.id, view.version)
    with refusal(Conflict, "safety_transition_forbidden"):
        acknowledge_event(a_coordinator(county), view.id, taken.version)


def test_an_emergency_is_still_answered_after_the_person_has_left(county: County) -> None:
    person = in_care(county, LedgerState.CONSENTED)
    view = raised_about(person)
    withdraw_everything(person.assessor, person.entry_id, 1, WithdrawalChannel.PERSON_SAID)
    assert tasks(county) == [("safety_event", "assessor", False), ("safety_event", "township_coordinator", False)]
    assert acknowledge_event(a_coordinator(county), view.id, view.version).state == "acknowledged"
    assert ("safety_review", "assessor", False) in tasks(county)


def test_what_is_late_is_named_by_night_and_over_the_new_year(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    night = datetime(2026, 12, 31, 23, 30, tzinfo=CHINA)
    monkeypatch.setattr(clock, "now", lambda: night)
    view = raised(county)
    assert view.ack_due_at == datetime(2027, 1, 1, 1, 30, tzinfo=CHINA)
    for later, late in (
        (timedelta(hours=2), ()),
        (timedelta(hours=2, seconds=1), ("acknowledgement",)),
        (timedelta(hours=72, seconds=1), ("acknowledgement", "review")),
    ):
        monkeypatch.setattr(clock, "now", lambda later=later: night + later)
        assert read_safety_event(a_coordinator(county), view.id).overdue == late
        found = list_safety_events(a_coordinator(county), SafetyFilter(overdue=True), PageAsked(50)).items
        assert [line.id for line in found] == ([view.id] if late else [])
    kinds = [(kind, done) for kind, _, done in tasks(county)]
    assert kinds == [("safety_event", False)] * 2


def test_what_was_done_is_added_line_by_line(county: County) -> None:
    view = raised(county, actions="已陪同")
    coordinator = a_coordinator(county)
    for line in ("医生已到场", "本人愿意去医院"):
        view = note_action(coordinator, view.id, view.version, line)
    assert isinstance(view, SafetyDetail)
    assert view.actions is not None
    first, second, third = view.actions.split("\n")
    assert (first, second.endswith("] 医生已到场"), third.endswith("] 本人愿意去医院")) == ("已陪同", True, True)


def test_guardrail_g6_family_is_told_with_consent_or_on_a_legal_basis(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    view = raised_about(person)
    with refusal(Conflict, "safety_notice_needs_basis"):
        tell_others(person.coordinator, view.id, told_to(SafetyRecipient.FAMILY))
    consent_id = a_consent(person, ConsentScope.FAMILY_CONTACT)
    tell_others(person.coordinator, view.id, told_to(SafetyRecipient.FAMILY, note="姐姐正在赶来"))
    with transaction(person.coordinator) as work:
        (notice,) = work.session.scalars(select(SafetyNotice))
        assert (notice.consent_id, notice.legal_basis_use_id) == (consent_id, None)


@pytest.mark.parametrize("recipient", sorted(set(SafetyRecipient) - RESCUERS - RELATIVES))
def test_guardrail_g6_everybody_else_is_told_on_a_legal_basis_alone(county: County, recipient: SafetyRecipient) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    a_consent(person, ConsentScope.FAMILY_CONTACT)
    view = raised_about(person)
    with refusal(Conflict, "safety_notice_needs_basis"):
        tell_others(person.coordinator, view.id, told_to(recipient))
    basis = {"legal_basis": LegalBasis.IMMINENT_DANGER, "basis_reason": "本人手持刀具"}
    told = tell_others(person.coordinator, view.id, told_to(recipient, **basis))
    assert isinstance(told, SafetyDetail)
    assert [notice.recipient for notice in told.notices] == [recipient]
    with transaction(person.coordinator) as work:
        use = work.session.scalars(select(LegalBasisUse)).one()
        task = work.session.scalars(select(Task).where(Task.kind == "legal_basis_review")).one()
        assert (use.done, use.subject_id, task.about_id) == ("safety_event", person.resident_id, use.id)


def test_guardrail_g6_a_basis_that_was_not_upheld_tells_nobody_else(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    view = raised_about(person, legal_basis=LegalBasis.IMMINENT_DANGER, basis_reason="本人手持刀具")
    assert isinstance(view, SafetyDetail)
    assert view.legal_basis_use_id is not None
    officer = a_caller(county, Role.PRIVACY_OFFICER, county.code, Purpose.AUDIT)
    review_use(officer, view.legal_basis_use_id, 1, BasisReview(BasisFinding.NOT_UPHELD))
    with refusal(Conflict, "safety_notice_needs_basis"):
        tell_others(person.coordinator, view.id, told_to(SafetyRecipient.FAMILY))


@pytest.mark.parametrize("recipient", sorted(RESCUERS))
def test_whoever_rescues_is_told_without_more(county: County, recipient: SafetyRecipient) -> None:
    view = raised(county)
    told = tell_others(a_coordinator(county), view.id, told_to(recipient))
    assert isinstance(told, SafetyDetail)
    assert [notice.recipient for notice in told.notices] == [recipient]


def test_the_system_tells_nobody_by_itself(county: County) -> None:
    basis = {"legal_basis": LegalBasis.IMMINENT_DANGER, "basis_reason": "本人手持刀具"}
    view = raised(county, **basis)
    acknowledge_event(a_coordinator(county), view.id, view.version)
    with transaction(a_coordinator(county)) as work:
        assert work.session.scalars(select(SafetyNotice)).all() == []
    told = tell_others(a_coordinator(county), view.id, told_to(SafetyRecipient.POLICE))
    assert isinstance(told, SafetyDetail)
    assert [notice.recipient for notice in told.notices] == ["police_110"]


def test_nobody_was_told_in_the_future(county: County) -> None:
    view = raised(county)
    notice = NewNotice(SafetyRecipient.AMBULANCE, clock.now() + timedelta(hours=1))
    with refusal(Invalid, "safety_told_in_future"):
        tell_others(a_coordinator(county), view.id, notice)


def test_whoever_raised_it_does_not_review_it_and_only_those_who_assess_end_it(county: County) -> None:
    raiser, other = an_assessor(county), an_assessor(county)
    view = raised(county, raiser)
    view = acknowledge_event(raiser, view.id, view.version)
    with refusal(Forbidden, "safety_review_own"):
        review_event(raiser, view.id, view.version, None)
    for act in (lambda: review_event(a_coordinator(county), view.id, view.version, None),
                lambda: close_event(a_coordinator(county), view.id, view.version)):  # fmt: skip
        with refusal(Forbidden, "role_forbidden"):
            act()
    with refusal(Conflict, "safety_transition_forbidden"):
        close_event(other, view.id, view.version)
    view = review_event(other, view.id, view.version, "处置及时")
    assert (view.state, view.reviewed_by) == ("reviewed", other.identity.user_id)
    assert ("safety_review", "assessor", True) in tasks(county)
    view = close_event(raiser, view.id, view.version)
    assert (view.state, view.closed_by) == ("closed", raiser.identity.user_id)
    with refusal(Conflict, "safety_transition_forbidden"):
        note_action(other, view.id, view.version, "后来")


def test_another_township_does_not_see_it(county: County) -> None:
    view = raised(county)
    elsewhere = a_caller(county, Role.TOWNSHIP_COORDINATOR, county.other_township, Purpose.REVIEW)
    for act in (
        lambda: read_safety_event(elsewhere, view.id),
        lambda: acknowledge_event(elsewhere, view.id, view.version),
        lambda: tell_others(elsewhere, view.id, told_to(SafetyRecipient.AMBULANCE)),
    ):
        with refusal(NotFound, "not_found"):
            act()


def test_a_page_takes_as_many_statements_for_one_line_as_for_thirty(county: County) -> None:
    coordinator, counts = a_coordinator(county), []
    for number in (1, 29):
        for _ in range(number):
            raised(county)
        list_safety_events(coordinator, SafetyFilter(), PageAsked(500))
        with statements(county.store) as sent:
            page = list_safety_events(coordinator, SafetyFilter(), PageAsked(500))
        counts.append((len(page.items), len(sent)))
    assert [lines for lines, _ in counts] == [1, 30]
    assert counts[0][1] == counts[1][1] <= 8


def test_invariant_15_an_event_goes_with_the_person_it_is_about(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    raised_about(person)
    with transaction(a_coordinator(county)) as work, widened(work):
        erase_residents(work, [person.resident_id])
    with transaction(a_coordinator(county)) as work:
        assert work.session.scalars(select(SafetyEvent)).all() == []


def test_an_event_about_nobody_known_is_forgotten_two_years_after_its_end(county: County) -> None:
    view = ended(county)
    later = clock.now() + timedelta(days=735)
    with transaction(a_coordinator(county)) as work, widened(work):
        assert forget_unknown_events(work, clock.now() + timedelta(days=725)) == 0
        assert forget_unknown_events(work, later) == 1
        assert forget_unknown_events(work, later) == 0
        subjects = work.session.scalars(select(Subject.id).where(Subject.id == view.id)).all()
        assert (subjects, work.session.scalars(select(SafetyEvent)).all()) == ([], [])


def ended(county: County) -> SafetyStatus:
    view = raised(county)
    view = acknowledge_event(a_coordinator(county), view.id, view.version)
    view = review_event(an_assessor(county), view.id, view.version, None)
    return close_event(an_assessor(county), view.id, view.version)


def test_any_order_of_acts_goes_from_raised_over_acknowledged_and_reviewed_to_closed(
    store: Store, owner_engine: Engine
) -> None:
    shared = a_county(store, owner_engine, a_county_code())
    way = list(SafetyState)

    class Event(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.county = shared
            self.view = raised(shared)

        @rule(act=st.sampled_from(["acknowledge", "review", "close"]))
        def move(self, act: str) -> None:
            """Any act in any state: the next one on the way, or a refusal that changes nothing."""
            target = {"acknowledge": "acknowledged", "review": "reviewed", "close": "closed"}[act]
            expected = way.index(SafetyState(target)) == way.index(SafetyState(self.view.state)) + 1
            assessor = an_assessor(shared)
            try:
                if act == "acknowledge":
                    self.view = acknowledge_event(assessor, self.view.id, self.view.version)
                elif act == "review":
                    self.view = review_event(assessor, self.view.id, self.view.version, None)
                else:
                    self.view = close_event(assessor, self.view.id, self.view.version)
            except LinliError:
                assert not expected
            else:
                assert (expected, self.view.state) == (True, target)

        @invariant()
        def times_follow_the_way(self) -> None:
            place = way.index(SafetyState(self.view.state))
            times = (self.view.acknowledged_at, self.view.reviewed_at, self.view.closed_at)
            assert [at is not None for at in times] == [place >= step for step in (1, 2, 3)]

    few = settings(max_examples=8, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Event, settings=few)
