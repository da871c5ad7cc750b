"""The ledger as a state machine: any order of acts, on the real services and database, keeps to the table."""

from collections.abc import Callable
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select

from server.domain.codes import ClosureReason, DeclineReason, LedgerState, ReturnReason
from server.domain.ledger_states import OPEN_STATES, LedgerAct, transition
from server.errors import Conflict, LinliError
from server.models.ledger import LedgerEntry, LedgerStep
from server.services.ledger import Bettered, promote_observations, report_entry, resubmit_entry
from server.services.ledger_exit import close_entry
from server.services.ledger_moves import EntryView
from server.services.ledger_review import Acceptance, accept_entry, decline_entry, open_review, return_entry
from server.store.transaction import Caller, Store, transaction
from tests.conftest import a_county_code
from tests.make import County, a_county
from tests.make_ledger import a_coordinator, a_promotion, an_officer, observed, observed_again

Act = Callable[[Caller, Caller, UUID, int], EntryView]
ACTS: dict[LedgerAct, Act] = {
    LedgerAct.REPORT: lambda officer, _, id_, version: report_entry(officer, id_, version),
    LedgerAct.RESUBMIT: lambda officer, _, id_, version: resubmit_entry(officer, id_, version, Bettered()),
    LedgerAct.OPEN_REVIEW: lambda _, other, id_, version: open_review(other, id_, version),
    LedgerAct.RETURN: lambda _, other, id_, version: return_entry(other, id_, version, ReturnReason.NOT_RESIDENT),
    LedgerAct.DECLINE: lambda _, other, id_, version: decline_entry(other, id_, version, DeclineReason.NO_GROUND),
    LedgerAct.ACCEPT: lambda _, other, id_, version: accept_entry(other, id_, version, Acceptance()),
    LedgerAct.CLOSE: lambda officer, other, id_, version: close_entry(other, id_, version, ClosureReason.NO_NEED),
}


def test_any_order_of_acts_keeps_to_the_table(store: Store, owner_engine: Engine) -> None:
    shared = a_county(store, owner_engine, a_county_code())

    class Ledger(RuleBasedStateMachine):
        county: County = shared

        @initialize()
        def begin(self) -> None:
            self.officer, self.coordinator = an_officer(self.county), a_coordinator(self.county)
            self.person = observed(self.county)
            self.entry = promote_observations(self.officer, a_promotion(self.person, report=False))
            self.steps = 1

        @rule(act=st.sampled_from(sorted(ACTS)))
        def move(self, act: LedgerAct) -> None:
            """Any act in any state: either the table's move, or a refusal that changes nothing."""
            state = LedgerState(self.entry.state)
            expected = allowed(state, act)
            try:
                self.entry = ACTS[act](self.officer, self.coordinator, self.entry.id, self.entry.version)
            except LinliError:
                assert expected is None
            else:
                assert self.entry.state == expected
                self.steps += 1

        @rule()
        def report_again(self) -> None:
            """The same person on new facts: only when no entry is open."""
            facts = frozenset({observed_again(self.county, self.person)})
            promotion = a_promotion(self.person, observation_ids=facts)
            if LedgerState(self.entry.state) in OPEN_STATES:
                with pytest.raises(Conflict) as refused:
                    promote_observations(self.officer, promotion)
                assert refused.value.code == "open_entry_exists"
            else:
                self.entry = promote_observations(self.officer, promotion)
                self.steps = 2

        @invariant()
        def holds(self) -> None:
            """Invariants 1, 2, 9, 12 and 16, read from the tables themselves."""
            with transaction(self.coordinator) as work:
                rows = work.session.scalars(
                    select(LedgerEntry).where(LedgerEntry.resident_id == self.person.resident_id)
                ).all()
                steps = work.session.scalars(
                    select(LedgerStep).where(LedgerStep.entry_id == self.entry.id).order_by(LedgerStep.id)
                ).all()
            assert sum(row.state in OPEN_STATES for row in rows) <= 1
            assert all(row.grounds and "5" not in row.grounds for row in rows)
            assert all((row.accepted_at is None) == (row.expires_at is None) for row in rows)
            assert all(row.reviewer_id != row.reporter_id for row in rows)
            assert len(steps) == self.steps
            assert steps[-1].to_state == self.entry.state
            assert all(later.from_state == earlier.to_state for earlier, later in pairwise(steps))

    few = settings(max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Ledger, settings=few)


def allowed(state: LedgerState, act: LedgerAct) -> LedgerState | None:
    """What the table and the rules on who closes what allow."""
    if act is LedgerAct.CLOSE and state in {LedgerState.DRAFT, LedgerState.ACCEPTED}:
        return None
    try:
        return transition(state, act)
    except Conflict:
        return None
