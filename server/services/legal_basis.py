"""Acting without consent: saying why, and having the privacy officer look into it (guardrail G6).

Reading lists opens nothing; the reason is opened for one act at a time, and the access log names whose it was.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.domain.consents import check_in_service
from server.domain.legal_basis import BasisReview, BasisSaid, check_basis_act
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Conflict, Forbidden, Invalid
from server.models.consent import LegalBasisUse
from server.store.care import entry_for_care
from server.store.disclosure import disclose, refs_of
from server.store.events import AccessEvent
from server.store.legal_basis import (
    REASON,
    BasisFilter,
    NewBasisUse,
    use_by_id,
    use_for_change,
    use_legal_basis,
    uses_page,
)
from server.store.records import count_up, note_written
from server.store.tasks import TaskKind, finish_tasks_about
from server.store.transaction import Caller, Work, transaction

__all__ = ["BasisFilter", "BasisReview", "BasisSaid", "list_uses", "read_use", "review_use", "tell_person", "use_basis"]


def use_basis(caller: Caller, entry_id: UUID, said: BasisSaid) -> "BasisView":
    """Write down an act without consent for somebody in service; the privacy officer has three working days.

    Raises NotFound; Conflict ``legal_basis_not_for_assessment``, ``ledger_not_in_service``.
    """
    check_basis_act(said.done)
    with transaction(caller) as work:
        entry = entry_for_care(work, Permission.LEGAL_BASIS_USE, entry_id)
        check_in_service(entry.state)
        new = NewBasisUse(
            entry.area_code, entry.resident_id, entry.id, said.basis, said.done.value, " ".join(said.reason.split())
        )
        return basis_view(use_legal_basis(work, new), work.now)


def list_uses(caller: Caller, wanted: BasisFilter, asked: PageAsked) -> "Page[BasisView]":
    """A page of acts without consent, those to be looked into first; no reason is opened."""
    with transaction(caller) as work:
        page = uses_page(work, wanted, asked)
        refs = refs_of(work, {row.subject_id for row in page.items})
        work.note(
            AccessEvent(
                Permission.LEGAL_BASIS_READ,
                subject_refs=tuple(refs.values()),
                table="legal_basis_use",
                count=len(page.items),
            )
        )
        return page.of([basis_view(row, work.now) for row in page.items])


def read_use(caller: Caller, use_id: UUID) -> "OpenedBasis":
    """One act without consent with its reason; raises NotFound."""
    with transaction(caller) as work:
        return _opened(work, use_by_id(work, Permission.LEGAL_BASIS_READ, use_id), Permission.LEGAL_BASIS_READ)


def review_use(caller: Caller, use_id: UUID, version: int, review: BasisReview) -> "OpenedBasis":
    """Write down what was found; the task is done with it.

    Raises NotFound, Stale; Forbidden ``legal_basis_own_use``; Conflict ``legal_basis_reviewed``; Invalid
    ``person_told_at_wrong``.
    """
    with transaction(caller) as work:
        row = use_for_change(work, Permission.LEGAL_BASIS_REVIEW, use_id, version)
        if row.created_by == work.identity.user_id:
            raise Forbidden("legal_basis_own_use")
        if row.reviewed_at is not None:
            raise Conflict("legal_basis_reviewed")
        row.finding, row.reviewed_by, row.reviewed_at = review.finding.value, work.identity.user_id, work.now
        _told(work, row, review.person_told_at)
        _written(work, row, Permission.LEGAL_BASIS_REVIEW)
        finish_tasks_about(work, row.id, TaskKind.LEGAL_BASIS_REVIEW)
        return _opened(work, row, Permission.LEGAL_BASIS_REVIEW)


def tell_person(caller: Caller, use_id: UUID, version: int, told_at: datetime) -> "BasisView":
    """Write down when the person was told of what was done without asking; before or after the review.

    Raises NotFound, Stale, Invalid ``person_told_at_wrong``.
    """
    with transaction(caller) as work:
        row = use_for_change(work, Permission.LEGAL_BASIS_USE, use_id, version)
        _told(work, row, told_at)
        _written(work, row, "legal_basis:tell")
        return basis_view(row, work.now)


def basis_view(row: LegalBasisUse, now: datetime) -> "BasisView":
    """The act as its columns tell it; nothing sealed is opened."""
    columns = {name: getattr(row, name) for name in BasisView.__dataclass_fields__ if name != "overdue"}
    return BasisView(**columns, overdue=row.reviewed_at is None and row.review_due_at < now)


def _told(work: Work, row: LegalBasisUse, told_at: datetime | None) -> None:
    if told_at is None:
        return
    if not row.used_at <= told_at <= work.now:
        raise Invalid("person_told_at_wrong", field="person_told_at")
    row.person_told_at = told_at


def _written(work: Work, row: LegalBasisUse, action: str) -> None:
    count_up(work, row)
    note_written(work, action, row, refs_of(work, [row.subject_id]).values())


def _opened(work: Work, row: LegalBasisUse, action: str) -> "OpenedBasis":
    event = AccessEvent(action, fields=(REASON,), table="legal_basis_use", record_id=row.id)
    keys = disclose(work, event, [row.subject_id])
    reason = keys.open(REASON, row.id, row.subject_id, row.sealed_reason)
    return OpenedBasis(**vars(basis_view(row, work.now)), reason=reason)


@dataclass(frozen=True)
class BasisView:
    """One act without consent, without its reason."""

    id: UUID
    entry_id: UUID | None
    subject_id: UUID
    area_code: str
    basis: str
    done: str
    used_at: datetime
    created_by: UUID
    review_due_at: datetime
    overdue: bool
    reviewed_by: UUID | None
    reviewed_at: datetime | None
    finding: str | None
    person_told_at: datetime | None
    version: int


@dataclass(frozen=True, repr=False)
class OpenedBasis(BasisView):
    """The same with its reason; has no readable ``repr``."""

    reason: str
