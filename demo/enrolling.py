"""The office's part of a tablet's enrolment: who shall work on it, its code, its number."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from demo.api import Json, Unexpected, User, problem_code
from demo.crew import Crew
from server.clock import CHINA
from server.domain.codes import Role

#: Visits come to a tablet so long before their first day.
AHEAD = timedelta(days=14)
_ENDED = {"revoked", "wiped"}


@dataclass(frozen=True)
class FieldWorker:
    """A grid's worker, and how many visits a tablet would bring them today."""

    grid: str
    login: str
    visits: int

    @property
    def township(self) -> str:
        """The township of the grid."""
        return self.grid[:9]


@dataclass(frozen=True)
class Enrolment:
    """A code that was asked for; ``label`` is what the tablet will be called."""

    id: str
    township: str
    label: str
    link: str


@dataclass(frozen=True)
class Refusal:
    """A check number that was not the tablet's: the server's words, and whether it ended the enrolment."""

    text: str
    is_last: bool


def choose_worker(crew: Crew, township: str, today: date) -> FieldWorker:
    """The grid worker with the most visits in a township, or in the first where there is one; else the first grid's.

    Raises Unexpected where the township has no grid.
    """
    townships = [township] if township else _areas_under(crew, crew.county_code, "township")
    for code in townships:
        for worker in _workers_with_visits(crew, code, today):
            return worker
    for code in townships:
        for grid in _areas_under(crew, code, "grid"):
            return FieldWorker(grid, crew.login_of(Role.GRID_WORKER, grid), 0)
    raise Unexpected(f"{township or crew.county_code} has no grid: does this server serve another county?")


def ask_for_code(crew: Crew, township: str) -> Enrolment:
    """Have the coordinator ask for a code, for a tablet that is named after this moment."""
    label = f"演示平板 {datetime.now(CHINA):%m-%d %H:%M:%S}"
    given = crew.coordinator(township).do("/devices/enrolments", {"area_code": township, "label": label})
    return Enrolment(given["enrolment"]["id"], township, label, given["link"])


def arrived(crew: Crew, enrolment: Enrolment) -> str | None:
    """The id of the tablet that brought the code, or None as long as none has."""
    waiting = crew.coordinator(enrolment.township).all("/devices", state="pending", area_code=enrolment.township)
    return next((device["id"] for device in waiting if device["label"] == enrolment.label), None)


def approve(crew: Crew, enrolment: Enrolment, device_id: str, check_number: str) -> Refusal | None:
    """Type the number; None when the tablet is approved. People take their time, so the coordinator signs in anew."""
    coordinator = crew.anew(Role.TOWNSHIP_COORDINATOR, enrolment.township)
    path, said = f"/devices/{device_id}/approval", {"check_number": check_number}
    answer = coordinator.ask("POST", path, ("check_number_wrong",), json=said)
    if not problem_code(answer):
        return None
    return Refusal(answer.json()["title"], is_last=_read(coordinator, device_id)["state"] in _ENDED)


def call_off(crew: Crew, enrolment: Enrolment) -> None:
    """Take the code back; a tablet that came with it and was not approved is let go, to be enrolled anew."""
    coordinator = crew.anew(Role.TOWNSHIP_COORDINATOR, enrolment.township)
    coordinator.ask("DELETE", f"/devices/enrolments/{enrolment.id}", ("enrolment_used",))
    device_id = arrived(crew, enrolment)
    if device_id is not None:
        version = _read(coordinator, device_id)["version"]
        coordinator.do(f"/devices/{device_id}/revocation", {"reason": "handed_in"}, version=version)


def _workers_with_visits(crew: Crew, township: str, today: date) -> Iterator[FieldWorker]:
    """Grid workers of a township who have visits to make, the busiest first."""
    coordinator = crew.coordinator(township)
    until = (today + AHEAD).isoformat()
    planned = coordinator.all("/visits", township_code=township, state="planned")
    visits = [visit for visit in planned if visit["due_from"] <= until]
    places = {line["id"]: line["area_code"] for line in coordinator.all("/ledger-entries", township_code=township)}
    entry_of = {visit["assignee_id"]: visit["entry_id"] for visit in visits}
    for assignee_id, count in Counter(visit["assignee_id"] for visit in visits).most_common():
        place = places.get(entry_of[assignee_id], township)
        grid = _grid_of(coordinator, assignee_id, place)
        if grid is not None:
            yield FieldWorker(grid, crew.login_of(Role.GRID_WORKER, grid), count)


def _grid_of(coordinator: User, user_id: str, place: str) -> str | None:
    """The grid in which somebody is the worker; None for an assessor or anybody else."""
    colleagues = coordinator.all("/colleagues", role=Role.GRID_WORKER.value, area_code=place)
    return next((str(each["area_code"]) for each in colleagues if each["id"] == user_id), None)


def _areas_under(crew: Crew, code: str, level: str) -> list[str]:
    reader = crew.of(Role.COUNTY_SUPERVISOR, crew.county_code)
    return [area["code"] for area in reader.all("/areas", parent=code, level=level)]


def _read(coordinator: User, device_id: str) -> Json:
    return coordinator.get(f"/devices/{device_id}")
