"""Visits as rows: what several of one person mean together, and what a township's meeting hears of those overdue."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, select

from server.clock import day_of
from server.domain.codes_care import VisitState
from server.domain.permissions import Permission
from server.domain.plans import VISITED_STATES
from server.domain.visits import NOT_SEEN_IN_A_ROW, Contact
from server.models.ledger import LedgerEntry, Task
from server.models.plan import Visit
from server.store.care import Reach
from server.store.scope import under
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
    return work.session.scalars(statement.order_by(Visit.visited_at.desc()).limit(NOT_SEEN_IN_A_ROW)).all()


def asked_to_check(work: Work, entry_id: UUID) -> bool:
    """Whether the township has been asked already to see how the person is, and has not answered yet."""
    statement = select(exists().where(
        Task.county_code == work.county_code, Task.entry_id == entry_id, Task.kind == TaskKind.WELFARE_CHECK,
        Task.done_at.is_(None),
    ))  # fmt: skip
    return bool(work.session.scalar(statement))


def overdue_of_township(work: Work, township_code: str, today: date) -> "list[OverdueVisit]":
    """A township's overdue visits for its meeting: number of the entry and days, the longest first, and no person.

    One statement. The caller sees to it that whoever asks may hear of this township.
    """
    statement = (
        select(LedgerEntry.entry_no, Visit.due_to)
        .join(LedgerEntry, (LedgerEntry.county_code == Visit.county_code) & (LedgerEntry.id == Visit.entry_id))
        .where(
            Visit.county_code == work.county_code,
            Visit.state == VisitState.PLANNED.value,
            Visit.due_to < today,
            under(Visit.area_code, township_code),
            LedgerEntry.state.in_(sorted(VISITED_STATES)),
        )
        .order_by(Visit.due_to, LedgerEntry.entry_no)
    )
    return [OverdueVisit(number, (today - due_to).days) for number, due_to in work.session.execute(statement)]


class OverdueVisit(NamedTuple):
    """An overdue visit without the person."""

    entry_no: str
    days: int
