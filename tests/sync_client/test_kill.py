"""The server killed in the middle of pushes, again and again: whatever it had receipted stands, once, and nothing is lost.

``LINLI_KILL_ROUNDS`` makes a long run of it; its figures are written to the file that ``LINLI_KILL_REPORT`` names.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import repeat
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from server import clock
from server.config import Config
from server.store.transaction import Store as ServerStore
from tests.conftest import a_county_code
from tests.make import a_county
from tests.sync_client import outbox
from tests.sync_client.arrange_checks import check_nothing_is_doubled, check_nothing_is_lost, check_receipts_are_true
from tests.sync_client.arrange_field import Sim
from tests.sync_client.arrange_server import Killable
from tests.sync_client.arrange_world import World
from tests.sync_client.transport import NoAnswer

ROUNDS = int(os.environ.get("LINLI_KILL_ROUNDS", "25"))
TABLETS = 3
ANSWERED = "pushes answered"
#: The server is killed so many seconds, at most, after a push was answered; and after so many where none is.
LATEST_KILL, LONGEST_WAIT = 0.25, 4.0


@pytest.fixture
def killable(config: Config, tmp_path: Path) -> Iterator[Killable]:
    server = Killable(config, tmp_path / "server.log")
    yield server
    server.close()


def test_a_server_killed_at_any_moment_of_a_push_loses_and_doubles_nothing(
    app: Flask, store: ServerStore, owner_engine: Engine, killable: Killable, tmp_path: Path
):
    world = World(a_county(store, owner_engine, a_county_code()), app)
    sims = [Sim(world, tmp_path / str(number), [world.worker()]) for number in range(TABLETS)]
    entries = [world.visited(sim.workers[0]).entry_id for sim in sims]
    for sim in sims:
        sim.tablet.line.carrier = killable.carrier
    chance, seen = random.Random(7), Counter[str]()
    for _ in range(ROUNDS):
        killable.start()
        working = [threading.Thread(target=work, args=each) for each in zip(sims, entries, repeat(seen), strict=False)]
        for thread in working:
            thread.start()
        wait_for(seen, seen[ANSWERED] + chance.randint(0, 5))
        time.sleep(chance.uniform(0, LATEST_KILL))
        killable.kill()
        for thread in working:
            thread.join()
        seen["operations whose receipt was lost"] += lost_receipts(world, sims)
    killable.start()
    for sim in sims:
        assert sim.tablet.push()
        assert outbox.waiting(sim.tablet.store) == outbox.rejected(sim.tablet.store) == []
    check(world, sims)
    report(world, sims, seen)


def work(sim: Sim, entry: str, seen: Counter[str]) -> None:
    """Write an emergency and look at a record, push, and so on until the server is gone."""
    me, now = sim.workers[0].user_id, (clock.now() - timedelta(minutes=1)).isoformat()
    event = {"entry_id": entry, "kind": "acute_state", "facts": "当事人在村口大声喊叫，家人已陪同。"}
    while True:
        sim.tablet.save(me, "safety_event", sim.clock.new_id(), event)
        sim.tablet.save(me, "view", entry, {"kind": "visit", "viewed_at": now})
        sim.note_saved()
        try:
            sim.tablet.push()
        except NoAnswer:
            seen["pushes without an answer"] += 1
            return
        seen[ANSWERED] += 1


def wait_for(seen: Counter[str], answers: int) -> None:
    """Until so many pushes were answered; not for ever on a machine that is busy."""
    until = time.monotonic() + LONGEST_WAIT
    while seen[ANSWERED] < answers and time.monotonic() < until:
        time.sleep(0.005)


def lost_receipts(world: World, sims: list[Sim]) -> int:
    """How many operations the server has written whose receipt no tablet has."""
    ((stored,),) = world.rows("SELECT count(*) FROM sync_receipt")
    return stored - sum(len(outbox.receipts(sim.tablet.store)) for sim in sims)


def check(world: World, sims: list[Sim]) -> None:
    for sim in sims:
        check_nothing_is_lost(sim)
        check_receipts_are_true(world, sim)
        receipts = outbox.receipts(sim.tablet.store).values()
        results = Counter((receipt["result"], receipt["code"]) for receipt in receipts)
        assert results == {("applied", None): len(sim.saved)}, results
    check_nothing_is_doubled(world, sims)
    saved = sum(len(sim.saved) for sim in sims)
    assert world.rows("SELECT count(*) FROM sync_receipt")[0][0] == saved


def report(world: World, sims: list[Sim], seen: Counter[str]) -> None:
    """What was counted, for whoever asked for it."""
    if path := os.environ.get("LINLI_KILL_REPORT"):
        seen["rounds"] = ROUNDS
        seen["operations"] = sum(len(sim.saved) for sim in sims)
        seen["receipts on the server"] = world.rows("SELECT count(*) FROM sync_receipt")[0][0]
        lines = (f"{number:6} {what}" for what, number in sorted(seen.items()))
        Path(path).write_text("\n".join(lines) + "\n", "utf-8")
