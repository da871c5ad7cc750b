"""Spreadsheets in bulk: what a month's sheet brings in, what an export takes out, and the record of either.

Statements do not grow with the rows. One importer at a time works on a township's month.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Integer, cast, func, insert, select

from server import clock
from server.crypto.registry import Retention
from server.domain.area_codes import Level
from server.domain.codes import ReturnReason
from server.domain.duplicates import MatchOn
from server.domain.ledger_states import OPEN_STATES
from server.domain.permissions import Permission
from server.domain.returns import ObservationState
from server.domain.sheet import RowDraft
from server.errors import Conflict, NotFound
from server.models.area import Area
from server.models.ledger import EntryObservation, LedgerEntry
from server.models.resident import PossibleDuplicate, Resident
from server.models.spreadsheet import ExportRecord, ImportBatch
from server.models.sweep import Month, Observation
from server.models.user import User
from server.store.areas import in_force
from server.store.disclosure import SubjectKeys, register_subjects
from server.store.ledger import SCOPE
from server.store.observations import FACT
from server.store.records import found
from server.store.scope import ScopeColumns, under, within
from server.store.transaction import Work, new_id, widened

#: First half of the advisory lock's key; the second is the township's digits below the county and the month.
_IMPORT_LOCK = 0x58
_SCOPE = ScopeColumns(ImportBatch.area_code, ImportBatch.created_by)


def lock_month(work: Work, township_code: str, period: str) -> None:
    """Let nobody else read a sheet into this township's month until the transaction ends."""
    key = func.hashtext(f"{_IMPORT_LOCK}:{township_code}:{period}")
    work.session.execute(select(func.pg_advisory_xact_lock(_IMPORT_LOCK, cast(key, Integer))))


def refuse_imported(work: Work, township_code: str, period: str, digest: bytes) -> None:
    """Raise Conflict ``file_already_imported`` where this very file was read into this month."""
    known = select(ImportBatch.id).where(
        ImportBatch.county_code == work.county_code,
        ImportBatch.area_code == township_code,
        ImportBatch.period == period,
        ImportBatch.file_digest == digest,
    )
    if work.session.scalar(known) is not None:
        raise Conflict("file_already_imported")


def month_state(work: Work, township_code: str, period: str) -> str | None:
    """The state of the township's month; None where it was not opened."""
    return work.session.scalar(
        select(Month.state).where(
            Month.county_code == work.county_code, Month.area_code == township_code, Month.period == period
        )
    )


def places_in(work: Work, township_code: str) -> list[tuple[str, str]]:
    """Code and name of the villages and grids in force in a township."""
    statement = select(Area.code, Area.name).where(
        under(Area.code, township_code), Area.level.in_((Level.VILLAGE, Level.GRID)), in_force(clock.day_of(work.now))
    )
    return [(row.code, row.name) for row in work.session.execute(statement)]


def township_name(work: Work, township_code: str) -> str:
    """The township's name; raises NotFound ``not_found`` where there is none."""
    name = work.session.scalar(select(Area.name).where(Area.code == township_code))
    if name is None:
        raise NotFound("not_found", field="township_code")
    return name


def alike(work: Work, resident_ids: Collection[UUID]) -> list["Pair"]:
    """The possible duplicates that these residents, just registered, are part of, and open entries of the others."""
    pair = PossibleDuplicate
    statement = select(pair.resident_id, pair.other_resident_id, pair.matched_on).where(
        pair.county_code == work.county_code,
        pair.resident_id == func.any(list(resident_ids)),
    )
    with widened(work):
        rows = work.session.execute(statement).all()
        busy = _with_open_entry(work, {row.other_resident_id for row in rows})
    return [Pair(row.resident_id, row.matched_on == MatchOn.ID_NO, row.other_resident_id in busy) for row in rows]


def add_sheet_observations(work: Work, period: str, drafts: Sequence[RowDraft], keys: SubjectKeys) -> list[UUID]:
    """Seal and write the rows' observations, in their order; those of a label alone are returned for facts."""
    ids = [new_id() for _ in drafts]
    if drafts:
        rows = [_observation(work, period, id_, draft, keys) for id_, draft in zip(ids, drafts, strict=True)]
        work.session.execute(insert(Observation), rows)
    return ids


def add_batch(work: Work, batch: ImportBatch) -> None:
    """Keep the record of a file that was read in."""
    work.session.add(batch)
    work.session.flush()


def batch_by_id(work: Work, batch_id: UUID) -> ImportBatch:
    """One import of the caller's scope; raises NotFound ``not_found``."""
    statement = select(ImportBatch).where(
        ImportBatch.county_code == work.county_code,
        ImportBatch.id == batch_id,
        within(work.identity, Permission.SPREADSHEET_IMPORT, _SCOPE),
    )
    return found(work.session.scalar(statement))


def entries_to_export(work: Work, township_code: str, period: str, limit: int) -> list[tuple[LedgerEntry, Resident]]:
    """The month's entries with their residents, in the order of their numbers."""
    statement = (
        select(LedgerEntry, Resident)
        .join(Resident, (Resident.county_code == LedgerEntry.county_code) & (Resident.id == LedgerEntry.resident_id))
        .where(LedgerEntry.county_code == work.county_code, LedgerEntry.period == period)
        .where(LedgerEntry.township_code == township_code)
        .where(within(work.identity, Permission.SPREADSHEET_EXPORT, SCOPE))
        .order_by(LedgerEntry.entry_no)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in work.session.execute(statement)]


def facts_to_export(work: Work, entry_ids: Collection[UUID]) -> list[tuple[UUID, Observation]]:
    """What these entries rest on, oldest first, with the entry's id."""
    statement = (
        select(EntryObservation.entry_id, Observation)
        .join(
            Observation,
            (Observation.county_code == EntryObservation.county_code)
            & (Observation.id == EntryObservation.observation_id),
        )
        .where(EntryObservation.county_code == work.county_code)
        .where(EntryObservation.entry_id == func.any(list(entry_ids)))
        .order_by(Observation.observed_on, Observation.id)
    )
    return [(row[0], row[1]) for row in work.session.execute(statement)]


def own_user(work: Work) -> User | None:
    """The caller's own row."""
    return work.session.get(User, (work.county_code, work.identity.user_id))


def add_export(work: Work, export: "NewExport") -> None:
    """Keep the record of an export, its reason sealed for the evidence of it."""
    keys = register_subjects(work, [export.id], (Retention.EVID,))
    work.session.add(
        ExportRecord(
            county_code=work.county_code,
            id=export.id,
            area_code=export.township_code,
            period=export.period,
            exported_at=work.now,
            exported_by=work.identity.user_id,
            entry_count=export.entry_count,
            sealed_reason=keys.seal("statement.reason", export.id, export.id, export.reason),
        )
    )
    work.session.flush()


def _with_open_entry(work: Work, resident_ids: Collection[UUID]) -> set[UUID]:
    statement = select(LedgerEntry.resident_id).where(
        LedgerEntry.county_code == work.county_code,
        LedgerEntry.resident_id == func.any(list(resident_ids)),
        LedgerEntry.state.in_(sorted(OPEN_STATES)),
    )
    return set(work.session.scalars(statement))


def _observation(work: Work, period: str, id_: UUID, draft: RowDraft, keys: SubjectKeys) -> dict[str, object]:
    seen, resident = draft.observation, draft.resident
    return {
        "county_code": work.county_code,
        "id": id_,
        "return_id": None,
        "resident_id": resident.id,
        "area_code": resident.facts.area_code,
        "period": period,
        "observed_on": seen.observed_on,
        "ground": str(seen.ground),
        "sealed_fact": keys.seal(FACT, id_, resident.id, seen.fact),
        "source": str(seen.source),
        "urgent": seen.urgent,
        "needs_word_review": draft.needs_word_review,
        "state": str(ObservationState.RETURNED if draft.returned else ObservationState.PROMOTED),
        "return_reason": str(ReturnReason.NEEDS_FACT) if draft.returned else None,
        "version": 1,
        "created_by": work.identity.user_id,
        "created_at": work.now,
        "updated_at": work.now,
    }


@dataclass(frozen=True)
class Pair:
    """A resident just registered who may be somebody known: whether by document number, and with an open entry."""

    resident_id: UUID
    same_number: bool
    open_entry: bool

    @property
    def bars(self) -> bool:
        """Whether it is surely somebody who has an open entry."""
        return self.same_number and self.open_entry


@dataclass(frozen=True, repr=False)
class NewExport:
    """An export about to be recorded; has no readable ``repr``."""

    id: UUID
    township_code: str
    period: str
    entry_count: int
    reason: str
