"""How somebody is reached: who may report it from the field, and what the registry has."""

from collections.abc import Collection
from dataclasses import fields
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Uuid, cast, null, or_, select

from server.domain.codes_care import VisitState
from server.domain.permissions import Permission
from server.domain.residents import NewResident
from server.models.ledger import LedgerEntry
from server.models.plan import Visit
from server.models.resident import Resident
from server.store.care import lock_entry, records
from server.store.disclosure import SubjectKeys
from server.store.records import found
from server.store.residents import ALL_FIELDS, plain_of
from server.store.scope import ScopeColumns, under, within
from server.store.transaction import Work

#: What is opened to merge a report: the whole record is held to its rules again.
CONTACT_FIELDS = ALL_FIELDS
#: After a visit was made, what was learnt there may still be told for so long.
TOLD_AFTER = timedelta(days=31)
_OF_NOBODY = ScopeColumns(LedgerEntry.area_code, cast(null(), Uuid()), LedgerEntry.state, LedgerEntry.carer_ids)


def entry_for_contact(work: Work, entry_id: UUID, taken_by: Collection[str]) -> LedgerEntry:
    """The entry of somebody the author looks after or visits, locked; else of the township that decided to take it.

    Raises NotFound ``not_found``.
    """
    if not taken_by:
        _hold_reached(work, entry_id)
    lock_entry(work, entry_id)
    statement = select(LedgerEntry).where(LedgerEntry.county_code == work.county_code, LedgerEntry.id == entry_id)
    if taken_by:
        statement = statement.where(or_(*(under(LedgerEntry.area_code, area) for area in taken_by)))
    return found(work.session.scalar(statement))


def resident_of(work: Work, entry: LedgerEntry) -> Resident:
    """The person of an entry that was reached, locked."""
    statement = select(Resident).where(Resident.county_code == work.county_code, Resident.id == entry.resident_id)
    statement = statement.with_for_update().execution_options(populate_existing=True)
    return found(work.session.scalar(statement))


def typed_of(work: Work, keys: SubjectKeys, row: Resident) -> NewResident:
    """What the registry has, in the form the rules look at; what is opened with ``compare`` must not leave."""
    plain = plain_of(work, keys, row)
    return NewResident(**{field.name: getattr(plain, field.name) for field in fields(NewResident)})


def _hold_reached(work: Work, entry_id: UUID) -> None:
    """Raise NotFound unless the author looks after the person, is to visit them, or did within 31 days."""
    own = records(work, Permission.CONTACT_REPORT, Visit, Visit.assignee_id).where(
        Visit.entry_id == entry_id,
        or_(Visit.state == VisitState.PLANNED.value, Visit.done_at > work.now - TOLD_AFTER),
    )
    if work.session.scalar(own.limit(1)) is not None:
        return
    tended = within(work.identity, Permission.CONTACT_REPORT, _OF_NOBODY)
    statement = select(LedgerEntry.id).where(
        LedgerEntry.county_code == work.county_code, LedgerEntry.id == entry_id, tended
    )
    found(work.session.scalar(statement))
