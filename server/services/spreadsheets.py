"""Reading a township's month in from a spreadsheet: rehearsed or done, whole or not at all.

A rehearsal takes the same way as the real thing, so that its report holds, and is then rolled back; that it took
place, and how many rows it looked at, is written to the access log before the report leaves.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from server import clock
from server.domain.area_codes import Level, parse_code_of
from server.domain.codes import PeriodState
from server.domain.ledger_rules import times_after
from server.domain.ledger_states import LedgerAct
from server.domain.periods import Period, parse_period
from server.domain.permissions import Facts, Permission, may
from server.domain.returns import check_importable
from server.domain.sheet import RowDraft, RowRead, SheetRules, read_row, twice_in_file
from server.domain.sheet_asked import SheetImport
from server.domain.sheet_columns import Field
from server.domain.sheet_places import Places
from server.domain.sheet_report import BLOCKING, Outcome, RowReport, outcome_of
from server.errors import Conflict, FieldError, Invalid, NotFound
from server.models.spreadsheet import ImportBatch
from server.services.sheet_entries import write_entries
from server.services.sheet_tables import heading_tables, headings_shown, labels
from server.services.workbook import Sheet, read_sheet
from server.store import spreadsheets as store
from server.store.disclosure import SubjectKeys, refs_of
from server.store.events import AccessEvent
from server.store.holidays import work_calendar
from server.store.observations import FACT
from server.store.residents import known_regions, register
from server.store.transaction import Caller, Work, new_id, transaction
from server.store.word_lists import word_list

#: How far the reading is: rows done, and rows there are.
Progress = Callable[[int, int], None]
#: Most rows that one refusal names.
ERRORS_AT_MOST = 200
_IMPORT = Permission.SPREADSHEET_IMPORT


def import_month(
    caller: Caller, wanted: SheetImport, content: bytes, progress: Progress = lambda _done, _all: None
) -> "ImportReport":
    """Read a sheet into a township's month; a dry run reports what would become of each row, and changes nothing.

    Raises:
        NotFound: ``not_found``, the township is not the caller's.
        Invalid: ``period_out_of_range``, ``forbidden_columns`` unless they may be dropped, ``import_rows_refused``
            with the rows, and as ``read_sheet``.
        TooLarge: as ``read_sheet``.
        Conflict: ``file_already_imported``, ``month_not_open``.
    """
    _check_scope(caller, wanted)
    sheet = read_sheet(content, heading_tables())
    if sheet.headings.forbidden and not (wanted.dry_run or wanted.drop_forbidden):
        raise Invalid("forbidden_columns", columns="、".join(sheet.headings.forbidden))
    digest = hashlib.sha256(content).digest()
    try:
        with transaction(caller) as work:
            return _import(work, wanted, _Reading(sheet, digest, progress))
    except _GivenBackError as given:
        report = given.report
    with transaction(caller) as work:
        work.note(AccessEvent(_IMPORT, "allowed", "dry_run", table="import_batch", count=report.row_count))
    if not wanted.dry_run:
        raise Invalid("import_rows_refused", errors=_refusals(report), count=report.refused_count)
    return report


def read_import(caller: Caller, batch_id: UUID) -> "ImportReport":
    """The report of a file that was read in; raises NotFound."""
    with transaction(caller) as work:
        batch = store.batch_by_id(work, batch_id)
        work.note(AccessEvent(_IMPORT, table="import_batch", record_id=batch.id))
        rows = tuple(_row_kept(row) for row in batch.report)
        report = ImportReport(batch.area_code, batch.period, tuple(batch.refused_columns), (), rows)
        return replace(report, id=batch.id, applied=True)


def _check_scope(caller: Caller, wanted: SheetImport) -> None:
    township = parse_code_of(Level.TOWNSHIP, wanted.township_code, "township_code")
    if not may(caller.identity, _IMPORT, Facts(township)):
        raise NotFound("not_found")
    check_importable(parse_period(wanted.period), clock.today())


def _import(work: Work, wanted: SheetImport, reading: "_Reading") -> "ImportReport":
    """Everything within the transaction; raises _GivenBackError unless every row may come in, and shall."""
    _hold_month(work, wanted, reading.digest)
    read = _read_rows(reading, _rules(work, wanted, reading.sheet.origin))
    drafts = [(number, row.draft) for number, row in read if row.draft]
    twice = twice_in_file(drafts)
    fresh = [draft for number, draft in drafts if number not in twice]
    keys = register(work, [draft.resident for draft in fresh])
    found = _alike(work, fresh)
    rows = tuple(_report(number, row, twice.get(number), found) for number, row in read)
    headings = reading.sheet.headings
    report = ImportReport(wanted.township_code, wanted.period, headings.forbidden, headings.unknown, rows)
    if wanted.dry_run or report.refused_count:
        raise _GivenBackError(report)
    return _write(work, replace(report, id=new_id(), applied=True), _Good(fresh, keys, reading.digest))


def _alike(work: Work, fresh: Sequence[RowDraft]) -> dict[UUID, store.Pair]:
    """Whom each new resident may be; of several, the one whose open entry keeps the row out."""
    pairs = store.alike(work, [draft.resident.id for draft in fresh])
    return {pair.resident_id: pair for pair in sorted(pairs, key=lambda pair: pair.bars)}


def _hold_month(work: Work, wanted: SheetImport, digest: bytes) -> None:
    """Keep other importers out of the month, and see that this file may come in."""
    store.lock_month(work, wanted.township_code, wanted.period)
    store.refuse_imported(work, wanted.township_code, wanted.period, digest)
    state = store.month_state(work, wanted.township_code, wanted.period)
    if state not in {None, PeriodState.OPEN}:
        raise Conflict("month_not_open", state=str(state))


def _rules(work: Work, wanted: SheetImport, origin: date) -> SheetRules:
    return SheetRules(
        period=Period(wanted.period),
        today=clock.day_of(work.now),
        places=Places(store.places_in(work, wanted.township_code)),
        labels=labels(),
        words=word_list(),
        headings=headings_shown(),
        regions=known_regions(work),
        origin=origin,
    )


def _read_rows(reading: "_Reading", rules: SheetRules) -> list[tuple[int, RowRead]]:
    read = []
    for done, (number, cells) in enumerate(reading.sheet.rows, start=1):
        read.append((number, read_row(cells, rules, new_id())))
        reading.progress(done, len(reading.sheet.rows))
    return read


def _report(number: int, read: RowRead, twin: int | None, found: "dict[UUID, store.Pair]") -> RowReport:
    """What is said of one row."""
    draft = read.draft
    if draft is None:
        return RowReport(number, Outcome.REFUSED, read.faults)
    notes = _notes(draft)
    if twin is not None:
        notes.append(FieldError("", Outcome.DUPLICATE_IN_FILE, {"row": twin}))
    pair = found.get(draft.resident.id)
    if pair is not None:
        notes.append(FieldError("", Outcome.OPEN_ENTRY_EXISTS if pair.bars else Outcome.POSSIBLE_DUPLICATE))
    codes = {note.code for note in notes}
    return RowReport(number, outcome_of(codes, returned=draft.returned), tuple(notes))


def _notes(draft: RowDraft) -> list[FieldError]:
    """What a good row says of itself."""
    name = headings_shown()
    notes = [FieldError("", code) for code in draft.resident.warnings]
    if draft.needs_word_review:
        notes.append(FieldError(name[Field.FACT], "word_review_needed"))
    if draft.returned:
        notes.append(FieldError(name[Field.GROUND], "row_needs_fact"))
    return notes


def _write(work: Work, report: "ImportReport", good: "_Good") -> "ImportReport":
    """Observations, entries and the record of the file."""
    ids = store.add_sheet_observations(work, report.period, good.drafts, good.keys)
    times = times_after(LedgerAct.REPORT, work.now, work_calendar(work.session))
    pairs = [(draft, id_) for draft, id_ in zip(good.drafts, ids, strict=True) if not draft.returned]
    write_entries(work, report.township_code, report.period, pairs, times)
    batch = ImportBatch(
        county_code=work.county_code,
        id=report.id,
        area_code=report.township_code,
        period=report.period,
        file_digest=good.digest,
        row_count=report.row_count,
        entry_count=len(pairs),
        duplicate_count=report.count(Outcome.POSSIBLE_DUPLICATE),
        refused_columns=list(report.refused_columns),
        report=[_kept(row) for row in report.rows],
        version=1,
        created_by=work.identity.user_id,
        created_at=work.now,
        updated_at=work.now,
    )
    store.add_batch(work, batch)
    refs = refs_of(work, [draft.resident.id for draft in good.drafts])
    event = AccessEvent(_IMPORT, fields=(FACT,), table="import_batch", record_id=batch.id, version_after=1)
    work.note(replace(event, subject_refs=tuple(refs.values()), count=len(refs)))
    return report


def _kept(row: RowReport) -> dict[str, object]:
    notes = [{"field": note.field, "code": str(note.code), "params": note.params} for note in row.notes]
    return {"row": row.row, "outcome": str(row.outcome), "notes": notes}


def _row_kept(kept: dict[str, object]) -> RowReport:
    notes = kept["notes"]
    assert isinstance(notes, list)
    found = tuple(FieldError(note["field"], note["code"], note["params"]) for note in notes)
    return RowReport(int(str(kept["row"])), Outcome(str(kept["outcome"])), found)


def _refusals(report: "ImportReport") -> tuple[FieldError, ...]:
    """The complaints about the rows that keep the file out, each with its row and column."""
    found = [
        FieldError(f"{row.row} {note.field}".strip(), note.code, note.params)
        for row in report.rows
        if row.outcome in BLOCKING
        for note in row.notes
    ]
    return tuple(found[:ERRORS_AT_MOST])


@dataclass(frozen=True)
class ImportReport:
    """What became of a file, or would; ``id`` only once it was read in."""

    township_code: str
    period: str
    refused_columns: tuple[str, ...]
    #: Headings nobody knows; their cells were not read either.
    ignored_columns: tuple[str, ...]
    rows: tuple[RowReport, ...]
    id: UUID | None = None
    applied: bool = False

    def count(self, *outcomes: Outcome) -> int:
        """How many rows came to these outcomes."""
        return sum(row.outcome in outcomes for row in self.rows)

    @property
    def row_count(self) -> int:
        """Rows that hold anything."""
        return len(self.rows)

    @property
    def entry_count(self) -> int:
        """Rows that make an entry."""
        return self.count(Outcome.NEW, Outcome.POSSIBLE_DUPLICATE)

    @property
    def returned_count(self) -> int:
        """Rows returned for facts."""
        return self.count(Outcome.RETURNED)

    @property
    def possible_duplicate_count(self) -> int:
        """Rows about somebody much like one who is registered."""
        return self.count(Outcome.POSSIBLE_DUPLICATE)

    @property
    def refused_count(self) -> int:
        """Rows that keep the whole file out."""
        return self.count(*BLOCKING)


@dataclass(frozen=True, repr=False)
class _Reading:
    """A file being read; has no readable ``repr``."""

    sheet: Sheet
    digest: bytes
    progress: Progress


@dataclass(frozen=True, repr=False)
class _Good:
    """What may be written: the rows with their people's keys; has no readable ``repr``."""

    drafts: Sequence[RowDraft]
    keys: SubjectKeys
    digest: bytes


class _GivenBackError(Exception):
    """Rolls the transaction back and carries its report out."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report
