"""Every read in the log, both ways: who is shown in an answer is named by an event of that answer, and nobody else is."""

import json
from base64 import urlsafe_b64decode
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from server import clock
from tests.sync_client.arrange_world import World
from tests.sync_client.transport import Answer, Request

#: Where the records of a kind stand, and the column that tells whose key seals them. A return is about nobody.
ABOUT = {
    "visit": ("visit", "resident_id"),
    "plan_item": ("plan_item", "resident_id"),
    "observation": ("observation", "resident_id"),
    "safety_event": ("safety_event", "subject_id"),
    "review": ("sync_review", "subject_id"),
}
BRINGING = ("/sync/pull", "/sync/repair")
SILENT = ("/sync/lease", "/sync/standing", "/sync/wiped")
Named = dict[str, set[str]]


@dataclass
class Reads:
    """A carrier that holds every answer with records to the access log, whether it then reaches its tablet or not."""

    world: World
    #: What was answered to sign-ins, by the token that came with it.
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: What was ever brought to a user on a device: kind and id.
    brought: dict[tuple[str, str], set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    #: Accounts that are shut: nothing is brought to them any more.
    shut: set[str] = field(default_factory=set)
    seen: Counter[str] = field(default_factory=Counter)

    def __call__(self, request: Request) -> Answer:
        began = clock.now()
        answer = self.world.carrier(request)
        if request.path.endswith("/sessions") and answer.status == 201:
            self.sessions[answer.json["access_token"]] = answer.json
        elif request.path.endswith(BRINGING) and answer.status == 200:
            self._hold(request, answer, began)
        elif request.path.endswith(SILENT) or "/library/" in request.path:
            assert self._named(answer) == {}, (request.path, "names somebody, and shows nobody")
        return answer

    def _hold(self, request: Request, answer: Answer, began: datetime) -> None:
        session, device = self.sessions[request.headers["Authorization"].removeprefix("Bearer ")], device_of(request)
        assert session["user_id"] not in self.shut, "an account that is shut was brought something"
        puts = [(each["kind"], each["id"]) for each in answer.json["changes"] if each["op"] == "put"]
        self.brought[device, session["user_id"]].update(puts)
        told = self._named(answer, (session, device, began))
        assert told == self._shown(puts), (request.path, puts)
        self.seen[f"answers to {request.path.rsplit('/')[-1]}"] += 1
        self.seen["records in them"] += len(puts)
        self.seen["people named for them"] += sum(len(refs) for refs in told.values())

    def _named(self, answer: Answer, by: tuple[dict[str, Any], str, datetime] | None = None) -> Named:
        """Whom the events of this very request name, by table; each event must be this session's, and of now."""
        named: Named = defaultdict(set)
        for event in events_of_request(self.world, answer.headers["x-request-id"]):
            if "subjects" not in event:
                continue
            if by is not None:
                hold_event(event, *by)
            named[event["table"]].update(event["subjects"])
        return dict(named)

    def _shown(self, puts: list[tuple[str, str]]) -> Named:
        """Whose records these are, by table, as the log names people."""
        shown: Named = {}
        for kind, (table, column) in ABOUT.items():
            ids = [id_ for each, id_ in puts if each == kind]
            if ids:
                sql = f"SELECT s.subject_ref FROM {table} t JOIN subject s ON s.id = t.{column} WHERE t.id = ANY (:ids)"
                refs = [str(row[0]) for row in self.world.rows(sql.replace(":ids", "CAST(:ids AS uuid[])"), ids=ids)]
                assert len(refs) == len(set(ids)), (kind, ids)
                shown[table] = set(refs)
        return shown


def hold_event(event: dict[str, Any], session: dict[str, Any], device: str, began: datetime) -> None:
    """An event of a read tells who read, on which tablet, in which session and when, and that it was allowed."""
    told = {name: event[name] for name in ("actor", "device", "session", "decision")}
    assert told == {
        "actor": session["user_id"], "device": device, "session": session["session_id"], "decision": "allowed",
    }  # fmt: skip
    assert micros(began) <= event["at_us"] <= micros(clock.now()), event


def micros(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)


def device_of(request: Request) -> str:
    """The device that signed a request's proof."""
    claims = request.headers["DPoP"].split(".")[1]
    return str(json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["device"])


def events_of_request(world: World, request_id: str) -> list[dict[str, Any]]:
    """What one request had written to the log."""
    sql = "SELECT event FROM access_stage WHERE position(convert_to(:id, 'UTF8') IN event) > 0"
    return [event for event in map(json.loads, world.as_owner(sql, id=request_id)) if event["request"] == request_id]
