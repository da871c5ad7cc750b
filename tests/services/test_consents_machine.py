"""Consent as a state machine: any order of asking, answering and leaving keeps to the one way of a question."""

from itertools import pairwise
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select

from server.domain.codes import LedgerState
from server.domain.codes_care import ConsentScope, ConsentState
from server.domain.codes_consents import ConsentAnswer, WithdrawalChannel
from server.domain.consents import Question, ends_the_entry
from server.domain.ledger_states import IN_SERVICE_STATES
from server.errors import LinliError
from server.models.consent import Consent
from server.models.ledger import LedgerEntry, LedgerStep
from server.services.consents import withdraw_consent, withdraw_everything
from server.services.consents_asking import answer_consent, ask_consent
from server.store.transaction import Store, transaction
from tests.conftest import a_county_code
from tests.make import County, a_county
from tests.make_care import in_care
from tests.make_consents import LEAFLET, an_answer

#: Sharing is left out: it is the same question once more, with an agency.
SCOPES = sorted(set(ConsentScope) - {ConsentScope.REFERRAL_SHARE})
SAID = WithdrawalChannel.PERSON_SAID
OPEN = {"requested", "given"}


class Asking(RuleBasedStateMachine):
    """One person, and what ought to be of everything they were asked."""

    county: County

    @initialize()
    def begin(self) -> None:
        self.person = in_care(self.county, LedgerState.ACCEPTED)
        self.coordinator = self.person.coordinator
        #: What ought to be: each question's id, scope and state, and the scopes left in peace.
        self.questions: dict[UUID, tuple[ConsentScope, str]] = {}
        self.at_peace: set[ConsentScope] = set()
        self.state = LedgerState.ACCEPTED

    @rule(scope=st.sampled_from(SCOPES), person_asked=st.booleans())
    def ask(self, scope: ConsentScope, *, person_asked: bool) -> None:
        early = self.state is LedgerState.ACCEPTED and scope not in {ConsentScope.ASSESSMENT, ConsentScope.CONTACT}
        is_open = any(known == scope and state in OPEN for known, state in self.questions.values())
        peace = scope in self.at_peace and not person_asked
        allowed = self.state in IN_SERVICE_STATES and not (early or is_open or peace)
        question = Question(scope, LEAFLET, person_asked=person_asked)
        try:
            asked = ask_consent(self.person.assessor, self.person.entry_id, question)
        except LinliError:
            assert not allowed
            return
        assert allowed
        self.questions[asked.id] = (scope, "requested")
        if self.state is LedgerState.ACCEPTED and scope is ConsentScope.ASSESSMENT:
            self.state = LedgerState.AWAITING_CONSENT

    @rule(which=st.integers(0, 9), answer=st.sampled_from(ConsentAnswer))
    def answer(self, which: int, answer: ConsentAnswer) -> None:
        """Any answer to any question, again and again: only the first to an open one is taken."""
        if not self.questions:
            return
        id_ = sorted(self.questions)[which % len(self.questions)]
        scope, state = self.questions[id_]
        allowed = self.state in IN_SERVICE_STATES and state == "requested"
        try:
            answer_consent(self.person.assessor, id_, self.version_of(id_), an_answer(answer))
        except LinliError:
            assert not allowed
            return
        assert allowed
        self.questions[id_] = (scope, answer.value)
        if answer is ConsentAnswer.REFUSED:
            self.at_peace.add(scope)
        if scope is ConsentScope.ASSESSMENT and self.state is LedgerState.AWAITING_CONSENT:
            yes = answer is ConsentAnswer.GIVEN
            self.state = LedgerState.CONSENTED if yes else LedgerState.SERVICE_DECLINED
            if not yes:
                self.end("expired")

    @rule(which=st.integers(0, 9), keep_open=st.booleans())
    def withdraw(self, which: int, *, keep_open: bool) -> None:
        if not self.questions:
            return
        id_ = sorted(self.questions)[which % len(self.questions)]
        scope, state = self.questions[id_]
        try:
            ends = ends_the_entry(scope, self.state, keep_open=keep_open)
        except LinliError:
            ends = None
        allowed = state == "given" and ends is not None
        try:
            withdraw_consent(self.coordinator, id_, self.version_of(id_), SAID, keep_open=keep_open)
        except LinliError:
            assert not allowed
            return
        assert allowed
        self.questions[id_] = (scope, "withdrawn")
        self.at_peace.add(scope)
        if ends:
            self.leave()

    @rule(really=st.integers(0, 7))
    def withdraw_all(self, really: int) -> None:
        """Seldom, for nothing follows it."""
        if really:
            return
        allowed = self.state in IN_SERVICE_STATES
        try:
            withdraw_everything(self.coordinator, self.person.entry_id, self.entry().version, SAID)
        except LinliError:
            assert not allowed
        else:
            assert allowed
            self.leave()

    def leave(self) -> None:
        self.state = LedgerState.CLOSED
        self.end("withdrawn")

    def end(self, given_becomes: str) -> None:
        """What an end makes of open questions."""
        after = {"given": given_becomes, "requested": "expired"}
        self.questions = {id_: (scope, after.get(state, state)) for id_, (scope, state) in self.questions.items()}

    def entry(self) -> LedgerEntry:
        with transaction(self.coordinator) as work:
            return work.session.get_one(LedgerEntry, (self.county.code, self.person.entry_id))

    def version_of(self, id_: UUID) -> int:
        with transaction(self.coordinator) as work:
            return work.session.get_one(Consent, (self.county.code, id_)).version

    @invariant()
    def holds(self) -> None:
        with transaction(self.coordinator) as work:
            rows = work.session.scalars(select(Consent).where(Consent.entry_id == self.person.entry_id)).all()
            steps = work.session.scalars(
                select(LedgerStep).where(LedgerStep.entry_id == self.person.entry_id).order_by(LedgerStep.id)
            ).all()
        assert {row.id: (row.scope, row.state) for row in rows} == self.questions
        assert self.entry().state == self.state
        assert all(later.from_state == earlier.to_state for earlier, later in pairwise(steps))
        assert all(step.actor_id.int and step.at for step in steps)
        for row in rows:
            answered = row.state in {ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.WITHDRAWN}
            assert not answered or row.answered_at is not None
            assert (row.state == ConsentState.WITHDRAWN) == (row.withdrawn_at is not None)
        consented = any(scope == "assessment" and state == "given" for scope, state in self.questions.values())
        assert self.state is not LedgerState.CONSENTED or consented


def test_any_order_of_asking_answering_and_leaving_keeps_to_the_table(store: Store, owner_engine: Engine) -> None:
    Asking.county = a_county(store, owner_engine, a_county_code())
    few = settings(max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Asking, settings=few)
