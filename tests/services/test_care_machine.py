"""The ledger's second half as a state machine: any order of acts, on the real database, keeps to the table (§3.2).

Signing and closing go through their services, with everything else that those demand; the other moves are made as
their services make them. No path leads to a plan without an assessment, and none out of an end.
"""

from itertools import pairwise
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select

from server.domain.codes import ClosureReason, LedgerState
from server.domain.codes_assessments import AssessmentState, CorrectionReason
from server.domain.ledger_states import TERMINAL_STATES, LedgerAct, transition
from server.errors import Conflict, LinliError
from server.models.assessment import Assessment
from server.models.ledger import LedgerEntry, LedgerStep
from server.services.assessments import change_assessment, correct_assessment, draft_assessment, sign_assessment
from server.services.entry_proposals import agree, propose_closure
from server.services.ledger_moves import move
from server.store.care import lock_entry
from server.store.transaction import Store, transaction
from tests.conftest import a_county_code
from tests.make import County, a_county
from tests.make_assessments import a_draft
from tests.make_care import InCare, entry_of, in_care

S, A = LedgerState, LedgerAct
#: What people do to an entry in service; time's own acts have no caller.
BY_HAND = sorted(set(A) - {A.EXPIRE, A.LAPSE, A.REPORT, A.RESUBMIT})
_SIGNED = (AssessmentState.SIGNED, AssessmentState.CORRECTED)


def test_any_order_of_care_keeps_to_the_table(store: Store, owner_engine: Engine) -> None:
    shared = a_county(store, owner_engine, a_county_code())
    machine = type("CareHere", (Care,), {"county": shared})
    few = settings(max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=few)


class Care(RuleBasedStateMachine):
    """Somebody in care, and everybody who acts for them."""

    county: County

    @initialize(state=st.sampled_from([S.ACCEPTED, S.CONSENTED, S.PLAN_ACTIVE]))
    def begin(self, state: LedgerState) -> None:
        self.person: InCare = in_care(self.county, state)
        self.state, self.steps = state, 0
        self.assessments: dict[UUID, tuple[AssessmentState, int]] = {}

    @rule(act=st.sampled_from(BY_HAND))
    def any_move(self, act: LedgerAct) -> None:
        """Any act in any state: the table's move, or a refusal that changes nothing."""
        expected = allowed(self.state, act)
        caller = self.person.coordinator if act is A.PURGE_FORBIDDEN else self.person.assessor
        try:
            with transaction(caller) as work:
                lock_entry(work, self.person.entry_id)
                move(work, entry_of(work, self.person), act)
        except LinliError:
            assert expected is None or act in {A.OPEN_REVIEW, A.RETURN, A.DECLINE, A.ACCEPT}
        else:
            assert expected is not None
            self.state, self.steps = expected, self.steps + 1

    @rule(reason=st.sampled_from([ClosureReason.MOVED, ClosureReason.NO_NEED, ClosureReason.NEED_MET]))
    def leave_together(self, reason: ClosureReason) -> None:
        """Both sides agree: the entry ends where the reason fits, and nowhere else."""
        try:
            proposal = propose_closure(self.person.coordinator, self.person.entry_id, reason)
            agree(self.person.assessor, proposal.id, proposal.version)
        except LinliError:
            assert self.state in TERMINAL_STATES or reason is not ClosureReason.MOVED
        else:
            self.state, self.steps = S.CLOSED, self.steps + 1

    @rule()
    def assess(self) -> None:
        """Draft and sign: only with consent in force, and once it moves the entry."""
        try:
            draft = draft_assessment(self.person.assessor, self.person.entry_id, a_draft())
            view = sign_assessment(self.person.assessor, draft.id, draft.version).assessment
        except LinliError:
            return
        assert self.state not in TERMINAL_STATES | {S.ACCEPTED, S.AWAITING_CONSENT}
        if self.state is S.CONSENTED:
            self.state, self.steps = S.ASSESSED, self.steps + 1
        self.assessments[view.id] = (AssessmentState.SIGNED, view.version)

    @rule(number=st.integers(0, 5), sign=st.booleans())
    def write_after_signing(self, number: int, *, sign: bool) -> None:
        """A signed version is never written to; it is followed by the next one, once."""
        if not self.assessments:
            return
        id_ = list(self.assessments)[number % len(self.assessments)]
        state, version = self.assessments[id_]
        assessor = self.person.assessor
        refused = False
        try:
            change_assessment(assessor, id_, version, {"safety_concern": True})
        except LinliError:
            refused = True
        assert refused
        try:
            copy = correct_assessment(assessor, id_, version, CorrectionReason.WRITING_ERROR)
        except LinliError:
            return
        assert state is AssessmentState.SIGNED
        if sign:
            done = sign_assessment(assessor, copy.id, copy.version).assessment
            self.assessments[id_] = (AssessmentState.CORRECTED, version + 1)
            self.assessments[done.id] = (AssessmentState.SIGNED, done.version)

    @invariant()
    def holds(self) -> None:
        """Invariants 5, 9 and 12, read from the tables themselves."""
        with transaction(self.person.coordinator) as work:
            entry = work.session.scalars(select(LedgerEntry).where(LedgerEntry.id == self.person.entry_id)).one()
            steps = work.session.scalars(
                select(LedgerStep).where(LedgerStep.entry_id == entry.id).order_by(LedgerStep.id)
            ).all()
            rows = work.session.scalars(select(Assessment).where(Assessment.entry_id == entry.id)).all()
        assert entry.state == self.state
        assert (entry.closed_at is not None) == (self.state in TERMINAL_STATES)
        assert len(steps) == self.steps
        assert all(later.from_state == earlier.to_state for earlier, later in pairwise(steps))
        assert all(step.from_state not in TERMINAL_STATES for step in steps)
        kept = {row.id: (AssessmentState(row.state), row.version) for row in rows if row.state in _SIGNED}
        assert kept == self.assessments
        assert len({row.series_id for row in rows if row.state == "signed"}) == sum(
            row.state == "signed" for row in rows
        )


def allowed(state: LedgerState, act: LedgerAct) -> LedgerState | None:
    """What the table allows."""
    try:
        return transition(state, act)
    except Conflict:
        return None
