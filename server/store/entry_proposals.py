"""Proposals about an entry as rows, the tasks they make for the other side, and what they are decided by."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, func, select

from server.clock import day_of
from server.domain.codes import ClosureReason, Role
from server.domain.codes_assessments import AssessmentState
from server.domain.codes_care import ConsentState, VisitState
from server.domain.codes_leaving import ProposalAct, ProposalState, Side
from server.domain.deadlines import proposal_due
from server.domain.leaving import EXPIRY_NOTICE, NewFact
from server.domain.ledger_rules import Basis
from server.domain.ledger_states import IN_SERVICE_STATES
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.workdays import due_at
from server.errors import NotFound
from server.models.assessment import Assessment
from server.models.consent import Consent
from server.models.ledger import EntryProposal, LedgerEntry, Task
from server.models.plan import Visit
from server.models.sweep import Observation
from server.store.care import Reach, columns_of, note_care, record_for_change, records
from server.store.holidays import work_calendar
from server.store.pages import records_page
from server.store.records import count_up
from server.store.taken import insert_new
from server.store.tasks import NewTask, TaskKind, finish_tasks_about, insert_tasks
from server.store.transaction import Work

EXIT = Permission.LEDGER_EXIT
_KINDS = {ProposalAct.CLOSE: TaskKind.CLOSURE_PROPOSED, ProposalAct.RENEW: TaskKind.RENEWAL_PROPOSED}
_TAKEN = {"uq_entry_proposal_open": "proposal_open"}
_BATCH = 500


def insert_proposal(work: Work, entry: LedgerEntry, proposed: "EntryProposal") -> EntryProposal:
    """Write a proposal and call on the other side to decide within five working days.

    Raises Conflict ``proposal_open``, one of this kind waits already; ``record_exists`` for an id that is taken.
    """
    insert_new(work, proposed, _TAKEN)
    note_care(work, EXIT, proposed)
    insert_tasks(work, _calls(work, entry, proposed))
    return proposed


def new_proposal(
    work: Work,
    entry: LedgerEntry,
    side: Side,
    about: ClosureReason | UUID,
    proposal_id: UUID | None = None,
) -> EntryProposal:
    """A proposal not yet written: of a closure by its reason, or of a renewal by its new fact."""
    closing = isinstance(about, ClosureReason)
    return EntryProposal(
        **columns_of(work, entry, proposal_id),
        act=(ProposalAct.CLOSE if closing else ProposalAct.RENEW).value,
        reason=about.value if isinstance(about, ClosureReason) else None,
        observation_id=None if isinstance(about, ClosureReason) else about,
        side=side.value,
        state=ProposalState.OPEN.value,
    )


def open_proposal_of(work: Work, entry_id: UUID, act: ProposalAct) -> UUID | None:
    """The open proposal of one kind about an entry."""
    return work.session.scalar(
        select(EntryProposal.id).where(
            EntryProposal.county_code == work.county_code,
            EntryProposal.entry_id == entry_id,
            EntryProposal.act == act.value,
            EntryProposal.state == ProposalState.OPEN.value,
        )
    )


def proposal_for_change(work: Work, proposal_id: UUID, version: int) -> EntryProposal:
    """One proposal with its entry locked; raises NotFound ``not_found``, Stale ``record_changed``."""
    return record_for_change(work, Reach(EXIT, EntryProposal), proposal_id, version)


def settle(work: Work, proposal: EntryProposal, state: ProposalState) -> None:
    """Write down what became of a proposal and end the call on the other side."""
    proposal.state, proposal.decided_by, proposal.decided_at = state.value, work.identity.user_id, work.now
    count_up(work, proposal)
    note_care(work, EXIT, proposal)
    finish_tasks_about(work, proposal.id, _KINDS[ProposalAct(proposal.act)])


def proposals_page(work: Work, state: ProposalState | None, asked: PageAsked) -> Page[EntryProposal]:
    """A page of proposals about entries the caller may let leave."""
    statement = records(work, EXIT, EntryProposal)
    if state is not None:
        statement = statement.where(EntryProposal.state == state.value)
    return records_page(work.session, statement, EntryProposal.id, asked)


def last_contact(work: Work, entry: LedgerEntry) -> date:
    """The day somebody last met the person: at a visit, an assessment, an answer about consent, or acceptance."""
    seen = select(func.max(Visit.done_at)).where(
        Visit.county_code == work.county_code,
        Visit.entry_id == entry.id,
        Visit.state.in_([VisitState.DONE.value, VisitState.DECLINED.value]),
    )
    assessed = select(func.max(Assessment.held_on)).where(
        Assessment.county_code == work.county_code,
        Assessment.entry_id == entry.id,
        Assessment.state != AssessmentState.DRAFT.value,
    )
    answered = select(func.max(Consent.answered_at)).where(
        Consent.county_code == work.county_code,
        Consent.entry_id == entry.id,
        Consent.state != ConsentState.REQUESTED.value,
    )
    row = work.session.execute(
        select(seen.scalar_subquery(), answered.scalar_subquery(), assessed.scalar_subquery())
    ).one()
    times: Sequence[datetime | None] = (row[0], row[1], entry.accepted_at, entry.created_at)
    days = [day_of(each) for each in times if each is not None]
    held: date | None = row[2]
    return max(days if held is None else [*days, held])


def new_fact(work: Work, observation_id: UUID) -> NewFact:
    """The observation a renewal rests on, locked so that it carries nothing else; raises NotFound ``not_found``."""
    row = work.session.scalar(
        select(Observation)
        .where(Observation.county_code == work.county_code, Observation.id == observation_id)
        .with_for_update()
    )
    if row is None:
        raise NotFound("not_found", field="observation_id")
    open_word = row.needs_word_review and row.word_review_by is None
    basis = Basis(row.id, row.resident_id, row.ground, row.state, row.period, row.urgent, open_word)
    return NewFact(basis, row.observed_on, row.created_by)


def entries_ending_unannounced(work: Work, now: datetime) -> Sequence[LedgerEntry]:
    """A batch of entries of which no notice was given that this term ends within thirty days."""
    told = exists().where(
        Task.county_code == LedgerEntry.county_code,
        Task.entry_id == LedgerEntry.id,
        Task.kind == TaskKind.EXPIRES_SOON.value,
        Task.due_at == LedgerEntry.expires_at,
    )
    statement = (
        select(LedgerEntry)
        .where(LedgerEntry.county_code == work.county_code, LedgerEntry.state.in_(sorted(IN_SERVICE_STATES)))
        .where(LedgerEntry.expires_at > now, LedgerEntry.expires_at <= now + EXPIRY_NOTICE, ~told)
        .order_by(LedgerEntry.id)
        .limit(_BATCH)
        .with_for_update(skip_locked=True, of=LedgerEntry)
    )
    return work.session.scalars(statement).all()


def _calls(work: Work, entry: LedgerEntry, proposed: EntryProposal) -> list[NewTask]:
    """The township's coordinator, or whoever looks after the person, be they assessor or clinician."""
    kind, about = _KINDS[ProposalAct(proposed.act)], ("entry_proposal", proposed.id)
    due = due_at(proposal_due(work_calendar(work.session), day_of(work.now)))
    if proposed.side == Side.ASSESSOR:
        return [NewTask(entry.area_code, kind, Role.TOWNSHIP_COORDINATOR, due, entry.id, about=about)]
    roles = (Role.ASSESSOR, Role.CLINICIAN)
    return [NewTask(entry.area_code, kind, role, due, entry.id, entry.assessor_id, about) for role in roles]
