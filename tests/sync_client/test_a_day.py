"""A grid worker's day on a tablet, over real HTTP: from the enrolment in the office to everything delivered in the evening."""

from datetime import timedelta

import pytest

from server import clock
from server.domain.codes import Purpose
from tests.signed_in import PASSWORD
from tests.sync_client import feeds, outbox
from tests.sync_client.arrange_world import World
from tests.sync_client.calls import Line, Refused
from tests.sync_client.clock import DeviceClock
from tests.sync_client.engine import Tablet
from tests.sync_client.pulling import agrees, refresh_library
from tests.sync_client.store import Store
from tests.sync_client.transport import Carrier, NoAnswer, Request

FACT = "今天上午在村口小卖部，当事人对我说儿子上月去世后整夜睡不着，已三天没有做饭。"


class Switch:
    """A network that can be out of reach, as beyond the ridge."""

    def __init__(self, carrier: Carrier):
        self.carrier, self.reachable = carrier, True

    def __call__(self, request: Request):
        if not self.reachable:
            raise NoAnswer
        return self.carrier(request)


def test_a_day_in_the_field_ends_with_everything_delivered_and_both_sides_alike(world: World, over_http, tmp_path):
    lan = world.worker()
    first, second = world.visited(lan), world.visited(lan)
    sweep = world.month()
    network = Switch(over_http)
    line = Line(Store(tmp_path / "tablet.db"), network, DeviceClock(skew=-7200))

    # In the office: the tablet is enrolled, approved by its number, and signed in on.
    tablet = Tablet(line)
    number = tablet.enrol(world.code())
    assert tablet.standing()["state"] == "pending"
    with pytest.raises(Refused, match="device_pending"):
        tablet.sign_in(lan.login, PASSWORD)
    world.approve(tablet, number)
    assert tablet.standing()["state"] == "active"
    me = tablet.sign_in(lan.login, PASSWORD)
    assert me == lan.user_id
    lease = tablet.lease(me)
    told = tablet.pull(me)
    assert told["lease_expires_at"] == lease["expires_at"]
    assert set(refresh_library(tablet, me, told["library"])) == set(told["library"])
    assert {kind for kind, _ in feeds.held(tablet.store, me)} == {"visit", "plan_item"}

    # Beyond the ridge.
    network.reachable = False
    saved = work_of_the_day(tablet, me, (first, second), str(sweep))
    with pytest.raises(NoAnswer):
        tablet.push()
    assert [op["device_seq"] for op in outbox.waiting(tablet.store)] == list(range(1, len(saved) + 1))

    # Back: everything is delivered, and what the tablet holds is what single reads give.
    network.reachable = True
    tablet.sync(me)
    receipts = outbox.receipts(tablet.store)
    told_of = {name: (receipts[op]["result"], receipts[op]["code"]) for name, op in saved.items()}
    assert told_of == dict.fromkeys(saved, ("applied", None))
    assert outbox.waiting(tablet.store) == outbox.rejected(tablet.store) == []
    tablet.sync(me)
    told = tablet.pull(me)
    assert (told["changes"], [feed["area_code"] for feed in told["feeds"]]) == ([], [world.county.grid])
    assert agrees(tablet, me, told["feeds"][0])
    held = feeds.held(tablet.store, me)
    assert ("visit", first.visit_id) not in held
    assert ("plan_item", first.item_id) not in held
    assert sorted({kind for kind, _ in held}) == ["plan_item", "return", "safety_event", "visit"]
    assert_as_single_reads(world, lan.login, held)


def work_of_the_day(tablet: Tablet, me: str, people, sweep: str) -> dict[str, str]:
    """Everything a worker may write in a day; the operations by what they are."""
    first, second = people
    new_id, today = tablet.line.clock.new_id, clock.today()
    this_month = f"{today:%Y%m}"
    visited_at = (clock.now() - timedelta(minutes=5)).isoformat()
    shown = tablet.look_at(me, "visit", first.visit_id)
    assert shown["name"] == "欧阳试验"
    (viewed,) = outbox.waiting(tablet.store)
    visit = {
        "visit_type": "1",
        "visited_at": visited_at,
        "outcome": "2",
        "minutes": 25,
        "mood_note": "说夜里睡得好些。",
    }
    nil = {
        "sweep_id": sweep, "area_code": shown_area(tablet, me), "nil": True, "late_reason": "offline",
        "observations": [], "disputes": [],
    }  # fmt: skip
    fact = {
        "sweep_id": sweep, "area_code": nil["area_code"], "observed_on": today.isoformat(), "ground": "2",
        "fact": FACT, "source": "told_by_person", "resident": {"name": "王秀英", "sex": "2", "birth_year": 1955},
    }  # fmt: skip
    event = {"entry_id": second.entry_id, "kind": "acute_state", "facts": "当事人在村口大声喊叫，家人已陪同。"}
    contact = {"changes": {"phone": {"from": None, "to": "13900000001"}}}
    return {
        "view": viewed["op_id"],
        "visit": tablet.save(me, "visit", first.visit_id, visit, base_version=shown["version"], period=this_month),
        "return": tablet.save(me, "return", new_id(), nil, period=this_month),
        "observation": tablet.save(me, "observation", new_id(), fact, period=this_month),
        "safety_event": tablet.save(me, "safety_event", new_id(), event),
        "contact": tablet.save(me, "contact", second.entry_id, contact),
        "plan_item": tablet.save(me, "plan_item", first.item_id, {"done": True}, base_version=1),
    }


def shown_area(tablet: Tablet, me: str) -> str:
    """The worker's one grid, as the tablet knows it."""
    (area,) = feeds.positions(tablet.store, me)
    return area


def assert_as_single_reads(world: World, login: str, held) -> None:
    """Every record is what the same person is given in the office, field by field."""
    client = world.app.test_client(use_cookies=False)
    session = client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD}).json
    for (kind, record_id), record in held.items():
        assert record["data"] == single_read(client, session, kind, record_id), (kind, record_id)


def single_read(client, session, kind: str, record_id: str):
    purpose = Purpose.SWEEP if kind in {"return", "observation"} else Purpose.CARE
    headers = {"Authorization": f"Bearer {session['access_token']}", "X-Purpose": str(purpose)}
    if kind == "plan_item":
        page = client.get("/api/v1/plan-items?limit=500", headers=headers).json
        return next(item for item in page["items"] if item["item"]["id"] == record_id)
    names = {"visit": "visits", "return": "returns", "observation": "observations", "safety_event": "safety-events"}
    told = client.get(f"/api/v1/{names[kind]}/{record_id}", headers=headers)
    assert told.status_code == 200, (kind, told.text)
    return told.json
