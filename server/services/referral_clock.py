"""Time's part in referrals: what was not answered, what was not told, and what is no longer needed."""

from datetime import datetime, timedelta
from uuid import UUID

from server.domain.codes import Role
from server.domain.codes_care import ReferralState
from server.domain.codes_referral import Direction, ReferralUrgency
from server.domain.referral_states import ReferralAct, find
from server.models.referral import Referral
from server.store.records import count_up
from server.store.referral_clock import (
    assessors_of,
    take_forgettable_referrals,
    take_unanswered,
    take_untold,
)
from server.store.referral_steps import ReferralMove, insert_referral_steps
from server.store.referrals import note_referral
from server.store.tasks import NewTask, TaskKind, insert_tasks
from server.store.transaction import Work
from server.store.unknown_people import forget_unknown

#: By when somebody must look into a missing answer: at once where it could not wait, else within a day.
_LOOK_AT_ONCE, _LOOK = timedelta(hours=2), timedelta(days=1)
#: A closed referral in has become an observation or nothing; who it was about is forgotten after this.
IN_KEPT = timedelta(days=30)


def mark_unanswered(work: Work, now: datetime) -> int:
    """Referrals past their answer's time: marked so, and the township and the assessor called."""
    rows = take_unanswered(work, now)
    moves = []
    for row in rows:
        source = ReferralState(row.state)
        row.state = find(Direction(row.direction), source, ReferralAct.TIME_OUT).target.value
        count_up(work, row)
        moves.append(ReferralMove(row, source.value, ReferralAct.TIME_OUT, "not_answered"))
    work.session.flush()
    insert_referral_steps(work, moves)
    _call(work, rows, TaskKind.REFERRAL_UNANSWERED, now)
    for row in rows:
        note_referral(work, ReferralAct.TIME_OUT, row)
    return len(rows)


def ask_for_feedback(work: Work, now: datetime) -> int:
    """Referrals whose feedback is overdue: the township and the assessor are asked to ring the agency."""
    rows = take_untold(work, now)
    _call(work, rows, TaskKind.FEEDBACK_MISSING, now)
    return len(rows)


def forget_referred_in(work: Work, now: datetime) -> int:
    """People told of by an agency whom the registry never came to know: forgotten thirty days after the end."""
    ids = take_forgettable_referrals(work, now - IN_KEPT)
    return forget_unknown(work, Referral, ids)


def _call(work: Work, rows: list[Referral], kind: TaskKind, now: datetime) -> None:
    assessors = assessors_of(work, [row.entry_id for row in rows if row.entry_id])
    insert_tasks(work, [task for row in rows for task in _tasks(row, kind, now, assessors)])


def _tasks(row: Referral, kind: TaskKind, now: datetime, assessors: dict[UUID, UUID | None]) -> list[NewTask]:
    due = now + (_LOOK_AT_ONCE if ReferralUrgency(row.urgency).at_once else _LOOK)
    assessor_id = assessors.get(row.entry_id) if row.entry_id else None
    about = ("referral", row.id)
    tasks = [NewTask(row.area_code, kind, Role.TOWNSHIP_COORDINATOR, due, row.entry_id, about=about)]
    if row.direction == Direction.OUT:
        tasks.append(NewTask(row.area_code, kind, Role.ASSESSOR, due, row.entry_id, assessor_id, about=about))
    return tasks
