"""Plans and visits as state machines: any order of acts, on the real services and database, keeps to the tables."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select

from server import clock
from server.domain.codes import LedgerState
from server.domain.codes_plans import (
    AgreedBy,
    PauseReason,
    RescheduleReason,
    ResumeReason,
    ReviewOutcome,
    VisitOutcome,
)
from server.domain.plans import NewReview
from server.errors import LinliError
from server.models.plan import CarePlan, Visit
from server.services.plan_rests import pause_plan, resume_plan
from server.services.plan_reviews import review_plan
from server.services.plans import agree_plan, draft_plan, revise_plan
from server.services.visit_planning import NewDays, reschedule_visit
from server.services.visits import record_visit
from server.store.transaction import Caller, Store, transaction
from tests.conftest import a_county_code
from tests.make import County, a_county
from tests.make_care import in_care
from tests.make_plans import a_record, a_worker, content, entry_row, set_clock, visit_rows

#: Act → the states of a plan's version in which it may be done to it.
ALLOWED = {"revise": {"draft"}, "agree": {"draft"}, "review": {"active"}}
#: A visit's state → the states it may come to.
AFTER = {
    "planned": {"planned", "done", "not_seen", "declined", "cancelled"},
    "done": {"done"},
    "not_seen": {"not_seen"},
    "declined": {"declined"},
    "cancelled": {"cancelled"},
}
PLAN_AFTER = {"draft": {"draft", "active", "ended"}, "active": {"active", "ended"}, "ended": {"ended"}}
ENTRY_AFTER = {
    "assessed": {"assessed", "plan_active"},
    "plan_active": {"plan_active", "paused", "stable"},
    "paused": {"paused", "plan_active"},
    "stable": {"stable", "plan_active"},
}


class PlanMachine(RuleBasedStateMachine):
    """One person's plan and visits under any order of acts."""

    county: County
    visitor: Caller

    @initialize()
    def begin(self) -> None:
        self.person = in_care(self.county, LedgerState.ASSESSED)
        self.plans: dict[object, str] = {}
        self.visits: dict[object, str] = {}
        self.entry = "assessed"

    def did(self, act: Callable[[], object]) -> bool:
        """Whether the act was let through; a refusal changes nothing, which the invariant sees."""
        try:
            act()
        except LinliError:
            return False
        return True

    def newest(self) -> CarePlan | None:
        with transaction(self.person.coordinator) as work:
            statement = select(CarePlan).where(CarePlan.entry_id == self.person.entry_id)
            return work.session.scalars(statement.order_by(CarePlan.number.desc()).limit(1)).first()

    @rule()
    def draft(self) -> None:
        """A draft where something can be planned and none is open."""
        open_draft = "draft" in self.plans.values()
        done = self.did(lambda: draft_plan(self.person.assessor, self.person.entry_id, content(self.visitor)))
        assert done == (self.entry != "paused" and not open_draft)

    @rule(act=st.sampled_from(sorted(ALLOWED)))
    def change(self, act: str) -> None:
        """Any act on the newest version, in any state of it."""
        plan = self.newest()
        if plan is None:
            return
        acts: dict[str, Callable[[], object]] = {
            "revise": lambda: revise_plan(self.person.assessor, plan.id, plan.version, content(self.visitor)),
            "agree": lambda: agree_plan(self.person.assessor, plan.id, plan.version, AgreedBy.SELF),
            "review": lambda: review_plan(self.person.assessor, plan.id, plan.version, self.review()),
        }
        resting = act != "review" and self.entry == "paused"
        assert self.did(acts[act]) == (plan.state in ALLOWED[act] and not resting)

    def review(self) -> NewReview:
        return NewReview(clock.today(), True, ReviewOutcome.CONTINUE, "本人愿意继续。")

    @rule()
    def settle(self) -> None:
        """Never without three calm months, which an hour of trying does not make."""
        plan = self.newest()
        if plan is not None:
            review = NewReview(clock.today(), True, ReviewOutcome.SETTLE, "本人愿意继续。")
            assert not self.did(lambda: review_plan(self.person.assessor, plan.id, plan.version, review))

    @rule()
    def pause(self) -> None:
        """A rest, only of what runs."""
        entry, until = entry_row(self.person), clock.today() + timedelta(days=30)
        done = self.did(lambda: pause_plan(self.person.assessor, entry.id, entry.version, PauseReason.AWAY, until))
        assert done == (self.entry == "plan_active")

    @rule()
    def resume(self) -> None:
        """Going on, only after a rest."""
        entry = entry_row(self.person)
        done = self.did(lambda: resume_plan(self.person.assessor, entry.id, entry.version, ResumeReason.BACK))
        assert done == (self.entry == "paused")

    @rule(outcome=st.sampled_from(["1", "2", "3", "5", "6"]), choice=st.integers(0, 50))
    def visit(self, outcome: str, choice: int) -> None:
        """A record of any visit: only of one that is planned, and due."""
        if rows := visit_rows(self.person):
            row = rows[choice % len(rows)]
            done = self.did(lambda: record_visit(self.visitor, row.id, row.version, a_record(VisitOutcome(outcome))))
            soon = row.due_from - timedelta(days=7) <= clock.today()
            assert done == (row.state == "planned" and soon and self.entry != "paused")

    @rule(choice=st.integers(0, 50))
    def move(self, choice: int) -> None:
        """A visit is moved twice, and only while it is planned."""
        if rows := visit_rows(self.person):
            row = rows[choice % len(rows)]
            days = NewDays(max(row.due_to, clock.today()), row.due_to, RescheduleReason.WEATHER)
            done = self.did(lambda: reschedule_visit(self.person.assessor, row.id, row.version, days))
            assert done == (row.state == "planned" and row.rescheduled < 2 and self.entry != "paused")

    @invariant()
    def holds(self) -> None:
        """Every state was reached by a move of the tables; nothing is planned in a rest, nor by a plan that ended."""
        with transaction(self.person.coordinator) as work:
            of_person = CarePlan.entry_id == self.person.entry_id
            plans = {row.id: row.state for row in work.session.scalars(select(CarePlan).where(of_person))}
            rows = work.session.scalars(select(Visit).where(Visit.entry_id == self.person.entry_id)).all()
        visits = {row.id: row.state for row in rows}
        entry = entry_row(self.person).state
        assert all(plans[id_] in PLAN_AFTER[state] for id_, state in self.plans.items())
        assert all(visits[id_] in AFTER[state] for id_, state in self.visits.items())
        assert entry in ENTRY_AFTER[self.entry]
        assert list(plans.values()).count("active") == (0 if entry == "assessed" else 1)
        assert all(plans[row.plan_id] == "active" for row in rows if row.state == "planned")
        assert entry != "paused" or "planned" not in visits.values()
        assert all((row.done_at is not None) == (row.state in {"done", "not_seen", "declined"}) for row in rows)
        self.plans, self.visits, self.entry = plans, visits, entry


def test_any_order_of_acts_keeps_to_the_tables_of_plans_and_visits(
    store: Store, owner_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, 2027, 1, 5)
    shared = a_county(store, owner_engine, a_county_code())

    class Plans(PlanMachine):
        county, visitor = shared, a_worker(shared)

    few = settings(max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Plans, settings=few)
