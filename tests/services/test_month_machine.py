"""The life of a month as a state machine: any order of acts keeps to the table, and frozen versions stay as they were."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine

from server import clock
from server.domain.codes import PeriodState
from server.domain.codes_month import MeetingKind, MonthReopenReason
from server.domain.month_states import MonthAct, month_transition
from server.domain.pages import PageAsked
from server.errors import Conflict, LinliError
from server.services.meetings import MeetingFilter, call_meeting, list_meetings, write_minutes
from server.services.month_close import archive_month, read_frozen, reopen_month
from server.services.months import MonthView, close_month, read_month
from server.store.transaction import Store
from tests.make import County, a_county
from tests.make_months import a_submitted_month, hand_in, minutes_of
from tests.sweeping import coordinator


def _hold(county: County, month: MonthView) -> None:
    """Call the meeting, if that was not done, and write its minutes."""
    caller = coordinator(county)
    called = [each for each in list_meetings(caller, MeetingFilter(), PageAsked(50)).items if each.month_id == month.id]
    line = called[0] if called else call_meeting(caller, month.id, MeetingKind.ANALYSIS)
    write_minutes(caller, line.id, line.version, minutes_of(clock.today()))


def _close(county: County, month: MonthView) -> None:
    for sweep in month.sweeps:
        if sweep.state == "reopened":
            hand_in(county, sweep.id)
    close_month(coordinator(county), month.id, month.version)


ACTS: dict[MonthAct, Callable[[County, MonthView], object]] = {
    MonthAct.CLOSE: _close,
    MonthAct.REOPEN: lambda county, month: reopen_month(
        coordinator(county), month.id, month.version, MonthReopenReason.CORRECTION
    ),
    MonthAct.HOLD_MEETING: _hold,
    MonthAct.ARCHIVE: lambda county, month: archive_month(coordinator(county), month.id, month.version),
}


@pytest.mark.parametrize("state", PeriodState)
@pytest.mark.parametrize("act", MonthAct)
def test_a_move_that_is_not_in_the_table_is_refused(state: PeriodState, act: MonthAct) -> None:
    allowed = {
        (PeriodState.OPEN, MonthAct.CLOSE),
        (PeriodState.CLOSED, MonthAct.REOPEN),
        (PeriodState.CLOSED, MonthAct.HOLD_MEETING),
        (PeriodState.MEETING_HELD, MonthAct.ARCHIVE),
    }
    if (state, act) in allowed:
        assert month_transition(state, act) is not state
    else:
        with pytest.raises(Conflict):
            month_transition(state, act)


def test_any_order_of_acts_keeps_to_the_table(store: Store, owner_engine: Engine) -> None:
    numbers = iter(range(1, 90))

    class Months(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            self.county = a_county(store, owner_engine, f"9977{next(numbers):02d}")
            self.month = a_submitted_month(self.county)
            self.digests: list[str] = []

        @rule(act=st.sampled_from(sorted(MonthAct)))
        def move(self, act: MonthAct) -> None:
            """Any act in any state: either the table's move, or a refusal that changes nothing."""
            before = PeriodState(self.month.state)
            try:
                ACTS[act](self.county, self.month)
            except LinliError:
                with pytest.raises(Conflict):
                    month_transition(before, act)
                assert read_month(coordinator(self.county), self.month.id) == self.month
            else:
                self.month = read_month(coordinator(self.county), self.month.id)
                assert self.month.state == month_transition(before, act)
            if act is MonthAct.CLOSE and before is PeriodState.OPEN:
                self.digests.append(read_frozen(coordinator(self.county), self.month.id).digest)

        @invariant()
        def frozen_versions_stand(self) -> None:
            """Every version ever frozen reads as it did, and is the one that was hashed."""
            for number, digest in enumerate(self.digests, start=1):
                shown = read_frozen(coordinator(self.county), self.month.id, number)
                assert (shown.digest, shown.intact) == (digest, True)

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Months,
        settings=settings(
            max_examples=8, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
