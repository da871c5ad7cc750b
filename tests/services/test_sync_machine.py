"""Feeds under any order of acts: after each one every feed holds what its reader may hold, and tablets agree."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, text

from server import clock
from server.domain.codes import Role
from server.domain.codes_consents import WithdrawalChannel
from server.domain.codes_plans import PauseReason, RescheduleReason, ResumeReason, VisitOutcome
from server.errors import LinliError
from server.services.consents import withdraw_everything
from server.services.plan_items import do_item
from server.services.plan_rests import pause_plan, resume_plan
from server.services.residents import correct_resident, read_resident
from server.services.safety_acts import acknowledge_event, close_event, note_action, review_event
from server.services.visit_planning import NewDays, NewVisit, add_visit, assign_visit, reschedule_visit
from server.services.visits import record_visit
from server.store.transaction import Caller, Store, transaction
from tests.conftest import a_county_code
from tests.make import County, a_county, user_id_of
from tests.make_care import InCare
from tests.make_plans import a_record, a_worker, agreed, entry_row, set_clock, visit_rows, visited
from tests.sweeping import a_month, a_return, an_observation, file_return, grids_of, judicial
from tests.tablet_feeds import Tablet, a_safety_event_of, a_task, assert_feeds_true, everything, on_a_tablet

CHOICE = st.integers(0, 50)


class FeedMachine(RuleBasedStateMachine):
    """Two workers and their people, whatever anybody does; a tablet of each pulls now and then."""

    county: County
    workers: list[Caller]

    @initialize()
    def begin(self) -> None:
        self.people: list[InCare] = []
        self.tablets = [Tablet(on_a_tablet(worker)) for worker in self.workers]
        self.events: list[object] = []

    def do(self, act: Callable[[], object]) -> None:
        """An act, let through or refused: either way the feeds must be true after it."""
        with suppress(LinliError):
            act()

    def person(self, choice: int) -> InCare | None:
        return self.people[choice % len(self.people)] if self.people else None

    @rule(choice=CHOICE)
    def plan(self, choice: int) -> None:
        """Somebody comes into care, with a task."""
        worker = self.workers[choice % 2]
        self.people.append(visited(self.county, worker, items=(a_task(worker),)))

    @rule(choice=CHOICE)
    def plan_anew(self, choice: int) -> None:
        """The next version of a plan, with the other visitor perhaps."""
        if person := self.person(choice):
            self.do(lambda: agreed(person, self.workers[choice // 3 % 2]))

    @rule(choice=CHOICE, act=st.sampled_from(["record", "vain", "assign", "move"]))
    def visit(self, choice: int, act: str) -> None:
        """Any act on any visit."""
        if (person := self.person(choice)) and (rows := visit_rows(person)):
            row = rows[choice % len(rows)]
            days = NewDays(max(row.due_to, clock.today()), row.due_to, RescheduleReason.WEATHER)
            worker = self.workers[choice // 2 % 2]
            acts: dict[str, Callable[[], object]] = {
                "record": lambda: record_visit(worker, row.id, row.version, a_record()),
                "vain": lambda: record_visit(worker, row.id, row.version, a_record(VisitOutcome.NOT_SEEN)),
                "assign": lambda: assign_visit(person.assessor, row.id, row.version, user_id_of(worker)),
                "move": lambda: reschedule_visit(person.assessor, row.id, row.version, days),
            }
            self.do(acts[act])

    @rule(choice=CHOICE)
    def visit_besides(self, choice: int) -> None:
        """A visit beside the regular ones."""
        if person := self.person(choice):
            first = clock.today() + timedelta(days=choice % 20)
            new = NewVisit(first, first + timedelta(days=3), assignee_id=user_id_of(self.workers[choice % 2]))
            self.do(lambda: add_visit(person.assessor, person.entry_id, new))

    @rule(choice=CHOICE)
    def task(self, choice: int) -> None:
        """A task done, by whoever has it on the tablet."""
        tablet = self.tablets[choice % 2]
        for id_, line in list(tablet.data("plan_item").items())[:1]:
            self.do(lambda id_=id_, line=line: do_item(self.workers[choice % 2], id_, line.item.version))

    @rule(choice=CHOICE, act=st.sampled_from(["pause", "resume", "leave"]))
    def rest(self, choice: int, act: str) -> None:
        """A rest, its end, or everything taken back."""
        if person := self.person(choice):
            entry, until = entry_row(person), clock.today() + timedelta(days=30)
            acts: dict[str, Callable[[], object]] = {
                "pause": lambda: pause_plan(person.assessor, entry.id, entry.version, PauseReason.AWAY, until),
                "resume": lambda: resume_plan(person.assessor, entry.id, entry.version, ResumeReason.BACK),
                "leave": lambda: withdraw_everything(
                    person.assessor, entry.id, entry.version, WithdrawalChannel.PERSON_SAID
                ),
            }
            self.do(acts[act])

    @rule(choice=CHOICE)
    def correct(self, choice: int) -> None:
        """Another telephone number."""
        if person := self.person(choice):
            self.do(
                lambda: correct_resident(
                    person.assessor,
                    person.resident_id,
                    read_resident(person.assessor, person.resident_id).version,
                    {"phone": f"1380000{choice:04d}"},
                )
            )

    @rule(choice=CHOICE)
    def move_away(self, choice: int) -> None:
        """Somebody moves to the next grid."""
        if person := self.person(choice):
            area = grids_of(self.county.township)[choice % 2]
            with transaction(everything(self.county)) as work:
                for table, column in (("visit", "entry_id"), ("plan_item", "entry_id"), ("ledger_entry", "id")):
                    statement = text(f"UPDATE {table} SET area_code = :area WHERE {column} = :id")
                    work.session.execute(statement, {"area": area, "id": person.entry_id})

    @rule(choice=CHOICE)
    def emergency(self, choice: int) -> None:
        """An emergency raised, or answered step by step."""
        worker, office = self.workers[choice % 2], self.people[0].assessor if self.people else None
        if choice % 3 == 0 or not self.events or office is None:
            self.events.append([a_safety_event_of(worker), 1])
            return
        event = self.events[choice % len(self.events)]
        id_, version = event  # type: ignore[misc]
        for act in (acknowledge_event, close_event):
            self.do(lambda act=act: self.answered(event, act(office, id_, version)))
        self.do(lambda: self.answered(event, note_action(office, id_, event[1], "已到场。")))  # type: ignore[index]
        self.do(lambda: self.answered(event, review_event(office, id_, event[1], None)))  # type: ignore[index]

    def answered(self, event: object, status: object) -> None:
        event[1] = status.version  # type: ignore[index, attr-defined]

    @rule(choice=CHOICE)
    def sweep(self, choice: int) -> None:
        """A return filed, or its month opened."""
        self.do(lambda: a_month(self.county))
        with transaction(everything(self.county)) as work:
            sweep_id = work.session.scalar(
                text("SELECT id FROM sweep WHERE county_code = :county AND kind = 'concern' LIMIT 1"),
                {"county": self.county.code},
            )
        grid = grids_of(self.county.township)[choice % 6]
        self.do(lambda: file_return(judicial(self.county), sweep_id, a_return(grid, an_observation())))

    @rule(choice=CHOICE, limit=st.sampled_from([2, 500]))
    def pull(self, choice: int, limit: int) -> None:
        """A tablet pulls; count and digest must be what it holds."""
        self.tablets[choice % 2].pull_all(limit)

    @invariant()
    def every_feed_is_true(self) -> None:
        assert_feeds_true(self.county)


def test_after_any_order_of_acts_every_feed_holds_what_its_reader_may_hold(
    store: Store, owner_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_clock(monkeypatch, 2027, 1, 5)
    shared = a_county(store, owner_engine, a_county_code())
    case_member, grid_worker = a_worker(shared, Role.CASE_MEMBER), a_worker(shared)

    class Feeds(FeedMachine):
        county, workers = shared, [case_member, grid_worker]

    few = settings(max_examples=10, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Feeds, settings=few)
