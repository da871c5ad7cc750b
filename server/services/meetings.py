"""The township's meetings: called with a generated agenda, minuted once, their action items marked as done."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from server import clock
from server.domain import deadlines
from server.domain.agendas import read_agenda
from server.domain.codes import PeriodState
from server.domain.codes_month import MeetingKind
from server.domain.meetings import Minutes, check_minutes
from server.domain.month_states import MonthAct, month_transition
from server.domain.pages import Page, PageAsked
from server.domain.periods import Period
from server.domain.permissions import Permission
from server.errors import Conflict
from server.models.month import ActionItem, Meeting
from server.models.sweep import Month
from server.store import meetings as store
from server.store import months
from server.store.agendas import agenda_of
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.meetings import ACTION, DECISION, MINUTES, MeetingFilter
from server.store.records import count_up, note_written
from server.store.transaction import Caller, Work, transaction

__all__ = [
    "MeetingFilter",
    "MeetingLine",
    "MeetingView",
    "call_meeting",
    "finish_action",
    "list_meetings",
    "read_meeting",
    "write_minutes",
]


@dataclass(frozen=True)
class ActionView:
    """One action item; the text is empty where only its state is told. Has no readable text in a list."""

    id: UUID
    meeting_id: UUID
    position: int
    owner_unit: str
    text: str
    due_on: date
    done_at: datetime | None
    done_by: UUID | None
    version: int


@dataclass(frozen=True)
class MeetingLine:
    """A meeting in a list: nothing that was said."""

    id: UUID
    month_id: UUID
    township_code: str
    period: str
    kind: str
    due_on: date
    held_on: date | None
    late: bool
    version: int


@dataclass(frozen=True, repr=False)
class MeetingView:
    """A meeting with all that was said; has no readable ``repr``."""

    id: UUID
    month_id: UUID
    township_code: str
    period: str
    kind: str
    due_on: date
    held_on: date | None
    late: bool
    version: int
    agenda: Mapping[str, object]
    attendance: Mapping[str, int]
    minutes: str | None
    decisions: tuple[str, ...]
    action_items: tuple[ActionView, ...]
    recorded_by: UUID | None
    recorded_at: datetime | None


def call_meeting(caller: Caller, month_id: UUID, kind: MeetingKind) -> MeetingView:
    """Call a meeting about a closed month, with the agenda as it stands now; from then on the month stays closed.

    Raises NotFound, Conflict ``month_not_closed``, or ``record_exists`` for a second analysis meeting.
    """
    with transaction(caller) as work:
        month = months.month_for_change(work, Permission.MEETING_WRITE, month_id, None)
        if month.state == PeriodState.OPEN or (kind is MeetingKind.ANALYSIS and month.state != PeriodState.CLOSED):
            raise Conflict("month_not_closed", state=month.state)
        due = deadlines.analysis_meeting(Period(month.period))
        row = store.add_meeting(work, month, kind, due, agenda_of(work, month.area_code))
        return _view(work, row, None)


def write_minutes(caller: Caller, meeting_id: UUID, version: int, minutes: Minutes) -> MeetingView:
    """Write down what a meeting came to, once; the analysis meeting moves its month on.

    After the 10th it is late, which is told. Raises NotFound, Stale, Invalid as ``check_minutes``, Conflict
    ``meeting_recorded``, ``month_not_closed``, or ``held_before_close`` for a day before the figures were frozen.
    """
    with transaction(caller) as work:
        row = store.meeting_for_change(work, meeting_id, version)
        if row.recorded_at is not None:
            raise Conflict("meeting_recorded")
        check_minutes(minutes, clock.day_of(work.now))
        if row.kind == MeetingKind.ANALYSIS:
            _hold(work, months.month_for_change(work, Permission.MEETING_WRITE, row.month_id, None), minutes.held_on)
        return _view(work, row, store.write_minutes(work, row, minutes))


def list_meetings(caller: Caller, wanted: MeetingFilter, asked: PageAsked) -> Page[MeetingLine]:
    """A page of the meetings of the caller's township, without what was said."""
    with transaction(caller) as work:
        page = store.meetings_page(work, wanted, asked)
        return page.of([_line(work, row) for row in page.items])


def read_meeting(caller: Caller, meeting_id: UUID) -> MeetingView:
    """One meeting with its minutes; raises NotFound."""
    with transaction(caller) as work:
        row = store.meeting_by_id(work, Permission.MEETING_READ, meeting_id)
        keys = None if row.recorded_at is None else _opened(work, Permission.MEETING_READ, row.id)
        return _view(work, row, keys)


def finish_action(caller: Caller, action_id: UUID, version: int) -> ActionView:
    """Mark an action item as done; raises NotFound, Stale, Conflict ``action_done``."""
    with transaction(caller) as work:
        row = store.action_for_change(work, action_id, version)
        if row.done_at is not None:
            raise Conflict("action_done")
        row.done_at, row.done_by = work.now, caller.identity.user_id
        count_up(work, row)
        note_written(work, Permission.ACTION_ITEM_DO, row)
        return _action(row, _opened(work, Permission.ACTION_ITEM_DO, row.meeting_id))


def _hold(work: Work, month: Month, held_on: date) -> None:
    month.state = str(month_transition(PeriodState(month.state), MonthAct.HOLD_MEETING))
    if month.closed_at is not None and held_on < clock.day_of(month.closed_at):
        raise Conflict("held_before_close", day=clock.day_of(month.closed_at).isoformat())
    count_up(work, month)
    note_written(work, f"month:{MonthAct.HOLD_MEETING}", month)


def _opened(work: Work, permission: Permission, meeting_id: UUID) -> SubjectKeys:
    event = AccessEvent(permission, table="meeting", record_id=meeting_id, fields=(MINUTES, DECISION, ACTION))
    return disclose(work, event, [meeting_id])


def _line(work: Work, row: Meeting) -> MeetingLine:
    late = (row.held_on or clock.day_of(work.now)) > row.due_on
    return MeetingLine(
        id=row.id,
        month_id=row.month_id,
        township_code=row.area_code,
        period=row.period,
        kind=row.kind,
        due_on=row.due_on,
        held_on=row.held_on,
        late=late,
        version=row.version,
    )


def _view(work: Work, row: Meeting, keys: SubjectKeys | None) -> MeetingView:
    return MeetingView(
        **vars(_line(work, row)),
        agenda=read_agenda(row.agenda),
        attendance=json.loads(row.attendance or "{}"),
        minutes=keys.open_optional(MINUTES, row.id, row.id, row.sealed_minutes) if keys else None,
        decisions=_decisions(work, row, keys) if keys else (),
        action_items=_actions(store.actions_of(work, row.id), keys) if keys else (),
        recorded_by=row.recorded_by,
        recorded_at=row.recorded_at,
    )


def _decisions(work: Work, row: Meeting, keys: SubjectKeys) -> tuple[str, ...]:
    rows = store.decisions_of(work, row.id)
    return tuple(keys.open(DECISION, each.id, row.id, each.sealed_text) for each in rows)


def _actions(rows: Sequence[ActionItem], keys: SubjectKeys) -> tuple[ActionView, ...]:
    return tuple(_action(row, keys) for row in rows)


def _action(row: ActionItem, keys: SubjectKeys) -> ActionView:
    return ActionView(
        id=row.id,
        meeting_id=row.meeting_id,
        position=row.position,
        owner_unit=row.owner_unit,
        text=keys.open(ACTION, row.id, row.meeting_id, row.sealed_text),
        due_on=row.due_on,
        done_at=row.done_at,
        done_by=row.done_by,
        version=row.version,
    )
