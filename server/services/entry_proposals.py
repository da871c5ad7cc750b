"""Leaving together, and staying longer: one side proposes, somebody of the other side decides (invariant 9, §3.2).

Nobody who was taken on leaves by one person's word, and no entry is renewed by one. Somebody who is coordinator and
assessor at once speaks for one side of an entry only. A person who withdraws consent needs nobody's leave.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.domain.codes import ClosureReason
from server.domain.codes_leaving import ProposalAct, ProposalState, Side
from server.domain.leaving import Proposed, check_decider, side_of
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Conflict, Forbidden
from server.models.ledger import EntryProposal, LedgerEntry
from server.services.ledger_leaving import check_may_leave, close_together
from server.services.ledger_moves import roles_over
from server.services.ledger_renewal import check_may_be_renewed, renew
from server.store import entry_proposals as store
from server.store.care import entry_for_care
from server.store.disclosure import disclose
from server.store.entry_proposals import EXIT
from server.store.events import AccessEvent
from server.store.ledger import entry_by_id
from server.store.transaction import Caller, Work, transaction


def propose_closure(
    caller: Caller, entry_id: UUID, reason: ClosureReason, proposal_id: UUID | None = None
) -> "ProposalView":
    """Propose that somebody leaves; the other side is called on to decide.

    Raises NotFound; Conflict ``proposal_open``, ``record_exists``; and as ``check_may_leave``.
    """
    with transaction(caller) as work:
        entry = entry_for_care(work, EXIT, entry_id)
        check_may_leave(work, entry, reason)
        made = store.new_proposal(work, entry, _side(work, entry), reason, proposal_id)
        return _view(store.insert_proposal(work, entry, made))


def propose_renewal(
    caller: Caller, entry_id: UUID, observation_id: UUID, proposal_id: UUID | None = None
) -> "ProposalView":
    """Propose, from the assessor's side, that an entry is renewed on a new fact.

    Raises NotFound; Conflict ``proposal_open``, ``record_exists``; and as ``check_may_be_renewed``.
    """
    with transaction(caller) as work:
        entry = entry_for_care(work, Permission.LEDGER_RENEW, entry_id)
        check_may_be_renewed(work, entry, observation_id)
        made = store.new_proposal(work, entry, Side.ASSESSOR, observation_id, proposal_id)
        return _view(store.insert_proposal(work, entry, made))


def propose_no_need(work: Work, entry: LedgerEntry) -> UUID | None:
    """Propose that somebody leaves because an assessment found no need; the open proposal where there is one."""
    known = store.open_proposal_of(work, entry.id, ProposalAct.CLOSE)
    if known is not None:
        return known
    check_may_leave(work, entry, ClosureReason.NO_NEED)
    made = store.new_proposal(work, entry, Side.ASSESSOR, ClosureReason.NO_NEED)
    return store.insert_proposal(work, entry, made).id


def agree(caller: Caller, proposal_id: UUID, version: int) -> "ProposalView":
    """Agree for the other side: the entry ends, or is renewed, in the same instant.

    What the proposal rested on is looked at again, for it may have changed since.

    Raises:
        NotFound, Stale. Forbidden: ``proposal_own``, ``proposal_same_side``, ``entry_of_own_report``.
        Conflict: ``proposal_decided``; and as ``check_may_leave`` or ``check_may_be_renewed``.
    """
    with transaction(caller) as work:
        proposal, entry = _for_decision(work, proposal_id, version)
        store.settle(work, proposal, ProposalState.AGREED)
        if proposal.reason is not None:
            close_together(work, entry, ClosureReason(proposal.reason))
        if proposal.observation_id is not None:
            renew(work, entry, proposal.observation_id)
        return _view(proposal)


def refuse(caller: Caller, proposal_id: UUID, version: int) -> "ProposalView":
    """Do not agree: nothing changes. Raises as ``agree`` where the caller may not decide."""
    with transaction(caller) as work:
        proposal, _ = _for_decision(work, proposal_id, version)
        store.settle(work, proposal, ProposalState.REFUSED)
        return _view(proposal)


def take_back(caller: Caller, proposal_id: UUID, version: int) -> "ProposalView":
    """Withdraw what one's own side proposed.

    Raises NotFound, Stale; Forbidden ``proposal_of_other_side``; Conflict ``proposal_decided``.
    """
    with transaction(caller) as work:
        proposal, entry = _open(work, proposal_id, version)
        if proposal.side != _side(work, entry):
            raise Forbidden("proposal_of_other_side")
        store.settle(work, proposal, ProposalState.TAKEN_BACK)
        return _view(proposal)


def list_proposals(caller: Caller, state: ProposalState | None, asked: PageAsked) -> "Page[ProposalView]":
    """A page of the proposals about people the caller may let leave; the event names everybody on it."""
    with transaction(caller) as work:
        page = store.proposals_page(work, state, asked)
        disclose(work, AccessEvent(EXIT, table="entry_proposal"), {row.resident_id for row in page.items})
        return page.of([_view(row) for row in page.items])


def _for_decision(work: Work, proposal_id: UUID, version: int) -> tuple[EntryProposal, LedgerEntry]:
    proposal, entry = _open(work, proposal_id, version)
    proposed = Proposed(proposal.created_by, Side(proposal.side))
    check_decider(proposed, work.identity.user_id, _side(work, entry))
    return proposal, entry


def _open(work: Work, proposal_id: UUID, version: int) -> tuple[EntryProposal, LedgerEntry]:
    proposal = store.proposal_for_change(work, proposal_id, version)
    if proposal.state != ProposalState.OPEN:
        raise Conflict("proposal_decided", state=proposal.state)
    return proposal, entry_by_id(work, EXIT, proposal.entry_id)


def _side(work: Work, entry: LedgerEntry) -> Side:
    return side_of(work.identity.user_id, roles_over(work, entry.area_code), entry.carer_ids)


def _view(row: EntryProposal) -> "ProposalView":
    return ProposalView(**{name: getattr(row, name) for name in ProposalView.__dataclass_fields__})


@dataclass(frozen=True)
class ProposalView:
    """A proposal without the person."""

    id: UUID
    entry_id: UUID
    act: str
    reason: str | None
    observation_id: UUID | None
    side: str
    state: str
    created_by: UUID
    created_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    version: int
