"""The life of a site: the only moves there are. A closed site stays closed; what comes after it is another site."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from server.domain.codes_sites import SiteReason, SiteState
from server.errors import Conflict


class SiteAct(StrEnum):
    """What can be done with a site."""

    BUILD = "build"
    """The room is there."""
    OPEN = "open"
    """People are received from now on."""
    SUSPEND = "suspend"
    """Nobody is received for a while."""
    RESUME = "resume"
    """People are received again."""
    CLOSE = "close"
    """The site is given up."""


def site_transition(state: SiteState, act: SiteAct) -> SiteState:
    """The state after ``act``; raises Conflict ``site_transition_forbidden`` where no such move exists."""
    target = MOVES.get((state, act))
    if target is None:
        raise Conflict("site_transition_forbidden", state=state.value, act=act.value)
    return target


@dataclass(frozen=True)
class Move:
    """What is done with a site, from which day it holds, and why."""

    act: SiteAct
    held_on: date
    reason: SiteReason


_S, _A = SiteState, SiteAct
MOVES: dict[tuple[SiteState, SiteAct], SiteState] = {
    (_S.PLANNED, _A.BUILD): _S.BUILT,
    (_S.BUILT, _A.OPEN): _S.OPERATING,
    (_S.OPERATING, _A.SUSPEND): _S.SUSPENDED,
    (_S.SUSPENDED, _A.RESUME): _S.OPERATING,
    (_S.PLANNED, _A.CLOSE): _S.CLOSED,
    (_S.BUILT, _A.CLOSE): _S.CLOSED,
    (_S.OPERATING, _A.CLOSE): _S.CLOSED,
    (_S.SUSPENDED, _A.CLOSE): _S.CLOSED,
}
