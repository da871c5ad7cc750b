"""What must hold of tablets and server, asked of the database and of single reads."""

import json
from collections import Counter
from collections.abc import Collection, Container
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from server import clock
from server.crypto.canonical import leaf_hash
from server.store.sequencer import sequence
from tests.signed_in import PASSWORD
from tests.sync_client import feeds, outbox
from tests.sync_client.arrange_field import Sim
from tests.sync_client.arrange_reading import Reads
from tests.sync_client.arrange_world import Worker, World

#: Where an applied operation's record stands, and what must be true of it there.
WRITTEN = {
    "return": "SELECT count(*) FROM sweep_return WHERE id = :id",
    "observation": "SELECT count(*) FROM observation WHERE id = :id",
    "family_advice": "SELECT count(*) FROM family_advice WHERE id = :id",
    "safety_event": "SELECT count(*) FROM safety_event WHERE id = :id",
    "visit": "SELECT count(*) FROM visit WHERE id = :id AND state IN ('done', 'not_seen', 'declined')",
    "plan_item": "SELECT count(*) FROM plan_item WHERE id = :id AND done_at IS NOT NULL",
}
#: What a user holds, by kind, as SYNC.md §4 says it: asked of the tables, not of the feeds.
HELD_BY_SYNC = {
    "visit": """SELECT v.id FROM visit v JOIN ledger_entry e ON e.id = v.entry_id
                 WHERE v.assignee_id = :user AND v.state = 'planned' AND v.due_from <= :until
                   AND e.state IN ('plan_active', 'stable') AND e.area_code = ANY (:areas)""",
    "plan_item": """SELECT i.id FROM plan_item i JOIN ledger_entry e ON e.id = i.entry_id
                      JOIN care_plan p ON p.id = i.plan_id
                     WHERE i.owner_id = :user AND i.done_at IS NULL AND p.state = 'active'
                       AND e.state IN ('plan_active', 'stable') AND e.area_code = ANY (:areas)""",
    "return": """SELECT r.id FROM sweep_return r JOIN sweep s ON s.id = r.sweep_id JOIN month m ON m.id = s.month_id
                  WHERE r.created_by = :user AND m.state = 'open' AND r.area_code = ANY (:areas)""",
    "observation": """SELECT o.id FROM observation o
                        JOIN month m ON (m.area_code, m.period) = (left(o.area_code, 9), o.period)
                       WHERE o.created_by = :user AND o.state = 'returned' AND m.state = 'open'
                         AND o.area_code = ANY (:areas)""",
    "safety_event": """SELECT id FROM safety_event
                        WHERE created_by = :user AND state <> 'closed' AND area_code = ANY (:areas)""",
    "review": """SELECT id FROM sync_review
                  WHERE author_id = :user AND state <> 'replaced' AND area_code = ANY (:areas)""",
}


def check_nothing_is_lost(sim: Sim) -> None:
    """Every saved operation waits in the outbox or has a receipt on the tablet."""
    store = sim.tablet.store
    kept = {op["op_id"] for op in outbox.waiting(store) + outbox.rejected(store)} | set(outbox.receipts(store))
    assert set(sim.saved) <= kept, set(sim.saved) - kept


def check_receipts_are_true(world: World, sim: Sim, forgotten: Container[str] = ()) -> None:
    """Every receipt, on the tablet or for its rescue file, is the one the server keeps, and what it says stands there.

    Of records of people who are ``forgotten`` nothing is left to be asked.
    """
    sql = "SELECT op_id, result, review_id FROM sync_receipt WHERE device_id = CAST(:device AS uuid)"
    stored = {str(row.op_id): row for row in world.rows(sql, device=sim.tablet.device_id)}
    for op_id, receipt in [*sim.rescued.items(), *outbox.receipts(sim.tablet.store).items()]:
        kind, record_id = sim.saved[op_id]["kind"], sim.saved[op_id]["record_id"]
        if receipt["result"] == "rejected":
            continue
        assert stored[op_id].result == receipt["result"], (kind, receipt)
        if record_id in forgotten:
            continue
        if receipt["result"] == "applied":
            check_stands(world, kind, record_id)
        if receipt["review_id"]:
            check_waits(world, receipt["review_id"])


def check_stands(world: World, kind: str, record_id: str) -> None:
    """What was applied stands in the registry, once."""
    if kind in WRITTEN:
        ((count,),) = world.rows(WRITTEN[kind], id=record_id)
        assert count == 1, (kind, record_id)


def check_waits(world: World, review_id: str) -> None:
    """What was laid aside is there, and can be read unless it was applied or bettered since."""
    sql = "SELECT state, sealed_payload IS NOT NULL AS kept FROM sync_review WHERE id = :id"
    ((state, kept),) = world.rows(sql, id=review_id)
    assert kept or state in {"applied", "replaced"}, (review_id, state)


def check_nothing_is_doubled(world: World, sims: list[Sim]) -> None:
    """No act stands in the log more often than operations were applied; no record came of two operations."""
    results = {(str(row.device_id), str(row.op_id)): row.result for row in world.rows(RESULTS)}
    applied: Counter[tuple[str, str]] = Counter()
    for sim in sims:
        for op_id, operation in sim.saved.items():
            if results.get((sim.tablet.device_id, op_id)) == "applied":
                applied[operation["kind"], operation["record_id"]] += 1
    once = {key: count for key, count in applied.items() if key[0] in WRITTEN and count != 1}
    assert once == {}
    acts = Counter((event["action"], event.get("record")) for event in events(world))
    for kind, action in (("visit", "visit:record"), ("plan_item", "plan_item:do")):
        doubled = {record: acts[action, record] for each, record in applied if each == kind if acts[action, record] > 1}
        assert doubled == {}


RESULTS = "SELECT device_id, op_id, result FROM sync_receipt"


def check_scope(world: World, sim: Sim, worker: Worker) -> None:
    """After a sync that came to its end: a user's feeds on the tablet hold what is theirs at this moment, no more, no less."""
    held = feeds.held(sim.tablet.store, worker.user_id)
    areas = areas_of(world, worker)
    expected = {
        (kind, str(row[0]))
        for kind, sql in HELD_BY_SYNC.items()
        for row in world.rows(sql, **asked(kind, worker, areas))
    }
    assert set(held) == expected, (set(held) - expected, expected - set(held))
    assert set(feeds.positions(sim.tablet.store, worker.user_id)) <= set(areas)


def check_gone(sim: Sim, worker: Worker, ids: Collection[str], kinds: Container[str]) -> None:
    """Nothing of these kinds on the tablet names somebody who is gone: neither the person, nor the entry."""
    for (kind, _), record in feeds.held(sim.tablet.store, worker.user_id).items():
        if kind in kinds:
            text_held = json.dumps(record["data"])
            assert not any(id_ in text_held for id_ in ids), kind


def check_share_is_gone(world: World, sim: Sim, worker: Worker) -> None:
    """No lease brings the share of somebody's storage key on this tablet again, though nobody could tell the tablet."""
    sql = """SELECT wrapped_share IS NULL FROM device_user
              WHERE device_id = CAST(:device AS uuid) AND user_id = CAST(:user AS uuid)"""
    found = world.rows(sql, device=sim.tablet.device_id, user=worker.user_id)
    assert [row[0] for row in found] in ([True], [])


def areas_of(world: World, worker: Worker) -> list[str]:
    """Where somebody works now."""
    return [row[0] for row in world.rows(ROLES, user=worker.user_id)]


def check_holds_what_single_reads_give(world: World, sim: Sim, worker: Worker, reads: "SingleReads") -> None:
    """After quiet: what a user's feeds hold is what the same user may read one by one, field by field, and nothing else."""
    check_scope(world, sim, worker)
    for (kind, record_id), record in feeds.held(sim.tablet.store, worker.user_id).items():
        if kind in SingleReads.PLACES:
            assert record["data"] == reads.read(kind, record_id), (kind, record_id)


ROLES = """SELECT DISTINCT granted_area FROM role_grant
            WHERE user_id = CAST(:user AS uuid) AND revoked_at IS NULL"""


def asked(kind: str, worker: Worker, areas: list[str]) -> dict[str, Any]:
    """What the query of one kind needs to know."""
    said: dict[str, Any] = {"user": worker.user_id, "areas": areas}
    return said | ({"until": clock.today() + timedelta(days=14)} if kind == "visit" else {})


class SingleReads:
    """The same person in the office, reading one record after the other."""

    PLACES = {  # noqa: RUF012  never changed
        "visit": ("visits", "care"),
        "plan_item": ("plan-items", "care"),
        "return": ("returns", "sweep"),
        "observation": ("observations", "sweep"),
        "safety_event": ("safety-events", "care"),
    }

    def __init__(self, world: World, worker: Worker):
        self.client = world.app.test_client(use_cookies=False)
        said = {"login": worker.login, "password": PASSWORD}
        self.token = self.client.post("/api/v1/sessions", json=said).json["access_token"]

    def read(self, kind: str, record_id: str) -> Any:
        """One record, as the API's own read gives it; a task from its list, which is its only read."""
        place, purpose = self.PLACES[kind]
        path = f"/api/v1/{place}?limit=500" if kind == "plan_item" else f"/api/v1/{place}/{record_id}"
        headers = {"Authorization": f"Bearer {self.token}", "X-Purpose": purpose}
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == 200, (kind, answer.text)
        if kind == "plan_item":
            return next(item for item in answer.json["items"] if item["item"]["id"] == record_id)
        return answer.json


def check_all_held_was_read(reads: Reads, sims: list[Sim]) -> None:
    """Whatever is on a tablet came by an answer that was held to the log."""
    for sim in sims:
        for worker in sim.workers:
            held = set(feeds.held(sim.tablet.store, worker.user_id))
            assert held <= reads.brought[sim.tablet.device_id, worker.user_id]


def check_looks_are_in_the_log(world: World, sims: list[Sim]) -> None:
    """Each record opened on a tablet, with a network or without, stands in the log as often as it was opened."""
    seen = [event for event in events(world) if event["action"] == "record:view_on_tablet"]
    logged = Counter((event["device"], event["actor"], event["record"]) for event in seen)
    results = {(str(row.device_id), str(row.op_id)): row.result for row in world.rows(RESULTS)}
    looked = Counter(
        (sim.tablet.device_id, operation["author_id"], operation["record_id"])
        for sim in sims
        for op_id, operation in sim.saved.items()
        if operation["kind"] == "view" and results.get((sim.tablet.device_id, op_id)) == "applied"
    )
    assert logged == looked, (logged - looked, looked - logged)
    assert all(event["happened_us"] <= event["at_us"] for event in seen)


def events(world: World) -> list[dict[str, Any]]:
    """The county's access events, moved into the log or not."""
    return [
        json.loads(row)
        for row in world.as_owner("SELECT event FROM access_stage UNION ALL SELECT event FROM access_log")
    ]


def check_the_log_verifies(world: World, jobs_engine: Any) -> None:
    """Every event is moved into the log, numbered without a gap, and has the hash of its bytes."""
    while sequence(jobs_engine, world.county.code, clock.now()):
        pass
    with world.county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :code, true)"), {"code": world.county.code})
        rows = connection.execute(text("SELECT seq, event, leaf_hash FROM access_log ORDER BY seq")).all()
    assert [row.seq for row in rows] == list(range(len(rows)))
    assert all(leaf_hash(row.event) == row.leaf_hash for row in rows)
