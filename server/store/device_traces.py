"""Whose data a tablet was shown, from the access log: people by pseudonym, and their entries where one may read those.

The application cannot read the log. A function of the database reads the events that name one tablet, in the county
of the transaction and from the day of its enrolment on, and gives nothing but pseudonyms, times and counts.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Row, func, select, text

from server.domain.permissions import Permission
from server.errors import Forbidden, Malformed
from server.models.device import Device
from server.models.key import Subject
from server.models.ledger import LedgerEntry
from server.store.ledger import SCOPE
from server.store.scope import within
from server.store.transaction import Work

#: People told at most; a tablet holds fifty at a time.
MOST_TOLD = 2000
_TRACES = text(
    "SELECT subject_ref, first_us, last_us, times FROM linli_device_traces(:county, :device, :since)"
    " ORDER BY last_us DESC, subject_ref LIMIT :most"
)


@dataclass(frozen=True)
class Trace:
    """One person whose data a tablet was shown; who it is, where the caller may read the entry."""

    subject_ref: UUID
    first_at: datetime
    last_at: datetime
    times: int
    entry_id: UUID | None = None
    entry_no: str | None = None
    resident_id: UUID | None = None
    area_code: str | None = None


def traces_of(work: Work, device: Device) -> list[Trace]:
    """Everybody whose data a tablet was shown since it was enrolled, the last one first."""
    since = _smallest_id(device.created_at)
    asked = {"county": work.county_code, "device": device.id, "since": since, "most": MOST_TOLD}
    rows = work.session.execute(_TRACES, asked).all()
    entries = _entries(work, [row.subject_ref for row in rows])
    return [_trace(row, entries.get(row.subject_ref)) for row in rows]


def _entries(work: Work, refs: list[UUID]) -> dict[UUID, LedgerEntry]:
    """The newest entry of each person, where the caller may read it for the purpose stated."""
    try:
        scope = within(work.identity, Permission.LEDGER_READ, SCOPE)
    except (Forbidden, Malformed):
        return {}
    of_subject = (LedgerEntry.county_code == Subject.county_code) & (LedgerEntry.resident_id == Subject.id)
    statement = select(Subject.subject_ref, LedgerEntry).join(LedgerEntry, of_subject)
    statement = statement.where(Subject.county_code == work.county_code, Subject.subject_ref == func.any(refs), scope)
    return {row[0]: row[1] for row in work.session.execute(statement.order_by(LedgerEntry.id))}


def _trace(row: Row[UUID, int, int, int], entry: LedgerEntry | None) -> Trace:
    seen = (row[0], _instant(row[1]), _instant(row[2]), row[3])
    if entry is None:
        return Trace(*seen)
    return Trace(*seen, entry.id, entry.entry_no, entry.resident_id, entry.area_code)


def _instant(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC)


def _smallest_id(instant: datetime) -> UUID:
    """The smallest UUIDv7 an event of this millisecond may have."""
    return UUID(int=int(instant.timestamp() * 1000) << 80)
