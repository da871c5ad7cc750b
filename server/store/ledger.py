"""Ledger entries as rows: finding one for a change, numbering, inserting, and the steps it takes.

Everything a move needs is read with the entry's row locked, so that of two people who act at once exactly one
finds the version they read.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, insert, select, union
from sqlalchemy.dialects.postgresql import insert as upsert

from server.domain.area_codes import AreaCode, township_of
from server.domain.codes import LedgerState, Urgency
from server.domain.ledger_rules import entry_number
from server.domain.ledger_states import LedgerAct
from server.domain.permissions import Permission
from server.errors import Conflict
from server.models.ledger import EntryNumber, EntryObservation, LedgerEntry, LedgerStep
from server.models.sweep import Observation
from server.store.records import as_read, found
from server.store.scope import ScopeColumns, within
from server.store.taken import unless_taken
from server.store.transaction import Work, new_id

SCOPE = ScopeColumns(LedgerEntry.area_code, LedgerEntry.reporter_id, LedgerEntry.state, LedgerEntry.carer_ids)
_REPORTING = (LedgerAct.REPORT, LedgerAct.RESUBMIT)
_TAKEN = {"uq_ledger_entry_one_open": "open_entry_exists"}


def entry_by_id(work: Work, permission: Permission, entry_id: UUID) -> LedgerEntry:
    """One entry; raises NotFound ``not_found`` where there is none, or none that is the caller's to see."""
    return found(work.session.scalar(_entry(work, permission, entry_id)))


def entry_for_change(work: Work, permission: Permission, entry_id: UUID, version: int) -> LedgerEntry:
    """One entry, locked; raises NotFound as ``entry_by_id``, Stale ``record_changed`` when somebody was faster."""
    return as_read(work.session.scalar(_entry(work, permission, entry_id).with_for_update()), version)


def refuse_known(work: Work, entry_id: UUID) -> None:
    """Answer a re-sent entry cleanly; raises Conflict ``record_exists``."""
    known = select(LedgerEntry.id).where(LedgerEntry.county_code == work.county_code, LedgerEntry.id == entry_id)
    if work.session.scalar(known) is not None:
        raise Conflict("record_exists")


def take_numbers(work: Work, township_code: str, year: int, count: int) -> list[str]:
    """The next ``count`` entry numbers of a township's year; callers wait for one another, none is given twice."""
    statement = upsert(EntryNumber).values(
        county_code=work.county_code, township_code=township_code, year=year, last_number=count
    )
    statement = statement.on_conflict_do_update(
        index_elements=["county_code", "township_code", "year"],
        set_={"last_number": EntryNumber.last_number + count},
    )
    last = work.session.execute(statement.returning(EntryNumber.last_number)).scalar_one()
    return [entry_number(township_code, year, number) for number in range(last - count + 1, last + 1)]


def draft_entry(work: Work, number: str, new: "NewEntry") -> LedgerEntry:
    """The caller's draft, not yet inserted."""
    return LedgerEntry(
        county_code=work.county_code,
        id=new.id,
        entry_no=number,
        resident_id=new.resident_id,
        area_code=new.area_code,
        township_code=township_of(AreaCode(new.area_code)),
        period=new.period,
        state=LedgerState.DRAFT.value,
        urgency=new.urgency.value,
        grounds=sorted(new.grounds),
        reporter_id=work.identity.user_id,
        carer_ids=[],
        due_provisional=False,
        version=1,
        created_by=work.identity.user_id,
        created_at=work.now,
        updated_at=work.now,
    )


def insert_entries(work: Work, entries: Sequence[LedgerEntry], links: Iterable[tuple[UUID, UUID]]) -> None:
    """Insert entries and what they rest on: three statements however many there are.

    Raises:
        Conflict: ``open_entry_exists``, one of the people has an open entry somewhere in the county;
            ``record_exists``, an id is taken.
    """
    with unless_taken(_TAKEN):
        work.session.add_all(entries)
        work.session.flush()
    link_observations(work, links)


def link_observations(work: Work, links: Iterable[tuple[UUID, UUID]]) -> None:
    """Rest entries on observations, given as pairs of entry and observation."""
    rows = [
        {"county_code": work.county_code, "entry_id": entry, "observation_id": observation}
        for entry, observation in links
    ]
    if rows:
        work.session.execute(insert(EntryObservation), rows)


def insert_steps(work: Work, steps: Collection["Step"]) -> None:
    """Write down transitions. Rows of this table are never changed; nobody has the right to."""
    rows = [
        {
            "county_code": work.county_code,
            "id": new_id(),
            "area_code": step.area_code,
            "entry_id": step.entry_id,
            "act": step.act,
            "from_state": step.from_state,
            "to_state": step.to_state,
            "actor_id": step.actor_id,
            "at": step.at,
            "reason": step.reason,
        }
        for step in steps
    ]
    if rows:
        work.session.execute(insert(LedgerStep), rows)


def steps_of(work: Work, entry_id: UUID) -> Sequence[LedgerStep]:
    """An entry's history, oldest first; see that the caller may read the entry first."""
    statement = select(LedgerStep).where(LedgerStep.county_code == work.county_code, LedgerStep.entry_id == entry_id)
    return work.session.scalars(statement.order_by(LedgerStep.at, LedgerStep.id)).all()


def authors_of(work: Work, entry: LedgerEntry) -> set[UUID]:
    """Everybody who had a part in what the entry says: none of them may review it."""
    observers = (
        select(Observation.created_by)
        .join(
            EntryObservation,
            (EntryObservation.county_code == Observation.county_code)
            & (EntryObservation.observation_id == Observation.id),
        )
        .where(EntryObservation.county_code == work.county_code, EntryObservation.entry_id == entry.id)
    )
    reporters = select(LedgerStep.actor_id).where(
        LedgerStep.county_code == work.county_code, LedgerStep.entry_id == entry.id, LedgerStep.act.in_(_REPORTING)
    )
    return {entry.reporter_id, entry.created_by, *work.session.scalars(union(observers, reporters))}


def has_other_entry(work: Work, resident_id: UUID, entry_id: UUID) -> bool:
    """Whether the resident has any other entry, open or ended; call it with the scope widened."""
    statement = select(func.count()).where(
        LedgerEntry.county_code == work.county_code,
        LedgerEntry.resident_id == resident_id,
        LedgerEntry.id != entry_id,
    )
    return bool(work.session.scalar(statement))


def _entry(work: Work, permission: Permission, entry_id: UUID) -> Select[LedgerEntry]:
    scope = within(work.identity, permission, SCOPE)
    return select(LedgerEntry).where(LedgerEntry.county_code == work.county_code, LedgerEntry.id == entry_id, scope)


@dataclass(frozen=True)
class NewEntry:
    """An entry about to be drafted, where its resident lives, for the month of its latest observation."""

    id: UUID
    resident_id: UUID
    area_code: str
    period: str
    urgency: Urgency
    grounds: Collection[str]


@dataclass(frozen=True)
class Step:
    """One transition to be written down."""

    entry_id: UUID
    area_code: str
    act: str
    from_state: LedgerState | None
    to_state: LedgerState
    actor_id: UUID
    at: datetime
    reason: str = ""
