"""What must hold of tablets and server, asked of the database and of single reads."""

import json
from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from server import clock
from server.crypto.canonical import leaf_hash
from server.store.sequencer import sequence
from tests.signed_in import PASSWORD
from tests.sync_client import feeds, outbox
from tests.sync_client.arrange_field import Sim
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


def check_receipts_are_true(world: World, sim: Sim) -> None:
    """Every receipt on the tablet is the one the server keeps, and what it says was written stands there, once."""
    stored = {
        str(row.op_id): row.result
        for row in world.rows(
            "SELECT op_id, result FROM sync_receipt WHERE device_id = CAST(:device AS uuid)",
            device=sim.tablet.device_id,
        )
    }
    for op_id, receipt in outbox.receipts(sim.tablet.store).items():
        kind = sim.saved[op_id]["kind"]
        assert receipt["result"] == "rejected" or stored[op_id] == receipt["result"], (kind, receipt)
        if receipt["result"] == "applied" and kind in WRITTEN:
            ((count,),) = world.rows(WRITTEN[kind], id=sim.saved[op_id]["record_id"])
            assert count == 1, (kind, receipt)


def check_nothing_is_doubled(world: World, sims: list[Sim]) -> None:
    """No act stands in the log more often than operations were applied; no record came of two operations."""
    applied: Counter[tuple[str, str]] = Counter()
    for sim in sims:
        for op_id, receipt in outbox.receipts(sim.tablet.store).items():
            operation = sim.saved[op_id]
            if receipt["result"] == "applied":
                applied[operation["kind"], operation["record_id"]] += 1
    once = {key: count for key, count in applied.items() if key[0] in WRITTEN and count != 1}
    assert once == {}
    acts = Counter((event["action"], event.get("record")) for event in events(world))
    for kind, action in (("visit", "visit:record"), ("plan_item", "plan_item:do")):
        doubled = {record: acts[action, record] for each, record in applied if each == kind if acts[action, record] > 1}
        assert doubled == {}


def check_holds_what_single_reads_give(world: World, sim: Sim, worker: Worker) -> None:
    """After quiet: what a user's feeds hold is what the same user may read one by one, field by field, and nothing else."""
    held = feeds.held(sim.tablet.store, worker.user_id)
    areas = [row[0] for row in world.rows(ROLES, user=worker.user_id)]
    expected = {
        (kind, str(row[0]))
        for kind, sql in HELD_BY_SYNC.items()
        for row in world.rows(sql, **asked(kind, worker, areas))
    }
    assert set(held) == expected, (set(held) - expected, expected - set(held))
    assert set(feeds.positions(sim.tablet.store, worker.user_id)) <= set(areas)
    reads = SingleReads(world, worker)
    for (kind, record_id), record in held.items():
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


def check_every_record_is_in_the_log(world: World, sims: list[Sim]) -> None:
    """Whoever is on a tablet is named in an event of that user's."""
    named = {(event["actor"], ref) for event in events(world) for ref in event.get("subjects", ())}
    refs = {str(row.id): str(row.subject_ref) for row in world.rows("SELECT id, subject_ref FROM subject")}
    for sim in sims:
        for user, records in sim.received.items():
            for kind, record_id in records:
                resident = resident_of(world, kind, record_id)
                assert resident is None or (user, refs[resident]) in named, (kind, record_id)


def resident_of(world: World, kind: str, record_id: str) -> str | None:
    """Whom a record is about; None where it is about nobody."""
    tables = {"visit": "visit", "plan_item": "plan_item", "observation": "observation", "safety_event": "safety_event"}
    if kind not in tables:
        return None
    ((resident,),) = world.rows(f"SELECT resident_id FROM {tables[kind]} WHERE id = :id", id=record_id)
    return str(resident) if resident else None


def events(world: World) -> list[dict[str, Any]]:
    """The county's access events, moved into the log or not."""
    with world.county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :code, true)"), {"code": world.county.code})
        both = "SELECT event FROM access_stage UNION ALL SELECT event FROM access_log"
        return [json.loads(row) for row in connection.scalars(text(both))]


def check_the_log_verifies(world: World, jobs_engine: Any) -> None:
    """Every event is moved into the log, numbered without a gap, and has the hash of its bytes."""
    while sequence(jobs_engine, world.county.code, clock.now()):
        pass
    with world.county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :code, true)"), {"code": world.county.code})
        rows = connection.execute(text("SELECT seq, event, leaf_hash FROM access_log ORDER BY seq")).all()
    assert [row.seq for row in rows] == list(range(len(rows)))
    assert all(leaf_hash(row.event) == row.leaf_hash for row in rows)
