"""Forgetting somebody: their row, what hangs on it, their pseudonym and their keys, in one transaction.

With the row go entries, steps, observations and buckets (the tables' own cascades); with the subject go the wrapped
data keys, so that a copy of the row elsewhere stays closed for ever. The access log keeps its reference, which
then stands for nobody. Call these with the scope widened: the person's records may lie in several areas.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, func, select

from server.models.key import Subject
from server.models.ledger import EntryObservation
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


def erase_facts(work: Work, entry_id: UUID) -> None:
    """Delete the observations an entry rests on, unless another entry rests on them too."""
    mine = select(EntryObservation.observation_id).where(
        EntryObservation.county_code == work.county_code, EntryObservation.entry_id == entry_id
    )
    others = select(EntryObservation.observation_id).where(
        EntryObservation.county_code == work.county_code, EntryObservation.entry_id != entry_id
    )
    work.session.execute(
        delete(Observation)
        .where(Observation.county_code == work.county_code, Observation.id.in_(mine), Observation.id.not_in(others))
        .execution_options(synchronize_session=False)
    )
