"""Advice given to families, as rows that are written once: nobody has the right to change one."""

from uuid import UUID

from sqlalchemy import Uuid, cast, null, select

from server.domain.codes_consents import BasisFinding
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Invalid
from server.models.consent import LegalBasisUse
from server.models.ledger import LedgerEntry
from server.models.plan import FamilyAdvice, Visit
from server.store.care import Reach, lock_entry, record_for_change, records
from server.store.pages import records_page
from server.store.records import found
from server.store.scope import ScopeColumns, within
from server.store.transaction import Work

NARRATIVE = "family_advice.narrative"
#: Whoever reaches a person by a visit alone advises at that visit: "own" means theirs to make.
_AT_VISIT = Reach(Permission.ADVICE_RECORD, Visit, Visit.assignee_id)
#: An entry is nobody's own, so only those who look after the person, and the township, reach it without a visit.
_OF_NOBODY = ScopeColumns(LedgerEntry.area_code, cast(null(), Uuid()), LedgerEntry.state, LedgerEntry.carer_ids)


def entry_for_advice(work: Work, entry_id: UUID, visit_id: UUID | None) -> LedgerEntry:
    """The entry, locked: reached by the visit named, else by itself; raises NotFound ``not_found``."""
    if visit_id is None:
        _entry(work, Permission.ADVICE_RECORD, entry_id)
        lock_entry(work, entry_id)
        return _entry(work, Permission.ADVICE_RECORD, entry_id)
    visit = record_for_change(work, _AT_VISIT, visit_id, None)
    return found(work.session.get(LedgerEntry, (work.county_code, entry_id)) if visit.entry_id == entry_id else None)


def advice_page(work: Work, entry_id: UUID, asked: PageAsked) -> Page[FamilyAdvice]:
    """A page of what a person's family was told, as far as the caller may read it.

    Raises NotFound ``not_found`` where the caller reaches neither the entry nor any of it.
    """
    statement = records(work, Permission.ADVICE_READ, FamilyAdvice).where(FamilyAdvice.entry_id == entry_id)
    page = records_page(work.session, statement, FamilyAdvice.id, asked)
    if not page.items:
        _entry(work, Permission.ADVICE_READ, entry_id)
    return page


def check_basis(work: Work, entry: LedgerEntry, use_id: UUID) -> None:
    """Hold that an act without consent was written down for this very person; raises ``legal_basis_unknown``."""
    statement = select(LegalBasisUse.id).where(
        LegalBasisUse.county_code == work.county_code,
        LegalBasisUse.id == use_id,
        LegalBasisUse.subject_id == entry.resident_id,
        LegalBasisUse.entry_id == entry.id,
        LegalBasisUse.finding.is_distinct_from(BasisFinding.NOT_UPHELD.value),
    )
    if work.session.scalar(statement) is None:
        raise Invalid("legal_basis_unknown", field="legal_basis_use_id")


def _entry(work: Work, permission: Permission, entry_id: UUID) -> LedgerEntry:
    statement = select(LedgerEntry).where(
        LedgerEntry.county_code == work.county_code,
        LedgerEntry.id == entry_id,
        within(work.identity, permission, _OF_NOBODY),
    )
    return found(work.session.scalar(statement))
