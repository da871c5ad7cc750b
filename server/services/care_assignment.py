"""Who looks after somebody: named by the township or by the assessor who answers for the entry, or claimed.

Whoever is named reaches the person's records from then on, and whoever is no longer named does not (``carer_ids`` is
what the policy looks at). The entry's state stays, so no step is written; the access log tells who named whom when.
"""

from uuid import UUID

from server.domain.care_assignment import Assignment
from server.domain.identity import NOBODY
from server.domain.permissions import Facts, Permission, may
from server.errors import Forbidden
from server.models.ledger import LedgerEntry
from server.services.ledger_moves import EntryView, entry_view, note_move, stamp
from server.store.care_assignment import check_carers
from server.store.ledger import entry_for_change
from server.store.transaction import Caller, Work, transaction

ASSIGN = "assign"


def assign_carers(caller: Caller, entry_id: UUID, version: int, assignment: Assignment) -> EntryView:
    """Name the assessor who answers for an entry, and everybody else who looks after the person.

    An assessor who finds an accepted entry without anybody takes it for themselves alone.

    Raises:
        NotFound, Stale.
        Forbidden: ``claim_for_oneself_only``.
        Invalid: ``assessor_unknown``, ``carer_unknown``.
    """
    with transaction(caller) as work:
        entry = entry_for_change(work, Permission.CARE_ASSIGN, entry_id, version)
        _check_claim(work, entry, assignment)
        check_carers(work, assignment.assessor_id, assignment.carer_ids, entry.area_code)
        carers = [assignment.assessor_id, *sorted(assignment.carer_ids - {assignment.assessor_id})]
        stamp(entry, {"assessor_id": assignment.assessor_id, "carer_ids": carers}, work.now)
        note_move(work, entry, ASSIGN)
        return entry_view(entry)


def _check_claim(work: Work, entry: LedgerEntry, assignment: Assignment) -> None:
    """Whoever reaches the entry only because nobody has it may name nobody but themselves."""
    if entry.carer_ids:
        return
    had_by_another = Facts(entry.area_code, entry.reporter_id, entry.state, frozenset({NOBODY}))
    if may(work.identity, Permission.CARE_ASSIGN, had_by_another):
        return
    if {assignment.assessor_id, *assignment.carer_ids} != {work.identity.user_id}:
        raise Forbidden("claim_for_oneself_only")
