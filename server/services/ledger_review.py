"""The township's side of the ledger: opening a reported entry, and deciding about it.

Nobody reviews what they observed, wrote or reported (invariant 16). The policy already keeps reporters from their
own; here it is said aloud, for they may see the entry, and it holds for the observers as well.
"""

from dataclasses import dataclass
from uuid import UUID

from server.domain.codes import DeclineReason, ReturnReason, Role
from server.domain.ledger_rules import check_reviewer
from server.domain.ledger_states import LedgerAct
from server.domain.permissions import Facts, Permission, may
from server.errors import NotFound
from server.models.ledger import LedgerEntry
from server.services.ledger_moves import EntryView, entry_view, move
from server.store.grants import check_assessor
from server.store.ledger import authors_of, entry_for_change
from server.store.tasks import NewTask, TaskKind, finish_tasks, insert_tasks
from server.store.transaction import Caller, Work, transaction


def open_review(caller: Caller, entry_id: UUID, version: int) -> EntryView:
    """Take a reported entry up for review; an urgent one counts as acknowledged by that."""
    with transaction(caller) as work:
        entry = _under_review(work, entry_id, version)
        entry.reviewer_id = work.identity.user_id
        move(work, entry, LedgerAct.OPEN_REVIEW)
        finish_tasks(work, [entry.id], TaskKind.URGENT_REPORT)
        return entry_view(entry)


def return_entry(caller: Caller, entry_id: UUID, version: int, reason: ReturnReason) -> EntryView:
    """Send an entry back to its reporter, who has five working days."""
    with transaction(caller) as work:
        entry = _under_review(work, entry_id, version)
        _decide(work, entry, LedgerAct.RETURN, reason.value)
        if entry.resubmit_due_at is not None:
            task = NewTask(
                entry.area_code,
                TaskKind.RETURNED_ENTRY,
                Role.JUDICIAL_OFFICER,
                entry.resubmit_due_at,
                entry.id,
                entry.reporter_id,
            )
            insert_tasks(work, [task])
        return entry_view(entry)


def decline_entry(caller: Caller, entry_id: UUID, version: int, reason: DeclineReason) -> EntryView:
    """End an entry without service; who it was about is forgotten after thirty days."""
    with transaction(caller) as work:
        entry = _under_review(work, entry_id, version)
        _decide(work, entry, LedgerAct.DECLINE, reason.value)
        return entry_view(entry)


def accept_entry(caller: Caller, entry_id: UUID, version: int, acceptance: "Acceptance") -> EntryView:
    """Take the person on for twelve months at most; the first contact is due in seven working days.

    Raises Invalid ``assessor_unknown`` when the assessor named has no such role over where the person lives.
    """
    with transaction(caller) as work:
        entry = _under_review(work, entry_id, version)
        if acceptance.assessor_id is not None:
            check_assessor(work, acceptance.assessor_id, entry.area_code)
            entry.carer_ids = [acceptance.assessor_id]
        entry.assessor_id = acceptance.assessor_id
        _decide(work, entry, LedgerAct.ACCEPT, "")
        return entry_view(entry)


def _decide(work: Work, entry: LedgerEntry, act: LedgerAct, reason: str) -> None:
    """The decision is the decider's: whoever opened the entry may be another coordinator."""
    entry.reviewer_id = work.identity.user_id
    entry.decision_reason = reason or None
    move(work, entry, act, reason)


def _under_review(work: Work, entry_id: UUID, version: int) -> LedgerEntry:
    """The entry, locked, if the caller may review it; raises Forbidden ``entry_of_own_report`` or NotFound."""
    entry = entry_for_change(work, Permission.LEDGER_READ, entry_id, version)
    over = Facts(entry.area_code, None, entry.state)
    if not may(work.identity, Permission.LEDGER_REVIEW, over):
        raise NotFound("not_found")
    check_reviewer(work.identity.user_id, authors_of(work, entry))
    return entry


@dataclass(frozen=True)
class Acceptance:
    """Who is to make the first contact, where that is settled."""

    assessor_id: UUID | None = None
