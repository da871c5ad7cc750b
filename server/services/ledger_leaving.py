"""What must hold when two sides let somebody leave, and the leaving itself."""

from server.clock import day_of
from server.domain.codes import ClosureReason, LedgerState
from server.domain.leaving import check_leaving
from server.domain.ledger_states import LedgerAct
from server.errors import Conflict
from server.models.ledger import LedgerEntry
from server.services.ledger_moves import move
from server.store.entry_proposals import last_contact
from server.store.safety_records import has_open_event
from server.store.transaction import Work


def check_may_leave(work: Work, entry: LedgerEntry, reason: ClosureReason) -> None:
    """Hold that somebody may leave for this reason now; raises as ``check_leaving``. Lock the entry first."""
    check_leaving(reason, LedgerState(entry.state), last_contact(work, entry), day_of(work.now))


def close_together(work: Work, entry: LedgerEntry, reason: ClosureReason) -> None:
    """End an entry on which both sides agree: it leaves every list, and what was planned is called off.

    Nobody is let go by others while an emergency about them is unanswered; whoever withdraws consent is.

    Raises as ``check_may_leave``; Conflict ``safety_event_open``.
    """
    check_may_leave(work, entry, reason)
    if has_open_event(work, entry):
        raise Conflict("safety_event_open")
    entry.closure_reason = reason.value
    move(work, entry, LedgerAct.CLOSE, reason.value)
