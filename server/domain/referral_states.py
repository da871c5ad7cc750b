"""The life of a referral, in both directions: the only moves there are, who makes them, and what must be true first.

Guards are named here and tested by the service that performs the act. A move not in the table is refused, among them
every way to an agency that does not pass through consent or a legal basis. Nothing leaves ``closed`` or ``cancelled``.
"""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.codes import Role
from server.domain.codes_care import ReferralState
from server.domain.codes_referral import Direction
from server.errors import Conflict

_S = ReferralState
#: Nobody outside has it.
UNSENT_STATES = frozenset({_S.DRAFTED, _S.CONSENT_OK})
#: The other side holds it, and has not yet told what came of it.
RUNNING_STATES = frozenset({_S.SENT, _S.NO_ACK, _S.RECEIVED, _S.APPOINTED, _S.ATTENDED, _S.NOT_ATTENDED})
#: The agency sees that it exists.
AGENCY_STATES = RUNNING_STATES | {_S.FEEDBACK, _S.REJECTED, _S.CLOSED}
#: The agency sees whom it is about.
PACKET_STATES = RUNNING_STATES | {_S.FEEDBACK}
#: Told about, but nothing came back yet.
AWAITING_FEEDBACK = frozenset({_S.RECEIVED, _S.APPOINTED, _S.ATTENDED, _S.NOT_ATTENDED})
#: From here the person can be sent back.
WITH_AGENCY = AWAITING_FEEDBACK | {_S.FEEDBACK}


def find(direction: Direction, state: ReferralState, act: "ReferralAct") -> "Transition":
    """The table's row for this act; raises Conflict ``referral_transition_forbidden`` where no such move exists."""
    row = _BY_KEY.get((direction, state, act))
    if row is None:
        raise Conflict("referral_transition_forbidden", state=state.value, act=act.value)
    return row


class ReferralAct(StrEnum):
    """What can be done to a referral."""

    DRAFT = "draft"
    """Write it."""
    CLEAR = "clear"
    """The person agreed, or a legal basis stands."""
    SEND = "send"
    """Let the other side see it."""
    CANCEL = "cancel"
    """Call it off before it was sent."""
    RECEIVE = "receive"
    """The other side takes it."""
    REJECT = "reject"
    """The agency cannot take it."""
    TIME_OUT = "time_out"
    """No answer came in time."""
    APPOINT = "appoint"
    """There is a day, or another one."""
    ATTEND = "attend"
    """The person came."""
    MISS = "miss"
    """The person did not come."""
    TELL = "tell"
    """The agency tells what came of it."""
    CLOSE = "close"
    """It is over."""


class Actor(StrEnum):
    """Who moves a referral when no signed-in role does."""

    SYSTEM = "system"
    """A timer in the job process, or care that ended."""


@dataclass(frozen=True)
class Transition:
    """One permitted move."""

    direction: Direction
    source: ReferralState
    target: ReferralState
    act: ReferralAct
    roles: tuple[Role | Actor, ...]
    guards: tuple[str, ...] = ()


_A, _OUT, _IN = ReferralAct, Direction.OUT, Direction.IN
_AGENCY = (Role.RECEIVING_AGENCY,)
_TOWNSHIP = (Role.TOWNSHIP_COORDINATOR,)
_WRITING = (*_TOWNSHIP, Role.ASSESSOR, Role.CLINICIAN)
_SYSTEM = (Actor.SYSTEM,)
_PERMITTED = ("consent_or_basis_at_this_instant", "urgency_of_role")

_OUTWARD = (
    Transition(_OUT, _S.DRAFTED, _S.CONSENT_OK, _A.CLEAR, _WRITING, _PERMITTED),
    Transition(_OUT, _S.CONSENT_OK, _S.SENT, _A.SEND, _WRITING, _PERMITTED),
    *(Transition(_OUT, state, _S.CANCELLED, _A.CANCEL, (*_WRITING, Actor.SYSTEM)) for state in sorted(UNSENT_STATES)),
    Transition(_OUT, _S.SENT, _S.NO_ACK, _A.TIME_OUT, _SYSTEM, ("time_is_up",)),
    *(Transition(_OUT, state, _S.RECEIVED, _A.RECEIVE, _AGENCY) for state in (_S.SENT, _S.NO_ACK)),
    *(
        Transition(_OUT, state, _S.REJECTED, _A.REJECT, _AGENCY, ("alternative_at_once",))
        for state in (_S.SENT, _S.NO_ACK)
    ),
    *(
        Transition(_OUT, state, _S.APPOINTED, _A.APPOINT, _AGENCY)
        for state in (_S.RECEIVED, _S.APPOINTED, _S.NOT_ATTENDED)
    ),
    Transition(_OUT, _S.APPOINTED, _S.ATTENDED, _A.ATTEND, _AGENCY),
    Transition(_OUT, _S.APPOINTED, _S.NOT_ATTENDED, _A.MISS, _AGENCY),
    *(Transition(_OUT, state, _S.FEEDBACK, _A.TELL, _AGENCY) for state in (_S.ATTENDED, _S.NOT_ATTENDED)),
    *(Transition(_OUT, state, _S.CLOSED, _A.CLOSE, _WRITING) for state in (_S.FEEDBACK, _S.REJECTED, _S.NO_ACK)),
    *(
        Transition(_OUT, state, _S.CLOSED, _A.CLOSE, _WRITING, ("consent_gone_or_feedback_overdue",))
        for state in sorted(RUNNING_STATES - {_S.NO_ACK})
    ),
)

_INWARD = (
    Transition(_IN, _S.SENT, _S.NO_ACK, _A.TIME_OUT, _SYSTEM, ("time_is_up",)),
    *(Transition(_IN, state, _S.RECEIVED, _A.RECEIVE, _TOWNSHIP) for state in (_S.SENT, _S.NO_ACK)),
    Transition(_IN, _S.RECEIVED, _S.CLOSED, _A.CLOSE, _WRITING, ("outcome_told",)),
)

TRANSITIONS: tuple[Transition, ...] = (*_OUTWARD, *_INWARD)
_BY_KEY = {(row.direction, row.source, row.act): row for row in TRANSITIONS}
