"""Work sent by a tablet, 100 observations a push over HTTP, against the same sealed rows written by hand.

The path begins at the socket: proof of the device, opening each operation with the county's key (HPKE), author,
policy, validation, sealing, receipt, feed, access events, commit. The floor is one transaction of psycopg that writes
the rows of such a push, already sealed, into the same tables. It has no public-key cryptography in it, which nobody
who accepts sealed operations can do without; so the ratio is told with that opening in the floor as well.
"""

from collections.abc import Callable, Iterator
from random import Random
from time import process_time
from uuid import UUID

import psycopg
from sqlalchemy import event
from uuid_utils.compat import uuid7

from bench.copying import mark, write, written_since
from bench.field import give_residents, hire, open_this_month
from bench.measure import Result, in_turns
from bench.office import PASSWORD, plain_url
from bench.people import analyse, new_person
from bench.place import VILLAGES, Place
from bench.serving import serving
from bench.tablet import BASE, Tablet
from server import clock
from server.app import create_app
from server.config import psycopg_url
from server.crypto.operations import OperationName
from server.domain.periods import period_of
from server.store.seal_keys import seal_key
from server.store.transaction import transaction
from tests.sync_client.keys import unb64

BATCH = 100
ROUNDS = 12
#: Pushes into a server of this process, for what cannot be seen of another.
ALONE = 9
PUSH = "/sync/push"
FACT = "昨天上午在村口小卖部，当事人对我说儿子上月去世后整夜睡不着，已三天没有做饭。"
#: Tables in the order in which they are written, and the columns whose ids belong to one push.
TABLES = {
    "subject": ("id", "subject_ref"),
    "subject_key": (),
    "resident": ("id",),
    "search_bucket": ("id",),
    "observation": ("id",),
    "sync_receipt": ("op_id",),
    "access_stage": ("id",),
}


def measure(place: Place) -> list[Result]:
    """Two series: facts about people known already, and about people whom the operation brings."""
    (tablet,) = hire(place, [VILLAGES[0] + "001"])
    sweep_id = open_this_month(place)
    known = give_residents(place, tablet, BATCH * 10, seed=5)
    analyse(place)
    with serving(place) as port:
        tablet.sign_in(port, PASSWORD)
        file_nil(tablet, port, sweep_id)
        warm_up(tablet, port)
        series = Series(place, tablet, port, sweep_id)
        return [
            *series.taken("push of 100 observations over HTTP", about_known(known)),
            *series.taken("push of 100 observations with new residents", _about_new(tablet.area_code)),
        ]


class Series:
    """Batches of one form, pushed and written by hand in turns."""

    def __init__(self, place: Place, tablet: Tablet, port: int, sweep_id: UUID) -> None:
        """Keep what every batch needs."""
        self.place, self.tablet, self.port = place, tablet, port
        self.common = {
            "sweep_id": str(sweep_id),
            "area_code": tablet.area_code,
            "observed_on": clock.today().isoformat(),
            "ground": "2",
            "fact": FACT,
            "source": "told_by_person",
            "urgent": False,
        }

    def batch(self, people: Iterator[dict[str, object]]) -> list[dict[str, object]]:
        """A hundred sealed operations."""
        period = period_of(clock.today())
        return [self.tablet.sealed("observation", uuid7(), self.common | next(people), period) for _ in range(BATCH)]

    def push(self, body: bytes) -> None:
        """Send one batch; everything must be applied."""
        told = self.tablet.send(self.port, PUSH, body)
        results = [receipt["result"] for receipt in told.said["receipts"]] if told.status == 200 else told.said
        assert results == ["applied"] * BATCH, results

    def taken(self, name: str, people: Iterator[dict[str, object]]) -> list[Result]:
        """The results of one series: against the writing alone, and against opening and writing."""
        batches = [self.batch(people) for _ in range(ROUNDS + 3 + ALONE)]
        statements, processor_seconds = self.alone([batches.pop() for _ in range(ALONE)])
        with (
            psycopg.connect(plain_url(self.place)) as by_hand,
            psycopg.connect(_plain(self.place.config.owner_url)) as owner,
        ):
            since = mark(owner)
            self.push(self.tablet.pack(batches.pop()))
            copy = written_since(owner, since, TABLES)
            bodies = iter([self.tablet.pack(batch) for batch in batches])
            sealed = batches[0]
            opening = self.opening(sealed)
            fresh = iter([copy.afresh() for _ in range(ROUNDS + 1)])
            path, floor, opened = in_turns(
                ROUNDS, lambda: self.push(next(bodies)), lambda: write(by_hand, next(fresh)), opening
            )
        processor = f"{processor_seconds / BATCH * 1e6:.0f} µs of the server's processor each"
        note = f"{statements} statements, {copy.count} rows, {processor}"
        return [
            Result(name, BATCH, path, floor, "≥ 0.4 × speed", note),
            Result("… its sealed parts opened in the floor too", BATCH, path, floor + opened, "(none set)"),
        ]

    def opening(self, operations: list[dict[str, object]]) -> Callable[[], None]:
        """What opening a batch costs by itself."""
        with transaction(self.place.caller) as work:
            key = seal_key(work, UUID(str(operations[0]["key_id"])))
        county, device = self.tablet.county, self.tablet.device_id
        named = [
            (
                unb64(str(op["sealed"])),
                OperationName(
                    county,
                    device,
                    UUID(str(op["op_id"])),
                    UUID(str(op["author_id"])),
                    str(op["kind"]),
                    UUID(str(op["record_id"])),
                ),
            )
            for op in operations
        ]

        def act() -> None:
            for sealed, name in named:
                key.open(sealed, name)

        return act

    def alone(self, batches: list[list[dict[str, object]]]) -> tuple[int, float]:
        """How many statements one push takes, and how much of the processor at best, in a server of this process.

        The database's processes are not in it, nor is what others do on the machine, as far as the processor lets them.
        """
        client = create_app(self.place.config, self.place.store).test_client()
        seen: list[str] = []
        taken: list[float] = []

        def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)

        event.listen(self.place.store.engine, "before_cursor_execute", count)
        try:
            for body in map(self.tablet.pack, batches):
                headers = self.tablet.headers(PUSH, body)
                seen.clear()
                start = process_time()
                answer = client.post(BASE + PUSH, data=body, headers=headers)
                taken.append(process_time() - start)
                assert answer.status_code == 200, answer.text
        finally:
            event.remove(self.place.store.engine, "before_cursor_execute", count)
        return len(seen), min(taken)


def file_nil(tablet: Tablet, port: int, sweep_id: UUID) -> None:
    """The return of the grid, which the observations then join."""
    data = {
        "sweep_id": str(sweep_id),
        "area_code": tablet.area_code,
        "nil": True,
        "late_reason": "offline",
        "observations": [],
        "disputes": [],
    }
    body = tablet.pack([tablet.sealed("return", uuid7(), data, period_of(clock.today()))])
    told = tablet.send(port, PUSH, body)
    assert told.said["receipts"][0]["result"] == "applied", told.said


def warm_up(tablet: Tablet, port: int) -> None:
    """Small pushes, so that both processes have opened their keys and prepared their statements, as after a minute."""
    for _ in range(40):
        op = tablet.sealed("purge", uuid7(), {"area_code": tablet.area_code, "epoch": "1", "rows": 0})
        told = tablet.send(port, PUSH, tablet.pack([op]))
        assert told.said["receipts"][0]["result"] == "applied", told.said


def about_known(residents: list[UUID]) -> Iterator[dict[str, object]]:
    """Whom each fact is about, in turns and without an end."""
    while True:
        for resident_id in residents:
            yield {"resident_id": str(resident_id)}


def _about_new(area_code: str) -> Iterator[dict[str, object]]:
    """Each with two sealed fields of their own, beside the fact."""
    chance = Random(6)
    while True:
        person = new_person(chance, area_code)
        yield {
            "resident": {
                "id": str(person.id),
                "area_code": area_code,
                "name": person.facts.name,
                "sex": "2",
                "birth_year": person.facts.birth_year,
                "phone": person.facts.phone,
            }
        }


def _plain(url: str) -> str:
    return psycopg_url(url).replace("postgresql+psycopg://", "postgresql://")
