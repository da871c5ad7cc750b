"""The office as it works while tablets are away: staff signed in over HTTP, months closed, people let go, tablets dealt with."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from server import clock
from server.domain.codes import Purpose, Role
from tests.make import County
from tests.signed_in import Signed, sign_in
from tests.sweeping import last_period
from tests.sync_client.arrange_world import Visited, Worker
from tests.sync_client.engine import Tablet
from tests.sync_client.rescue import rescue_file

Json = dict[str, Any]
#: States in which a sweep takes returns.
TAKING = {"open", "collecting", "reopened"}
CORRECTION = {"reason": "correction"}
#: An act on an entry that is not in a state for it.
STATE_WRONG = {"not_found", "ledger_transition_forbidden", "plan_not_running", "consent_missing"}


@dataclass
class Office:
    """The staff of a county's first township, each signed in when first needed. Its month is the last one: it is over.

    Every act asks first what stands, as a person would; what is refused although it should go fails the test.
    """

    county: County
    app: Flask
    #: The township's coordinator.
    coordinator: Signed
    staff: dict[str, Signed] = field(default_factory=dict)

    def of(self, role: Role, area: str, purpose: Purpose | None = None) -> Signed:
        """Somebody with this role."""
        if role + area not in self.staff:
            client = self.app.test_client(use_cookies=False)
            self.staff[role + area] = sign_in(client, self.county, role, area, purpose)
        return self.staff[role + area]

    @property
    def judicial(self) -> Signed:
        return self.of(Role.JUDICIAL_OFFICER, self.county.township, Purpose.SWEEP)

    @property
    def sysadmin(self) -> Signed:
        return self.of(Role.SYSADMIN, self.county.code)

    # --- the month ----------------------------------------------------------------------------------------------------

    def open_month(self) -> str:
        """The month opened; the sweep of concerns."""
        month = done(
            self.judicial.post("/months", json={"township_code": self.county.township, "period": last_period()})
        )
        return next(str(sweep["id"]) for sweep in month["sweeps"] if sweep["kind"] == "concern")

    def month(self) -> Json:
        """The month as it stands."""
        asked = f"/months?township_code={self.county.township}&period={last_period()}"
        (month,) = done(self.coordinator.get(asked))["items"]
        return dict(month)

    def hand_in(self) -> bool:
        """Both sweeps handed in: nil for every grid that told nothing, every village confirmed."""
        open_ones = [sweep for sweep in self.month()["sweeps"] if sweep["state"] in TAKING]
        for sweep in open_ones:
            path = f"/sweeps/{sweep['id']}"
            self._complete(path)
            done(self.judicial.post(path + "/submission", headers=tag(self.judicial, path)))
        return bool(open_ones)

    def close_month(self) -> bool:
        """The month closed with all that this takes, and its figures frozen."""
        self.hand_in()
        month = self.month()
        if month["state"] == "open":
            done(self.coordinator.post(f"/months/{month['id']}/closure", headers=if_match(month["version"])))
        return bool(month["state"] == "open")

    def reopen_month(self) -> bool:
        """The month opened again, or the sweeps that were handed in."""
        month = self.month()
        if month["state"] == "closed":
            headers = if_match(month["version"])
            done(self.coordinator.post(f"/months/{month['id']}/reopening", json=CORRECTION, headers=headers))
            return True
        submitted = [sweep for sweep in month["sweeps"] if sweep["state"] == "submitted"]
        for sweep in submitted:
            headers = if_match(sweep["version"])
            done(self.coordinator.post(f"/sweeps/{sweep['id']}/reopening", json=CORRECTION, headers=headers))
        return bool(submitted)

    def _complete(self, sweep: str) -> None:
        for village in done(self.coordinator.get(sweep + "/completeness"))["villages"]:
            for grid in village["missing"]:
                nil = {"area_code": grid, "nil": True, "late_reason": "other", "observations": [], "disputes": []}
                done(self.judicial.post(sweep + "/returns", json=nil))
            if not village["confirmed"]:
                officer = self.of(Role.VILLAGE_OFFICER, village["village_code"])
                done(officer.post(sweep + "/confirmations", json={"village_code": village["village_code"]}))

    def send_back(self, observation_id: str) -> None:
        """A fact sent back to whoever wrote it."""
        path = f"/observations/{observation_id}"
        headers = tag(self.coordinator, path)
        done(self.coordinator.post(path + "/return", json={"reason": "needs_fact"}, headers=headers))

    # --- people in care -----------------------------------------------------------------------------------------------

    def let_go(self, person: Visited) -> bool:
        """Everything taken back, as the person said on the phone; whether they were in service."""
        return self._act_on(person, "withdrawal", {"how": "phone"})

    def take_back_plan_and_visits(self, person: Visited) -> bool:
        """The one consent that visits rest on taken back, and with it all others; whether it was given."""
        consents = done(self.coordinator.get(f"/ledger-entries/{person.entry_id}/consents"))["items"]
        given = [one for one in consents if one["scope"] == "plan_visit" and one["state"] == "given"]
        for consent in given:
            path, headers = f"/consents/{consent['id']}/withdrawal", if_match(consent["version"])
            done(self.coordinator.post(path, json={"how": "letter"}, headers=headers))
        return bool(given)

    def forget(self, person: Visited) -> bool:
        """A forbidden ground found: everything about the person destroyed; whether there was something to destroy."""
        return self._act_on(person, "forbidden-ground", None)

    def rest_or_go_on(self, person: Visited) -> bool:
        """The plan rests, or goes on."""
        until = (clock.today() + timedelta(days=20)).isoformat()
        rests = self._act_on(person, "pause", {"reason": "hospital", "until": until})
        return rests or self._act_on(person, "resumption", {"reason": "back"})

    def move_home(self, person: Visited, area: str) -> None:
        """The person lives in another grid now."""
        path = f"/residents/{person.resident_id}"
        if self.judicial.get(path).status_code == 200:
            done(self.judicial.patch(path, json={"area_code": area}, headers=tag(self.judicial, path)))

    def give_visit(self, visit_id: str, worker: Worker) -> None:
        """A planned visit given to somebody who works there."""
        path = f"/visits/{visit_id}"
        asked, headers = {"assignee_id": worker.user_id}, tag(self.coordinator, path)
        done(self.coordinator.post(path + "/assignment", json=asked, headers=headers))

    def _act_on(self, person: Visited, act: str, said: Json | None) -> bool:
        """One act on an entry; False where the entry is not in a state for it, or its time has not come."""
        path = f"/ledger-entries/{person.entry_id}"
        answer = self.coordinator.post(f"{path}/{act}", json=said, headers=tag(self.coordinator, path))
        if answer.status_code in {404, 409} and answer.json["code"] in STATE_WRONG:
            return False
        done(answer)
        return True

    # --- workers and their tablets ------------------------------------------------------------------------------------

    def areas_of(self, worker: Worker) -> dict[str, str]:
        """The areas somebody works in, each with the id of the role there."""
        grants = done(self.sysadmin.get(f"/users/{worker.user_id}"))["grants"]
        return {grant["area_code"]: grant["id"] for grant in grants}

    def end_role(self, worker: Worker, grant_id: str) -> None:
        done(self.sysadmin.delete(f"/users/{worker.user_id}/grants/{grant_id}"))

    def give_role(self, worker: Worker, area: str) -> None:
        said = {"role": "grid_worker", "area_code": area}
        done(self.sysadmin.post(f"/users/{worker.user_id}/grants", json=said))

    def swap(self, one: Worker, other: Worker) -> None:
        """Two workers change places."""
        ones, others = self.areas_of(one), self.areas_of(other)
        for worker, areas in ((one, ones), (other, others)):
            for grant_id in areas.values():
                self.end_role(worker, grant_id)
        for worker, areas in ((one, others), (other, ones)):
            for area in areas:
                self.give_role(worker, area)

    def shut_account(self, worker: Worker) -> None:
        """The account shut: nobody signs in with it any more. There is no way back; a successor gets one of their own."""
        done(self.sysadmin.post(f"/users/{worker.user_id}/deactivation"))

    def sign_out(self, worker: Worker) -> None:
        """All sessions of somebody ended."""
        done(self.sysadmin.delete(f"/users/{worker.user_id}/sessions"))

    def fetch_anew(self, tablet: Tablet) -> None:
        """Everything on a tablet to be fetched from the beginning."""
        done(self.coordinator.post(f"/devices/{tablet.device_id}/resync"))

    def take_in(self, tablet: Tablet) -> dict[str, Json]:
        """The rescue file of a tablet taken in; the receipts by operation."""
        file = rescue_file(tablet)
        # As the tablet wrote it: the test client would sort the members, and the signature no longer be theirs.
        said = {"data": json.dumps(file), "content_type": "application/json"}
        receipts = done(self.coordinator.post("/sync/rescue", **said))["receipts"]
        assert [one["op_id"] for one in receipts] == [one["op_id"] for one in file["operations"]]
        return {str(one["op_id"]): one for one in receipts}

    # --- what waits for a decision --------------------------------------------------------------------------------------

    def decide(self, which: int, how: str) -> Json | None:
        """One of what tablets brought and could not be applied: applied after all, kept aside, or returned."""
        waiting = done(self.coordinator.get("/sync/reviews?state=open&limit=100"))["items"]
        if not waiting:
            return None
        review = waiting[which % len(waiting)]
        said = None if how == "application" else {"reason": "needs_facts"}
        headers = if_match(review["version"])
        answer = self.coordinator.post(f"/sync/reviews/{review['id']}/{how}", json=said, headers=headers)
        if answer.status_code == 409 and answer.json["code"] == "review_refused_again":
            return None
        return done(answer)


def done(answer: TestResponse) -> Json:
    """What was answered to something that had to go."""
    assert answer.status_code < 300, (answer.request.path, answer.text)
    return dict(answer.json) if answer.data else {}


def if_match(version: int) -> dict[str, str]:
    return {"If-Match": f'"{version}"'}


def tag(who: Signed, path: str) -> dict[str, str]:
    """The version that somebody has just seen, for a change of it."""
    answer = who.get(path)
    assert answer.status_code == 200, answer.text
    return {"If-Match": answer.headers["ETag"]}
