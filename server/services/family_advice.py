"""Advising a family: with the person's consent to have it told, or on a basis the law gives; written once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from server.clock import day_of
from server.domain.care_notes import checked_notes
from server.domain.codes import Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_plans import AdviceCode, FamilyReply
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Invalid
from server.models.ledger import LedgerEntry
from server.models.plan import FamilyAdvice
from server.services.ledger_moves import roles_over
from server.store.care import columns_of, note_care, sealing_keys
from server.store.consents import require_consent
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.family_advice import NARRATIVE, advice_page, check_basis, entry_for_advice
from server.store.taken import insert_new
from server.store.transaction import Caller, Work, transaction
from server.store.word_lists import word_list

_PLAIN = (
    "id", "entry_id", "visit_id", "given_on", "relation", "consent_id", "legal_basis_use_id", "advice",
    "leaflet_version", "reply", "created_by", "created_at", "version",
)  # fmt: skip


def give_advice(caller: Caller, entry_id: UUID, new: "NewAdvice") -> "AdviceView":
    """Write down what a family was told and what it answered.

    Whoever only visits advises at a visit of theirs. Raises NotFound; Conflict ``consent_missing``,
    ``record_exists``; Invalid ``advice_in_future``, ``legal_basis_unknown`` or as ``checked_notes`` does.
    """
    with transaction(caller) as work:
        row = give_advice_in(work, entry_id, new)
        return _view(_keys(work, [row], row.id), row)


def give_advice_in(work: Work, entry_id: UUID, new: "NewAdvice") -> FamilyAdvice:
    """Write advice down within an open transaction; raises as ``give_advice`` does."""
    entry = entry_for_advice(work, entry_id, new.visit_id)
    consent_id = _allowed(work, entry, new)
    if new.given_on > day_of(work.now):
        raise Invalid("advice_in_future", field="given_on")
    row = _row(work, entry, new, consent_id)
    insert_new(work, row)
    note_care(work, "family_advice:record", row)
    return row


def list_advice(caller: Caller, entry_id: UUID, asked: PageAsked) -> "Page[AdviceView]":
    """What a person's family was told; raises NotFound."""
    with transaction(caller) as work:
        page = advice_page(work, entry_id, asked)
        keys = _keys(work, list(page.items), None)
        return page.of([_view(keys, row) for row in page.items])


def _allowed(work: Work, entry: LedgerEntry, new: "NewAdvice") -> UUID | None:
    """The consent it rests on, or none where a legal basis carries it; raises where neither stands (invariant 3)."""
    if new.legal_basis_use_id is None:
        return require_consent(work, entry, ConsentScope.FAMILY_CONTACT).id
    check_basis(work, entry, new.legal_basis_use_id)
    return None


def _row(work: Work, entry: LedgerEntry, new: "NewAdvice", consent_id: UUID | None) -> FamilyAdvice:
    clinical = Role.CLINICIAN in roles_over(work, entry.area_code)
    narrative = checked_notes({"narrative": new.narrative}, word_list(), clinical=clinical)["narrative"]
    columns = columns_of(work, entry, new.id)
    keys = sealing_keys(work, "family_advice:record", entry.resident_id, NARRATIVE)
    return FamilyAdvice(
        **columns, visit_id=new.visit_id, given_on=new.given_on, relation=new.relation, consent_id=consent_id,
        legal_basis_use_id=new.legal_basis_use_id, advice=sorted(set(new.advice)), reply=new.reply.value,
        leaflet_version=new.leaflet_version,
        sealed_narrative=keys.seal_optional(NARRATIVE, columns["id"], entry.resident_id, narrative),
    )  # fmt: skip


def _keys(work: Work, rows: list[FamilyAdvice], record_id: UUID | None) -> SubjectKeys:
    event = AccessEvent(Permission.ADVICE_READ, table="family_advice", record_id=record_id, fields=(NARRATIVE,))
    return disclose(work, event, [row.resident_id for row in rows])


def _view(keys: SubjectKeys, row: FamilyAdvice) -> "AdviceView":
    plain: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    return AdviceView(**plain, narrative=keys.open_optional(NARRATIVE, row.id, row.resident_id, row.sealed_narrative))


@dataclass(frozen=True, repr=False)
class NewAdvice:
    """Advice about to be written down; has no readable ``repr``."""

    given_on: date
    relation: str
    advice: Collection[AdviceCode]
    reply: FamilyReply
    leaflet_version: str | None = None
    narrative: str | None = None
    visit_id: UUID | None = None
    legal_basis_use_id: UUID | None = None
    id: UUID | None = None


@dataclass(frozen=True, repr=False, kw_only=True)
class AdviceView:
    """What a family was told; has no readable ``repr``."""

    id: UUID
    entry_id: UUID
    visit_id: UUID | None
    given_on: date
    relation: str
    consent_id: UUID | None
    legal_basis_use_id: UUID | None
    advice: list[str]
    leaflet_version: str | None
    reply: str
    narrative: str | None
    created_by: UUID
    created_at: datetime
    version: int
