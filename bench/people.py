"""Residents and ledger entries in bulk, made up, as the measuring needs them."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random
from uuid import UUID

from sqlalchemy import insert
from uuid_utils.compat import uuid7

from bench.place import TOWNSHIP, VILLAGES, Place
from server import clock
from server.crypto.registry import Retention
from server.domain.codes import Purpose, Role
from server.domain.residents import CheckedResident, NewResident, checked_resident
from server.models.ledger import LedgerEntry
from server.models.resident import Resident
from server.store.disclosure import register_subjects
from server.store.residents import sealed_columns
from server.store.search import index
from server.store.transaction import Work, transaction

PERIOD = "202611"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂"
BATCH = 2000


def a_resident(chance: Random) -> CheckedResident:
    """Somebody who does not exist, in one of the villages."""
    return new_person(chance, chance.choice(VILLAGES) + f"{chance.randint(1, 5):03d}")


def new_person(chance: Random, area_code: str) -> CheckedResident:
    """Somebody who does not exist, in this area."""
    new = NewResident(
        id=uuid7(),
        area_code=area_code,
        name=chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN),
        sex="2",
        birth_year=chance.randint(1940, 2005),
        phone=f"102{chance.randint(0, 99999999):08d}",
        address=f"试验村{chance.randint(1, 40)}组{chance.randint(1, 90)}号",
    )
    return checked_resident(new, clock.today())


def fill_residents(place: Place, count: int, seed: int) -> list[CheckedResident]:
    """Write residents with their keys and buckets, without looking for duplicates among them."""
    chance = Random(seed)
    people = [a_resident(chance) for _ in range(count)]
    caller = place.caller_as(Role.JUDICIAL_OFFICER, TOWNSHIP, Purpose.SWEEP)
    for start in range(0, count, BATCH):
        with transaction(caller) as work:
            write_residents(work, people[start : start + BATCH])
    analyse(place)
    return people


def fill_entries(place: Place, residents: Sequence[UUID], first: int = 1) -> None:
    """One reported entry per resident, all of one township's month, numbered from ``first``."""
    caller = place.caller_as(Role.JUDICIAL_OFFICER, TOWNSHIP, Purpose.SWEEP)
    with transaction(caller) as work:
        rows = [_entry(work, resident, number) for number, resident in enumerate(residents, start=first)]
        work.session.execute(insert(LedgerEntry), rows)
    analyse(place)


def analyse(place: Place) -> None:
    """Let the planner know what was written, as autovacuum does within a minute."""
    with place.owner_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def write_residents(work: Work, people: Sequence[CheckedResident]) -> None:
    """Write residents with their keys and buckets in the caller's transaction."""
    keys = register_subjects(work, [person.id for person in people], (Retention.ID, Retention.CASE))
    rows = [
        sealed_columns(keys, person)
        | {
            "county_code": work.county_code,
            "id": person.id,
            "area_code": person.facts.area_code,
            "sex": person.facts.sex,
            "birth_year": person.facts.birth_year,
            "id_type": person.facts.id_type,
            "guardian_conflict": False,
            "address_protected": False,
            "version": 1,
            "created_by": work.identity.user_id,
            "created_at": work.now,
            "updated_at": work.now,
        }
        for person in people
    ]
    work.session.execute(insert(Resident), rows)
    index(work, people)


def _entry(work: Work, resident_id: UUID, number: int) -> dict[str, object]:
    return {
        "county_code": work.county_code,
        "id": uuid7(),
        "entry_no": f"{TOWNSHIP}2026{number:04d}",
        "resident_id": resident_id,
        "area_code": VILLAGES[number % len(VILLAGES)],
        "township_code": TOWNSHIP,
        "period": PERIOD,
        "state": "reported",
        "urgency": "routine",
        "grounds": ["2", "3"],
        "reporter_id": work.identity.user_id,
        "reported_at": work.now,
        "review_due_at": work.now + timedelta(days=3),
        "carer_ids": [],
        "due_provisional": False,
        "version": 1,
        "created_by": work.identity.user_id,
        "created_at": work.now,
        "updated_at": work.now,
    }
