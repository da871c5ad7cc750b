"""What an operation points at: the record it made before, the place and the person it is about.

Read over the whole county, for a record may have moved since it was looked at in the field; nothing of it leaves by
these functions but who made it and where it is.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from server.domain.tablet_hints import Hints
from server.models.area import Area
from server.models.base import Record
from server.models.ledger import LedgerEntry
from server.models.plan import PlanItem, Visit
from server.models.resident import Resident
from server.models.safety import SafetyEvent
from server.models.sweep import Observation
from server.models.sync_push import SyncReview
from server.store.care import lock_entry
from server.store.records import found
from server.store.scope import under
from server.store.transaction import Work, widened

#: Records of one person, by the kind of operation or of record that names them.
_OF_PERSON: dict[str, type[Visit | PlanItem | LedgerEntry | Observation | SafetyEvent | SyncReview]] = {
    "visit": Visit,
    "plan_item": PlanItem,
    "contact": LedgerEntry,
    "observation": Observation,
    "safety_event": SafetyEvent,
    "review": SyncReview,
}


class Made(NamedTuple):
    """Who made a record, and its version."""

    created_by: UUID
    version: int


@dataclass(frozen=True)
class Whereabouts:
    """The place an operation is about, and the person where one is known."""

    area_code: str
    resident_id: UUID | None = None


def made_already(work: Work, model: type[Record], ids: Collection[UUID]) -> dict[UUID, Made]:
    """Those of these ids that are taken, wherever in the county."""
    columns: tuple[InstrumentedAttribute[UUID], ...] = (model.id, model.created_by)
    statement = select(*columns, model.version).where(
        model.county_code == work.county_code, model.id == func.any(list(ids))
    )
    with widened(work):
        return {row.id: Made(row.created_by, row.version) for row in work.session.execute(statement)}


def visit_as_recorded(work: Work, visit_id: UUID) -> Visit | None:
    """A visit that somebody has recorded; to be compared, not shown."""
    statement = select(Visit).where(
        Visit.county_code == work.county_code, Visit.id == visit_id, Visit.visited_at.is_not(None)
    )
    with widened(work):
        return work.session.scalar(statement)


def visit_for_decider(work: Work, visit_id: UUID, areas: Collection[str]) -> Visit:
    """A visit whose record the township takes although its author may not make it, its entry locked.

    Raises NotFound ``not_found`` for one outside these areas.
    """
    statement = select(Visit).where(
        Visit.county_code == work.county_code, Visit.id == visit_id, or_(*(under(Visit.area_code, a) for a in areas))
    )
    known = found(work.session.scalar(statement))
    lock_entry(work, known.entry_id)
    again = statement.with_for_update(of=Visit).execution_options(populate_existing=True)
    return found(work.session.scalar(again))


def task_done_already(work: Work, item_id: UUID) -> int | None:
    """The version of a plan's task that is done; None for one that is not, or is not there."""
    statement = select(PlanItem.version).where(
        PlanItem.county_code == work.county_code, PlanItem.id == item_id, PlanItem.done_at.is_not(None)
    )
    with widened(work):
        return work.session.scalar(statement)


def whereabouts(work: Work, kind: str, record_id: UUID, hints: Hints) -> Whereabouts | None:
    """Where the record is now, else where the operation says it belongs; None where neither leads anywhere.

    What an operation claims counts only as far as it exists in the county. Call it with the scope widened.
    """
    by_record = _of_record(work, _OF_PERSON.get(kind), record_id)
    if by_record is not None:
        return by_record
    by_entry = _of_record(work, LedgerEntry, hints.entry_id)
    if by_entry is not None:
        return by_entry
    home = _home(work, hints.resident_id)
    area_code = _known_area(work, hints.area_code) or home
    resident_id = hints.resident_id if home else None
    return Whereabouts(area_code, resident_id) if area_code else None


def people_of(work: Work, kind: str, record_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Whom records of one kind are about, by the record's id; without those that are about nobody."""
    model = _OF_PERSON.get(kind)
    if model is None:
        return {}
    statement = select(model.id, model.resident_id).where(
        model.county_code == work.county_code, model.id == func.any(list(record_ids))
    )
    with widened(work):
        return {row.id: row.resident_id for row in work.session.execute(statement) if row.resident_id}


def _of_record(
    work: Work,
    model: type[Visit | PlanItem | LedgerEntry | Observation | SafetyEvent | SyncReview] | None,
    record_id: UUID | None,
) -> Whereabouts | None:
    if model is None or record_id is None:
        return None
    statement = select(model.area_code, model.resident_id)
    row = work.session.execute(
        statement.where(model.county_code == work.county_code, model.id == record_id)
    ).one_or_none()
    return Whereabouts(row.area_code, row.resident_id) if row else None


def _home(work: Work, resident_id: UUID | None) -> str | None:
    if resident_id is None:
        return None
    statement = select(Resident.area_code).where(Resident.county_code == work.county_code, Resident.id == resident_id)
    return work.session.scalar(statement)


def _known_area(work: Work, area_code: str | None) -> str | None:
    if area_code is None or not area_code.startswith(work.county_code):
        return None
    return work.session.scalar(select(Area.code).where(Area.code == area_code))
