"""The server's side of the tests: a county with people in care, and the office that looks after tablets.

This file knows the server; the client does not know this file.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select, text, update

from server import clock
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_plans import ItemFrequency
from server.domain.identity import Grant, Identity
from server.domain.plans import NewItem
from server.models.sweep import Month
from server.models.user import RoleGrant
from server.services.grants import GrantSpec, end_role, give_role
from server.services.visit_planning import NewVisit, add_visit, assign_visit
from server.services.visit_reading import read_visit
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, a_caller
from tests.make_care import InCare
from tests.make_ledger import observed
from tests.make_plans import agreed, in_care
from tests.signed_in import PASSWORD, Signed, a_user, sign_in
from tests.sweeping import a_month, sweep_id_of
from tests.sync_client.calls import Line
from tests.sync_client.clock import DeviceClock
from tests.sync_client.engine import Tablet
from tests.sync_client.store import Store
from tests.sync_client.transport import Carrier, into_wsgi


@dataclass(frozen=True)
class Worker:
    """A grid worker with a real account; ``caller`` acts as them behind the API's back, for builders."""

    county: County
    user_id: str
    login: str
    areas: tuple[str, ...]

    @property
    def caller(self) -> Caller:
        grants = tuple(Grant(new_id(), Role.GRID_WORKER, area) for area in self.areas)
        identity = Identity(UUID(self.user_id), self.county.code, new_id(), new_id(), grants, Purpose.CARE)
        return Caller(identity, self.county.store)


@dataclass(frozen=True)
class Visited:
    """Somebody in care: a visit of today and a task, both one worker's."""

    person: InCare
    visit_id: str
    item_id: str

    @property
    def entry_id(self) -> str:
        return str(self.person.entry_id)

    @property
    def resident_id(self) -> str:
        return str(self.person.resident_id)


@dataclass
class World:
    """A county, its application, and its office."""

    county: County
    app: Flask
    carrier: Carrier = field(init=False)
    office: Signed = field(init=False)

    def __post_init__(self) -> None:
        self.carrier = into_wsgi(self.app)
        client, coordinator = self.app.test_client(use_cookies=False), Role.TOWNSHIP_COORDINATOR
        self.office = sign_in(client, self.county, coordinator, self.county.township, Purpose.REVIEW)

    # --- tablets and people -------------------------------------------------------------------------------------------

    def worker(self, *areas: str) -> Worker:
        """A grid worker of these grids, the first one unless told."""
        held = areas or (self.county.grid,)
        user_id, login = a_user(self.county, *((Role.GRID_WORKER, area) for area in held))
        return Worker(self.county, str(user_id), login, held)

    def code(self) -> str:
        """A fresh enrolment code."""
        told = self.office.post("/devices/enrolments", json={"area_code": self.county.township, "label": "一号平板"})
        assert told.status_code == 201, told.text
        return str(told.json["code"])

    def approve(self, tablet: Tablet, check_number: str) -> None:
        """The office compares the numbers and lets the tablet in."""
        told = self.office.post(f"/devices/{tablet.device_id}/approval", json={"check_number": check_number})
        assert told.status_code < 300, told.text

    def revoke_device(self, tablet: Tablet, reason: str = "lost") -> None:
        address = f"/devices/{tablet.device_id}"
        versions = {"If-Match": self.office.get(address).headers["ETag"]}
        told = self.office.post(f"{address}/revocation", json={"reason": reason}, headers=versions)
        assert told.status_code < 300, told.text

    def tablet(self, folder: Path, carrier: Carrier | None = None, device_clock: DeviceClock | None = None) -> Tablet:
        """A tablet that the office has approved."""
        line = Line(Store(folder / "tablet.db", durable=False), carrier or self.carrier, device_clock or DeviceClock())
        tablet = Tablet(line)
        self.approve(tablet, tablet.enrol(self.code()))
        return tablet

    def working(self, tablet: Tablet, worker: Worker) -> str:
        """The worker signed in on the tablet, with a lease; their id."""
        user_id = tablet.sign_in(worker.login, PASSWORD)
        tablet.lease(user_id)
        return user_id

    # --- what there is to do ------------------------------------------------------------------------------------------

    def visited(self, worker: Worker, area: str = "") -> Visited:
        """Somebody of a grid with a running plan: a visit due now and a task, both the worker's."""
        county, where = self.county, area or worker.areas[0]
        resident = observed(county, where).resident_id
        person = in_care(county, LedgerState.ASSESSED, resident_id=resident, area_code=where)
        today = clock.today()
        task = NewItem("2", "home", UUID(worker.user_id), ItemFrequency.ONCE, today + timedelta(days=7), "打电话")
        plan = agreed(person, worker.caller, items=(task,))
        visit = add_visit(person.assessor, person.entry_id, NewVisit(today, today + timedelta(days=3)))
        return Visited(person, str(visit.id), str(plan.items[0].id))

    def visited_again(self, visited: Visited, worker: Worker) -> Visited:
        """One more visit of somebody whose plan runs, by a worker of the place."""
        today = clock.today()
        new = NewVisit(today, today + timedelta(days=3), UUID(worker.user_id))
        visit = add_visit(visited.person.assessor, visited.person.entry_id, new)
        return replace(visited, visit_id=str(visit.id))

    def give_visit(self, visited: Visited, worker: Worker) -> None:
        """The visit given to somebody else."""
        assessor, visit_id = visited.person.assessor, UUID(visited.visit_id)
        assign_visit(assessor, visit_id, read_visit(assessor, visit_id).version, UUID(worker.user_id))

    def month(self, township: str = "") -> UUID:
        """This month opened; the sweep of concerns."""
        return sweep_id_of(a_month(self.county, township=township))

    def close_month(self) -> None:
        """The month closed, without the work that closing takes, and before it is over (``arrange_office.py`` does both)."""
        self._write(update(Month).where(Month.county_code == self.county.code).values(state="closed"))

    # --- roles --------------------------------------------------------------------------------------------------------

    @property
    def _admin(self) -> Caller:
        return a_caller(self.county, Role.SYSADMIN, self.county.code)

    def end_roles(self, worker: Worker, areas: Iterable[str] = ()) -> None:
        """The worker's roles in these grids, or all of them, ended at once."""
        with transaction(self._admin) as work:
            mine = RoleGrant.county_code == self.county.code, RoleGrant.user_id == UUID(worker.user_id)
            there = RoleGrant.granted_area.in_(areas or worker.areas)
            rows = work.session.scalars(select(RoleGrant.id).where(*mine, there, RoleGrant.revoked_at.is_(None)))
            grants = list(rows)
        for grant_id in grants:
            end_role(self._admin, UUID(worker.user_id), grant_id)

    def give_roles(self, worker: Worker, areas: Iterable[str] = ()) -> None:
        """The worker's grids given (back)."""
        for area in areas or worker.areas:
            give_role(self._admin, UUID(worker.user_id), GrantSpec(Role.GRID_WORKER, area, clock.today()))

    # --- what the database says ---------------------------------------------------------------------------------------

    def rows(self, sql: str, **values: Any) -> list[Any]:
        """What a query finds in the whole county."""
        with transaction(a_caller(self.county, Role.TOWNSHIP_COORDINATOR, self.county.code, Purpose.REVIEW)) as work:
            return list(work.session.execute(text(sql), values))

    def as_owner(self, sql: str, **values: Any) -> list[Any]:
        """The one column of a query that only the owner of the tables may ask."""
        with self.county.owner_engine.begin() as connection:
            connection.execute(text("SELECT set_config('linli.county', :code, true)"), {"code": self.county.code})
            return list(connection.scalars(text(sql), values))

    def _write(self, statement: Any) -> None:
        with transaction(a_caller(self.county, Role.TOWNSHIP_COORDINATOR, self.county.code, Purpose.REVIEW)) as work:
            work.session.execute(statement)
