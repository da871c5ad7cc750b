"""Tablets in the field as a state machine: bad networks, wrong clocks, falls at every step, and an office that moves everything."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, ClassVar

import pytest
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Engine

from server import clock
from server.services.seal_keys import change_seal_key
from server.store.transaction import Store
from tests.conftest import a_county_code
from tests.make import a_county
from tests.sync_client import feeds
from tests.sync_client.arrange_checks import (
    check_every_record_is_in_the_log,
    check_holds_what_single_reads_give,
    check_nothing_is_doubled,
    check_nothing_is_lost,
    check_receipts_are_true,
    check_the_log_verifies,
)
from tests.sync_client.arrange_field import NEVER, YEAR, Sim
from tests.sync_client.arrange_world import Visited, Worker, World
from tests.sync_client.engine import Tablet
from tests.sync_client.transport import Fault

FACT = "今天上午在村口小卖部，当事人对我说儿子上月去世后整夜睡不着，已三天没有做饭。"
PHONES = ("13900000001", "13900000002", "13900000003")

NUMBER = st.integers(0, 11)
FAULTS = st.lists(st.sampled_from(Fault), max_size=4)
CRASH = st.one_of(st.just(NEVER), st.integers(0, 12))
SKEW = st.sampled_from((-YEAR, -7200, 0, 200, YEAR))
OFFICE = (
    "somebody_new", "give_the_visit", "move", "end_roles", "give_roles", "close_month", "reopen_month",
    "change_seal_key", "revoke_a_tablet",
)  # fmt: skip
KINDS = ("visit", "return", "observation", "safety_event", "contact", "plan_item", "view", "family_advice")


@dataclass
class Place:
    """Where the machine runs, and what became of the operations in it."""

    app: Flask
    store: Store
    owner_engine: Engine
    jobs_engine: Engine
    folders: pytest.TempPathFactory
    seen: Counter[str] = field(default_factory=Counter)


class Field(RuleBasedStateMachine):
    """Two neighbours, three tablets, an office; ``place`` says where."""

    place: ClassVar[Place]

    @initialize()
    def begin(self) -> None:
        """Two neighbours with grids of one village; a tablet each, and one that they share."""
        county = a_county(self.place.store, self.place.owner_engine, a_county_code())
        self.world, folder = World(county, self.place.app), self.place.folders.mktemp("field")
        grids = (county.grid, county.village + "002")
        self.workers = [self.world.worker(grid) for grid in grids]
        lan, mei = self.workers
        self.sims = [
            Sim(self.world, folder / str(number), shared)
            for number, shared in zip(count(1), ([lan], [lan, mei], [mei]), strict=False)
        ]
        self.people = [self.world.visited(worker) for worker in self.workers]
        self.sweep = str(self.world.month())

    # --- what workers do ------------------------------------------------------------------------------------------

    @rule(works=st.lists(st.tuples(NUMBER, st.sampled_from(KINDS), NUMBER, CRASH), min_size=1, max_size=6))
    def write(self, works: list[tuple[int, str, int, int]]) -> None:
        """Things are written, whether they fit or not; a tablet may fall while they are."""
        for who, kind, about, crash in works:
            sim, worker = self.somebody(who)
            if sim.is_wiped or sim.tablet.store.person(worker.user_id)[1] is None:
                continue
            person = self.people[about % len(self.people)]
            sim.act(partial(self.save, sim, worker, kind, person), crash_after=crash)

    def save(self, sim: Sim, worker: Worker, kind: str, person: Visited, tablet: Tablet) -> None:
        record_id, data, more = Written(sim, worker, person, self.sweep).of(kind)
        tablet.save(worker.user_id, kind, record_id, data, **more)

    @rule(who=NUMBER, about=NUMBER)
    def look(self, who: int, about: int) -> None:
        """A record that is held is opened."""
        sim, worker = self.somebody(who)
        held = sorted(feeds.held(sim.tablet.store, worker.user_id))
        if held and not sim.is_wiped:
            sim.act(lambda tablet: tablet.look_at(worker.user_id, *held[about % len(held)]))

    @rule(who=NUMBER, faults=FAULTS, crash=CRASH)
    def sync(self, who: int, faults: list[Fault], crash: int) -> None:
        """A sync, as well as it goes."""
        sim, worker = self.somebody(who)
        sim.act(sim.sync(worker), faults, crash)

    @rule(who=NUMBER)
    def sync_well(self, who: int) -> None:
        """A sync on a good network."""
        sim, worker = self.somebody(who)
        sim.act(sim.sync(worker))

    @rule(who=NUMBER, faults=FAULTS, crash=CRASH)
    def push_from_a_locked_tablet(self, who: int, faults: list[Fault], crash: int) -> None:
        sim, _ = self.somebody(who)
        if not sim.is_wiped:
            sim.act(Tablet.push, faults, crash)

    @rule(who=NUMBER, which=NUMBER)
    def let_something_late_arrive(self, who: int, which: int) -> None:
        """A request that its sender has given up arrives after all, after others that were sent later."""
        self.somebody(who)[0].network.deliver_late(which)

    @rule(who=NUMBER, skew=SKEW)
    def put_the_clock_wrong(self, who: int, skew: int) -> None:
        self.somebody(who)[0].clock.skew = skew

    @rule(who=NUMBER)
    def lease_anew(self, who: int) -> None:
        sim, worker = self.somebody(who)
        if not sim.is_wiped and sim.tablet.store.person(worker.user_id)[0] is not None:
            sim.asking = worker.user_id
            sim.act(lambda tablet: tablet.lease(worker.user_id))

    # --- what the office does -------------------------------------------------------------------------------------

    @rule(act=st.sampled_from(OFFICE), about=NUMBER, to=st.integers(0, 1))
    def the_office_acts(self, act: str, about: int, to: int) -> None:
        """Something is decided while work is under way."""
        getattr(self, act)(self.people[about % len(self.people)], to)

    def somebody_new(self, _person: Visited, to: int) -> None:
        if len(self.people) < 6 and self.has_roles(to):
            self.people.append(self.world.visited(self.workers[to]))

    def give_the_visit(self, person: Visited, to: int) -> None:
        """To whoever works where the person lives."""
        ((state,),) = self.world.rows("SELECT state FROM visit WHERE id = :id", id=person.visit_id)
        ((area,),) = self.world.rows("SELECT area_code FROM ledger_entry WHERE id = :id", id=person.entry_id)
        if state == "planned" and self.has_roles(to) and area in self.workers[to].areas:
            self.world.give_visit(person, self.workers[to])

    def move(self, person: Visited, to: int) -> None:
        self.world.move(person.person, self.workers[to].areas[0])

    def end_roles(self, _person: Visited, to: int) -> None:
        self.world.end_roles(self.workers[to])

    def give_roles(self, _person: Visited, to: int) -> None:
        if not self.has_roles(to):
            self.world.give_roles(self.workers[to])

    def close_month(self, _person: Visited, _to: int) -> None:
        self.world.close_month()

    def reopen_month(self, _person: Visited, _to: int) -> None:
        self.world.reopen_month()

    def change_seal_key(self, _person: Visited, _to: int) -> None:
        change_seal_key(self.world.county.store, self.world.county.code)

    def revoke_a_tablet(self, _person: Visited, to: int) -> None:
        """One of the two that are not shared, at most."""
        if to and not any(sim.revoked for sim in self.sims):
            self.world.revoke_device(self.sims[0].tablet)
            self.sims[0].revoked = True

    # --- what holds -----------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_lost(self) -> None:
        for sim in getattr(self, "sims", ()):
            check_nothing_is_lost(sim)

    def teardown(self) -> None:
        if not hasattr(self, "sweep"):
            return
        self.quiet()
        for sim in self.sims:
            check_nothing_is_lost(sim)
            check_receipts_are_true(self.world, sim)
            for worker in sim.workers:
                self.check_held(sim, worker)
        check_nothing_is_doubled(self.world, self.sims)
        check_every_record_is_in_the_log(self.world, self.sims)
        check_the_log_verifies(self.world, self.place.jobs_engine)
        self.place.seen.update(self.results())

    def quiet(self) -> None:
        """The network is good, what was late arrives, and everybody syncs until nothing moves."""
        for sim in self.sims:
            sim.network.calm()
        for _ in range(3):
            for sim in self.sims:
                for worker in sim.workers:
                    sim.act(sim.sync(worker))

    def check_held(self, sim: Sim, worker: Worker) -> None:
        """A revoked tablet holds nothing; another exactly what its user may read."""
        if sim.revoked:
            assert (sim.tablet.store.people(), sim.tablet.store.said("told_wiped")) == ([], True)
        elif self.has_roles(self.workers.index(worker)):
            assert sim.act(sim.sync(worker)), sim.refusals
            check_holds_what_single_reads_give(self.world, sim, worker)
        else:
            assert feeds.held(sim.tablet.store, worker.user_id) == {}
            assert feeds.positions(sim.tablet.store, worker.user_id) == {}

    # --- and how it is told -------------------------------------------------------------------------------------

    def somebody(self, number: int) -> tuple[Sim, Worker]:
        """One of the tablets with one of those who use it."""
        pairs = [(sim, worker) for sim in self.sims for worker in sim.workers]
        return pairs[number % len(pairs)]

    def has_roles(self, whose: int) -> bool:
        sql = "SELECT 1 FROM role_grant WHERE user_id = CAST(:user AS uuid) AND revoked_at IS NULL"
        return bool(self.world.rows(sql, user=self.workers[whose].user_id))

    def results(self) -> Counter[str]:
        sql = "SELECT kind, result, code FROM sync_receipt"
        return Counter(f"{row.kind} {row.result} {row.code or ''}" for row in self.world.rows(sql))


@dataclass
class Written:
    """What a worker writes about somebody: the record, the data, and what else belongs to the operation."""

    sim: Sim
    worker: Worker
    person: Visited
    sweep: str

    def of(self, kind: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """An operation of this kind."""
        new_id, now = self.sim.clock.new_id(), datetime.fromtimestamp(self.sim.tablet.line.now(), UTC)
        records = {
            "visit": self.person.visit_id, "view": self.person.visit_id, "plan_item": self.person.item_id,
            "contact": self.person.entry_id,
        }  # fmt: skip
        more = {"period": f"{clock.day_of(now):%Y%m}"} if kind in {"return", "observation"} else {"base_version": 1}
        return records.get(kind, new_id), self.data(kind, now - timedelta(minutes=1), new_id), more

    def data(self, kind: str, now: datetime, new_id: str) -> dict[str, Any]:
        today = clock.day_of(now).isoformat()
        place = {"sweep_id": self.sweep, "area_code": self.worker.areas[0]}
        entry = {"entry_id": self.person.entry_id}
        resident = {"name": "王秀英", "sex": "2", "birth_year": 1955}
        all_data: dict[str, dict[str, Any]] = {
            "visit": {"visit_type": "1", "visited_at": now.isoformat(), "outcome": "2", "minutes": 20},
            "view": {"kind": "visit", "viewed_at": now.isoformat()},
            "plan_item": {"done": True},
            "contact": {"changes": {"phone": {"from": self.phone_shown(), "to": PHONES[int(new_id[-1], 16) % 3]}}},
            "safety_event": entry | {"kind": "acute_state", "facts": "当事人在村口大声喊叫，家人已陪同。"},
            "family_advice": entry
            | {"advice": ["see_doctor"], "given_on": today, "relation": "10", "reply": "will_do"},
            "return": place | {"nil": True, "late_reason": "offline", "observations": [], "disputes": []},
            "observation": place
            | {
                "late_reason": "offline",
                "observed_on": today,
                "ground": "2",
                "fact": FACT,
                "source": "told_by_person",
                "resident": resident,
            },
        }
        return all_data[kind]

    def phone_shown(self) -> str | None:
        """The number that the tablet shows, if it shows any."""
        shown = feeds.held(self.sim.tablet.store, self.worker.user_id).get(("visit", self.person.visit_id))
        return shown["data"]["phone"] if shown else None
