"""The sweep's own work: opening the month, filing every grid's return, confirming villages, handing the sweeps in.

Each step first asks the server what is still to be done, so that a month that was begun is gone on with.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from uuid_utils.compat import uuid7

from demo.api import Json, Unexpected, User
from demo.crew import Crew
from demo.findings import Dispute, Finding
from demo.people import Person
from demo.plan import Found, Plan
from server.domain.codes import Role, SweepKind, SweepState, Urgency

#: Why returns come after the window in a demo that is played late in the month.
LATE_REASON = "offline"
_TAKING = {SweepState.OPEN, SweepState.COLLECTING, SweepState.REOPENED}


def month_of(user: User, township: str, period: str) -> Json:
    """The township's month as this person sees it; raises Unexpected where there is none."""
    months = list(user.all("/months", township_code=township, period=period))
    if not months:
        raise Unexpected(f"{user.login}: {township} has no month {period}: does this server work on another database?")
    return months[0]


def sweeps_of(month: Json) -> dict[str, Json]:
    """The month's sweeps by kind."""
    return {sweep["kind"]: sweep for sweep in month["sweeps"]}


def open_month(crew: Crew, township: str, period: str) -> None:
    """The judicial officer opens the month, unless it is open already."""
    body = {"township_code": township, "period": period}
    crew.office(township).post("/months", body, planned=("record_exists",))


def missing_grids(crew: Crew, township: str, period: str) -> dict[str, set[str]]:
    """Grid → kinds of the sweeps it has not returned for, of those that still take returns."""
    missing: dict[str, set[str]] = {}
    office = crew.office(township)
    for kind, sweep in sweeps_of(month_of(office, township, period)).items():
        if sweep["state"] in _TAKING:
            for village in office.get(f"/sweeps/{sweep['id']}/completeness")["villages"]:
                for grid in village["missing"]:
                    missing.setdefault(grid, set()).add(kind)
    return missing


def file_returns(crew: Crew, plan: Plan, grid: str, kinds: set[str], today: date) -> None:
    """Whoever files for the grid signs in, looks up the month, and files what is missing: nil if nothing was found."""
    worker = crew.filer(grid)
    month = month_of(worker, grid[:9], plan.period)
    late = today > date.fromisoformat(month["due"]["window_to"])
    for kind, sweep in sorted(sweeps_of(month).items()):
        if kind in kinds:
            body = return_of(plan, grid, kind) | ({"late_reason": LATE_REASON} if late else {})
            worker.post(f"/sweeps/{sweep['id']}/returns", body, planned=("return_exists",))


def return_of(plan: Plan, grid: str, kind: str) -> Json:
    """A grid's whole return as it is sent."""
    items: dict[str, list[Json]] = {}
    if kind == SweepKind.CONCERN:
        items = {"observations": [item for found in plan.found.get(grid, ()) for item in observations_of(found)]}
    else:
        items = {"disputes": [_dispute(each) for each in plan.disputes.get(grid, ())]}
    return {"area_code": grid, "nil": not any(items.values())} | items


def observations_of(found: Found) -> list[Json]:
    """Everything observed of one person, who is brought with the first fact and named by id in the others."""
    resident_id = str(uuid7())
    first, *others = [_fact(each) for each in found.facts]
    brought = {"resident": _resident(found.person) | {"id": resident_id}}
    return [first | brought, *(each | {"resident_id": resident_id} for each in others)]


def unconfirmed_villages(crew: Crew, township: str, period: str) -> dict[str, list[str]]:
    """Village → the sweeps whose confirmation it still owes, by id."""
    owed: dict[str, list[str]] = {}
    office = crew.office(township)
    for sweep in month_of(office, township, period)["sweeps"]:
        if sweep["state"] in _TAKING:
            for village in office.get(f"/sweeps/{sweep['id']}/completeness")["villages"]:
                if not village["confirmed"]:
                    owed.setdefault(village["village_code"], []).append(sweep["id"])
    return owed


def confirm_village(crew: Crew, village: str, sweep_ids: Sequence[str]) -> None:
    """The village officer confirms that the village's returns are complete."""
    officer = crew.of(Role.VILLAGE_OFFICER, village)
    for sweep_id in sweep_ids:
        officer.post(f"/sweeps/{sweep_id}/confirmations", {"village_code": village}, planned=("record_exists",))


def submit_sweeps(crew: Crew, township: str, period: str) -> None:
    """The judicial officer hands both sweeps to the township."""
    office = crew.office(township)
    for sweep in month_of(office, township, period)["sweeps"]:
        if sweep["state"] in _TAKING:
            office.post(f"/sweeps/{sweep['id']}/submission", version=sweep["version"])


def _resident(person: Person) -> Json:
    """Who an observation is about, as a grid worker may tell it: without the number of a document."""
    told: dict[str, Any] = {
        "name": person.name,
        "sex": str(person.sex),
        "birth_date": person.birth_date.isoformat(),
        "address": person.address,
        "phone": person.phone,
    }
    if person.guardian:
        told |= {
            "guardian_name": person.guardian.name,
            "guardian_phone": person.guardian.phone,
            "guardian_relation": str(person.guardian.relation),
        }
    return {name: value for name, value in told.items() if value is not None}


def _fact(finding: Finding) -> Json:
    return {
        "observed_on": finding.observed_on.isoformat(),
        "ground": str(finding.ground),
        "fact": finding.fact,
        "source": str(finding.source),
        "urgent": finding.urgency is Urgency.URGENT,
    }


def _dispute(dispute: Dispute) -> Json:
    return {
        "dispute_type": str(dispute.type),
        "party_count": dispute.parties,
        "mediation_body": dispute.mediation_body,
        "outcome": str(dispute.outcome),
    }
