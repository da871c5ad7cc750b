"""The life of a township's month: closed, discussed at its meeting, put away; opened again only before the meeting."""

from enum import StrEnum

from server.domain.codes import PeriodState
from server.errors import Conflict


class MonthAct(StrEnum):
    """What can be done to a month."""

    CLOSE = "close"
    """Freeze its figures."""
    REOPEN = "reopen"
    """Open it again, with a reason; the next close freezes the next version."""
    HOLD_MEETING = "hold_meeting"
    """The analysis meeting's minutes are written."""
    ARCHIVE = "archive"
    """Put it away."""


def month_transition(state: PeriodState, act: MonthAct) -> PeriodState:
    """The state after ``act``; raises Conflict, by what the act needs, where no such move exists."""
    target = _MOVES.get((state, act))
    if target is None:
        raise Conflict(_NEEDED[act], state=state.value)
    return target


_S, _A = PeriodState, MonthAct
_MOVES: dict[tuple[PeriodState, MonthAct], PeriodState] = {
    (_S.OPEN, _A.CLOSE): _S.CLOSED,
    (_S.CLOSED, _A.REOPEN): _S.OPEN,
    (_S.CLOSED, _A.HOLD_MEETING): _S.MEETING_HELD,
    (_S.MEETING_HELD, _A.ARCHIVE): _S.ARCHIVED,
}
_NEEDED: dict[MonthAct, str] = {
    _A.CLOSE: "month_not_open",
    _A.REOPEN: "month_not_closed",
    _A.HOLD_MEETING: "month_not_closed",
    _A.ARCHIVE: "meeting_not_held",
}
