"""Forgetting somebody: their row, what hangs on it, their pseudonym and their keys, in one transaction.

With the row go entries, steps, observations and buckets (the tables' own cascades); with the subject go the wrapped
data keys, so that a copy of the row elsewhere stays closed for ever. The access log keeps its reference, which
then stands for nobody. What feeds told of the records goes too: a tablet that still holds one finds by count and
digest that it is not to be there. Call these with the scope widened: the person's records may lie in several areas.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, exists, func, select, text, union_all

from server.models.base import Record
from server.models.key import Subject
from server.models.ledger import EntryObservation, LedgerEntry
from server.models.plan import PlanItem, Visit
from server.models.resident import Resident
from server.models.safety import SafetyEvent
from server.models.sweep import Observation
from server.models.sync_push import SyncReview
from server.store.disclosure import refs_of
from server.store.events import AccessEvent
from server.store.transaction import Work

#: Records of one person that feeds name.
_TOLD = (Visit, PlanItem, Observation, SafetyEvent, SyncReview)


def erase_residents(work: Work, resident_ids: Collection[UUID]) -> int:
    """Erase people and everything about them; tells how many there were."""
    if not resident_ids:
        return 0
    refs = refs_of(work, resident_ids)
    ids = list(resident_ids)
    _forget_told(work, *(_of(work, one).where(one.resident_id == func.any(ids)) for one in _TOLD))
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
    ids = list(entry_ids)
    _forget_told(work, *(_of(work, one).where(one.entry_id == func.any(ids)) for one in (Visit, PlanItem)))
    work.session.flush()
    work.session.execute(
        text("SELECT linli_erase_care(:county, :entries)"),
        {"county": work.county_code, "entries": ids},
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
    _forget_told(work, _of(work, Observation).where(*conditions))
    statement = delete(Observation).where(Observation.county_code == work.county_code, *conditions)
    work.session.execute(statement.execution_options(synchronize_session=False))


def _forget_told(work: Work, *records: Select[UUID]) -> None:
    """Take away what feeds told of these records, and what names a review among them; before they are deleted."""
    ids = list(work.session.scalars(union_all(*records)))
    if ids:
        forget = text("SELECT linli_forget_told(:county, :records)")
        work.session.execute(forget, {"county": work.county_code, "records": ids})


def _of(work: Work, model: type[Record]) -> Select[UUID]:
    return select(model.id).where(model.county_code == work.county_code)
