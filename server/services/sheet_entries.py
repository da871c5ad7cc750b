"""Ledger entries made of a sheet's rows: reported at once, or kept as drafts while a word waits for a person."""

from collections.abc import Sequence
from uuid import UUID

from server.domain.codes import LedgerState, Urgency
from server.domain.ledger_rules import Times
from server.domain.ledger_states import LedgerAct, transition
from server.domain.sheet import RowDraft
from server.models.ledger import LedgerEntry
from server.services.ledger import PROMOTE
from server.services.ledger_moves import step_of
from server.store.ledger import NewEntry, Step, draft_entry, insert_entries, insert_steps, take_numbers
from server.store.tasks import insert_tasks, urgent_report
from server.store.transaction import Work, new_id


def write_entries(
    work: Work, township_code: str, period: str, rows: Sequence[tuple[RowDraft, UUID]], times: Times
) -> None:
    """One entry per row, resting on the observation beside it, with numbers, steps and the tasks of urgent ones.

    Statements do not grow with the rows. Raises Conflict ``open_entry_exists``.
    """
    if not rows:
        return
    numbers = take_numbers(work, township_code, int(period[:4]), len(rows))
    entries = [_entry(work, period, number, draft) for number, (draft, _) in zip(numbers, rows, strict=True)]
    first = [step_of(work, entry, PROMOTE, None) for entry in entries]
    reported = [entry for entry, (draft, _) in zip(entries, rows, strict=True) if not draft.needs_word_review]
    second = [_report(work, entry, times) for entry in reported]
    links = [(entry.id, observation_id) for entry, (_, observation_id) in zip(entries, rows, strict=True)]
    insert_entries(work, entries, links)
    insert_steps(work, first + second)
    insert_tasks(
        work, [urgent_report(work, entry.area_code, entry.id) for entry in reported if entry.urgency == Urgency.URGENT]
    )


def _entry(work: Work, period: str, number: str, draft: RowDraft) -> LedgerEntry:
    urgency = Urgency.URGENT if draft.observation.urgent else Urgency.ROUTINE
    area_code, grounds = draft.resident.facts.area_code, (draft.observation.ground.value,)
    return draft_entry(work, number, NewEntry(new_id(), draft.resident.id, area_code, period, urgency, grounds))


def _report(work: Work, entry: LedgerEntry, times: Times) -> Step:
    """Hand the entry, not yet written, to the township; the rows' rules are those of a report."""
    entry.state = transition(LedgerState.DRAFT, LedgerAct.REPORT).value
    for name, value in times.stamps().items():
        setattr(entry, name, value)
    return step_of(work, entry, LedgerAct.REPORT, LedgerState.DRAFT)
