"""The builder steps of the conformance vectors, done to the real server (vectors/README.md tells each)."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from server import clock
from server.services.seal_keys import change_seal_key
from tests.signed_in import PASSWORD
from tests.sync_client import feeds, outbox
from tests.sync_client.arrange_world import Visited, Worker, World
from tests.sync_client.calls import BASE, Line, Refused
from tests.sync_client.clock import DeviceClock
from tests.sync_client.engine import Tablet
from tests.sync_client.keys import DeviceKey
from tests.sync_client.matching import filled
from tests.sync_client.store import Store
from tests.sync_client.transport import Answer, Carrier, Request


@dataclass
class Scene:
    """One case under way: its names, and who and what they stand for."""

    world: World
    folder: Path
    carrier: Carrier
    names: dict[str, Any] = field(default_factory=dict)
    workers: dict[str, Worker] = field(default_factory=dict)
    tablets: dict[str, Tablet] = field(default_factory=dict)
    visits: dict[str, Visited] = field(default_factory=dict)

    def __post_init__(self) -> None:
        county, now = self.world.county, clock.now() - timedelta(minutes=1)
        self.names |= {"county": county.code, "grid": county.grid, "other_grid": county.other_grid}
        self.names |= {"now": now.isoformat(), "in_two_years": (now + timedelta(days=730)).isoformat()}
        self.names["today"] = clock.day_of(now).isoformat()

    def do(self, step: dict[str, Any]) -> None:
        """One step; its texts are filled with what is known so far."""
        said = filled({key: value for key, value in step.items() if key != "do"}, self.names)
        STEPS[step["do"]](self, said)

    def ask(self, request: dict[str, Any]) -> Answer:
        """One request of an exchange."""
        said = filled(request, self.names)
        line = self.tablets[said["from"]].line
        raw = json.dumps(said["body"]).encode() if "body" in said else b""
        user_id = self.workers[said["for"]].user_id if said.get("for") else None
        if said.get("proof") is False:
            return self.carrier(Request(said["method"], BASE + said["path"], {"Accept": "application/json"}, raw))
        line.clock.skew, line.carrier = said.get("clock", 0), self.carrier
        answer = line.send(said["method"], said["path"], raw, user_id)
        line.clock.skew = 0
        return answer


def _worker(scene: Scene, said: dict[str, Any]) -> None:
    areas = (scene.names[name] for name in said.get("areas", ["grid"]))
    worker = scene.workers[said["as"]] = scene.world.worker(*areas)
    scene.names |= {said["as"]: worker.user_id, said["as"] + ".login": worker.login, "password": PASSWORD}


def _tablet(scene: Scene, said: dict[str, Any]) -> None:
    store = Store(scene.folder / f"{said['as']}.db", durable=False)
    tablet = Tablet(Line(store, scene.carrier, DeviceClock()), app_version=said.get("app_version", "1.0.0"))
    scene.tablets[said["as"]] = tablet
    if said.get("state") == "strange":
        store.say(key=DeviceKey.fresh().pem, county=scene.world.county.code, device_id=tablet.line.clock.new_id())
    else:
        number = tablet.enrol(scene.world.code())
        if said.get("state") != "pending":
            scene.world.approve(tablet, number)
    scene.names[said["as"]] = tablet.device_id


def _revoke(scene: Scene, said: dict[str, Any]) -> None:
    scene.world.revoke_device(scene.tablets[said["tablet"]])


def _work(scene: Scene, said: dict[str, Any]) -> None:
    tablet, worker = scene.tablets[said["on"]], scene.workers[said["of"]]
    tablet.sign_in(worker.login, PASSWORD)
    if said.get("lease", True):
        tablet.lease(worker.user_id)


def _visited(scene: Scene, said: dict[str, Any]) -> None:
    found = scene.world.visited(scene.workers[said["of"]], scene.names.get(said.get("area", ""), ""))
    name = said["as"]
    scene.visits[name] = found
    scene.names |= {
        name: found.visit_id, name + ".entry": found.entry_id, name + ".resident": found.resident_id,
        name + ".item": found.item_id,
    }  # fmt: skip


def _month(scene: Scene, said: dict[str, Any]) -> None:
    sweep = scene.world.month()
    period = scene.world.rows("SELECT period FROM month")[0][0]
    scene.names |= {said["as"]: str(sweep), said["as"] + ".period": period}


def _seal(scene: Scene, said: dict[str, Any]) -> None:
    tablet, user_id = scene.tablets[said["on"]], scene.workers[said["by"]].user_id
    more = {name: said[name] for name in ("base_version", "period", "replaces") if name in said}
    _, lease = tablet.store.person(user_id)
    assert lease
    if "token" in said:
        tablet.store.keep_lease(user_id, lease | {"author_token": said["token"]})
    op_id = tablet.save(user_id, said["kind"], said["record_id"], said["data"], **more)
    tablet.store.keep_lease(user_id, lease)
    operation = next(op for op in outbox.waiting(tablet.store) if op["op_id"] == op_id)
    tablet.store.db.execute("DELETE FROM outbox WHERE op_id = ?", (op_id,))
    scene.names |= {said["as"]: operation, said["as"] + ".op_id": op_id}


def _alter(scene: Scene, said: dict[str, Any]) -> None:
    operation = scene.names[said["from"]] | said["members"]
    scene.names |= {said["as"]: operation, said["as"] + ".op_id": operation["op_id"]}


def _id(scene: Scene, said: dict[str, Any]) -> None:
    scene.names[said["as"]] = DeviceClock().new_id()


def _pull(scene: Scene, said: dict[str, Any]) -> None:
    tablet, user_id = scene.tablets[said["on"]], scene.workers[said["for"]].user_id
    tablet.pull(user_id)
    if "as" in said:
        held = feeds.held(tablet.store, user_id)
        rows = [[kind, record_id, record["version"]] for (kind, record_id), record in held.items()]
        scene.names |= {said["as"]: feeds.positions(tablet.store, user_id), said["as"] + ".held": rows}


def _push(scene: Scene, said: dict[str, Any]) -> None:
    tablet = scene.tablets[said["on"]]
    body = {"device_id": tablet.device_id, "operations": said["operations"]}
    tablet.line.call("POST", "/sync/push", body)


def _end_roles(scene: Scene, said: dict[str, Any]) -> None:
    areas = tuple(scene.names[name] for name in said.get("areas", []))
    scene.world.end_roles(scene.workers[said["of"]], areas)


def _give_roles(scene: Scene, said: dict[str, Any]) -> None:
    scene.world.give_roles(scene.workers[said["of"]])


def _give_visit(scene: Scene, said: dict[str, Any]) -> None:
    scene.world.give_visit(scene.visits[said["visit"]], scene.workers[said["to"]])


def _change_seal_key(scene: Scene, _said: dict[str, Any]) -> None:
    change_seal_key(scene.world.county.store, scene.world.county.code)


def _carry_token(scene: Scene, said: dict[str, Any]) -> None:
    user_id = scene.workers[said["of"]].user_id
    session, _ = scene.tablets[said["on"]].store.person(user_id)
    scene.tablets[said["to"]].store.keep_session(user_id, session)


def _app_is(scene: Scene, said: dict[str, Any]) -> None:
    """The tablet tells its version with a pull, whether that is answered or not."""
    tablet = scene.tablets[said["tablet"]]
    tablet.app_version = said["version"]
    with suppress(Refused):
        tablet.pull(scene.workers[said["of"]].user_id)


def _close_month(scene: Scene, _said: dict[str, Any]) -> None:
    scene.world.close_month()


STEPS: dict[str, Callable[[Scene, dict[str, Any]], None]] = {
    "worker": _worker,
    "tablet": _tablet,
    "revoke": _revoke,
    "work": _work,
    "visited": _visited,
    "month": _month,
    "seal": _seal,
    "alter": _alter,
    "id": _id,
    "pull": _pull,
    "push": _push,
    "end_roles": _end_roles,
    "give_roles": _give_roles,
    "give_visit": _give_visit,
    "change_seal_key": _change_seal_key,
    "carry_token": _carry_token,
    "app_is": _app_is,
    "close_month": _close_month,
}
