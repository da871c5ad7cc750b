"""What the office decides while tablets are away, one function for each act, and what of it must hold from then on."""

from collections import Counter

from server.domain.codes_care import ConsentScope
from server.services.seal_keys import change_seal_key
from tests.make_care import a_consent
from tests.sync_client import outbox
from tests.sync_client.arrange_checks import areas_of, check_stands
from tests.sync_client.arrange_field import Sim
from tests.sync_client.arrange_office import Office
from tests.sync_client.arrange_reading import Reads
from tests.sync_client.arrange_world import Visited, Worker, World

ACTS = (
    "somebody_new", "visit_again", "give_the_visit", "move_home", "rest_or_go_on", "withdraw_one", "withdraw_all",
    "forget", "close_month", "hand_in", "reopen_month", "send_back", "decide_about_work", "swap_grids", "end_roles",
    "give_roles", "shut_an_account", "sign_out", "change_seal_key", "rescue", "take_a_tablet_back", "drown",
    "hand_out_a_tablet", "fetch_anew",
)  # fmt: skip
#: What happens more often than the rest.
DAILY = ("decide_about_work", "decide_about_work", "visit_again", "give_the_visit", "rescue", "send_back")
MOST_PEOPLE, MOST_TABLETS, MOST_TAKEN_BACK = 8, 5, 2
REASONS = ("lost", "stolen", "handed_in", "broken", "replaced", "misused")
HOW = ("application", "application", "return", "keeping")


class Decisions:
    """The office's part of the machine. An act gives False where there was nothing of the kind to do."""

    world: World
    office: Office
    reads: Reads
    workers: list[Worker]
    sims: list[Sim]
    people: list[Visited]
    #: Who was given which visit.
    theirs: dict[str, str]
    #: Ids of people and entries that left, and of those that were forgotten.
    left: set[str]
    forgotten: set[str]
    #: Records written about somebody on tablets, by entry.
    about: dict[str, set[str]]
    acts: Counter[str]

    def person(self, about: int) -> Visited:
        return self.people[about % len(self.people)]

    def worker(self, to: int) -> Worker:
        return self.workers[to % len(self.workers)]

    # --- people in care -----------------------------------------------------------------------------------------------

    def somebody_new(self, _about: int, to: int) -> bool:
        worker = self.worker(to)
        areas = areas_of(self.world, worker)
        if len(self.people) >= MOST_PEOPLE or not areas:
            return False
        self.take_on(self.somebody_in_care(worker, areas[0]), worker)
        return True

    def somebody_in_care(self, worker: Worker, area: str = "") -> Visited:
        """Somebody to be visited, whose family may be talked to."""
        person = self.world.visited(worker, area)
        a_consent(person.person, ConsentScope.FAMILY_CONTACT)
        return person

    def visit_again(self, about: int, to: int) -> bool:
        """One more visit, by a worker of the place where the entry is kept."""
        person, worker = self.person(about), self.worker(to)
        if not self.is_visited(person, worker):
            return False
        self.take_on(self.world.visited_again(person, worker), worker)
        return True

    def give_the_visit(self, about: int, to: int) -> bool:
        """To a worker of the place where the entry is kept."""
        person, worker = self.person(about), self.worker(to)
        planned = self.world.rows("SELECT 1 FROM visit WHERE id = :id AND state = 'planned'", id=person.visit_id)
        if not planned or not self.is_visited(person, worker):
            return False
        self.office.give_visit(person.visit_id, worker)
        self.theirs[person.visit_id] = worker.user_id
        return True

    def move_home(self, about: int, to: int) -> bool:
        person = self.person(about)
        if person.entry_id in self.forgotten:
            return False
        self.office.move_home(person, self.worker(to).areas[0])
        return True

    def rest_or_go_on(self, about: int, _to: int) -> bool:
        person = self.person(about)
        return person.entry_id not in self.forgotten and self.office.rest_or_go_on(person)

    def withdraw_one(self, about: int, _to: int) -> bool:
        """The consent that visits rest on; with it the person leaves."""
        person = self.person(about)
        if person.entry_id in self.forgotten:
            return False
        done = self.office.take_back_plan_and_visits(person)
        if done:
            self.left.add(person.entry_id)
        return done

    def withdraw_all(self, about: int, _to: int) -> bool:
        person = self.person(about)
        if person.entry_id in self.forgotten or not self.office.let_go(person):
            return False
        self.left.add(person.entry_id)
        return True

    def forget(self, about: int, to: int) -> bool:
        """Seldom: whoever is forgotten is of no more use to the other acts."""
        person = self.person(about)
        if to % 3 or person.entry_id in self.forgotten or not self.office.forget(person):
            return False
        self.forgotten |= {person.entry_id, person.resident_id}
        return True

    # --- duties -------------------------------------------------------------------------------------------------------

    def close_month(self, _about: int, _to: int) -> bool:
        return self.office.close_month()

    def hand_in(self, _about: int, _to: int) -> bool:
        return self.office.hand_in()

    def reopen_month(self, _about: int, _to: int) -> bool:
        return self.office.reopen_month()

    def send_back(self, about: int, _to: int) -> bool:
        """A fact that a tablet brought."""
        found = self.world.rows(
            "SELECT id FROM observation WHERE state <> 'returned' AND return_id IS NOT NULL ORDER BY id"
        )
        if not found or self.office.month()["state"] != "open":
            return False
        self.office.send_back(str(found[about % len(found)][0]))
        return True

    def decide_about_work(self, about: int, to: int) -> bool:
        """What is applied after all stands in the registry from then on."""
        review = self.office.decide(about, HOW[to % len(HOW)])
        if review and review["state"] == "applied":
            check_stands(self.world, review["kind"], review["record_id"])
        return review is not None

    def swap_grids(self, _about: int, _to: int) -> bool:
        if not all(areas_of(self.world, worker) for worker in self.workers):
            return False
        self.office.swap(*self.workers)
        return True

    def end_roles(self, _about: int, to: int) -> bool:
        worker = self.worker(to)
        areas = self.office.areas_of(worker)
        for grant_id in areas.values():
            self.office.end_role(worker, grant_id)
        return bool(areas)

    def give_roles(self, _about: int, to: int) -> bool:
        worker = self.worker(to)
        if areas_of(self.world, worker):
            return False
        self.office.give_role(worker, worker.areas[0])
        return True

    def shut_an_account(self, _about: int, to: int) -> bool:
        """Once: somebody else takes over, with an account of their own, on the same tablets."""
        worker = self.worker(to)
        areas = areas_of(self.world, worker)
        if self.reads.shut or to % 2 or not areas:
            return False
        self.office.shut_account(worker)
        self.reads.shut.add(worker.user_id)
        successor = self.world.worker(*areas)
        self.workers[self.workers.index(worker)] = successor
        for sim in self.sims:
            sim.workers = [successor if one is worker else one for one in sim.workers]
        return True

    def sign_out(self, _about: int, to: int) -> None:
        self.office.sign_out(self.worker(to))

    # --- tablets ------------------------------------------------------------------------------------------------------

    def change_seal_key(self, _about: int, _to: int) -> None:
        change_seal_key(self.world.county.store, self.world.county.code)

    def rescue(self, about: int, _to: int) -> bool:
        """The outbox of a tablet brought to the office as a file. The tablet may still send it, and gets the same receipts."""
        sim = self.sims[about % len(self.sims)]
        return not sim.drowned and self.take_in(sim)

    def take_a_tablet_back(self, about: int, to: int) -> bool:
        """With whatever waits on it: that comes as a file, by the tablet itself, or both."""
        sim = self.sims[about % len(self.sims)]
        if not self.may_be_taken_back(sim):
            return False
        self.take_back(sim, to)
        return True

    def drown(self, about: int, to: int) -> bool:
        """A tablet breaks for good and is taken back; its outbox came as a file, before that or after."""
        sim = self.sims[about % len(self.sims)]
        if not self.may_be_taken_back(sim):
            return False
        acts = [lambda: self.take_in(sim), lambda: self.take_back(sim, to)]
        for act in acts if to % 2 else reversed(acts):
            act()
        sim.drowned = True
        return True

    def take_in(self, sim: Sim) -> bool:
        """Have a rescue file taken in; each operation gets the receipt that it gets by the tablet."""
        if not outbox.waiting(sim.tablet.store):
            return False
        sim.note_saved()
        for op_id, receipt in self.office.take_in(sim.tablet).items():
            earlier = sim.rescued.setdefault(op_id, receipt)
            assert receipt == earlier or earlier["result"] == "rejected", (receipt, earlier)
            sim.rescued[op_id] = receipt
        return True

    def may_be_taken_back(self, sim: Sim) -> bool:
        return not sim.revoked and sum(one.revoked for one in self.sims) < MOST_TAKEN_BACK

    def take_back(self, sim: Sim, why: int) -> None:
        self.world.revoke_device(sim.tablet, REASONS[why % len(REASONS)])
        sim.revoked = True

    def hand_out_a_tablet(self, about: int, _to: int) -> bool:
        """Another one enrolled for those whose tablet was taken back, if they still work there."""
        taken = [sim for sim in self.sims if sim.revoked and all(areas_of(self.world, one) for one in sim.workers)]
        if not taken or len(self.sims) >= MOST_TABLETS:
            return False
        self.sims.append(self.a_tablet(*taken[about % len(taken)].workers))
        return True

    def fetch_anew(self, about: int, _to: int) -> bool:
        sim = self.sims[about % len(self.sims)]
        if not sim.revoked:
            self.office.fetch_anew(sim.tablet)
        return not sim.revoked

    # --- and how it is told -------------------------------------------------------------------------------------------

    def is_visited(self, person: Visited, worker: Worker) -> bool:
        """Whether somebody's plan runs, in a place where this worker works."""
        sql = "SELECT area_code FROM ledger_entry WHERE id = :id AND state = 'plan_active'"
        areas = areas_of(self.world, worker)
        return any(row.area_code in areas for row in self.world.rows(sql, id=person.entry_id))

    def records_of_the_forgotten(self) -> set[str]:
        """What was written on tablets about people of whom nothing is left."""
        return {record for entry, records in self.about.items() if entry in self.forgotten for record in records}
