"""What is due: tasks of one's own roles in one's own areas, and acknowledging them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Conflict
from server.store.events import AccessEvent
from server.store.records import count_up, note_written
from server.store.tasks import TaskRow, open_tasks, task_for_change
from server.store.transaction import Caller, transaction

__all__ = ["TaskView", "acknowledge_task", "list_tasks"]


def list_tasks(caller: Caller, asked: PageAsked, *, overdue_only: bool) -> "Page[TaskView]":
    """Undone tasks, oldest first; of nobody in particular, but for the entry's number."""
    with transaction(caller) as work:
        page = open_tasks(work, work.now if overdue_only else None, asked)
        work.note(AccessEvent(Permission.TASK_READ, table="task", count=len(page.items)))
        return page.of([_view(row, work.now) for row in page.items])


def acknowledge_task(caller: Caller, task_id: UUID, version: int) -> "TaskView":
    """Say that the task is in hand: by whom and when is kept. Raises Conflict ``task_done`` the second time."""
    with transaction(caller) as work:
        row = task_for_change(work, task_id, version)
        if row.task.done_at is not None:
            raise Conflict("task_done")
        row.task.done_by, row.task.done_at = work.identity.user_id, work.now
        count_up(work, row.task)
        note_written(work, Permission.TASK_DONE, row.task)
        return _view(row, work.now)


def _view(row: TaskRow, now: datetime) -> "TaskView":
    task = row.task
    return TaskView(
        id=task.id,
        kind=task.kind,
        area_code=task.area_code,
        role=task.role,
        assignee_id=task.assignee_id,
        entry_id=task.entry_id,
        entry_no=row.entry_no,
        about_table=task.about_table,
        about_id=task.about_id,
        due_at=task.due_at,
        overdue=task.done_at is None and task.due_at < now,
        done_by=task.done_by,
        done_at=task.done_at,
        version=task.version,
    )


@dataclass(frozen=True)
class TaskView:
    """A task; holds no person."""

    id: UUID
    kind: str
    area_code: str
    role: str
    assignee_id: UUID | None
    entry_id: UUID | None
    entry_no: str | None
    about_table: str | None
    about_id: UUID | None
    due_at: datetime
    overdue: bool
    done_by: UUID | None
    done_at: datetime | None
    version: int
