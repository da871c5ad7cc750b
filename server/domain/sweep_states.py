"""The life of a township's sweep, the villages' confirmation of it, and what a nil return is."""

from collections.abc import Collection
from enum import StrEnum

from server.domain.area_codes import AreaCode
from server.domain.codes import SweepState
from server.errors import Conflict, Invalid


def sweep_transition(state: SweepState, act: "SweepAct") -> SweepState:
    """The state after ``act``; raises Conflict ``sweep_transition_forbidden`` where no such move exists."""
    target = _MOVES.get((state, act))
    if target is None:
        raise Conflict("sweep_transition_forbidden", state=state.value, act=act.value)
    return target


def takes_returns(state: SweepState) -> bool:
    """Whether returns may still be filed, amended or confirmed."""
    return state in {SweepState.OPEN, SweepState.COLLECTING, SweepState.REOPENED}


def check_return(*, nil: bool, item_count: int) -> None:
    """Hold that a return is nil exactly when it has no items.

    Raises ``return_nil_with_items`` or ``return_empty_not_nil``, on field ``nil``.
    """
    if nil and item_count:
        raise Invalid("return_nil_with_items", field="nil")
    if not nil and not item_count:
        raise Invalid("return_empty_not_nil", field="nil")


def check_confirmable(grids: Collection[AreaCode], returned: Collection[AreaCode]) -> None:
    """A village is confirmed once every one of its grids has returned; raises ``village_grids_missing``."""
    missing = set(grids) - set(returned)
    if missing:
        raise Conflict("village_grids_missing", missing=len(missing))


def check_submittable(unconfirmed: int, *, late_reason: str | None) -> None:
    """A sweep with unconfirmed villages needs a reason to be handed in; raises ``sweep_villages_missing``."""
    if unconfirmed and not (late_reason or "").strip():
        raise Conflict("sweep_villages_missing", missing=unconfirmed)


class SweepAct(StrEnum):
    """What can be done to a sweep."""

    COLLECT = "collect"
    """A return came in; allowed again and again."""
    SUBMIT = "submit"
    """The judicial office hands it to the township; a reopened sweep needs no new return."""
    CLOSE = "close"
    """The township's month close freezes it."""
    REOPEN = "reopen"
    """Opened again before the meeting, with a reason."""


_S, _A = SweepState, SweepAct
_MOVES: dict[tuple[SweepState, SweepAct], SweepState] = {
    (_S.OPEN, _A.COLLECT): _S.COLLECTING,
    (_S.COLLECTING, _A.COLLECT): _S.COLLECTING,
    (_S.REOPENED, _A.COLLECT): _S.REOPENED,
    (_S.COLLECTING, _A.SUBMIT): _S.SUBMITTED,
    (_S.REOPENED, _A.SUBMIT): _S.SUBMITTED,
    (_S.SUBMITTED, _A.CLOSE): _S.CLOSED,
    (_S.SUBMITTED, _A.REOPEN): _S.REOPENED,
    (_S.CLOSED, _A.REOPEN): _S.REOPENED,
}
