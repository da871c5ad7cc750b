"""Observed residents and ledger entries for tests, made in bulk through the store."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from server.crypto.registry import Retention
from server.domain.codes import Purpose, Role, Urgency
from server.errors import LinliError
from server.models.ledger import LedgerEntry
from server.models.resident import Resident
from server.models.sweep import Observation
from server.services.ledger import Promotion, promote_observations
from server.services.ledger_moves import EntryView
from server.services.ledger_review import open_review
from server.store.disclosure import compare, register_subjects
from server.store.events import AccessEvent
from server.store.transaction import Caller, Work, new_id, transaction
from tests.make import County, a_caller

FACT = "11月18日下午在村口遇见，本人说失业三个月，连续几晚睡不着，谈到房租时落泪。"
PERIOD = "202611"


@dataclass(frozen=True)
class Observed:
    """One resident with one observation."""

    resident_id: UUID
    observation_id: UUID
    observer: Caller


def observed_people(county: County, count: int, area: str = "", **changes: object) -> list[Observed]:
    """Residents of a grid, each with one noted observation by the grid's worker."""
    area = area or county.grid
    observer = a_caller(county, Role.GRID_WORKER, area, Purpose.SWEEP)
    ids = [(new_id(), new_id()) for _ in range(count)]
    of_resident = {name: changes.pop(name) for name in list(changes) if name in RESIDENT_NAMES}
    with transaction(observer) as work:
        keys = register_subjects(work, [resident for resident, _ in ids], (Retention.ID, Retention.CASE))
        names = {resident: keys.seal("resident.name", resident, resident, "欧阳试验") for resident, _ in ids}
        work.session.execute(
            insert(Resident),
            [a_resident_row(work, area, resident, names[resident], **of_resident) for resident, _ in ids],
        )
        rows = [
            an_observation_row(
                work, area, observation, resident, keys.seal("observation.fact", observation, resident, FACT), **changes
            )
            for resident, observation in ids
        ]
        work.session.execute(insert(Observation), rows)
    return [Observed(resident, observation, observer) for resident, observation in ids]


def observed(county: County, area: str = "", **changes: object) -> Observed:
    """One such resident."""
    return observed_people(county, 1, area, **changes)[0]


def observed_again(county: County, person: Observed, area: str = "", **changes: object) -> UUID:
    """One more observation about somebody, by somebody else."""
    area = area or county.grid
    observation = new_id()
    with transaction(a_caller(county, Role.GRID_WORKER, area, Purpose.SWEEP)) as work:
        keys = compare(work, AccessEvent("return:submit", fields=("observation.fact",)), [person.resident_id])
        sealed = keys.seal("observation.fact", observation, person.resident_id, FACT)
        row = an_observation_row(work, area, observation, person.resident_id, sealed, **changes)
        work.session.execute(insert(Observation), [row])
    return observation


RESIDENT_NAMES = ("birth_year", "guardian_conflict", "sealed_birth_date", "sealed_guardian_name")


def a_resident_row(work: Work, area: str, resident: UUID, sealed_name: bytes, **changes: object) -> dict[str, object]:
    """A row of the resident table with a name and nothing else known."""
    return {
        "county_code": work.county_code, "id": resident, "area_code": area, "sealed_name": sealed_name, "sex": "2",
        "birth_year": 1990, "id_type": "09", "guardian_conflict": False, "address_protected": False, "version": 1,
        "created_by": work.identity.user_id, "created_at": work.now, "updated_at": work.now,
    } | changes  # fmt: skip


def an_observation_row(
    work: Work, area: str, observation: UUID, resident: UUID, sealed_fact: bytes, **changes: object
) -> dict[str, object]:
    """A row of the observation table: life setback, seen in November 2026."""
    return {
        "county_code": work.county_code, "id": observation, "resident_id": resident, "area_code": area,
        "period": PERIOD, "observed_on": date(2026, 11, 18), "ground": "2", "sealed_fact": sealed_fact,
        "source": "seen", "urgent": False, "needs_word_review": False, "state": "noted", "version": 1,
        "created_by": work.identity.user_id, "created_at": work.now, "updated_at": work.now,
    } | changes  # fmt: skip


def an_officer(county: County, township: str = "") -> Caller:
    """A judicial officer at the sweep."""
    return a_caller(county, Role.JUDICIAL_OFFICER, township or county.township, Purpose.SWEEP)


def a_coordinator(county: County, township: str = "") -> Caller:
    """A township's coordinator at the review."""
    return a_caller(county, Role.TOWNSHIP_COORDINATOR, township or county.township, Purpose.REVIEW)


def a_promotion(person: Observed, **changes: object) -> Promotion:
    """The one observation made an entry, reported at once."""
    values: dict[str, object] = {
        "resident_id": person.resident_id,
        "observation_ids": frozenset({person.observation_id}),
        "grounds": frozenset({"2"}),
        "urgency": Urgency.ROUTINE,
        "report": True,
    }
    return Promotion(**values | changes)  # type: ignore[arg-type]


def a_reported_entry(county: County, officer: Caller | None = None, **changes: object) -> EntryView:
    """An entry that the township has yet to open."""
    return promote_observations(officer or an_officer(county), a_promotion(observed(county), **changes))


def an_opened_entry(county: County, coordinator: Caller, **changes: object) -> EntryView:
    """An entry that this coordinator has opened."""
    entry = a_reported_entry(county, **changes)
    return open_review(coordinator, entry.id, entry.version)


def overwrite(county: County, entry_id: UUID, **values: object) -> None:
    """Set columns of an entry behind the services' back."""
    with transaction(a_coordinator(county)) as work:
        row = LedgerEntry.county_code == county.code, LedgerEntry.id == entry_id
        work.session.execute(update(LedgerEntry).where(*row).values(**values))


def refusal(error: type[LinliError], code: str) -> "pytest.RaisesExc[LinliError]":
    """Expect this refusal with exactly this code."""
    return pytest.RaisesExc(error, check=lambda raised: raised.code == code)
