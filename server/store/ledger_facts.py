"""The observations that entries rest on, and the few things the rules look at in the person they are about."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVarTuple
from uuid import UUID

from sqlalchemy import Select, func, select, update

from server.domain.ages import ADULT_AT, YOUTH_AT
from server.domain.ledger_rules import Basis, Person
from server.domain.permissions import Permission
from server.errors import NotFound
from server.models.ledger import EntryObservation
from server.models.resident import Resident
from server.models.sweep import Observation
from server.store.disclosure import compare
from server.store.events import AccessEvent
from server.store.scope import ScopeColumns, within
from server.store.transaction import Work

_OPEN_DATE = AccessEvent("ledger:age_check", fields=("resident.birth_date",), table="resident")

Columns = TypeVarTuple("Columns")


def basis_for_promotion(work: Work, observation_ids: Collection[UUID]) -> list[Basis]:
    """Observations of the caller's area, locked so that each is promoted once; raises NotFound if one is missing."""
    statement = (
        _observations()
        .where(Observation.county_code == work.county_code, Observation.id == func.any(list(observation_ids)))
        .where(within(work.identity, Permission.LEDGER_REPORT, ScopeColumns(Observation.area_code)))
        .order_by(Observation.id)
        .with_for_update()
    )
    found = _read(work, statement)
    if len(found) != len(set(observation_ids)):
        raise NotFound("not_found", field="observation_ids")
    return found


def basis_of(work: Work, entry_id: UUID) -> list[Basis]:
    """What an entry rests on; see that the caller may read the entry first."""
    return _read(work, _of_entry(_observations(), work, entry_id))


def promote(work: Work, observation_ids: Collection[UUID]) -> None:
    """Mark observations as used: none of them carries a second entry."""
    work.session.execute(
        update(Observation)
        .where(Observation.county_code == work.county_code, Observation.id == func.any(list(observation_ids)))
        .values(state="promoted", version=Observation.version + 1, updated_at=work.now)
    )


def facts_of(work: Work, entry_id: UUID) -> Sequence["SealedFact"]:
    """The sealed facts an entry rests on, oldest first."""
    statement = _of_entry(
        select(
            Observation.id,
            Observation.resident_id,
            Observation.observed_on,
            Observation.ground,
            Observation.source,
            Observation.urgent,
            Observation.area_code,
            Observation.sealed_fact,
        ),
        work,
        entry_id,
    ).order_by(Observation.observed_on, Observation.id)
    return [SealedFact(*row) for row in work.session.execute(statement)]


def person_of(work: Work, resident_id: UUID, today: date) -> Person:
    """What the age rules need; the day of birth is opened only where the year alone does not decide."""
    row = work.session.execute(
        select(
            Resident.birth_year,
            Resident.sealed_birth_date,
            Resident.sealed_guardian_name.is_not(None).label("guarded"),
            Resident.guardian_conflict,
            Resident.guardian_relation.is_not(None).label("related"),
        ).where(Resident.county_code == work.county_code, Resident.id == resident_id)
    ).one_or_none()
    if row is None:
        raise NotFound("not_found", field="resident_id")
    born = None
    if row.sealed_birth_date is not None and row.birth_year in {today.year - age for age in (YOUTH_AT, ADULT_AT)}:
        keys = compare(work, _OPEN_DATE, [resident_id])
        born = date.fromisoformat(keys.open("resident.birth_date", resident_id, resident_id, row.sealed_birth_date))
    return Person(born, row.birth_year, row.guarded, row.guardian_conflict, row.related)


def area_of_resident(work: Work, resident_id: UUID) -> str:
    """Where the resident of the caller's reporting area lives; raises NotFound ``not_found``."""
    area = work.session.scalar(
        select(Resident.area_code)
        .where(Resident.county_code == work.county_code, Resident.id == resident_id)
        .where(within(work.identity, Permission.LEDGER_REPORT, ScopeColumns(Resident.area_code)))
    )
    if area is None:
        raise NotFound("not_found", field="resident_id")
    return area


def _observations() -> Select[UUID, UUID, str, str, str, bool, bool]:
    open_word = Observation.needs_word_review & Observation.word_review_by.is_(None)
    return select(
        Observation.id,
        Observation.resident_id,
        Observation.ground,
        Observation.state,
        Observation.period,
        Observation.urgent,
        open_word,
    )


def _of_entry(statement: Select[*Columns], work: Work, entry_id: UUID) -> Select[*Columns]:
    joined = statement.join(
        EntryObservation,
        (EntryObservation.county_code == Observation.county_code) & (EntryObservation.observation_id == Observation.id),
    )
    return joined.where(EntryObservation.county_code == work.county_code, EntryObservation.entry_id == entry_id)


def _read(work: Work, statement: Select[UUID, UUID, str, str, str, bool, bool]) -> list[Basis]:
    return [Basis(*row) for row in work.session.execute(statement)]


@dataclass(frozen=True, repr=False)
class SealedFact:
    """One observation of an entry, its fact still sealed."""

    id: UUID
    resident_id: UUID
    observed_on: date
    ground: str
    source: str
    urgent: bool
    area_code: str
    sealed_fact: bytes
