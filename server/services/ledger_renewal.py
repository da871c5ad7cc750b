"""Renewal (invariant 9): on a new fact, with the person's consent, by two people, and never by itself."""

from datetime import datetime
from uuid import UUID

from server.clock import day_of
from server.domain.codes import LedgerState, Role
from server.domain.codes_care import ConsentScope
from server.domain.leaving import NewFact, check_new_fact, check_renewable, times_of_renewal
from server.domain.ledger_rules import check_reviewer
from server.models.ledger import LedgerEntry
from server.services.ledger_moves import note_move, stamp, step_of
from server.store.consents import require_consent
from server.store.entry_proposals import entries_ending_unannounced, new_fact
from server.store.ledger import insert_steps, link_observations
from server.store.ledger_facts import promote
from server.store.tasks import NewTask, TaskKind, finish_tasks, insert_tasks
from server.store.transaction import Work

#: What the step says: the state stays, so it is no move of the table.
RENEW = "renew"
_ON_NEW_FACT = "new_fact"


def check_may_be_renewed(work: Work, entry: LedgerEntry, observation_id: UUID) -> NewFact:
    """Hold that an entry may be renewed on this fact now, and return it, locked. Lock the entry first.

    Raises NotFound ``not_found``, Conflict ``consent_missing``, and as ``check_renewable`` and ``check_new_fact``.
    """
    if entry.accepted_at is None or entry.expires_at is None:
        raise TypeError("an entry in service has a term")
    check_renewable(entry.expires_at, work.now)
    require_consent(work, entry, ConsentScope.PLAN_VISIT)
    fact = new_fact(work, observation_id)
    check_new_fact(fact, entry.resident_id, entry.renewed_at or entry.accepted_at, day_of(work.now))
    return fact


def renew(work: Work, entry: LedgerEntry, observation_id: UUID) -> None:
    """Let an entry go on for twelve months at most, resting on the new fact as well.

    Raises as ``check_may_be_renewed``; Forbidden ``entry_of_own_report``, nobody decides about what they observed.
    """
    fact = check_may_be_renewed(work, entry, observation_id)
    check_reviewer(work.identity.user_id, {fact.observer})
    stamp(entry, times_of_renewal(work.now), work.now)
    link_observations(work, [(entry.id, fact.basis.id)])
    promote(work, [fact.basis.id])
    insert_steps(work, [step_of(work, entry, RENEW, LedgerState(entry.state), _ON_NEW_FACT)])
    note_move(work, entry, RENEW)
    finish_tasks(work, [entry.id], TaskKind.EXPIRES_SOON)


def warn_of_expiry(work: Work, now: datetime) -> int:
    """Tell the township once of each entry whose term ends within thirty days; tells how many. A nightly part."""
    ending = entries_ending_unannounced(work, now)
    insert_tasks(work, [_notice(entry, entry.expires_at) for entry in ending if entry.expires_at is not None])
    return len(ending)


def _notice(entry: LedgerEntry, expires_at: datetime) -> NewTask:
    return NewTask(entry.area_code, TaskKind.EXPIRES_SOON, Role.TOWNSHIP_COORDINATOR, expires_at, entry.id)
