"""When time ends an entry, and what is told of it: each rule as a bound on one column.

The bounds are turned round from ``deadlines.py``, so that a row can be found by index: an entry is due when its column
lies before the bound.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.clock import day_of
from server.domain import deadlines
from server.domain.codes import LedgerState
from server.domain.ledger_rules import UNDECIDED_STATES, start_of
from server.domain.ledger_states import OPEN_STATES, LedgerAct
from server.domain.periods import Period, last_day, period_of, previous_period

#: How long after its month an observation that nobody promoted is kept.
UNUSED_FACT = timedelta(days=30)
#: How long a coordinator has to take note that time ended an entry.
NOTICE = timedelta(days=7)
_S = LedgerState


def rules_at(now: datetime) -> "tuple[ExpiryRule, ...]":
    """Every rule with its bound at this instant, the narrowest first."""
    today = day_of(now)
    unreviewed = _bound(today, deadlines.lapse_unreviewed)
    unassessed = _bound(today, deadlines.no_assessment)
    before_assessment = frozenset({_S.ACCEPTED, _S.AWAITING_CONSENT, _S.CONSENTED})
    return (
        ExpiryRule(LedgerAct.LAPSE, "not_resubmitted", frozenset({_S.RETURNED}), "resubmit_due_at", now),
        ExpiryRule(LedgerAct.EXPIRE, "not_reviewed", UNDECIDED_STATES, "reported_at", unreviewed),
        ExpiryRule(LedgerAct.EXPIRE, "not_reported", frozenset({_S.DRAFT}), "created_at", unreviewed),
        ExpiryRule(LedgerAct.EXPIRE, "not_assessed", before_assessment, "accepted_at", unassessed),
        ExpiryRule(LedgerAct.EXPIRE, "end_of_term", OPEN_STATES, "expires_at", now + timedelta(microseconds=1)),
    )


def last_unused_period(today: date) -> Period:
    """The latest month whose unpromoted observations are no longer kept."""
    period = previous_period(period_of(today))
    while last_day(period) + UNUSED_FACT >= today:
        period = previous_period(period)
    return period


def _bound(today: date, first_day_out: Callable[[date], date]) -> datetime:
    """The end of the latest day from which the rule's first day out has come."""
    return start_of(today - (first_day_out(today) - today) + timedelta(days=1))


@dataclass(frozen=True)
class ExpiryRule:
    """Entries in these states whose column lies before the bound end by this act, for this reason."""

    act: LedgerAct
    reason: str
    states: frozenset[LedgerState]
    column: str
    before: datetime
