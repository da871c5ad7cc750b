"""A sweep as a state machine: any order of returns, confirmations and acts, on the real services, keeps to the table."""

from collections.abc import Callable

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine

from server.domain.codes import SweepState
from server.domain.returns import ReopenReason
from server.domain.sweep_states import SweepAct, sweep_transition, takes_returns
from server.errors import Conflict, LinliError
from server.services.months import close_month, read_month
from server.services.returns import file_return
from server.services.sweeps import confirm_village, read_sweep, reopen_sweep, submit_sweep
from server.store.transaction import Store
from tests.make import a_county
from tests.make_months import hand_in
from tests.sweeping import (
    a_month,
    a_return,
    complete,
    coordinator,
    grids_of,
    judicial,
    last_period,
    sweep_id_of,
    village_officer,
    villages_of,
)


class Sweeping(RuleBasedStateMachine):
    """One sweep of last month; the other one is handed in, so that this one alone decides about the close."""

    store: Store
    owner_engine: Engine
    numbers = iter(range(1, 90))

    @initialize(filed=st.booleans())
    def begin(self, *, filed: bool) -> None:
        self.county = a_county(self.store, self.owner_engine, f"9978{next(self.numbers):02d}")
        self.month = a_month(self.county, last_period())
        self.id = sweep_id_of(self.month)
        other = sweep_id_of(self.month, "dispute")
        complete(self.county, other)
        hand_in(self.county, other)
        self.returned: set[str] = set()
        self.confirmed: set[str] = set()
        self.state = SweepState.OPEN
        if filed:
            complete(self.county, self.id)
            self.returned, self.confirmed = set(grids_of(self.county.township)), set(villages_of(self.county.township))
            self.state = SweepState.COLLECTING

    def did(self, act: Callable[[], object]) -> bool:
        """Whether the act was done; a refusal is one of ours."""
        try:
            act()
        except LinliError:
            return False
        return True

    def version(self) -> int:
        return read_sweep(judicial(self.county), self.id).version

    @rule(number=st.integers(0, 5))
    def file(self, number: int) -> None:
        """A grid's return comes once, and while returns are taken."""
        grid = grids_of(self.county.township)[number]
        due = takes_returns(self.state) and grid not in self.returned
        assert self.did(lambda: file_return(judicial(self.county), self.id, a_return(grid))) is due
        if due:
            self.returned.add(grid)
            self.state = sweep_transition(self.state, SweepAct.COLLECT)

    @rule(number=st.integers(0, 2))
    def confirm(self, number: int) -> None:
        """A village is confirmed once all its grids have returned, and while returns are taken."""
        village = villages_of(self.county.township)[number]
        grids = {grid for grid in grids_of(self.county.township) if grid.startswith(village)}
        due = takes_returns(self.state) and grids <= self.returned and village not in self.confirmed
        officer = village_officer(self.county, village)
        assert self.did(lambda: confirm_village(officer, self.id, village)) is due
        if due:
            self.confirmed.add(village)

    @rule()
    def submit(self) -> None:
        """Handed in with every village confirmed."""
        whole = self.confirmed == set(villages_of(self.county.township))
        self.move(SweepAct.SUBMIT, lambda: submit_sweep(judicial(self.county), self.id, self.version()), possible=whole)

    @rule()
    def reopen(self) -> None:
        """Opened again while its month is open; a closed month is opened by an act of its own."""
        possible = self.state is not SweepState.CLOSED
        who, reason = coordinator(self.county), ReopenReason.CORRECTION
        self.move(SweepAct.REOPEN, lambda: reopen_sweep(who, self.id, self.version(), reason), possible=possible)

    @rule()
    def close(self) -> None:
        """Closed with its month."""
        who = coordinator(self.county)
        self.move(
            SweepAct.CLOSE,
            lambda: close_month(who, self.month.id, read_month(who, self.month.id).version),
            possible=True,
        )

    def move(self, act: SweepAct, do: Callable[[], object], *, possible: bool) -> None:
        """Either the table's move, or a refusal."""
        target = self.target(act) if possible else None
        assert self.did(do) is (target is not None), act
        self.state = target or self.state

    def target(self, act: SweepAct) -> SweepState | None:
        try:
            return sweep_transition(self.state, act)
        except Conflict:
            return None

    @invariant()
    def stands_where_the_table_says(self) -> None:
        assert read_sweep(judicial(self.county), self.id).state == self.state


def test_any_order_of_acts_keeps_to_the_table(store: Store, owner_engine: Engine) -> None:
    Sweeping.store, Sweeping.owner_engine = store, owner_engine
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Sweeping,
        settings=settings(
            max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
