"""People who work in the field, their tablets, and the people they visit, in bulk and made up."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import insert
from uuid_utils.compat import uuid7

from bench.office import PASSWORD
from bench.people import new_person, write_residents
from bench.place import COUNTY, TOWNSHIP, Place
from bench.tablet import Tablet
from server import clock
from server.crypto.passwords import hash_password
from server.domain.codes import Purpose, Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_devices import DeviceState
from server.domain.pages import PageAsked
from server.domain.periods import period_of
from server.models.consent import Consent
from server.models.device import Device, DeviceEnrolment
from server.models.ledger import LedgerEntry
from server.models.plan import CarePlan, Visit
from server.services.months import MonthFilter, list_months, open_month
from server.store.disclosure import SubjectKeys, compare
from server.store.events import AccessEvent
from server.store.grants import GrantSpec, add_grant
from server.store.known_devices import prove_device
from server.store.transaction import Work, transaction
from server.store.users import UserSpec, add_users
from tests.sync_client.keys import DeviceKey

BATCH = 1000
_TEXTS = {
    "care_plan.goals": "每天出门走一走",
    "care_plan.contact_wishes": "下午来，先打电话。",
    "care_plan.safety_note": "院里有狗。",
}


def hire(place: Place, grids: Sequence[str]) -> list[Tablet]:
    """One worker with one enrolled tablet for each of these grids; nobody has signed in yet."""
    admin = place.caller_as(Role.SYSADMIN, COUNTY, Purpose.ADMINISTRATION)
    hashed = hash_password(PASSWORD)
    with transaction(admin) as work:
        specs = [UserSpec(f"w{grid}", "试验用户", hashed, must_change_password=False) for grid in grids]
        users = add_users(work, specs)
        for user, grid in zip(users, grids, strict=True):
            add_grant(work, user.id, GrantSpec(Role.GRID_WORKER, grid, clock.today()))
        keys = [DeviceKey.fresh() for _ in grids]
        devices = [_enrolled(work, key.point) for key in keys]
        return [
            Tablet(COUNTY, device_id, key, user.id, f"w{grid}@{COUNTY}", grid)
            for device_id, key, user, grid in zip(devices, keys, users, grids, strict=True)
        ]


def open_this_month(place: Place) -> UUID:
    """The sweep of concerns of the township's month, opened unless it is."""
    caller = place.caller_as(Role.JUDICIAL_OFFICER, TOWNSHIP, Purpose.SWEEP)
    known = list_months(caller, MonthFilter(), PageAsked(1, None)).items
    month = known[0] if known else open_month(caller, TOWNSHIP, period_of(clock.today()))
    return next(sweep.id for sweep in month.sweeps if sweep.kind == "concern")


def give_residents(place: Place, tablet: Tablet, count: int, seed: int) -> list[UUID]:
    """People of a worker's grid whom the worker entered."""
    chance = Random(seed)
    people = [new_person(chance, tablet.area_code) for _ in range(count)]
    caller = place.caller_as(Role.GRID_WORKER, tablet.area_code, Purpose.SWEEP, tablet.user_id)
    for start in range(0, count, BATCH):
        with transaction(caller) as work:
            write_residents(work, people[start : start + BATCH])
    return [person.id for person in people]


def give_visits(place: Place, tablet: Tablet, residents: Sequence[UUID], first_number: int) -> list[UUID]:
    """People in care with consent, a running plan and a visit of today, the worker's to make; the visits."""
    visits: list[UUID] = []
    for start in range(0, len(residents), BATCH):
        with transaction(place.caller_as(Role.ASSESSOR, COUNTY, Purpose.CARE)) as work:
            some = residents[start : start + BATCH]
            visits += _in_care(work, tablet, some, first_number + start)
    return visits


def _enrolled(work: Work, public_key: bytes) -> UUID:
    enrolment = DeviceEnrolment(
        **_record(work), area_code=TOWNSHIP, label="试验平板", code_digest=uuid7().bytes,
        expires_at=work.now + timedelta(days=1), used_at=work.now, wrong_checks=0,
    )  # fmt: skip
    work.session.add(enrolment)
    work.session.flush()
    device = Device(
        **_record(work), area_code=TOWNSHIP, label="试验平板", enrolment_id=enrolment.id, public_key=public_key,
        state=DeviceState.ACTIVE.value, approved_by=work.identity.user_id, approved_at=work.now,
        app_version="1.0.0", highest_seq=0, missing_seqs=0,
    )  # fmt: skip
    prove_device(work.keys.row_key, device)
    work.session.add(device)
    work.session.flush()
    return device.id


def _in_care(work: Work, tablet: Tablet, residents: Sequence[UUID], first_number: int) -> list[UUID]:
    keys = compare(work, AccessEvent("plan:write", fields=tuple(_TEXTS)), residents)
    rows: dict[type, list[dict[str, object]]] = {LedgerEntry: [], Consent: [], CarePlan: [], Visit: []}
    for number, resident_id in enumerate(residents, start=first_number):
        place = {"area_code": tablet.area_code, "resident_id": resident_id}
        entry = _record(work) | place | _entry(work, number)
        of_entry = place | {"entry_id": entry["id"]}
        plan = _record(work) | of_entry | _plan(work, tablet.user_id)
        plan |= _sealed(keys, plan["id"], resident_id)  # type: ignore[arg-type]
        rows[LedgerEntry].append(entry)
        rows[Consent] += [_record(work) | of_entry | _consent(work, scope) for scope in _AGREED]
        rows[CarePlan].append(plan)
        rows[Visit].append(_record(work) | of_entry | _visit(work, plan["id"], tablet.user_id))
    for model, found in rows.items():
        work.session.execute(insert(model), found)
    return [row["id"] for row in rows[Visit]]  # type: ignore[misc]


_AGREED = (ConsentScope.ASSESSMENT, ConsentScope.PLAN_VISIT)


def _record(work: Work) -> dict[str, object]:
    return {
        "county_code": COUNTY,
        "id": uuid7(),
        "version": 1,
        "created_by": work.identity.user_id,
        "created_at": work.now,
        "updated_at": work.now,
    }


def _entry(work: Work, number: int) -> dict[str, object]:
    accepted = work.now - timedelta(days=5)
    return {
        "entry_no": f"{TOWNSHIP}2026{number:05d}",
        "township_code": TOWNSHIP,
        "period": period_of(clock.day_of(work.now)),
        "state": "plan_active",
        "urgency": "routine",
        "grounds": ["2", "3"],
        "reporter_id": uuid7(),
        "reported_at": accepted,
        "decided_at": accepted,
        "accepted_at": accepted,
        "expires_at": accepted + timedelta(days=360),
        "assessor_id": work.identity.user_id,
        "carer_ids": [work.identity.user_id],
        "due_provisional": False,
    }


def _consent(work: Work, scope: ConsentScope) -> dict[str, object]:
    return {
        "scope": scope.value,
        "state": "given",
        "leaflet_version": "2026-1",
        "asked_at": work.now,
        "answered_at": work.now,
        "given_by": "self",
        "method": "paper",
        "guardian_conflict": False,
        "person_asked": False,
    }


def _plan(work: Work, visitor_id: UUID) -> dict[str, object]:
    return {
        "number": 1,
        "state": "active",
        "lead_id": work.identity.user_id,
        "visit_frequency": "monthly",
        "visitor_id": visitor_id,
        "starts_on": clock.day_of(work.now),
        "agreed_at": work.now,
        "agreed_by": "self",
        "copy_given": True,
    }


def _sealed(keys: SubjectKeys, plan_id: UUID, resident_id: UUID) -> dict[str, object]:
    return {
        f"sealed_{name.partition('.')[2]}": keys.seal(name, plan_id, resident_id, text) for name, text in _TEXTS.items()
    }


def _visit(work: Work, plan_id: object, assignee_id: UUID) -> dict[str, object]:
    due: date = clock.day_of(work.now)
    return {
        "plan_id": plan_id,
        "period": f"{due:%Y%m}",
        "due_from": due,
        "due_to": due + timedelta(days=3),
        "assignee_id": assignee_id,
        "state": "planned",
        "rescheduled": 0,
    }
