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
from tests.sync_client.calls import Refused
from tests.sync_client.transport import NoAnswer

ROUNDS = int(os.environ.get("LINLI_KILL_ROUNDS", "25"))
TABLETS = 3
#: Seconds after which the server is killed, counted from when the tablets begin to push.
LATEST_KILL = 1.0


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
        for sim, entry in zip(sims, entries, strict=True):
            write(sim, entry, chance.randint(1, 3))
        killable.start()
        pushing = [threading.Thread(target=push, args=(sim, seen)) for sim in sims]
        for thread in pushing:
            thread.start()
        time.sleep(chance.uniform(0, LATEST_KILL))
        killable.kill()
        for thread in pushing:
            thread.join()
    killable.start()
    for sim in sims:
        assert sim.tablet.push()
        assert outbox.waiting(sim.tablet.store) == outbox.rejected(sim.tablet.store) == []
    check(world, sims)
    report(world, sims, seen)


def write(sim: Sim, entry: str, count: int) -> None:
    """So many emergencies, each with a look at the record: an act that writes much and one that writes little."""
    me, now = sim.workers[0].user_id, (clock.now() - timedelta(minutes=1)).isoformat()
    event = {"entry_id": entry, "kind": "acute_state", "facts": "当事人在村口大声喊叫，家人已陪同。"}
    for _ in range(count):
        sim.tablet.save(me, "safety_event", sim.clock.new_id(), event)
        sim.tablet.save(me, "view", entry, {"kind": "visit", "viewed_at": now})
    sim.note_saved()


def push(sim: Sim, seen: Counter[str]) -> None:
    """Push until nothing waits or the server is gone; a busy server may say so."""
    refused: Refused | None = None
    while outbox.waiting(sim.tablet.store):
        try:
            sim.tablet.push()
            seen["pushes that came to their end"] += 1
        except NoAnswer:
            seen["pushes without an answer"] += 1
            return
        except Refused as refusal:
            refused = refusal
            seen[f"refusals {refusal.status} {refusal.code}"] += 1
    assert refused is None or refused.status == 503, refused


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
