"""A closed month: its frozen figures, what came too late for them, opening it again, putting it away."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from server.domain.codes import PeriodState
from server.domain.codes_month import MonthReopenReason
from server.domain.month_figures import plain
from server.domain.month_states import MonthAct, month_transition
from server.domain.permissions import Permission
from server.domain.sweep_states import SweepAct
from server.errors import Conflict
from server.models.month import MonthClose
from server.models.sweep import Month
from server.services.months import MonthView, month_view
from server.store import meetings, month_close, months, sweeps
from server.store.events import AccessEvent
from server.store.month_figures import late_for
from server.store.month_frozen import is_intact, thawed
from server.store.records import count_up, note_written
from server.store.transaction import Caller, Work, transaction


def read_frozen(caller: Caller, month_id: UUID, number: int | None = None) -> "FrozenMonth":
    """The frozen figures of a month of the caller's township, the newest unless told.

    Raises NotFound; where the stored text is not the one that was hashed, ``intact`` is False and nothing is shown.
    """
    with transaction(caller) as work:
        month = months.month_by_id(work, Permission.MONTH_FIGURES, month_id)
        row = month_close.close_of(work, month, number)
        work.note(AccessEvent(Permission.MONTH_FIGURES, table="month_close", record_id=row.id, digest=row.digest))
        return _frozen(row)


def read_late(caller: Caller, month_id: UUID) -> "LateData":
    """What belongs to a closed month by its own date and came after its figures were frozen; raises NotFound."""
    with transaction(caller) as work:
        month = months.month_by_id(work, Permission.MONTH_FIGURES, month_id)
        row = month_close.close_of(work, month)
        work.note(AccessEvent(Permission.MONTH_FIGURES, table="month_close", record_id=row.id))
        return LateData(month.id, month.area_code, month.period, row.closed_at, late_for(work, row))


def reopen_month(caller: Caller, month_id: UUID, version: int, reason: MonthReopenReason) -> MonthView:
    """Open a closed month and its sweeps again, before its meeting is called; the frozen figures stay readable.

    Raises NotFound, Stale, Conflict ``month_not_closed`` or ``meeting_called``.
    """
    with transaction(caller) as work:
        row = months.month_for_change(work, Permission.MONTH_REOPEN, month_id, version)
        state = month_transition(PeriodState(row.state), MonthAct.REOPEN)
        if meetings.analysis_of(work, row.id) is not None:
            raise Conflict("meeting_called")
        close = month_close.close_of(work, row)
        close.reopened_by, close.reopened_at = caller.identity.user_id, work.now
        close.reopen_reason = str(reason)
        for sweep in months.sweeps_of_months(work, [row.id], lock=True)[row.id]:
            sweeps.move(work, sweep, SweepAct.REOPEN)
            sweep.reopen_reason = str(reason)
        row.closed_by = row.closed_at = None
        _move(work, row, MonthAct.REOPEN, state)
        return month_view(work, row)


def archive_month(caller: Caller, month_id: UUID, version: int) -> MonthView:
    """Put a month away after its meeting; raises NotFound, Stale, Conflict ``meeting_not_held``."""
    with transaction(caller) as work:
        row = months.month_for_change(work, Permission.MEETING_WRITE, month_id, version)
        _move(work, row, MonthAct.ARCHIVE, month_transition(PeriodState(row.state), MonthAct.ARCHIVE))
        return month_view(work, row)


def _move(work: Work, row: Month, act: MonthAct, state: PeriodState) -> None:
    row.state = str(state)
    count_up(work, row)
    note_written(work, f"month:{act}", row)


def _frozen(row: MonthClose) -> "FrozenMonth":
    intact = is_intact(row)
    return FrozenMonth(
        month_id=row.month_id,
        number=row.number,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        due_on=row.due_on,
        due_provisional=row.due_provisional,
        late=row.late,
        reopened_at=row.reopened_at,
        reopen_reason=row.reopen_reason,
        released_at=row.released_at,
        digest=row.digest,
        intact=intact,
        figures=plain(thawed(row)) if intact else {},
    )


@dataclass(frozen=True)
class FrozenMonth:
    """One freezing of a month with its figures, exact."""

    month_id: UUID
    number: int
    closed_by: UUID
    closed_at: datetime
    due_on: date
    due_provisional: bool
    late: bool
    reopened_at: datetime | None
    reopen_reason: str | None
    released_at: datetime | None
    digest: str
    intact: bool
    figures: Mapping[str, object]


@dataclass(frozen=True)
class LateData:
    """Counts by kind of what came too late for a month's frozen figures."""

    month_id: UUID
    township_code: str
    period: str
    closed_at: datetime
    counts: Mapping[str, int]
