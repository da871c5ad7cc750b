"""Leaving together, and staying longer: what two people of different sides may settle, and when (invariant 9).

Everything here is decided from values already read, with the entry locked.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from server.clock import day_of
from server.domain.codes import ClosureReason, LedgerState, Role
from server.domain.codes_leaving import Side
from server.domain.deadlines import OBSERVED_AT_MOST_BEFORE
from server.domain.ledger_rules import Basis, check_basis, check_grounds, term_end
from server.domain.ledger_states import IN_SERVICE_STATES
from server.errors import Conflict, Forbidden, Invalid

#: How long nobody may have met the person before the entry is closed for lost contact.
LOST_CONTACT = timedelta(days=90)
#: How long before its end an entry can be proposed for renewal.
RENEWAL_WINDOW = timedelta(days=60)
#: How long before its end the township is told.
EXPIRY_NOTICE = timedelta(days=30)
#: Closure reasons that other acts give: a refusal, a withdrawal, time, the finding of a forbidden ground.
BY_OTHER_ACTS = frozenset(
    {
        ClosureReason.PERSON_DECLINED,
        ClosureReason.CONSENT_WITHDRAWN,
        ClosureReason.EXPIRED,
        ClosureReason.FORBIDDEN_GROUND,
    }
)
_S = LedgerState
_PLANNED = frozenset({_S.PLAN_ACTIVE, _S.STABLE})
_JUDGED = frozenset({_S.CONSENTED, _S.ASSESSED, _S.PLAN_ACTIVE, _S.PAUSED, _S.STABLE})
#: Reasons that fit only some states; the others fit from acceptance on.
_FITTING: Mapping[ClosureReason, frozenset[LedgerState]] = MappingProxyType(
    {ClosureReason.NEED_MET: _PLANNED, ClosureReason.NO_NEED: _JUDGED}
)
_ASSESSING = frozenset({Role.ASSESSOR, Role.CLINICIAN})


def side_of(user_id: UUID, roles: Collection[Role], carers: Collection[UUID]) -> Side:
    """On which side somebody stands over one entry.

    Whoever assesses and looks after the person stands on the assessor's side, whatever else they are: somebody with
    both roles never speaks for the township about their own people.
    """
    return Side.ASSESSOR if user_id in carers and _ASSESSING & set(roles) else Side.TOWNSHIP


def check_decider(proposed: "Proposed", user_id: UUID, side: Side) -> None:
    """Two people, and two sides; raises Forbidden ``proposal_own`` or ``proposal_same_side``."""
    if proposed.by == user_id:
        raise Forbidden("proposal_own")
    if proposed.side is side:
        raise Forbidden("proposal_same_side")


def check_leaving(reason: ClosureReason, state: LedgerState, last_contact: date, today: date) -> None:
    """Whether somebody in this state may leave for this reason.

    Raises:
        Invalid: ``closure_reason_of_other_act``.
        Conflict: ``closure_reason_unfit``, the reason does not fit the state; ``contact_not_lost``, somebody met the
            person within ninety days.
    """
    if reason in BY_OTHER_ACTS:
        raise Invalid("closure_reason_of_other_act", field="reason", reason=reason.value)
    if state not in _FITTING.get(reason, IN_SERVICE_STATES):
        raise Conflict("closure_reason_unfit", field="reason", reason=reason.value, state=state.value)
    if reason is ClosureReason.LOST_CONTACT and today - last_contact < LOST_CONTACT:
        raise Conflict("contact_not_lost", field="reason", since=(last_contact + LOST_CONTACT).isoformat())


def check_renewable(expires_at: datetime, now: datetime) -> None:
    """Renewing is for the last sixty days of a term; raises Conflict ``renewal_too_early``."""
    opens = expires_at - RENEWAL_WINDOW
    if now < opens:
        raise Conflict("renewal_too_early", since=day_of(opens).isoformat())


def check_new_fact(fact: "NewFact", resident_id: UUID, term_began: datetime, today: date) -> None:
    """A renewal rests on a fact of its own: noted, of this person, seen in this term and within 31 days.

    Raises:
        Invalid: ``observation_of_other_resident``; ``ground_import_only`` for a judgement of character;
            ``fact_not_new``, it is older than the term; ``fact_too_old``.
        Conflict: ``observation_not_open``; ``word_review_open``.
    """
    check_basis([fact.basis], resident_id)
    check_grounds([fact.basis.ground], [fact.basis.ground])
    if fact.basis.word_review_open:
        raise Conflict("word_review_open", field="observation_id")
    if fact.observed_on <= day_of(term_began):
        raise Invalid("fact_not_new", field="observation_id")
    if today - fact.observed_on > OBSERVED_AT_MOST_BEFORE:
        raise Invalid("fact_too_old", field="observation_id")


def times_of_renewal(now: datetime) -> dict[str, datetime]:
    """The columns a renewal sets: twelve months at most from now, however long the old term still had."""
    return {"renewed_at": now, "expires_at": term_end(now)}


@dataclass(frozen=True)
class Proposed:
    """Who proposed something, and for which side."""

    by: UUID
    side: Side


@dataclass(frozen=True)
class NewFact:
    """What the rules look at in the observation a renewal rests on; the sealed fact is not among it."""

    basis: Basis
    observed_on: date
    observer: UUID
