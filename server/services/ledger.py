"""The judicial office's side of the ledger: promoting what was observed, reporting it, bettering what came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server import clock
from server.domain.area_codes import AreaCode, township_of
from server.domain.codes import LedgerState, ReturnReason, Urgency
from server.domain.ledger_rules import Basis, borne_by, check_basis, check_grounds, check_reportable
from server.domain.ledger_states import LedgerAct
from server.domain.permissions import Permission
from server.errors import Invalid
from server.models.ledger import LedgerEntry
from server.services.ledger_moves import EntryView, entry_view, move, note_move, step_of
from server.store import ledger_facts as facts
from server.store.consents import check_not_declined_lately
from server.store.ledger import (
    NewEntry,
    draft_entry,
    entry_for_change,
    insert_entries,
    insert_steps,
    link_observations,
    refuse_known,
    take_numbers,
)
from server.store.tasks import TaskKind, finish_tasks, insert_tasks, urgent_report
from server.store.transaction import Caller, Work, new_id, transaction

#: What the first step says: it comes from no state, so it is no move of the table.
PROMOTE = "promote"
#: Return reasons that only a further observation can answer.
WANT_OF_FACTS = frozenset({ReturnReason.NEEDS_FACT, ReturnReason.HEARSAY_ONLY, ReturnReason.FORBIDDEN_GROUND})


def promote_observations(caller: Caller, promotion: "Promotion") -> EntryView:
    """Make an entry of observations about one resident, as a draft or reported at once.

    Raises:
        NotFound: ``not_found``, the resident or an observation is not of the caller's area.
        Conflict: ``open_entry_exists``, ``record_exists``, ``observation_not_open``; ``declined_recently``, the person
            refused the service and nothing has happened since.
        Invalid: ``observation_of_other_resident``, ``ground_without_fact``, ``ground_import_only``.
        And to report at once, whatever ``check_reportable`` raises.
    """
    with transaction(caller) as work:
        entry_id = promotion.id or new_id()
        refuse_known(work, entry_id)
        area_code = facts.area_of_resident(work, promotion.resident_id)
        basis = facts.basis_for_promotion(work, promotion.observation_ids)
        check_basis(basis, promotion.resident_id)
        check_grounds(promotion.grounds, borne_by(basis))
        check_not_declined_lately(work, promotion.resident_id, promotion.observation_ids)
        entry = _draft(work, entry_id, area_code, promotion, basis)
        insert_entries(work, [entry], [(entry.id, each.id) for each in basis])
        facts.promote(work, [each.id for each in basis])
        note_move(work, entry, PROMOTE)
        insert_steps(work, [step_of(work, entry, PROMOTE, None)])
        if promotion.report:
            _report(work, entry, LedgerAct.REPORT, basis)
        return entry_view(entry)


def report_entry(caller: Caller, entry_id: UUID, version: int) -> EntryView:
    """Hand a draft to the township; raises as ``check_reportable``."""
    with transaction(caller) as work:
        entry = entry_for_change(work, Permission.LEDGER_REPORT, entry_id, version)
        _report(work, entry, LedgerAct.REPORT, facts.basis_of(work, entry.id))
        return entry_view(entry)


def resubmit_entry(caller: Caller, entry_id: UUID, version: int, bettered: "Bettered") -> EntryView:
    """Hand a returned entry in again, with more facts, other grounds, or both.

    Raises Invalid ``resubmission_needs_fact`` when it came back for want of facts and none is added; else as
    ``report_entry``.
    """
    with transaction(caller) as work:
        entry = entry_for_change(work, Permission.LEDGER_REPORT, entry_id, version)
        if _wants_facts(entry) and not bettered.observation_ids:
            raise Invalid("resubmission_needs_fact", field="observation_ids")
        added = facts.basis_for_promotion(work, bettered.observation_ids) if bettered.observation_ids else []
        check_basis(added, entry.resident_id)
        link_observations(work, [(entry.id, each.id) for each in added])
        facts.promote(work, [each.id for each in added])
        entry.grounds = sorted(bettered.grounds or entry.grounds)
        _report(work, entry, LedgerAct.RESUBMIT, facts.basis_of(work, entry.id))
        finish_tasks(work, [entry.id], TaskKind.RETURNED_ENTRY)
        return entry_view(entry)


def _wants_facts(entry: LedgerEntry) -> bool:
    return entry.state == LedgerState.RETURNED and entry.decision_reason in WANT_OF_FACTS


def _report(work: Work, entry: LedgerEntry, act: LedgerAct, basis: Sequence[Basis]) -> None:
    """Report or resubmit: whoever does it becomes the reporter, and the former review no longer counts."""
    today = clock.day_of(work.now)
    check_reportable(basis, entry.grounds, facts.person_of(work, entry.resident_id, today), today)
    entry.reporter_id = work.identity.user_id
    entry.reviewer_id = entry.resubmit_due_at = entry.decided_at = entry.decision_reason = None
    move(work, entry, act)
    if entry.urgency == Urgency.URGENT:
        work.session.flush()
        insert_tasks(work, [urgent_report(work, entry.area_code, entry.id)])


def _draft(work: Work, entry_id: UUID, area_code: str, promotion: "Promotion", basis: Sequence[Basis]) -> LedgerEntry:
    period = max(each.period for each in basis)
    (number,) = take_numbers(work, township_of(AreaCode(area_code)), int(period[:4]), 1)
    urgency = promotion.urgency or (Urgency.URGENT if any(each.urgent for each in basis) else Urgency.ROUTINE)
    new = NewEntry(entry_id, promotion.resident_id, area_code, period, urgency, promotion.grounds)
    return draft_entry(work, number, new)


@dataclass(frozen=True)
class Promotion:
    """What an entry is made of. The month is that of its latest observation, so is the number's year."""

    resident_id: UUID
    observation_ids: frozenset[UUID]
    grounds: frozenset[str]
    #: Where the office does not say: urgent if one of the observations is.
    urgency: Urgency | None = None
    report: bool = False
    id: UUID | None = None


@dataclass(frozen=True)
class Bettered:
    """What a resubmission adds; empty grounds leave those that stand."""

    observation_ids: frozenset[UUID] = frozenset()
    grounds: frozenset[str] = frozenset()
