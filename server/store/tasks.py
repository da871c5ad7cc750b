"""Tasks: what a role must do by a time. A task names an entry by id and holds nothing of a person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, update

from server.domain.codes import Role
from server.domain.deadlines import urgent_ack_due
from server.domain.identity import Identity
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission, allowances, roles_with
from server.models.ledger import LedgerEntry, Task
from server.store.pages import page_of, paged
from server.store.records import as_read, found
from server.store.scope import under
from server.store.transaction import Work, new_id


def urgent_report(work: Work, area_code: str, entry_id: UUID | None = None) -> "NewTask":
    """The call on a township to acknowledge an urgent report within two hours."""
    due = urgent_ack_due(work.now)
    return NewTask(area_code, TaskKind.URGENT_REPORT, Role.TOWNSHIP_COORDINATOR, due, entry_id)


def insert_tasks(work: Work, tasks: Collection["NewTask"]) -> None:
    """Give tasks to roles; one statement however many."""
    rows = [
        {
            "county_code": work.county_code,
            "id": new_id(),
            "area_code": task.area_code,
            "kind": task.kind,
            "entry_id": task.entry_id,
            "role": task.role,
            "about_table": task.about[0] if task.about else None,
            "about_id": task.about[1] if task.about else None,
            "assignee_id": task.assignee_id,
            "due_at": task.due_at,
            "version": 1,
            "created_by": work.identity.user_id,
            "created_at": work.now,
            "updated_at": work.now,
        }
        for task in tasks
    ]
    if rows:
        work.session.execute(insert(Task), rows)


def finish_tasks(work: Work, entry_ids: Collection[UUID], kind: "TaskKind | None" = None) -> None:
    """Mark these entries' tasks (of one kind, or all but those of ``OUTLIVING``) done: they were done, or are moot."""
    undone = Task.county_code == work.county_code, Task.entry_id == func.any(list(entry_ids)), Task.done_at.is_(None)
    statement = update(Task).where(*undone)
    statement = statement.where(Task.kind.not_in(OUTLIVING) if kind is None else Task.kind == kind)
    work.session.execute(
        statement.values(
            done_by=work.identity.user_id, done_at=work.now, updated_at=work.now, version=Task.version + 1
        ).execution_options(synchronize_session=False)
    )


def finish_tasks_about(work: Work, record_id: UUID, kind: "TaskKind") -> None:
    """Mark the tasks of one kind about one record as done."""
    undone = Task.county_code == work.county_code, Task.about_id == record_id, Task.kind == kind, Task.done_at.is_(None)
    work.session.execute(
        update(Task)
        .where(*undone)
        .values(done_by=work.identity.user_id, done_at=work.now, updated_at=work.now, version=Task.version + 1)
        .execution_options(synchronize_session=False)
    )


def open_tasks(work: Work, due_before: datetime | None, asked: PageAsked) -> Page["TaskRow"]:
    """Undone tasks of the caller's roles in their areas; with an instant, only those due before it."""
    statement = _visible(work, Permission.TASK_READ).where(Task.done_at.is_(None))
    if due_before is not None:
        statement = statement.where(Task.due_at < due_before)
    rows = work.session.execute(paged(statement, Task.id, asked)).all()
    tasks = [TaskRow(*row) for row in rows]
    return page_of(tasks, [row.task.id for row in tasks], asked)


def task_for_change(work: Work, task_id: UUID, version: int) -> "TaskRow":
    """One task, locked; raises NotFound ``not_found`` or Stale ``record_changed``."""
    statement = _visible(work, Permission.TASK_DONE).where(Task.id == task_id).with_for_update(of=Task)
    row = work.session.execute(statement).one_or_none()
    known = TaskRow(*found(row))
    as_read(known.task, version)
    return known


def _visible(work: Work, permission: Permission) -> Select[Task, str | None]:
    allowances(work.identity, permission)
    return (
        select(Task, LedgerEntry.entry_no)
        .outerjoin(LedgerEntry, (LedgerEntry.county_code == Task.county_code) & (LedgerEntry.id == Task.entry_id))
        .where(Task.county_code == work.county_code, _of_own_roles(work.identity, permission))
    )


def _of_own_roles(identity: Identity, permission: Permission) -> ColumnElement[bool]:
    """A task is for its role in its area: another role held elsewhere does not show it."""
    grants = [grant for grant in identity.grants if grant.role in roles_with(permission)]
    return or_(*(and_(Task.role == grant.role, under(Task.area_code, grant.area_code)) for grant in grants))


class TaskKind(StrEnum):
    """What is asked for."""

    URGENT_REPORT = "urgent_report"
    """Acknowledge an urgent report within two hours."""
    RETURNED_ENTRY = "returned_entry"
    """Better a returned entry within five working days."""
    EXPIRED_ENTRY = "expired_entry"
    """Take note that time ended an entry."""
    FORBIDDEN_GROUND = "forbidden_ground"
    """Look into how a forbidden ground came to be reported."""
    SAFETY_EVENT = "safety_event"
    """Take a safety event in hand within two hours."""
    SAFETY_REVIEW = "safety_review"
    """Look back at a safety event within 72 hours."""
    LEGAL_BASIS_REVIEW = "legal_basis_review"
    """Look into an act without consent within three working days."""
    WELFARE_CHECK = "welfare_check"
    """Three times not seen: call, or ask a relative where the person agreed."""
    PAUSE_ENDED = "pause_ended"
    """A plan has rested for ninety days: go on, or let the person leave."""
    CLOSURE_PROPOSED = "closure_proposed"
    """Decide with the other side whether somebody leaves."""
    RENEWAL_PROPOSED = "renewal_proposed"
    """Decide with the other side whether an entry is renewed."""
    EXPIRES_SOON = "expires_soon"
    """An entry ends in thirty days."""
    PLAN_REVIEW = "plan_review"
    """A plan is due to be looked back at."""
    REFERRAL_UNANSWERED = "referral_unanswered"
    """An agency did not answer in time."""
    REFERRAL_REJECTED = "referral_rejected"
    """An agency cannot take somebody: find another."""
    REFERRAL_IN = "referral_in"
    """An agency referred somebody."""
    FEEDBACK_MISSING = "feedback_missing"
    """An agency has not told what came of a referral."""
    SYNC_REVIEW = "sync_review"
    """Decide about work from a tablet that could not be applied as it came."""
    DEVICE_UNACCOUNTED = "device_unaccounted"
    """A revoked tablet never said that it deleted what it held: find out where it is, and whom to tell."""


#: Asked for although the entry has ended: an emergency, what was done without consent, and somebody sent back to us.
OUTLIVING = (
    TaskKind.SAFETY_EVENT,
    TaskKind.SAFETY_REVIEW,
    TaskKind.LEGAL_BASIS_REVIEW,
    TaskKind.FORBIDDEN_GROUND,
    TaskKind.REFERRAL_IN,
)


@dataclass(frozen=True)
class NewTask:
    """A task to be given."""

    area_code: str
    kind: TaskKind
    role: Role
    due_at: datetime
    #: None where the entry itself may be gone.
    entry_id: UUID | None = None
    assignee_id: UUID | None = None
    #: Table and id of the record it is about, where that is not the entry.
    about: tuple[str, UUID] | None = None


@dataclass(frozen=True)
class TaskRow:
    """A task with the number of the entry it is about."""

    task: Task
    entry_no: str | None
