"""Leaving the ledger by hand: a closure with its reason, and the end of what rests on a forbidden ground."""

from datetime import timedelta
from uuid import UUID

from server.domain.codes import ClosureReason, Role
from server.domain.ledger_rules import check_closure
from server.domain.ledger_states import LedgerAct
from server.domain.permissions import Permission
from server.errors import Conflict
from server.services.ledger_moves import EntryView, entry_view, move
from server.store.erasure import erase_care, erase_facts, erase_residents
from server.store.ledger import entry_for_change, has_other_entry
from server.store.tasks import NewTask, TaskKind, insert_tasks
from server.store.transaction import Caller, transaction, widened

#: How soon the privacy officer looks into a forbidden ground.
INQUIRY = timedelta(days=3)


def close_entry(caller: Caller, entry_id: UUID, version: int, reason: ClosureReason) -> EntryView:
    """End an entry that nobody has taken on yet: a draft by its office, a reported one by the township.

    Raises:
        Invalid: ``closure_reason_reserved``.
        Conflict: ``entry_closure_needs_assessor``, someone taken on leaves with an assessor's agreement.
    """
    check_closure(reason)
    with transaction(caller) as work:
        entry = entry_for_change(work, Permission.LEDGER_CLOSE, entry_id, version)
        if entry.accepted_at is not None and entry.closed_at is None:
            raise Conflict("entry_closure_needs_assessor")
        entry.closure_reason = reason.value
        move(work, entry, LedgerAct.CLOSE, reason.value)
        return entry_view(entry)


def purge_forbidden(caller: Caller, entry_id: UUID, version: int) -> None:
    """Close an entry at once because a forbidden ground was found, and destroy what it said.

    Facts and care go with it, and the person too if nothing else is on record; the privacy officer gets a task that
    names nobody. What is left of the act stands in the access log.
    """
    with transaction(caller) as work:
        entry = entry_for_change(work, Permission.LEDGER_PURGE, entry_id, version)
        entry.closure_reason = ClosureReason.FORBIDDEN_GROUND.value
        move(work, entry, LedgerAct.PURGE_FORBIDDEN, ClosureReason.FORBIDDEN_GROUND.value)
        work.session.flush()
        task = NewTask(entry.township_code, TaskKind.FORBIDDEN_GROUND, Role.PRIVACY_OFFICER, work.now + INQUIRY)
        insert_tasks(work, [task])
        with widened(work):
            erase_facts(work, [entry.id])
            erase_care(work, [entry.id])
            if not has_other_entry(work, entry.resident_id, entry.id):
                erase_residents(work, [entry.resident_id])
