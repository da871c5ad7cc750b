"""What workers write in the field, whether it fits or not."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from server import clock
from tests.sweeping import last_period
from tests.sync_client import feeds
from tests.sync_client.arrange_field import Sim
from tests.sync_client.arrange_world import Visited, Worker

FACT = "今天上午在村口小卖部，当事人对我说儿子上月去世后整夜睡不着，已三天没有做饭。"
PHONES = ("13900000001", "13900000002", "13900000003")
KINDS = ("visit", "return", "observation", "safety_event", "contact", "plan_item", "view", "family_advice")
#: Kinds that name the person in care.
ABOUT_THE_PERSON = frozenset(KINDS) - {"return", "observation"}


@dataclass
class Written:
    """What a worker writes about somebody: the record, the data, and what else belongs to the operation."""

    sim: Sim
    worker: Worker
    person: Visited
    sweep: str

    def of(self, kind: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
        """An operation of this kind."""
        new_id, now = self.sim.clock.new_id(), datetime.fromtimestamp(self.sim.tablet.line.now(), UTC)
        records = {
            "visit": self.person.visit_id, "view": self.person.visit_id, "plan_item": self.person.item_id,
            "contact": self.person.entry_id,
        }  # fmt: skip
        more = {"period": last_period()} if kind in {"return", "observation"} else {"base_version": 1}
        return records.get(kind, new_id), self.data(kind, now - timedelta(minutes=1), new_id), more

    def data(self, kind: str, now: datetime, new_id: str) -> dict[str, Any]:
        """The data of an operation of this kind."""
        today = clock.day_of(now).isoformat()
        entry = {"entry_id": self.person.entry_id}
        place = {"sweep_id": self.sweep, "area_code": self.area(), "late_reason": "offline"}
        resident = {"name": "王秀英", "sex": "2", "birth_year": 1955}
        seen = {"observed_on": today, "ground": "2", "fact": FACT, "source": "told_by_person", "resident": resident}
        told = {
            "visit_id": self.person.visit_id,
            "advice": ["see_doctor"],
            "given_on": today,
            "relation": "10",
            "reply": "will_do",
        }
        all_data: dict[str, dict[str, Any]] = {
            "visit": {"visit_type": "1", "visited_at": now.isoformat(), "outcome": "2", "minutes": 20},
            "view": {"kind": "visit", "viewed_at": now.isoformat()},
            "plan_item": {"done": True},
            "contact": {"changes": {"phone": {"from": self.phone_shown(), "to": PHONES[int(new_id[-1], 16) % 3]}}},
            "safety_event": entry | {"kind": "acute_state", "facts": "当事人在村口大声喊叫，家人已陪同。"},
            "family_advice": entry | told,
            "return": place | {"nil": True, "observations": [], "disputes": []},
            "observation": place | seen,
        }
        return all_data[kind]

    def area(self) -> str:
        """A grid that the tablet holds for this worker, else the one they began with."""
        return min(feeds.positions(self.sim.tablet.store, self.worker.user_id), default=self.worker.areas[0])

    def phone_shown(self) -> str | None:
        """The number that the tablet shows, if it shows any."""
        shown = feeds.held(self.sim.tablet.store, self.worker.user_id).get(("visit", self.person.visit_id))
        return shown["data"]["phone"] if shown else None
