"""The summary of a severe mental disorder: written by the clinician who looks after the person, after each contact.

The national system stays the record of truth; here stands what the next contact needs. Nobody but the clinician sees
more than the day by which it is due, and there is no list of it across people (guardrails G4 and G5).
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server import clock
from server.domain.codes import FieldGroup
from server.domain.codes_care import ConsentScope
from server.domain.codes_smd import ContactInterval, Stability
from server.domain.permissions import Permission
from server.domain.smd import Contact, Course, check_contact, interval_after, next_due, since_when
from server.domain.visibility import Sight, sight_of
from server.errors import Conflict, NotFound
from server.models.ledger import LedgerEntry
from server.models.team import SmdSummary
from server.store import smd as store
from server.store.care import columns_of, entry_for_care, note_care, sealing_keys
from server.store.consents import consent_in_force, require_consent
from server.store.disclosure import disclose
from server.store.events import AccessEvent
from server.store.ledger import entry_by_id
from server.store.records import as_read, count_up
from server.store.smd import ADHERENCE, DANGER, DIAGNOSIS, DOCUMENT
from server.store.taken import insert_new
from server.store.transaction import Caller, Work, transaction

_FIELDS = (DANGER, ADHERENCE, DIAGNOSIS, DOCUMENT)


def open_summary(caller: Caller, entry_id: UUID, contact: Contact) -> "SummaryView":
    """Begin a person's summary with a first contact.

    Raises NotFound; Conflict ``consent_missing``, ``smd_summary_exists``; Invalid as ``check_contact``, ``next_due``.
    """
    with transaction(caller) as work:
        entry = _entry(work, entry_id)
        check_contact(contact, None, clock.day_of(work.now))
        if store.summary_of(work, entry) is not None:
            raise Conflict("smd_summary_exists")
        store.drop_earlier(work, entry)
        row = SmdSummary(**columns_of(work, entry))
        _write(work, row, contact, None)
        insert_new(work, row)
        note_care(work, Permission.SMD_WRITE, row)
        return _full(work, row)


def write_contact(caller: Caller, entry_id: UUID, version: int, contact: Contact) -> "SummaryView":
    """Write the summary anew after a contact, or after trying.

    Where nobody was met, the danger level and the medicine stay as last found, and the interval as it was. Raises
    NotFound, Stale; Conflict ``consent_missing``; Invalid as ``check_contact``, ``next_due``.
    """
    with transaction(caller) as work:
        entry = _entry(work, entry_id)
        row = as_read(store.summary_of(work, entry), version)
        before = Course(
            Stability(row.stability), row.stability_since, row.last_contact_on, ContactInterval(row.contact_interval)
        )
        check_contact(contact, before, clock.day_of(work.now))
        _write(work, row, contact, before)
        count_up(work, row)
        work.session.flush()
        note_care(work, Permission.SMD_WRITE, row)
        return _full(work, row)


def read_summary(caller: Caller, entry_id: UUID) -> "DueView":
    """The summary for the clinician who looks after the person; for others that there is one, and when it is due.

    Raises NotFound ``not_found``, also where there is none.
    """
    with transaction(caller) as work:
        entry = entry_by_id(work, Permission.SMD_READ, entry_id)
        row = store.summary_of(work, entry)
        if row is None:
            raise NotFound("not_found")
        if _is_clinician(work, entry):
            return _full(work, row)
        disclose(work, AccessEvent(Permission.SMD_READ, table="smd_summary", record_id=row.id), [row.resident_id])
        return DueView(row.entry_id, row.next_contact_due_on, row.version)


def _entry(work: Work, entry_id: UUID) -> LedgerEntry:
    """The entry, locked, of somebody who agreed to be followed up: to a plan with visits, or to be assessed."""
    entry = entry_for_care(work, Permission.SMD_WRITE, entry_id)
    if consent_in_force(work, entry, ConsentScope.PLAN_VISIT) is None:
        require_consent(work, entry, ConsentScope.ASSESSMENT)
    return entry


def _is_clinician(work: Work, entry: LedgerEntry) -> bool:
    """Whether the caller is a clinician who looks after this very person."""
    clinical = sight_of(work.identity, FieldGroup.SMD, entry.area_code) is Sight.FULL
    return clinical and work.identity.user_id in entry.carer_ids


def _write(work: Work, row: SmdSummary, contact: Contact, before: Course | None) -> None:
    interval = interval_after(contact, before)
    row.registered, row.stability = contact.registered, contact.stability.value
    row.stability_since = since_when(contact, before)
    row.contact_interval = interval.value
    row.next_contact_due_on = next_due(contact, interval)
    keys = sealing_keys(work, Permission.SMD_WRITE, row.resident_id, *_FIELDS)
    sealed = {
        DANGER: None if contact.danger is None else str(contact.danger),
        ADHERENCE: contact.adherence,
        DIAGNOSIS: contact.diagnosis,
        DOCUMENT: contact.document,
    }
    if contact.stability is Stability.NOT_SEEN:
        del sealed[DANGER], sealed[ADHERENCE]
    else:
        row.last_contact_on = contact.contacted_on
    for field, text in sealed.items():
        column = "sealed_" + field.removeprefix("smd_summary.")
        setattr(row, column, keys.seal_optional(field, row.id, row.resident_id, text))


def _full(work: Work, row: SmdSummary) -> "SummaryView":
    event = AccessEvent(Permission.SMD_READ, fields=_FIELDS, table="smd_summary", record_id=row.id)
    keys = disclose(work, event, [row.resident_id])
    opened = [
        keys.open_optional(field, row.id, row.resident_id, sealed)
        for field, sealed in zip(
            _FIELDS,
            (row.sealed_danger, row.sealed_adherence, row.sealed_diagnosis, row.sealed_document),
            strict=True,
        )
    ]
    danger, adherence, diagnosis, document = opened
    return SummaryView(
        entry_id=row.entry_id, next_contact_due_on=row.next_contact_due_on, version=row.version,
        registered=row.registered, stability=row.stability, stability_since=row.stability_since,
        last_contact_on=row.last_contact_on, contact_interval=row.contact_interval,
        danger=None if danger is None else int(danger), adherence=adherence, diagnosis=diagnosis, document=document,
    )  # fmt: skip


@dataclass(frozen=True)
class DueView:
    """That there is a summary, and by when the person is to be contacted; nothing of what it says."""

    entry_id: UUID
    next_contact_due_on: date | None
    version: int


@dataclass(frozen=True, repr=False)
class SummaryView(DueView):
    """The whole summary as opened for a clinician; has no readable ``repr``."""

    registered: bool
    stability: str
    stability_since: date | None
    last_contact_on: date | None
    contact_interval: str
    danger: int | None
    adherence: str | None
    diagnosis: str | None
    document: str | None
