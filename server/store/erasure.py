"""Forgetting somebody: their row, what hangs on it, their pseudonym and their keys, in one transaction.

With the row go entries, steps, observations and buckets (the tables' own cascades); with the subject go the wrapped
data keys, so that a copy of the row elsewhere stays closed for ever. The access log keeps its reference, which
then stands for nobody. Call these with the scope widened: the person's records may lie in several areas.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, select, text

from server.models.key import Subject
from server.models.ledger import EntryObservation, LedgerEntry
from server.models.resident import Resident
from server.models.sweep import Observation
from server.store.disclosure import refs_of
from server.store.events import AccessEvent
from server.store.transaction import Work


def erase_residents(work: Work, resident_ids: Collection[UUID]) -> int:
    """Erase people and everything about them; tells how many there were."""
    if not resident_ids:
        return 0
    refs = refs_of(work, resident_ids)
    ids = list(resident_ids)
    gone = work.session.execute(
        delete(Resident)
        .where(Resident.county_code == work.county_code, Resident.id == func.any(ids))
        .execution_options(synchronize_session=False)
        .returning(Resident.id)
    ).all()
    work.session.execute(
        delete(Subject)
        .where(Subject.county_code == work.county_code, Subject.id == func.any(ids))
        .execution_options(synchronize_session=False)
    )
    work.session.expunge_all()
    work.note(AccessEvent("resident:erase", subject_refs=tuple(refs.values()), table="resident", count=len(gone)))
    return len(gone)


def erase_facts(work: Work, entry_ids: Collection[UUID]) -> None:
    """Delete the observations these entries rest on, unless another entry rests on them too."""
    link, ids = EntryObservation, list(entry_ids)
    mine = select(link.observation_id).where(link.county_code == work.county_code, link.entry_id == func.any(ids))
    others = select(link.observation_id).where(link.county_code == work.county_code, link.entry_id != func.all(ids))
    _delete_observations(work, Observation.id.in_(mine), Observation.id.not_in(others))


def erase_care(work: Work, entry_ids: Collection[UUID]) -> None:
    """Delete what hangs on these ended entries: consents, assessments, plans, visits, teams. Steps and number stay.

    The database does it, and for ended entries only: nobody has the right to delete a signed assessment.
    """
    work.session.flush()
    work.session.execute(
        text("SELECT linli_erase_care(:county, :entries)"),
        {"county": work.county_code, "entries": list(entry_ids)},
    )
    work.session.expire_all()


def erase_observations(work: Work, observation_ids: Collection[UUID]) -> None:
    """Delete these observations."""
    _delete_observations(work, Observation.id == func.any(list(observation_ids)))


def without_traces(work: Work, resident_ids: Collection[UUID]) -> list[UUID]:
    """Those of these residents of whom neither an entry nor an observation is left."""
    entry = exists().where(LedgerEntry.county_code == Resident.county_code, LedgerEntry.resident_id == Resident.id)
    seen = exists().where(Observation.county_code == Resident.county_code, Observation.resident_id == Resident.id)
    statement = select(Resident.id).where(
        Resident.county_code == work.county_code, Resident.id == func.any(list(resident_ids)), ~entry, ~seen
    )
    return list(work.session.scalars(statement))


def _delete_observations(work: Work, *conditions: ColumnElement[bool]) -> None:
    statement = delete(Observation).where(Observation.county_code == work.county_code, *conditions)
    work.session.execute(statement.execution_options(synchronize_session=False))
