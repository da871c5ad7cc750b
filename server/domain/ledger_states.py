"""The life of a ledger entry: the only moves there are, who makes them, and what must be true first.

Guards are named here and tested by the service that performs the act. A move not in the table is refused,
among them every way to a plan that does not pass through consent and assessment. Nothing leaves a terminal
state: someone who comes again gets a new entry.
"""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.codes import LedgerState, Role
from server.errors import Conflict

TERMINAL_STATES = frozenset(
    {
        LedgerState.LAPSED,
        LedgerState.DECLINED,
        LedgerState.SERVICE_DECLINED,
        LedgerState.CLOSED,
        LedgerState.EXPIRED,
    }
)
OPEN_STATES = frozenset(LedgerState) - TERMINAL_STATES
PRE_ACCEPTANCE_STATES = frozenset(
    {LedgerState.DRAFT, LedgerState.REPORTED, LedgerState.IN_REVIEW, LedgerState.RETURNED}
)
#: Taken on: from acceptance to the end.
IN_SERVICE_STATES = OPEN_STATES - PRE_ACCEPTANCE_STATES


def transition(state: LedgerState, act: "LedgerAct") -> LedgerState:
    """The state after ``act``; raises Conflict ``ledger_transition_forbidden`` where no such move exists."""
    return find(state, act).target


def find(state: LedgerState, act: "LedgerAct") -> "Transition":
    """The table's row for this act in this state; raises as ``transition`` does."""
    row = _BY_KEY.get((state, act))
    if row is None:
        raise Conflict("ledger_transition_forbidden", state=state.value, act=act.value)
    return row


class LedgerAct(StrEnum):
    """What can be done to an entry."""

    REPORT = "report"
    """Hand a draft to the township."""
    OPEN_REVIEW = "open_review"
    """Open a reported entry; a read that is logged."""
    RETURN = "return"
    """Send it back with a return reason."""
    RESUBMIT = "resubmit"
    """Hand a returned entry in again with better facts."""
    ACCEPT = "accept"
    """Take it on; starts the twelve months."""
    DECLINE = "decline"
    """End it with a decline reason."""
    LAPSE = "lapse"
    """Time ended a returned entry."""
    INFORM = "inform"
    """The person has been told and was given the leaflet."""
    REFUSE = "refuse"
    """The person or guardian said no."""
    WITHDRAW = "withdraw"
    """The person took back everything they had agreed to: leaving needs nobody's leave."""
    CONSENT = "consent"
    """The person or guardian said yes to an assessment."""
    ASSESS = "assess"
    """The assessment is signed."""
    START_PLAN = "start_plan"
    """The plan agreed by the person begins."""
    PAUSE = "pause"
    """The plan rests."""
    RESUME = "resume"
    """The plan goes on, after a rest or because things got worse again."""
    SETTLE = "settle"
    """Three calm months: the entry is stable."""
    CLOSE = "close"
    """End it with a closure reason."""
    EXPIRE = "expire"
    """Time ended it."""
    PURGE_FORBIDDEN = "purge_forbidden"
    """End it because it rests on a forbidden ground; purged at once."""


class Actor(StrEnum):
    """Who moves an entry when no signed-in role does."""

    SYSTEM = "system"
    """A timer in the job process."""


class ReasonList(StrEnum):
    """The code list an act's reason must come from."""

    RETURN = "return_reason"
    """See ``ReturnReason``."""
    DECLINE = "decline_reason"
    """See ``DeclineReason``."""
    CLOSURE = "closure_reason"
    """See ``ClosureReason``."""
    TEXT = "text"
    """A sentence in the actor's words."""


@dataclass(frozen=True)
class Transition:
    """One permitted move."""

    source: LedgerState
    target: LedgerState
    act: LedgerAct
    roles: tuple[Role | Actor, ...]
    guards: tuple[str, ...] = ()
    reason: ReasonList | None = None


_S, _A = LedgerState, LedgerAct
_R3, _R4 = (Role.JUDICIAL_OFFICER,), (Role.TOWNSHIP_COORDINATOR,)
_R5 = (Role.ASSESSOR, Role.CLINICIAN)
#: Whoever is told at the door passes it on: leaving needs nobody's leave.
_WITHDRAWING = (
    Role.TOWNSHIP_COORDINATOR,
    Role.ASSESSOR,
    Role.CLINICIAN,
    Role.PRIVACY_OFFICER,
    Role.COUNSELLOR,
    Role.GRID_WORKER,
    Role.CASE_MEMBER,
)
_R4_R5 = (Role.TOWNSHIP_COORDINATOR, *_R5)
_REPORTABLE = ("ground_present", "observation_present", "no_forbidden_word_unresolved")
_BEFORE_SERVICE = (_S.REPORTED, _S.IN_REVIEW, _S.RETURNED)

_REVIEW = (
    Transition(_S.DRAFT, _S.REPORTED, _A.REPORT, _R3, _REPORTABLE),
    Transition(_S.REPORTED, _S.IN_REVIEW, _A.OPEN_REVIEW, _R4, ("not_the_reporter",)),
    Transition(_S.IN_REVIEW, _S.RETURNED, _A.RETURN, _R4, ("not_the_reporter",), ReasonList.RETURN),
    Transition(_S.IN_REVIEW, _S.DECLINED, _A.DECLINE, _R4, ("not_the_reporter",), ReasonList.DECLINE),
    Transition(
        _S.IN_REVIEW,
        _S.ACCEPTED,
        _A.ACCEPT,
        _R4,
        ("not_the_reporter", "resident_in_scope", "no_other_open_entry"),
    ),
    Transition(_S.RETURNED, _S.REPORTED, _A.RESUBMIT, _R3, _REPORTABLE),
    Transition(_S.RETURNED, _S.LAPSED, _A.LAPSE, (Actor.SYSTEM,), ("time_is_up",)),
)

_SERVICE = (
    Transition(_S.ACCEPTED, _S.AWAITING_CONSENT, _A.INFORM, _R5, ("leaflet_version_recorded",)),
    Transition(_S.AWAITING_CONSENT, _S.SERVICE_DECLINED, _A.REFUSE, _R5, ("refusal_method_recorded",)),
    Transition(_S.AWAITING_CONSENT, _S.CONSENTED, _A.CONSENT, _R5, ("consent_assessment_given",)),
    Transition(_S.CONSENTED, _S.ASSESSED, _A.ASSESS, _R5, ("assessment_signed",)),
    Transition(_S.ASSESSED, _S.PLAN_ACTIVE, _A.START_PLAN, _R5, ("consent_plan_visit_given", "plan_agreed_by_person")),
    Transition(_S.PLAN_ACTIVE, _S.PAUSED, _A.PAUSE, _R4_R5, ("ninety_days_at_most",), ReasonList.TEXT),
    Transition(_S.PAUSED, _S.PLAN_ACTIVE, _A.RESUME, _R4_R5, ("consent_plan_visit_given",), ReasonList.TEXT),
    Transition(_S.STABLE, _S.PLAN_ACTIVE, _A.RESUME, _R5, ("consent_plan_visit_given",), ReasonList.TEXT),
    Transition(_S.PLAN_ACTIVE, _S.STABLE, _A.SETTLE, _R5, ("three_calm_monthly_contacts", "plan_review_signed")),
)

_LEAVING = (
    Transition(_S.DRAFT, _S.CLOSED, _A.CLOSE, _R3, reason=ReasonList.CLOSURE),
    *(Transition(state, _S.CLOSED, _A.CLOSE, _R4, reason=ReasonList.CLOSURE) for state in _BEFORE_SERVICE),
    *(
        Transition(
            state,
            _S.CLOSED,
            _A.CLOSE,
            _R4_R5,
            ("coordinator_and_assessor_agree",),
            ReasonList.CLOSURE,
        )
        for state in LedgerState
        if state in IN_SERVICE_STATES
    ),
    *(
        Transition(state, _S.CLOSED, _A.WITHDRAW, _WITHDRAWING, ("consent_withdrawn",), ReasonList.CLOSURE)
        for state in LedgerState
        if state in IN_SERVICE_STATES
    ),
    *(
        Transition(state, _S.EXPIRED, _A.EXPIRE, (Actor.SYSTEM,), ("time_is_up",))
        for state in LedgerState
        if state in OPEN_STATES
    ),
    *(
        Transition(
            state,
            _S.CLOSED,
            _A.PURGE_FORBIDDEN,
            (Role.TOWNSHIP_COORDINATOR, Role.PRIVACY_OFFICER),
            ("forbidden_ground_found",),
        )
        for state in LedgerState
        if state in OPEN_STATES
    ),
)

TRANSITIONS: tuple[Transition, ...] = (*_REVIEW, *_SERVICE, *_LEAVING)
_BY_KEY = {(row.source, row.act): row for row in TRANSITIONS}
