"""Tablets in the field as a state machine: bad networks, wrong clocks, falls at every step, and an office that moves everything."""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, ClassVar

import pytest
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Engine

from server.store.transaction import Store
from tests.conftest import a_county_code
from tests.make import a_county
from tests.sync_client import feeds, outbox
from tests.sync_client.arrange_checks import (
    SingleReads,
    areas_of,
    check_all_held_was_read,
    check_gone,
    check_holds_what_single_reads_give,
    check_looks_are_in_the_log,
    check_nothing_is_doubled,
    check_nothing_is_lost,
    check_receipts_are_true,
    check_scope,
    check_share_is_gone,
    check_the_log_verifies,
)
from tests.sync_client.arrange_decisions import ACTS, DAILY, Decisions
from tests.sync_client.arrange_field import NEVER, YEAR, Sim
from tests.sync_client.arrange_office import Office
from tests.sync_client.arrange_reading import Reads
from tests.sync_client.arrange_world import Visited, Worker, World
from tests.sync_client.arrange_written import ABOUT_THE_PERSON, KINDS, Written
from tests.sync_client.engine import Tablet
from tests.sync_client.transport import Fault

NUMBER = st.integers(0, 11)
FAULTS = st.lists(st.sampled_from(Fault), max_size=4)
STEPS_OF_SAVING = 3
CRASH = st.one_of(st.just(NEVER), st.integers(0, 12))
SKEW = st.sampled_from((-YEAR, -7200, 0, 200, YEAR))
WORK = st.tuples(st.sampled_from(KINDS), NUMBER)
#: How often something happens in the field, by the side of each act of the office, and what there is to be said of it.
#: The first is what Hypothesis tries first, all through its first example: on an empty tablet it costs nothing.
FIELD_WORK = {
    "look": (2, {"who": NUMBER, "about": NUMBER}),
    "write": (14, {"who": NUMBER, "works": st.lists(WORK, min_size=2, max_size=8), "crash": CRASH}),
    "sync": (7, {"who": NUMBER, "faults": FAULTS, "crash": CRASH}),
    "sync_well": (6, {"who": NUMBER}),
    "mend": (3, {"who": NUMBER, "about": NUMBER, "to": NUMBER}),
    "push_from_a_locked_tablet": (2, {"who": NUMBER, "faults": FAULTS, "crash": CRASH}),
    "let_something_late_arrive": (2, {"who": NUMBER, "which": NUMBER}),
    "put_the_clock_wrong": (2, {"who": NUMBER, "skew": SKEW}),
    "lease_anew": (1, {"who": NUMBER}),
}
OF_ACT = {"about": NUMBER, "to": NUMBER}
SAID = {what: said for what, (_, said) in FIELD_WORK.items()} | dict.fromkeys(ACTS, OF_ACT)
OFTEN = [what for what, (times, _) in FIELD_WORK.items() for _ in range(times)] + [*ACTS, *DAILY]
#: One strategy and one rule: rules of their own would be left out of whole examples at random.
ANYTHING = st.sampled_from(OFTEN).flatmap(lambda what: st.tuples(st.just(what), st.fixed_dictionaries(SAID[what])))
#: What is deleted from tablets when somebody leaves, and what besides when somebody is forgotten.
OF_CARE, OF_ANYBODY = (
    frozenset({"visit", "plan_item"}),
    frozenset({"visit", "plan_item", "observation", "safety_event"}),
)


@dataclass
class Place:
    """Where the machine runs, and what became of the operations in it."""

    app: Flask
    store: Store
    owner_engine: Engine
    jobs_engine: Engine
    folders: pytest.TempPathFactory
    seen: Counter[str] = field(default_factory=Counter)


class Field(Decisions, RuleBasedStateMachine):
    """Two neighbours, three tablets, an office; ``place`` says where."""

    place: ClassVar[Place]

    @initialize()
    def begin(self) -> None:
        """Two neighbours with grids of one village, people in their care, and a month; a tablet each, and a shared one."""
        county = a_county(self.place.store, self.place.owner_engine, a_county_code())
        self.world, self.folder = World(county, self.place.app), self.place.folders.mktemp("field")
        self.office = Office(county, self.place.app, self.world.office)
        self.reads, self.numbers = Reads(self.world), count(1)
        self.workers = [self.world.worker(grid) for grid in (county.grid, county.village + "002")]
        lan, mei = self.workers
        self.sims = [self.a_tablet(*shared) for shared in ([lan], [lan, mei], [mei])]
        self.people, self.theirs = [], {}
        self.left, self.forgotten, self.about, self.acts = set(), set(), {}, Counter()
        for worker in [lan, mei, lan, mei]:
            self.take_on(self.somebody_in_care(worker), worker)
        self.sweep = self.office.open_month()

    def a_tablet(self, *workers: Worker) -> Sim:
        return Sim(self.world, self.folder / str(next(self.numbers)), list(workers), self.reads)

    def take_on(self, person: Visited, worker: Worker) -> None:
        """Somebody whom a worker visits."""
        self.people.append(person)
        self.theirs[person.visit_id] = worker.user_id

    @rule(happening=ANYTHING)
    def something_happens(self, happening: tuple[str, dict[str, Any]]) -> None:
        """In the field or in the office, in any order."""
        what, said = happening
        if what not in ACTS:
            getattr(self, what)(**said)
        elif getattr(self, what)(said["about"], said["to"]) is not False:
            self.acts[f"the office: {what}"] += 1

    # --- what workers do ------------------------------------------------------------------------------------------

    def write(self, who: int, works: list[tuple[str, int]], crash: int) -> None:
        """Things are written, mostly about people one visits; the tablet may fall at one of them."""
        sim, worker = self.somebody(who)
        for number, (kind, about) in enumerate(works):
            if sim.is_wiped or sim.tablet.store.person(worker.user_id)[1] is None:
                return
            mine = [one for one in self.people if self.theirs[one.visit_id] == worker.user_id]
            among = mine if mine and about % 3 != 1 else self.people
            saving = partial(self.save, sim, worker, kind, among[-1 - about % len(among)])
            falls = crash // STEPS_OF_SAVING == number
            sim.act(saving, crash_after=crash % STEPS_OF_SAVING if falls else NEVER)

    def save(self, sim: Sim, worker: Worker, kind: str, person: Visited, tablet: Tablet) -> None:
        record_id, data, more = Written(sim, worker, person, self.sweep).of(kind)
        if kind in ABOUT_THE_PERSON:
            self.about.setdefault(person.entry_id, set()).add(record_id)
        tablet.save(worker.user_id, kind, record_id, data, **more)

    def look(self, who: int, about: int) -> None:
        """A record that is held is opened."""
        sim, worker = self.somebody(who)
        held = sorted(feeds.held(sim.tablet.store, worker.user_id))
        if held and not sim.is_wiped:
            sim.act(lambda tablet: tablet.look_at(worker.user_id, *held[about % len(held)]))

    def mend(self, who: int, about: int, to: int) -> None:
        """What needs attention is written again, in place of what was sent."""
        sim, worker = self.somebody(who)
        held = feeds.held(sim.tablet.store, worker.user_id)
        reviews = [held[key]["data"] for key in sorted(held) if key[0] == "review"]
        mendable = [one for one in reviews if one["kind"] in KINDS and one["state"] in {"open", "returned"}]
        if mendable and not sim.is_wiped:
            review = mendable[about % len(mendable)]
            written = Written(sim, worker, self.people[to % len(self.people)], self.sweep)
            record_id, data, more = written.of(review["kind"])
            more |= {"replaces": review["op_id"]}
            sim.act(lambda tablet: tablet.save(worker.user_id, review["kind"], record_id, data, **more))

    def sync(self, who: int, faults: list[Fault], crash: int) -> None:
        """A sync, as well as it goes."""
        self.sync_of(*self.somebody(who), faults, crash)

    def sync_well(self, who: int) -> None:
        """A sync on a good network."""
        self.sync_of(*self.somebody(who))

    def sync_of(
        self, sim: Sim, worker: Worker, faults: tuple[Fault, ...] | list[Fault] = (), crash: int = NEVER
    ) -> bool:
        """A sync; where it came to its end, nothing is held that is not the worker's at this moment."""
        ended = sim.act(sim.sync(worker), faults, crash)
        if ended and not sim.is_wiped:
            check_scope(self.world, sim, worker)
            check_gone(sim, worker, self.left, OF_CARE)
            check_gone(sim, worker, self.forgotten, OF_ANYBODY)
        return ended

    def push_from_a_locked_tablet(self, who: int, faults: list[Fault], crash: int) -> None:
        sim, _ = self.somebody(who)
        if not sim.is_wiped:
            sim.act(Tablet.push, faults, crash)

    def let_something_late_arrive(self, who: int, which: int) -> None:
        """A request that its sender has given up arrives after all, after others that were sent later."""
        self.somebody(who)[0].network.deliver_late(which)

    def put_the_clock_wrong(self, who: int, skew: int) -> None:
        self.somebody(who)[0].clock.skew = skew

    def lease_anew(self, who: int) -> None:
        sim, worker = self.somebody(who)
        if not sim.is_wiped and sim.tablet.store.person(worker.user_id)[0] is not None:
            sim.asking = worker.user_id
            sim.act(lambda tablet: tablet.lease(worker.user_id))

    # --- what holds -----------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost(self) -> None:
        for sim in getattr(self, "sims", ()):
            check_nothing_is_lost(sim)

    def teardown(self) -> None:
        if not hasattr(self, "sweep"):
            return
        self.quiet()
        self.desks: dict[str, SingleReads] = {}
        for sim in self.sims:
            check_nothing_is_lost(sim)
            check_receipts_are_true(self.world, sim, self.records_of_the_forgotten())
            for worker in sim.workers:
                self.check_held(sim, worker)
        check_nothing_is_doubled(self.world, self.sims)
        check_all_held_was_read(self.reads, self.sims)
        check_looks_are_in_the_log(self.world, self.sims)
        check_the_log_verifies(self.world, self.place.jobs_engine)
        self.place.seen.update(self.results() + self.reads.seen + self.acts)

    def quiet(self) -> None:
        """The network is good, what was late arrives, and everybody syncs until nothing moves."""
        afloat = [sim for sim in self.sims if not sim.drowned]
        for sim in afloat:
            sim.network.calm()
        for _ in range(3):
            for sim in afloat:
                for worker in sim.workers:
                    self.sync_of(sim, worker)

    def check_held(self, sim: Sim, worker: Worker) -> None:
        """A revoked tablet holds nothing; another exactly what its user may read. Of one that drowned all work is in.

        Who works nowhere any more and cannot sign in to be told so holds what the lease's end makes unreadable.
        """
        if sim.drowned:
            waiting = {operation["op_id"] for operation in outbox.waiting(sim.tablet.store)}
            assert waiting <= sim.rescued.keys()
        elif sim.revoked:
            assert (sim.tablet.store.people(), sim.tablet.store.said("told_wiped")) == ([], True), sim.refusals
        elif areas_of(self.world, worker):
            assert self.sync_of(sim, worker), sim.refusals
            if worker.user_id not in self.desks:
                self.desks[worker.user_id] = SingleReads(self.world, worker)
            check_holds_what_single_reads_give(self.world, sim, worker, self.desks[worker.user_id])
        elif self.sync_of(sim, worker):
            assert feeds.held(sim.tablet.store, worker.user_id) == {}
            assert feeds.positions(sim.tablet.store, worker.user_id) == {}
        else:
            check_share_is_gone(self.world, sim, worker)

    # --- and how it is told -------------------------------------------------------------------------------------

    def somebody(self, number: int) -> tuple[Sim, Worker]:
        """One of the tablets with one of those who use it."""
        pairs = [(sim, worker) for sim in self.sims if not sim.drowned for worker in sim.workers]
        return pairs[number % len(pairs)]

    def results(self) -> Counter[str]:
        sql = "SELECT kind, result, code FROM sync_receipt"
        return Counter(f"{row.kind} {row.result} {row.code or ''}" for row in self.world.rows(sql))
