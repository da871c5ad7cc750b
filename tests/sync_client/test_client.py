"""What the client itself promises, against a server that is played by a few lines."""

import json
from dataclasses import dataclass, field
from itertools import count

import pytest

from tests.sync_client import feeds, leaving, outbox
from tests.sync_client.calls import Line, Refused
from tests.sync_client.clock import DeviceClock
from tests.sync_client.engine import Tablet
from tests.sync_client.keys import DeviceKey, b64, sealing_info, unb64
from tests.sync_client.store import Store
from tests.sync_client.transport import Answer, Fault, FaultyNetwork, NoAnswer, Request

ME = "019a8f00-0000-7000-8000-000000000501"
AREA = "430999101201001"
SEAL_KEY = DeviceKey.from_number(7)


class Crash(BaseException):
    """The tablet is dropped."""


@dataclass
class Played:
    """Answers each push with receipts and keeps what arrived; anything in ``planned`` is answered first."""

    planned: list[Answer] = field(default_factory=list)
    arrived: list[dict] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Answer:
        self.requests.append(request)
        if self.planned:
            return self.planned.pop(0)
        operations = unpacked(request).get("operations", [])
        self.arrived += operations
        receipts = [{"op_id": op["op_id"], "result": "applied"} for op in operations]
        return said({"receipts": receipts, "server_time": "2026-11-22T00:00:00+00:00", "backoff_s": 0})


def said(body: dict, status: int = 200) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(body).encode())


def unpacked(request: Request) -> dict:
    headers = {name.lower(): value for name, value in request.headers.items()}
    found: dict = Answer(0, headers, request.body).json
    return found or {}


def a_tablet(folder, carrier, crash_at: int = -1) -> Tablet:
    """The tablet in this folder, as its disk has it; it crashes at the step of that number."""
    store = Store(folder / "tablet.db", durable=False)
    if store.said("key") is None:
        store.say(key=DeviceKey.from_number(3).pem, county="430999", device_id=DeviceClock().new_id())
        seal_key = {"id": "k1", "public_key": b64(SEAL_KEY.point)}
        store.keep_lease(ME, {"author_token": "token", "seal_key": seal_key})
    steps = count()

    def step(_name: str) -> None:
        if next(steps) == crash_at:
            raise Crash

    return Tablet(Line(store, carrier), step)


def change(record_id: str, version: int, op: str = "put") -> dict:
    return {
        "area_code": AREA, "seq": version, "kind": "visit", "id": record_id, "op": op, "version": version,
        "data": {"version": version} if op == "put" else None,
    }  # fmt: skip


def feed(state: str = "active", *, reset: bool = False, epoch: str = "1", seq: int = 1) -> dict:
    return {"area_code": AREA, "epoch": epoch, "seq": seq, "state": state, "reset": reset, "more": False}


@pytest.mark.parametrize("crash_at", range(9))
def test_a_crash_at_any_step_of_saving_and_sending_loses_nothing_that_was_saved(tmp_path, crash_at):
    server = Played()
    tablet, saved = a_tablet(tmp_path, server, crash_at), []
    try:
        for _ in range(2):
            saved += [tablet.save(ME, "visit", tablet.line.clock.new_id(), {"minutes": 5})]
        tablet.push()
    except Crash:
        pass
    tablet.store.close()
    again = a_tablet(tmp_path, server)
    held = {op["op_id"] for op in outbox.waiting(again.store)} | set(outbox.receipts(again.store))
    assert set(saved) <= held
    assert again.push()
    assert set(saved) <= {op["op_id"] for op in server.arrived}
    assert outbox.waiting(again.store) == []


@pytest.mark.parametrize("fault", [Fault.LOSE_REQUEST, Fault.LOSE_ANSWER, Fault.DELAY])
def test_a_lost_answer_takes_nothing_out_of_the_outbox_and_the_same_is_sent_again(tmp_path, fault):
    server = Played()
    network = FaultyNetwork(server)
    network.faults.append(fault)
    tablet = a_tablet(tmp_path, network)
    tablet.save(ME, "visit", tablet.line.clock.new_id(), {"minutes": 5})
    before = outbox.waiting(tablet.store)
    with pytest.raises(NoAnswer):
        tablet.push()
    assert outbox.waiting(tablet.store) == before
    assert tablet.push()
    network.calm()
    assert all(op == before[0] for op in server.arrived)
    assert len(server.arrived) == (1 if fault is Fault.LOSE_REQUEST else 2)


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_a_refusal_takes_nothing_out_of_the_outbox(tmp_path, status):
    tablet = a_tablet(tmp_path, Played([said({"code": "whatever"}, status)]))
    tablet.save(ME, "visit", tablet.line.clock.new_id(), {"minutes": 5})
    with pytest.raises(Refused):
        tablet.push()
    assert len(outbox.waiting(tablet.store)) == 1


def test_what_is_rejected_stays_and_is_not_sent_again(tmp_path):
    tablet = a_tablet(tmp_path, server := Played())
    bad = tablet.save(ME, "visit", tablet.line.clock.new_id(), {"minutes": 5})
    receipts = [{"op_id": bad, "result": "rejected", "code": "author_not_proven"}]
    server.planned.append(said({"receipts": receipts, "server_time": "2026-11-22T00:00:00+00:00", "backoff_s": 0}))
    assert tablet.push()
    tablet.save(ME, "visit", tablet.line.clock.new_id(), {"minutes": 5})
    assert tablet.push()
    assert [op["op_id"] for op in outbox.rejected(tablet.store)] == [bad]
    assert bad not in {op["op_id"] for op in server.arrived}


def test_a_push_that_is_too_large_is_halved_until_it_goes(tmp_path):
    too_large = said({"code": "push_too_large"}, 413)
    tablet = a_tablet(tmp_path, server := Played([too_large, too_large]))
    for _ in range(9):
        tablet.save(ME, "visit", tablet.line.clock.new_id(), {"minutes": 5})
    assert tablet.push()
    assert [len(unpacked(request)["operations"]) for request in server.requests] == [9, 4, 2, 2, 2, 2, 1]


def test_operations_are_numbered_from_one_without_a_gap_and_sealed_to_the_key_of_the_lease(tmp_path):
    tablet = a_tablet(tmp_path, Played())
    for _ in range(3):
        tablet.save(ME, "visit", tablet.line.clock.new_id(), {"minutes": 5})
    waiting = outbox.waiting(tablet.store)
    assert [op["device_seq"] for op in waiting] == [1, 2, 3]
    enc = unb64(waiting[0]["sealed"])
    assert (len(enc) - 65 - 16) % 256 == 0
    assert b"minutes" not in (tmp_path / "tablet.db").read_bytes()
    assert sealing_info("430999", tablet.device_id, waiting[0]).count(b"\n") == 6


def test_the_clock_is_put_right_once_and_the_call_made_again(tmp_path):
    off = said({"code": "device_clock_off", "server_time": "2027-11-22T00:00:00+00:00"}, 401)
    tablet = a_tablet(tmp_path, server := Played([off]))
    assert tablet.standing()["backoff_s"] == 0
    assert len(server.requests) == 2
    server.planned += [off, off]
    with pytest.raises(Refused, match="device_clock_off"):
        tablet.standing()


def test_changes_and_position_are_kept_together_or_not_at_all(tmp_path):
    tablet = a_tablet(tmp_path, Played())
    first, second = tablet.line.clock.new_id(), tablet.line.clock.new_id()
    feeds.take(tablet.store, ME, [feed(seq=1)], [change(first, 1)])
    with pytest.raises(KeyError):
        feeds.take(tablet.store, ME, [feed(seq=9)], [change(second, 2), {"op": "put"}])
    assert feeds.positions(tablet.store, ME) == {AREA: {"epoch": "1", "seq": 1}}
    assert set(feeds.held(tablet.store, ME)) == {("visit", first)}


def test_a_reset_deletes_what_was_held_before_it_takes_what_is_told(tmp_path):
    tablet = a_tablet(tmp_path, Played())
    old, new = tablet.line.clock.new_id(), tablet.line.clock.new_id()
    feeds.take(tablet.store, ME, [feed()], [change(old, 1)])
    feeds.take(tablet.store, ME, [feed(reset=True, epoch="2")], [change(new, 1)])
    assert set(feeds.held(tablet.store, ME)) == {("visit", new)}


def test_a_revoked_feed_is_deleted_together_with_its_acknowledgement(tmp_path):
    tablet = a_tablet(tmp_path, Played())
    feeds.take(tablet.store, ME, [feed()], [change(tablet.line.clock.new_id(), 1)])
    feeds.take(tablet.store, ME, [feed("revoked")], [])
    assert leaving.let_go(tablet, ME) == 1
    assert (feeds.held(tablet.store, ME), feeds.positions(tablet.store, ME)) == ({}, {})
    assert [op["kind"] for op in outbox.waiting(tablet.store)] == ["purge"]
    feeds.take(tablet.store, ME, [feed("revoked")], [])
    assert leaving.let_go(tablet, ME) == 0, "the server repeats itself; the tablet has nothing left to let go"


def test_a_wipe_deletes_at_once_what_can_be_read_and_tells_only_when_the_outbox_has_its_receipts(tmp_path):
    network = FaultyNetwork(server := Played())
    tablet = a_tablet(tmp_path, network)
    tablet.save(ME, "visit", tablet.line.clock.new_id(), {"minutes": 5})
    feeds.take(tablet.store, ME, [feed()], [change(tablet.line.clock.new_id(), 1)])
    network.faults.append(Fault.LOSE_REQUEST)
    with pytest.raises(NoAnswer):
        leaving.leave(tablet)
    assert (tablet.store.people(), feeds.held(tablet.store, ME)) == ([], {})
    assert len(outbox.waiting(tablet.store)) == 1
    assert leaving.leave(tablet)
    assert json.loads(server.requests[-1].body) == {"rows": 1}
