"""Reading consents: one person's, one, and the register by id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from server.domain.codes import FieldGroup
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.visibility import Sight, sight_of_person
from server.models.consent import Consent
from server.models.ledger import LedgerEntry
from server.store.care import record_by_id
from server.store.consents import ConsentFilter, consents_of, consents_page
from server.store.disclosure import disclose, refs_of
from server.store.events import AccessEvent
from server.store.ledger import entry_by_id
from server.store.transaction import Caller, Work, transaction

__all__ = ["ConsentFilter", "ConsentView", "OpenedConsent", "list_consents", "list_register", "read_consent"]

DOCUMENT = "consent.document"
_READ = AccessEvent(Permission.CONSENT_READ, fields=(DOCUMENT,), table="consent")


def list_consents(caller: Caller, entry_id: UUID) -> "list[ConsentView]":
    """Everything one person was asked about, oldest first; who sees documents is in ``visibility.py``."""
    with transaction(caller) as work:
        entry = entry_by_id(work, Permission.CONSENT_READ, entry_id)
        return _opened(work, consents_of(work, entry), entry)


def read_consent(caller: Caller, consent_id: UUID) -> "ConsentView":
    """One consent, with its document for those who see it; raises NotFound."""
    with transaction(caller) as work:
        row = record_by_id(work, Permission.CONSENT_READ, Consent, consent_id)
        entry = work.session.get_one(LedgerEntry, (work.county_code, row.entry_id))
        return _opened(work, [row], entry)[0]


def list_register(caller: Caller, wanted: ConsentFilter, asked: PageAsked) -> "Page[ConsentView]":
    """A page of the register: who was asked what, by id alone. One event names everybody on it."""
    with transaction(caller) as work:
        page = consents_page(work, wanted, asked)
        _note(work, page.items)
        return page.of([consent_view(row) for row in page.items])


def consent_view(row: Consent) -> "ConsentView":
    """The question and answer as the columns tell them; nothing sealed is opened."""
    return ConsentView(**{name: getattr(row, name) for name in ConsentView.__dataclass_fields__})


def _opened(work: Work, rows: Sequence[Consent], entry: LedgerEntry) -> "list[ConsentView]":
    """One person's consents: with documents for a reader who sees the log in full, without the key for others."""
    sight = sight_of_person(work.identity, FieldGroup.CONSENT_LOG, entry.area_code, entry.carer_ids)
    if sight is not Sight.FULL:
        _note(work, rows)
        return [consent_view(row) for row in rows]
    keys = disclose(work, _READ, {row.resident_id for row in rows})
    return [
        OpenedConsent(
            **vars(consent_view(row)),
            document=keys.open_optional(DOCUMENT, row.id, row.resident_id, row.sealed_document),
        )
        for row in rows
    ]


def _note(work: Work, rows: Sequence[Consent]) -> None:
    refs = refs_of(work, {row.resident_id for row in rows}) if rows else {}
    work.note(AccessEvent(Permission.CONSENT_READ, subject_refs=tuple(refs.values()), table="consent", count=len(refs)))


@dataclass(frozen=True)
class ConsentView:
    """One question and its answer, without what is sealed."""

    id: UUID
    entry_id: UUID
    resident_id: UUID
    area_code: str
    scope: str
    agency_id: UUID | None
    state: str
    leaflet_version: str
    asked_at: datetime
    person_asked: bool
    answered_at: datetime | None
    given_by: str | None
    method: str | None
    guardian_conflict: bool
    valid_to: date | None
    withdrawn_at: datetime | None
    withdrawn_by: UUID | None
    withdrawn_how: str | None
    ask_again_from: date | None
    created_by: UUID
    version: int


@dataclass(frozen=True, repr=False)
class OpenedConsent(ConsentView):
    """The same with where the signed paper lies, or who witnessed; has no readable ``repr``."""

    document: str | None
