"""A tablet in the field as the state machine needs it: on a bad network, with a wrong clock, and dropped at any moment."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.signed_in import PASSWORD
from tests.sync_client import outbox
from tests.sync_client.arrange_world import Worker, World
from tests.sync_client.calls import Line, Refused
from tests.sync_client.clock import DeviceClock
from tests.sync_client.engine import Tablet
from tests.sync_client.store import Store
from tests.sync_client.transport import Carrier, Fault, FaultyNetwork, NoAnswer

YEAR = 365 * 86_400
NEVER = 1_000_000


class Crash(BaseException):
    """The tablet fell, or its battery is empty."""


@dataclass
class Sim:
    """One tablet and those who share it. ``saved`` is everything that was ever written on it, by operation."""

    world: World
    folder: Path
    workers: list[Worker]
    #: What carries the requests that the network lets through.
    carrier: Carrier | None = None
    network: FaultyNetwork = field(init=False)
    clock: DeviceClock = field(default_factory=DeviceClock)
    tablet: Tablet = field(init=False)
    saved: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Receipts that the office was given for the rescue file.
    rescued: dict[str, dict[str, Any]] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)
    steps_left: int = NEVER
    asking: str = ""
    revoked: bool = False
    #: It is never seen again: neither it nor what still travels from it arrives.
    drowned: bool = False

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.network = FaultyNetwork(self.carrier or self.world.carrier)
        self.open()
        self.world.approve(self.tablet, self.tablet.enrol(self.world.code()))
        for worker in self.workers:
            self.world.working(self.tablet, worker)

    def open(self) -> None:
        """Start the app on what the disk holds."""
        store = Store(self.folder / "tablet.db", durable=False)
        self.tablet = Tablet(Line(store, self.network, self.clock), self.step, page_size=3)

    def step(self, name: str) -> None:
        if name == "to push":
            self.note_saved()
        self.steps_left -= 1
        if self.steps_left < 0:
            raise Crash

    def act(self, what: Callable[[Tablet], object], faults: Iterable[Fault] = (), crash_after: int = NEVER) -> bool:
        """Do something while this goes wrong; whether it came to its end."""
        self.network.faults.extend(faults)
        self.steps_left = crash_after
        try:
            what(self.tablet)
        except NoAnswer:
            return False
        except Crash:
            self.tablet.store.close()
            self.open()
            return False
        except Refused as refusal:
            self.note_refusal(refusal)
            return False
        finally:
            self.network.faults.clear()
            self.steps_left = NEVER
            self.note_saved()
        return True

    def sync(self, worker: Worker) -> Callable[[Tablet], object]:
        """A sync of this worker, who signs in again where the session is over."""

        def run(tablet: Tablet) -> None:
            self.asking = worker.user_id
            if tablet.store.person(worker.user_id)[0] is None and not self.is_wiped:
                self.sign_in_again(tablet, worker)
            tablet.sync(worker.user_id)

        return run

    def sign_in_again(self, tablet: Tablet, worker: Worker) -> None:
        """A new session and lease; of a revoked tablet, the sync after this finds out itself."""
        try:
            tablet.sign_in(worker.login, PASSWORD)
            tablet.lease(worker.user_id)
        except Refused as refusal:
            if refusal.code != "device_revoked":
                raise

    def note_refusal(self, refusal: Refused) -> None:
        """Whatever the server says, it is never its own fault; a session that is over is opened again next time."""
        assert refusal.status < 500, (refusal.status, refusal.code)
        self.refusals[f"{refusal.status} {refusal.code}"] += 1
        if refusal.status == 401 and self.asking in self.tablet.store.people():
            self.tablet.store.keep_session(self.asking, None)

    def note_saved(self) -> None:
        """Everything in the outbox has been saved, also where the app fell before it could say so."""
        for operation in outbox.waiting(self.tablet.store) + outbox.rejected(self.tablet.store):
            self.saved.setdefault(operation["op_id"], operation)

    @property
    def is_wiped(self) -> bool:
        return self.tablet.store.said("wiped_rows") is not None
