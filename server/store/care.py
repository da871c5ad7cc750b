"""Records of care: reached through the ledger entry they hang on, and changed one act at a time.

One rule for all of them: **whoever may reach the entry with a permission may reach its records with it.** The
entry's area, state and carers decide; where a rule says "own", the record's own column (who is to make the visit, who
wrote the screening) decides with them.

Every act of care locks the entry first. So a withdrawal of consent and a visit being recorded never cross: the
second of the two sees what the first has done.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, SQLColumnExpression, select

from server.domain.permissions import Permission
from server.models.base import CareRecord
from server.models.ledger import LedgerEntry
from server.store.disclosure import SubjectKeys, compare, refs_of
from server.store.events import AccessEvent
from server.store.ledger import entry_by_id
from server.store.records import as_read, found, note_written
from server.store.scope import ScopeColumns, within
from server.store.transaction import Work, new_id

C = TypeVar("C", bound=CareRecord)


def entry_for_care(work: Work, permission: Permission, entry_id: UUID) -> LedgerEntry:
    """The entry, locked for an act of care; raises NotFound ``not_found``.

    Only for permissions without a rule for one's own records: those begin at the record (``record_for_change``).
    """
    known = entry_by_id(work, permission, entry_id)
    lock_entry(work, known.id)
    return entry_by_id(work, permission, entry_id)


def lock_entry(work: Work, entry_id: UUID) -> None:
    """Wait until nobody else is at an act of this person's care; what was read before is read anew."""
    statement = select(LedgerEntry).where(LedgerEntry.county_code == work.county_code, LedgerEntry.id == entry_id)
    work.session.scalar(statement.with_for_update().execution_options(populate_existing=True))


def records(
    work: Work, permission: Permission, model: type[C], owner: SQLColumnExpression[Any] | None = None
) -> Select[C]:
    """The records of one table that the caller reaches; ``owner`` is the column that "own" means, else who made it."""
    columns = ScopeColumns(
        LedgerEntry.area_code,
        model.created_by if owner is None else owner,
        LedgerEntry.state,
        LedgerEntry.carer_ids,
    )
    return (
        select(model)
        .join(LedgerEntry, (LedgerEntry.county_code == model.county_code) & (LedgerEntry.id == model.entry_id))
        .where(model.county_code == work.county_code, within(work.identity, permission, columns))
    )


def record_by_id(
    work: Work, permission: Permission, model: type[C], record_id: UUID, owner: SQLColumnExpression[Any] | None = None
) -> C:
    """One record; raises NotFound ``not_found`` where there is none, or none the caller reaches."""
    return found(work.session.scalar(records(work, permission, model, owner).where(model.id == record_id)))


def record_for_change(work: Work, reach: "Reach[C]", record_id: UUID, version: int | None) -> C:
    """One record with its entry locked; raises NotFound ``not_found``, Stale ``record_changed``."""
    known = record_by_id(work, reach.permission, reach.model, record_id, reach.owner)
    lock_entry(work, known.entry_id)
    statement = records(work, reach.permission, reach.model, reach.owner).where(reach.model.id == record_id)
    statement = statement.with_for_update(of=reach.model).execution_options(populate_existing=True)
    return as_read(work.session.scalar(statement), version)


def sealing_keys(work: Work, action: str, subject_id: UUID, *fields: str) -> SubjectKeys:
    """One person's keys for sealing these fields; what is opened with them must not leave."""
    return compare(work, AccessEvent(action, fields=fields), [subject_id])


def columns_of(work: Work, entry: LedgerEntry, record_id: UUID | None = None) -> dict[str, Any]:
    """The columns every new record of care has; without an id, one is made."""
    return {
        "county_code": work.county_code,
        "id": record_id or new_id(),
        "area_code": entry.area_code,
        "entry_id": entry.id,
        "resident_id": entry.resident_id,
        "version": 1,
        "created_by": work.identity.user_id,
        "created_at": work.now,
        "updated_at": work.now,
    }


def note_care(work: Work, action: str, row: CareRecord) -> None:
    """Have it logged that a record of care was written, and about whom; count its version up first if it is old."""
    note_written(work, action, row, refs_of(work, [row.resident_id]).values())


@dataclass(frozen=True)
class Reach(Generic[C]):
    """How a table's records are reached for a change: by which permission, and which column "own" means."""

    permission: Permission
    model: type[C]
    owner: SQLColumnExpression[Any] | None = None
