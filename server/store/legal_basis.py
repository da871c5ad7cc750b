"""Acting without consent, on a basis the law gives: written down, and looked into by the privacy officer."""

from dataclasses import dataclass
from uuid import UUID

from server.clock import day_of
from server.domain.codes import LegalBasis, Role
from server.domain.deadlines import legal_basis_review_due
from server.domain.workdays import due_at
from server.models.consent import LegalBasisUse
from server.store.care import sealing_keys
from server.store.disclosure import refs_of
from server.store.holidays import work_calendar
from server.store.records import note_written
from server.store.tasks import NewTask, TaskKind, insert_tasks
from server.store.transaction import Work, new_id

REASON = "legal_basis_use.reason"


def use_legal_basis(work: Work, new: "NewBasisUse") -> LegalBasisUse:
    """Write down an act without consent and have it reviewed within three working days (guardrail G6)."""
    id_ = new_id()
    due = due_at(legal_basis_review_due(work_calendar(work.session), day_of(work.now)))
    keys = sealing_keys(work, "legal_basis:use", new.subject_id, REASON)
    row = LegalBasisUse(
        county_code=work.county_code,
        id=id_,
        area_code=new.area_code,
        subject_id=new.subject_id,
        entry_id=new.entry_id,
        basis=new.basis.value,
        done=new.done,
        sealed_reason=keys.seal(REASON, id_, new.subject_id, new.reason),
        used_at=work.now,
        review_due_at=due,
        version=1,
        created_by=work.identity.user_id,
        created_at=work.now,
        updated_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    task = NewTask(
        new.area_code,
        TaskKind.LEGAL_BASIS_REVIEW,
        Role.PRIVACY_OFFICER,
        due,
        new.entry_id,
        about=("legal_basis_use", id_),
    )
    insert_tasks(work, [task])
    note_written(work, "legal_basis:use", row, refs_of(work, [new.subject_id]).values())
    return row


@dataclass(frozen=True, repr=False)
class NewBasisUse:
    """An act without consent about to be written down; ``done`` says what was done: see the table."""

    area_code: str
    subject_id: UUID
    entry_id: UUID | None
    basis: LegalBasis
    done: str
    reason: str
