"""Acting without consent, on a basis the law gives: written down, and looked into by the privacy officer."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from server.clock import day_of
from server.domain.codes import LegalBasis, Role
from server.domain.codes_consents import BasisFinding
from server.domain.deadlines import legal_basis_review_due
from server.domain.legal_basis import check_basis_act
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.workdays import due_at
from server.errors import Malformed
from server.models.consent import LegalBasisUse
from server.store.care import lock_entry, sealing_keys
from server.store.disclosure import refs_of
from server.store.holidays import work_calendar
from server.store.records import as_read, found, note_written
from server.store.scope import ScopeColumns, within
from server.store.tasks import NewTask, TaskKind, insert_tasks
from server.store.transaction import Work, new_id

REASON = "legal_basis_use.reason"


def use_legal_basis(work: Work, new: "NewBasisUse") -> LegalBasisUse:
    """Write down an act without consent and have it reviewed within three working days (guardrail G6).

    Raises Conflict ``legal_basis_not_for_assessment``: nobody is examined against their will.
    """
    check_basis_act(new.done)
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


def basis_stands(work: Work, use_id: UUID) -> bool:
    """Whether an act without consent may still be built on: not once the privacy officer found that nothing bore it."""
    statement = select(LegalBasisUse.id).where(
        LegalBasisUse.county_code == work.county_code,
        LegalBasisUse.id == use_id,
        LegalBasisUse.finding.is_distinct_from(BasisFinding.NOT_UPHELD.value),
    )
    return work.session.scalar(statement) is not None


def uses_page(work: Work, wanted: "BasisFilter", asked: PageAsked) -> Page[LegalBasisUse]:
    """A page of acts without consent in the caller's area: those nobody has looked into first, oldest first."""
    is_reviewed = LegalBasisUse.reviewed_at.is_not(None)
    statement = _reached(work, Permission.LEGAL_BASIS_READ)
    if wanted.reviewed is not None:
        statement = statement.where(is_reviewed if wanted.reviewed else ~is_reviewed)
    if wanted.overdue:
        statement = statement.where(~is_reviewed, LegalBasisUse.review_due_at < work.now)
    if asked.after is not None:
        statement = statement.where(tuple_(is_reviewed, LegalBasisUse.id) > tuple_(*_keys(asked.after)))
    rows = work.session.scalars(statement.order_by(is_reviewed, LegalBasisUse.id).limit(asked.limit + 1)).all()
    shown, more = rows[: asked.limit], len(rows) > asked.limit
    return Page(tuple(shown), (_flag(shown[-1]), str(shown[-1].id)) if more else None)


def use_by_id(work: Work, permission: Permission, use_id: UUID) -> LegalBasisUse:
    """One act without consent; raises NotFound ``not_found``."""
    return found(work.session.scalar(_reached(work, permission).where(LegalBasisUse.id == use_id)))


def use_for_change(work: Work, permission: Permission, use_id: UUID, version: int) -> LegalBasisUse:
    """The same, its entry locked first and then itself; raises NotFound, Stale ``record_changed``."""
    known = found(work.session.scalar(_reached(work, permission).where(LegalBasisUse.id == use_id)))
    if known.entry_id is not None:
        lock_entry(work, known.entry_id)
    statement = _reached(work, permission).where(LegalBasisUse.id == use_id).with_for_update()
    statement = statement.execution_options(populate_existing=True)
    return as_read(work.session.scalar(statement), version)


def _reached(work: Work, permission: Permission) -> Select[LegalBasisUse]:
    scope = within(work.identity, permission, ScopeColumns(LegalBasisUse.area_code))
    return select(LegalBasisUse).where(LegalBasisUse.county_code == work.county_code, scope)


def _flag(row: LegalBasisUse) -> str:
    return "open" if row.reviewed_at is None else "reviewed"


def _keys(after: tuple[str, ...]) -> tuple[bool, UUID]:
    """The sort keys of a cursor; raises Malformed ``cursor_malformed`` for those of another list."""
    try:
        flag, text = after
        return {"open": False, "reviewed": True}[flag], UUID(text)
    except (KeyError, ValueError):
        raise Malformed("cursor_malformed", field="cursor") from None


@dataclass(frozen=True)
class BasisFilter:
    """Which acts without consent; None leaves it open. ``overdue`` means that the review is late."""

    reviewed: bool | None = None
    overdue: bool = False


@dataclass(frozen=True, repr=False)
class NewBasisUse:
    """An act without consent about to be written down; ``done`` says what was done: see the table."""

    area_code: str
    subject_id: UUID
    entry_id: UUID | None
    basis: LegalBasis
    done: str
    reason: str
