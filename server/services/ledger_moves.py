"""One move of an entry, the same for every act: state, times, step, event, in the caller's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.domain.codes import LedgerState, Role
from server.domain.codes_plans import PlanEndReason
from server.domain.ledger_rules import times_after, times_of_leaving
from server.domain.ledger_states import TERMINAL_STATES, LedgerAct, find
from server.errors import Forbidden
from server.models.ledger import LedgerEntry
from server.store.care_stop import stop_care
from server.store.disclosure import refs_of
from server.store.holidays import work_calendar
from server.store.ledger import Step, insert_steps
from server.store.records import note_written
from server.store.tasks import finish_tasks
from server.store.transaction import Work

_LEAVING = frozenset({LedgerAct.CLOSE, LedgerAct.WITHDRAW, LedgerAct.REFUSE, LedgerAct.PURGE_FORBIDDEN})


def move(work: Work, entry: LedgerEntry, act: LedgerAct, reason: str = "") -> None:
    """Make a move of the table: stamp its times, count the version up, write the step and the event.

    At an end the entry leaves the lists of tasks at once, and what was planned for the person is called off.

    Raises:
        Conflict: ``ledger_transition_forbidden``, there is no such move from this state.
        Forbidden: ``role_forbidden``, another role makes this move.
    """
    source = LedgerState(entry.state)
    transition = find(source, act)
    if not roles_over(work, entry.area_code) & set(transition.roles):
        raise Forbidden("role_forbidden", permission=act)
    leaving = act in _LEAVING
    times = (
        times_of_leaving(work.now, accepted=entry.accepted_at is not None, act=act)
        if leaving
        else times_after(act, work.now, work_calendar(work.session))
    )
    stamp(entry, {"state": transition.target.value, **times.stamps()}, work.now)
    insert_steps(work, [step_of(work, entry, act, source, reason)])
    note_move(work, entry, act)
    if transition.target in TERMINAL_STATES:
        finish_tasks(work, [entry.id])
        ended_for = PlanEndReason.WITHDRAWN if act is LedgerAct.WITHDRAW else PlanEndReason.CLOSED
        stop_care(work, [entry.id], ended_for)


def stamp(entry: LedgerEntry, values: Mapping[str, object], now: datetime) -> None:
    """Set columns and count the version up."""
    for name, value in values.items():
        setattr(entry, name, value)
    entry.version += 1
    entry.updated_at = now


def step_of(work: Work, entry: LedgerEntry, act: str, source: LedgerState | None, reason: str = "") -> Step:
    """The step that led to the entry's present state."""
    target = LedgerState(entry.state)
    return Step(entry.id, entry.area_code, act, source, target, work.identity.user_id, work.now, reason)


def note_move(work: Work, entry: LedgerEntry, act: str) -> None:
    """Have the move written to the access log: whom it is about, and the versions before and after."""
    note_written(work, f"ledger:{act}", entry, refs_of(work, [entry.resident_id]).values())


def roles_over(work: Work, area_code: str) -> frozenset[Role]:
    """The caller's roles that reach an area."""
    return frozenset(grant.role for grant in work.identity.grants if area_code.startswith(grant.area_code))


def entry_view(entry: LedgerEntry) -> "EntryView":
    """The entry as its columns tell it; nothing sealed is opened."""
    return EntryView(**{name: getattr(entry, name) for name in EntryView.__dataclass_fields__})


def entry_brief(entry: LedgerEntry) -> "EntryBrief":
    """The entry without what follows acceptance: nothing sealed is opened."""
    return EntryBrief(**{name: getattr(entry, name) for name in EntryBrief.__dataclass_fields__})


@dataclass(frozen=True, kw_only=True)
class EntryBrief:
    """A ledger entry without the person, as those see it who have no part in the care that follows."""

    id: UUID
    entry_no: str
    resident_id: UUID
    area_code: str
    township_code: str
    period: str
    state: str
    urgency: str
    grounds: list[str]
    reporter_id: UUID
    reviewer_id: UUID | None
    reported_at: datetime | None
    review_due_at: datetime | None
    resubmit_due_at: datetime | None
    decided_at: datetime | None
    decision_reason: str | None
    accepted_at: datetime | None
    first_contact_due_at: datetime | None
    expires_at: datetime | None
    closed_at: datetime | None
    closure_reason: str | None
    due_provisional: bool
    version: int


@dataclass(frozen=True, kw_only=True)
class EntryView(EntryBrief):
    """A ledger entry without the person, with who cares and by when."""

    assessor_id: UUID | None
    carer_ids: list[UUID]
    consented_at: datetime | None
    assessment_due_at: datetime | None
    assessed_at: datetime | None
    plan_due_at: datetime | None
    paused_until: datetime | None
    renewed_at: datetime | None
