"""For every operation, a request that would succeed: the records it needs, made where the caller works.

What an address names is made by the name of its parameter, and the body is the document's example, so that most new
routes are arranged already. ``SPECIAL`` holds the others by their name.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from importlib import import_module
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from server import clock
from server.domain.codes import LedgerState, Purpose, ReturnReason, Role
from server.http.openapi import API_PREFIX
from server.models.ledger import Task
from server.services.grants import GrantSpec, give_role
from server.services.holidays import DayEntry, set_day
from server.services.ledger import promote_observations
from server.services.ledger_moves import EntryView, entry_view
from server.services.ledger_review import Acceptance, accept_entry, open_review, return_entry
from server.services.returns import ReturnView, file_return
from server.services.spreadsheets import SheetImport, import_month
from server.services.sweeps import read_sweep, submit_sweep
from server.store.duplicates import pairs_of
from server.store.tasks import NewTask, TaskKind, insert_tasks
from server.store.transaction import Caller, new_id, transaction
from tests import residents
from tests.contract.cast import caller_of
from tests.contract.scene import Arranger, Call, Scene, example_body, named
from tests.make import a_caller
from tests.make_care import in_care
from tests.make_ledger import Observed, a_coordinator, a_promotion, an_officer, observed
from tests.make_plans import entry_row
from tests.sheets import a_row, a_sheet, this_month
from tests.signed_in import a_user
from tests.sweeping import (
    FLAGGED_FACT,
    a_dispute,
    a_month,
    a_return,
    an_observation,
    complete,
    grids_of,
    judicial,
    last_period,
    sweep_id_of,
    this_period,
)

REASON = "本月研判会使用，会后由综治中心销毁。"


def arrange(scene: Scene) -> Call:
    """The records and the request; raises LookupError naming what nobody knows how to make."""
    operation = scene.operation
    special = SPECIAL.get(operation.name.replace(API_PREFIX, ""))
    if special:
        return special(scene)
    record = RECORDS.get(operation.placeholders)
    if record is None:
        raise LookupError(f"{operation.name}: nobody arranges {operation.placeholders}; add it to arranging.py")
    call = record(scene)
    return Call(call.path, example_body(operation), call.query, call.version, names=call.names, secrets=call.secrets)


# People and their administration


def _user(scene: Scene) -> Call:
    user_id, _ = a_user(scene.county, (Role.GRID_WORKER, scene.county.grid))
    return named(user_id=user_id)


def _user_and_grant(scene: Scene) -> Call:
    user_id, _ = a_user(scene.county)
    admin = a_caller(scene.county, Role.SYSADMIN, scene.county.code)
    grant = give_role(admin, user_id, GrantSpec(Role.GRID_WORKER, scene.county.grid, clock.today()))
    return named(user_id=user_id, grant_id=grant.id)


def _grant_for_user(scene: Scene) -> Call:
    user_id, _ = a_user(scene.county)
    return Call({"user_id": str(user_id)}, {"role": "grid_worker", "area_code": scene.county.grid})


def _users(scene: Scene) -> Call:
    user_id, _ = a_user(scene.county)
    return Call(names=False, secrets=(str(user_id), str(scene.user_id)))


# The month and its sweeps


def _this_sweep(scene: Scene, kind: str = "concern") -> UUID:
    return sweep_id_of(a_month(scene.county), kind)


def _months(scene: Scene) -> Call:
    month = a_month(scene.county)
    return Call(names=False, secrets=(str(month.id), *(str(sweep.id) for sweep in month.sweeps)))


def _month_opening(scene: Scene) -> Call:
    return Call(body={"township_code": scene.county.township, "period": this_period()})


def _month_closing(scene: Scene) -> Call:
    month = a_month(scene.county, last_period())
    for kind in ("concern", "dispute"):
        _submitted(scene, sweep_id_of(month, kind))
    return named(month_id=month.id)


def _sweep_to_submit(scene: Scene) -> Call:
    sweep_id = _this_sweep(scene)
    complete(scene.county, sweep_id)
    return named(read_sweep(judicial(scene.county), sweep_id).version, sweep_id=sweep_id)


def _sweep_to_reopen(scene: Scene) -> Call:
    version = _submitted(scene, sweep_id := _this_sweep(scene))
    return Call({"sweep_id": str(sweep_id)}, {"reason": "late_return"}, version=version)


def _submitted(scene: Scene, sweep_id: UUID) -> int:
    complete(scene.county, sweep_id)
    office = judicial(scene.county)
    return submit_sweep(office, sweep_id, read_sweep(office, sweep_id).version).version


def _return_to_file(scene: Scene) -> Call:
    body = {"area_code": scene.county.grid, "nil": True, "late_reason": "other"}
    return Call({"sweep_id": str(_this_sweep(scene))}, body)


def _village_to_confirm(scene: Scene) -> Call:
    sweep_id = _this_sweep(scene)
    for grid in grids_of(scene.county.township)[:2]:
        file_return(judicial(scene.county), sweep_id, a_return(grid))
    return Call({"sweep_id": str(sweep_id)}, {"village_code": scene.county.village})


def _return(scene: Scene, kind: str = "concern") -> ReturnView:
    items = [an_observation()] if kind == "concern" else [a_dispute(parties="张某、李某")]
    return file_return(scene.author, _this_sweep(scene, kind), a_return(scene.county.grid, *items))


def _returns(scene: Scene) -> Call:
    found = _return(scene)
    return Call(query={"sweep_id": str(found.sweep_id)}, secrets=(str(found.id),))


def _observation_to_add(scene: Scene) -> Call:
    found = _return(scene)
    body = dict(example_body(scene.operation) or {}) | {"observed_on": _yesterday()}
    brought = dict(body.get("resident") or {}) | {"id": str(new_id()), "area_code": scene.county.grid}
    if scene.role is Role.GRID_WORKER:
        brought = {name: brought[name] for name in ("id", "area_code", "name", "sex") if name in brought}
    body = {name: value for name, value in body.items() if name != "resident_id"} | {"id": str(new_id())}
    return Call({"return_id": str(found.id)}, body | {"resident": brought}, version=found.version)


def _dispute_to_add(scene: Scene) -> Call:
    found = _return(scene, "dispute")
    body = {"dispute_type": "debt", "party_count": 2, "outcome": "ongoing"}
    return Call({"return_id": str(found.id)}, body, version=found.version)


# What was observed


def _observation(scene: Scene, **changes: Any) -> UUID:
    id_ = new_id()
    item = an_observation(id=id_, **changes)
    file_return(scene.author, _this_sweep(scene), a_return(scene.county.grid, item))
    return id_


def _observations(scene: Scene) -> Call:
    return Call(names=False, secrets=(str(_observation(scene)),))


def _word_to_review(scene: Scene) -> Call:
    id_ = _observation(scene, fact=FLAGGED_FACT)
    return Call({"observation_id": str(id_)}, {"decision": "cleared"}, version=1)


def _dispute(scene: Scene) -> UUID:
    id_ = new_id()
    item = a_dispute(id=id_, parties="张某、李某")
    file_return(scene.author, _this_sweep(scene, "dispute"), a_return(scene.county.grid, item))
    return id_


def _disputes(scene: Scene) -> Call:
    return Call(names=False, secrets=(str(_dispute(scene)),))


# Who the residents are


def _resident(scene: Scene, **changes: object) -> UUID:
    own = scene.author.identity.user_id == scene.user_id
    author = scene.author if own else judicial(scene.county)
    who = {"id_no": None, "id_type": "09"} if scene.role is Role.GRID_WORKER else {}
    (id_,) = residents.registered(author, residents.a_resident(scene.county.grid, **who, **changes))
    if scene.role in {Role.ASSESSOR, Role.CLINICIAN}:
        in_care(scene.county, carers=(scene.user_id,), resident_id=id_)
    return id_


def _resident_to_enter(scene: Scene) -> Call:
    return Call(body={"area_code": scene.county.grid, "name": "欧阳试验", "sex": "2", "birth_date": "1990-03-07"})


def _resident_to_correct(scene: Scene) -> Call:
    return Call({"resident_id": str(_resident(scene))}, {"phone": "13800005678"}, version=1)


def _search(scene: Scene) -> Call:
    return Call(body={"phone": "13800001234"}, names=False, secrets=(str(_resident(scene)),))


def _pair(scene: Scene) -> UUID:
    _resident(scene)
    second = _resident(scene)
    with transaction(judicial(scene.county)) as work:
        return pairs_of(work, second)[0]


def _pairs(scene: Scene) -> Call:
    return Call(names=False, secrets=(str(_pair(scene)),))


# The ledger


def _entry(scene: Scene, *, report: bool = True) -> EntryView:
    person = observed(scene.county)
    return promote_observations(an_officer(scene.county), a_promotion(person, report=report))


def _readable_entry(scene: Scene) -> EntryView:
    """Reported; accepted, where assessors choose from what nobody has taken on; in care, where the caller cares."""
    if scene.role in {Role.CLINICIAN, Role.COUNSELLOR}:
        return entry_view(entry_row(in_care(scene.county, LedgerState.PLAN_ACTIVE, carers=(scene.user_id,))))
    entry = _entry(scene)
    return accept_entry(*_opened(scene, entry), Acceptance()) if scene.role is Role.ASSESSOR else entry


def _opened(scene: Scene, entry: EntryView) -> tuple[Caller, UUID, int]:
    reviewer = caller_of(
        scene.county,
        scene.user_id if scene.role is Role.TOWNSHIP_COORDINATOR else new_id(),
        Role.TOWNSHIP_COORDINATOR,
        scene.county.township,
        Purpose.REVIEW,
    )
    opened = open_review(reviewer, entry.id, entry.version)
    return reviewer, opened.id, opened.version


def _entries(scene: Scene) -> Call:
    entry = _readable_entry(scene)
    return Call(names=False, secrets=(str(entry.id), str(entry.resident_id), entry.entry_no))


def _entry_to_make(scene: Scene) -> Call:
    person: Observed = observed(scene.county)
    ids = {"resident_id": str(person.resident_id), "observation_ids": [str(person.observation_id)]}
    return Call(body=ids | {"grounds": ["2"], "report": True})


def _entry_to_read(scene: Scene) -> Call:
    entry = _readable_entry(scene)
    return named(entry.version, entry_id=entry.id)


def _draft(scene: Scene) -> Call:
    entry = _entry(scene, report=False)
    return named(entry.version, entry_id=entry.id)


def _reported(scene: Scene) -> Call:
    entry = _entry(scene)
    return named(entry.version, entry_id=entry.id)


def _entry_to_close(scene: Scene) -> Call:
    entry = _entry(scene, report=scene.role is not Role.JUDICIAL_OFFICER)
    return Call({"entry_id": str(entry.id)}, {"reason": "8"}, version=entry.version)


def _returned(scene: Scene) -> Call:
    entry = return_entry(*_opened(scene, _entry(scene)), ReturnReason.NOT_RESIDENT)
    return Call({"entry_id": str(entry.id)}, {"observation_ids": [], "grounds": []}, version=entry.version)


def _in_review(body: Mapping[str, Any]) -> Arranger:
    def arranged(scene: Scene) -> Call:
        _, id_, version = _opened(scene, _entry(scene))
        return Call({"entry_id": str(id_)}, body, version=version)

    return arranged


# Spreadsheets


def _sheet(scene: Scene) -> SheetImport:
    return SheetImport(scene.county.township, this_month(), dry_run=False)


def _sheet_to_read_in(scene: Scene) -> Call:
    query = {"township_code": scene.county.township, "period": this_month(), "dry_run": "false"}
    content = BytesIO(a_sheet([a_row(scene.county.village)]))
    return Call(query=query, form={"file": (content, "台账.xlsx")})


def _sheet_read_in(scene: Scene) -> Call:
    office = a_caller(scene.county, Role.JUDICIAL_OFFICER, scene.county.township, Purpose.IMPORT)
    report = import_month(office, _sheet(scene), a_sheet([a_row(scene.county.village)]))
    return named(import_id=report.id)


def _sheet_to_take_out(scene: Scene) -> Call:
    _entry(scene)
    return Call(body={"township_code": scene.county.township, "period": this_period(), "reason": REASON})


# Tasks, figures, and what everybody may see


def _task(scene: Scene) -> UUID:
    role = scene.role if scene.role is not Role.SYSADMIN else Role.TOWNSHIP_COORDINATOR
    due = clock.now() + timedelta(hours=2)
    with transaction(a_coordinator(scene.county)) as work:
        insert_tasks(work, [NewTask(scene.county.grid, TaskKind.FORBIDDEN_GROUND, role, due)])
        work.session.flush()
        statement = select(Task.id).where(Task.county_code == scene.county.code)
        return work.session.scalars(statement).one()


def _tasks(scene: Scene) -> Call:
    return Call(names=False, secrets=(str(_task(scene)),))


def _figures(scene: Scene) -> Call:
    area = scene.area if len(scene.area) > 9 else scene.county.township
    return Call(query={"area_code": area, "period": this_period()})


def _open_to_all(**query: str) -> Arranger:
    return lambda scene: Call(query=query, names=False)


#: Holidays are the whole country's, so every arrangement takes a day of its own.
_DAYS = count()


def _holiday(scene: Scene) -> Call:
    day = date(2096, 1, 2) + timedelta(days=next(_DAYS))
    set_day(scene.caller, day, DayEntry("holiday", "试验", "Trial", "test"), None)
    return Call({"holiday_date": day.isoformat()}, version=1, names=False)


def _holiday_to_enter(scene: Scene) -> Call:
    day = date(2097, 1, 2) + timedelta(days=next(_DAYS))
    return Call(body={**(example_body(scene.operation) or {}), "day": day.isoformat()}, names=False)


def _holiday_to_change(scene: Scene) -> Call:
    return replace(_holiday(scene), body=example_body(scene.operation))


def _yesterday() -> str:
    return (clock.today() - timedelta(days=1)).isoformat()


#: Every noun that arranges its own routes.
NOUNS = tuple(
    import_module(f"tests.contract.{path.stem}") for path in sorted(Path(__file__).parent.glob("arranging_*.py"))
)

#: Parameters of an address → the records they name.
RECORDS: Mapping[tuple[str, ...], Arranger] = {
    ("user_id",): _user,
    ("user_id", "grant_id"): _user_and_grant,
    ("area_code",): lambda scene: Call({"area_code": scene.county.village}, names=False),
    ("list_name",): lambda scene: Call({"list_name": "sex"}, names=False),
    ("holiday_date",): _holiday,
    ("month_id",): lambda scene: named(month_id=a_month(scene.county).id),
    ("sweep_id",): lambda scene: named(sweep_id=_this_sweep(scene)),
    ("return_id",): lambda scene: named(return_id=_return(scene).id),
    ("observation_id",): lambda scene: named(observation_id=_observation(scene)),
    ("dispute_id",): lambda scene: named(dispute_id=_dispute(scene)),
    ("resident_id",): lambda scene: named(resident_id=_resident(scene)),
    ("pair_id",): lambda scene: named(pair_id=_pair(scene)),
    ("entry_id",): _entry_to_read,
    ("task_id",): lambda scene: named(task_id=_task(scene)),
    **{names: arranger for noun in NOUNS for names, arranger in noun.RECORDS.items()},
}

#: Operations whose records must stand in a certain state, or whose body names records.
SPECIAL: Mapping[str, Arranger] = {
    "GET /users": _users,
    "POST /users": lambda scene: Call(body={"name": f"u{new_id().hex[-12:]}", "display_name": "王建国"}, names=False),
    "POST /users/{user_id}/grants": _grant_for_user,
    "GET /areas": _open_to_all(),
    "GET /areas.geojson": lambda scene: Call(query={"parent": scene.county.township}, names=False),
    "POST /areas/locate": lambda scene: Call(body={"longitude": 112.35, "latitude": 28.55}, names=False),
    "GET /holidays": _open_to_all(year="2026"),
    "POST /holidays": _holiday_to_enter,
    "PUT /holidays/{holiday_date}": _holiday_to_change,
    "GET /code-lists": _open_to_all(),
    "GET /months": _months,
    "POST /months": _month_opening,
    "POST /months/{month_id}/closure": _month_closing,
    "POST /sweeps/{sweep_id}/submission": _sweep_to_submit,
    "POST /sweeps/{sweep_id}/reopening": _sweep_to_reopen,
    "POST /sweeps/{sweep_id}/returns": _return_to_file,
    "POST /sweeps/{sweep_id}/confirmations": _village_to_confirm,
    "GET /returns": _returns,
    "POST /returns/{return_id}/observations": _observation_to_add,
    "POST /returns/{return_id}/disputes": _dispute_to_add,
    "GET /observations": _observations,
    "POST /observations/{observation_id}/word-review": _word_to_review,
    "GET /disputes": _disputes,
    "POST /residents": _resident_to_enter,
    "PATCH /residents/{resident_id}": _resident_to_correct,
    "POST /residents/search": _search,
    "GET /possible-duplicates": _pairs,
    "GET /ledger-entries": _entries,
    "POST /ledger-entries": _entry_to_make,
    "POST /ledger-entries/{entry_id}/report": _draft,
    "POST /ledger-entries/{entry_id}/resubmission": _returned,
    "POST /ledger-entries/{entry_id}/closure": _entry_to_close,
    "POST /ledger-entries/{entry_id}/review": _reported,
    "POST /ledger-entries/{entry_id}/return": _in_review({"reason": "needs_fact"}),
    "POST /ledger-entries/{entry_id}/decline": _in_review({"reason": "no_ground"}),
    "POST /ledger-entries/{entry_id}/acceptance": _in_review({}),
    "POST /ledger-entries/{entry_id}/forbidden-ground": _reported,
    "POST /ledger-imports": _sheet_to_read_in,
    "GET /ledger-imports/{import_id}": _sheet_read_in,
    "GET /ledger-imports/template.xlsx": _open_to_all(),
    "POST /ledger-exports": _sheet_to_take_out,
    "GET /tasks": _tasks,
    "GET /figures": _figures,
    **{name: arranger for noun in NOUNS for name, arranger in noun.SPECIAL.items()},
}
