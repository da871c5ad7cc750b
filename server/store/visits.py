"""Visits as rows: what several of one person mean together."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select

from server.clock import day_of
from server.domain.permissions import Permission
from server.domain.visits import NOT_SEEN_IN_A_ROW, Contact
from server.models.ledger import Task
from server.models.plan import Visit
from server.store.care import Reach
from server.store.tasks import TaskKind
from server.store.transaction import Work

MOOD_NOTE = "visit.mood_note"
#: "Own" means a visit that is the caller's to make.
RECORDING = Reach(Permission.VISIT_RECORD, Visit, Visit.assignee_id)
PLANNING = Reach(Permission.VISIT_PLAN, Visit)


def contacts_of(work: Work, entry_id: UUID) -> list[Contact]:
    """Every recorded visit of a person, the newest first, with its day and outcome."""
    statement = select(Visit.visited_at, Visit.outcome).where(
        Visit.county_code == work.county_code, Visit.entry_id == entry_id, Visit.visited_at.is_not(None)
    )
    rows = work.session.execute(statement.order_by(Visit.visited_at.desc()))
    return [Contact(day_of(at), outcome) for at, outcome in rows if at is not None and outcome is not None]


def latest_states(work: Work, entry_id: UUID) -> Sequence[str]:
    """What became of the latest recorded visits of a person, the newest first."""
    statement = select(Visit.state).where(
        Visit.county_code == work.county_code, Visit.entry_id == entry_id, Visit.visited_at.is_not(None)
    )
    latest = statement.order_by(Visit.visited_at.desc(), Visit.done_at.desc()).limit(NOT_SEEN_IN_A_ROW)
    return work.session.scalars(latest).all()


def asked_to_check(work: Work, entry_id: UUID) -> bool:
    """Whether the township has been asked already to see how the person is, and has not answered yet."""
    statement = select(exists().where(
        Task.county_code == work.county_code, Task.entry_id == entry_id, Task.kind == TaskKind.WELFARE_CHECK,
        Task.done_at.is_(None),
    ))  # fmt: skip
    return bool(work.session.scalar(statement))
