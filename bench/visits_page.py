"""A township's overdue visits, 500 of them over HTTP, against select + open + dumps by hand.

Five sealed fields of two keys are opened for each line: name, phone, address, and the person's wishes and safety note.
"""

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from uuid import UUID

import psycopg
from sqlalchemy import insert, update
from uuid_utils.compat import uuid7

from bench.measure import Result, best_of
from bench.office import coordinator, master_key, plain_url
from bench.people import analyse, fill_entries, fill_residents
from bench.place import COUNTY, TOWNSHIP, Place
from server import clock
from server.crypto.keys import DataKey, MasterKey, WrappedDataKey
from server.crypto.registry import FIELDS, Retention
from server.crypto.sealed import Context, open_sealed
from server.crypto.suites import Suite
from server.domain.codes import Purpose, Role
from server.models.ledger import LedgerEntry
from server.models.plan import CarePlan, Visit
from server.store.disclosure import compare
from server.store.events import AccessEvent
from server.store.transaction import Work, transaction

VISITS = 500
ADDRESS = f"/api/v1/visits?township_code={TOWNSHIP}&due=overdue&limit={VISITS}"
GOALS, WISHES, SAFETY_NOTE = "care_plan.goals", "care_plan.contact_wishes", "care_plan.safety_note"
_CONTACT = ("resident.name", "resident.phone", "resident.address")
SELECT = """
    SELECT v.id, v.due_from, v.due_to, v.state, v.assignee_id, e.entry_no,
           r.id, r.sealed_name, r.sealed_phone, r.sealed_address,
           p.id, p.sealed_contact_wishes, p.sealed_safety_note,
           i.version, i.suite, i.epoch, i.wrapped, i.commitment, c.version, c.suite, c.epoch, c.wrapped, c.commitment
    FROM visit v
    JOIN ledger_entry e ON (e.county_code, e.id) = (v.county_code, v.entry_id)
    JOIN care_plan p ON (p.county_code, p.id) = (v.county_code, v.plan_id)
    JOIN resident r ON (r.county_code, r.id) = (v.county_code, v.resident_id)
    JOIN subject_key i ON (i.county_code, i.subject_id) = (r.county_code, r.id) AND i.retention = 'id'
    JOIN subject_key c ON (c.county_code, c.subject_id) = (r.county_code, r.id) AND c.retention = 'case'
    WHERE v.county_code = %s AND v.state = 'planned'
"""
_OVERDUE = " AND v.area_code >= %s AND v.area_code < %s AND v.due_to < %s ORDER BY v.due_to, v.id LIMIT %s"


def measure(place: Place) -> list[Result]:
    """The same list by both ways: every field opened, everything dumped."""
    people = fill_residents(place, VISITS, seed=3)
    fill_entries(place, [person.id for person in people], first=10_000)
    fill_visits(place, [person.id for person in people])
    client, headers = coordinator(place, "visits")

    def path() -> None:
        answer = client.get(ADDRESS, headers=headers)
        assert answer.status_code == 200, answer.text
        assert len(answer.json["items"]) == VISITS  # type: ignore[index]

    with psycopg.connect(plain_url(place)) as connection:
        taken = best_of(8, path, _by_hand(place, connection))
    return [Result("overdue visits, 500 over HTTP", VISITS, *taken, target="≤ 3 × time")]


def fill_visits(place: Place, residents: Sequence[UUID]) -> None:
    """A running plan and one overdue visit for each of these people, whose entries are in care from now on."""
    with transaction(place.caller_as(Role.ASSESSOR, COUNTY, Purpose.CARE)) as work:
        now = work.now
        entries = work.session.execute(
            update(LedgerEntry)
            .where(LedgerEntry.county_code == COUNTY, LedgerEntry.resident_id.in_(residents))
            .values(state="plan_active", accepted_at=now, expires_at=now + timedelta(days=300))
            .returning(LedgerEntry.id, LedgerEntry.resident_id, LedgerEntry.area_code)
        ).all()
        keys = compare(work, AccessEvent("plan:write", fields=(GOALS,)), residents)
        plans, visits = [], []
        for entry_id, resident_id, area_code in entries:
            plan_id = uuid7()
            common = _common(work, entry_id, resident_id, area_code)
            texts = ((GOALS, "每天出门走一走"), (WISHES, "下午来，先打电话。"), (SAFETY_NOTE, "院里有狗。"))
            sealed = {f"sealed_{n.partition('.')[2]}": keys.seal(n, plan_id, resident_id, t) for n, t in texts}
            plans.append(common | sealed | _plan(work, plan_id))
            visits.append(common | _visit(work, plan_id))
        work.session.execute(insert(CarePlan), plans)
        work.session.execute(insert(Visit), visits)
    analyse(place)


def _common(work: Work, entry_id: UUID, resident_id: UUID, area_code: str) -> dict[str, object]:
    return {
        "county_code": COUNTY,
        "area_code": area_code,
        "entry_id": entry_id,
        "resident_id": resident_id,
        "version": 1,
        "created_by": work.identity.user_id,
        "created_at": work.now,
        "updated_at": work.now,
    }


def _plan(work: Work, plan_id: UUID) -> dict[str, object]:
    return {
        "id": plan_id,
        "number": 1,
        "state": "active",
        "lead_id": work.identity.user_id,
        "visit_frequency": "monthly",
        "visitor_id": work.identity.user_id,
        "copy_given": True,
    }


def _visit(work: Work, plan_id: UUID) -> dict[str, object]:
    due: date = clock.day_of(work.now) - timedelta(days=3)
    return {
        "id": uuid7(),
        "plan_id": plan_id,
        "period": f"{due:%Y%m}",
        "due_from": due,
        "due_to": due,
        "assignee_id": work.identity.user_id,
        "state": "planned",
        "rescheduled": 0,
    }


def _by_hand(place: Place, connection: psycopg.Connection) -> Callable[[], None]:
    opened = Opened(place)
    asked = (COUNTY, TOWNSHIP, TOWNSHIP + "~", clock.today(), VISITS)

    def floor() -> None:
        with connection.transaction():
            scope = "SELECT set_config('linli.county', %s, true), set_config('linli.areas', %s, true)"
            connection.execute(scope, (COUNTY, TOWNSHIP))
            rows = connection.execute(SELECT + _OVERDUE, asked).fetchall()
        assert len(json.dumps([opened(row) for row in rows])) > VISITS

    return floor


class Opened:
    """Opens the rows of ``SELECT`` by hand: two keys unwrapped, five fields opened."""

    def __init__(self, place: Place) -> None:
        """Hold the county's master key."""
        self.master, self.deployment = master_key(place), place.store.keyring.deployment

    def __call__(self, row: Sequence[object]) -> list[str]:
        """Everything of one row as text."""
        who, case = (
            _key(self.master, row[6], *parts)  # type: ignore[arg-type]
            for parts in ((Retention.ID, row[13:18]), (Retention.CASE, row[18:23]))
        )
        sealed = [(name, row[6], row[6], text, who) for name, text in zip(_CONTACT, row[7:10], strict=True)]
        sealed += [
            (name, row[10], row[6], text, case) for name, text in zip((WISHES, SAFETY_NOTE), row[11:13], strict=True)
        ]
        opened = [
            open_sealed(text, key, Context(self.deployment, COUNTY, FIELDS[name], record_id, subject_id))  # type: ignore[arg-type]
            for name, record_id, subject_id, text, key in sealed
        ]
        return [*map(str, row[:6]), *opened]


def _key(master: MasterKey, subject: UUID, retention: Retention, parts: Sequence[object]) -> DataKey:
    version, suite, epoch, wrapped, commitment = parts
    return master.unwrap_data_key(
        WrappedDataKey(subject, retention, version, Suite(suite), epoch, wrapped, commitment)  # type: ignore[arg-type]
    )
