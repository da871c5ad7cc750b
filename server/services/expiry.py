"""Time's own part in the ledger: nobody stays listed by default.

The job process calls ``expire_due`` for each county, as often as it likes: everything is found by its due date, in
batches of a transaction each, and what was done once is not found again.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from server.clock import day_of
from server.domain.codes import ClosureReason, LedgerState, Role
from server.domain.codes_plans import PlanEndReason
from server.domain.identity import NOBODY, Identity
from server.domain.ledger_expiry import NOTICE, ExpiryRule, last_unused_period, rules_at
from server.domain.ledger_rules import times_of_leaving
from server.domain.ledger_states import LedgerAct, transition
from server.store import expiry
from server.store.care_stop import stop_care
from server.store.disclosure import refs_of
from server.store.erasure import erase_care, erase_facts, erase_observations, erase_residents, without_traces
from server.store.events import AccessEvent
from server.store.ledger import Step, insert_steps
from server.store.tasks import NewTask, TaskKind, finish_tasks, insert_tasks
from server.store.transaction import Caller, Store, Work, new_id, transaction, widened

_TARGETS = {LedgerAct.LAPSE: LedgerState.LAPSED, LedgerAct.EXPIRE: LedgerState.EXPIRED}
_TIME_OVER = {"closure_reason": ClosureReason.EXPIRED.value}


def expire_due(store: Store, county_code: str, now: datetime) -> "ExpiryCounts":
    """End, forget and clear everything of a county whose time has come at ``now``."""
    caller = system_caller(store, county_code)
    ended = {
        rule.reason: in_batches(caller, lambda work, rule=rule: _end(work, rule, now))  # type: ignore[misc]
        for rule in rules_at(now)
    }
    forgotten = in_batches(caller, lambda work: _forget(work, now))
    unused = in_batches(caller, lambda work: _clear_unused(work, now))
    lapsed = ended.pop("not_resubmitted")
    return ExpiryCounts(lapsed=lapsed, expired=sum(ended.values()), forgotten=forgotten, unused_facts=unused)


def system_caller(store: Store, county_code: str) -> Caller:
    """The clockwork as a caller: no role and no purpose, so the policy shows it nobody."""
    return Caller(Identity(NOBODY, county_code, NOBODY, new_id(), ()), store)


def in_batches(caller: Caller, act: Callable[[Work], int]) -> int:
    """Repeat until a batch comes back empty; each is a transaction, so a stop loses at most one."""
    total = 0
    while True:
        with transaction(caller) as work, widened(work):
            done = act(work)
        total += done
        if not done:
            return total


def _end(work: Work, rule: ExpiryRule, now: datetime) -> int:
    endings = expiry.take_ending(work, rule)
    accepted = [ending.id for ending in endings if ending.accepted]
    others = [ending.id for ending in endings if not ending.accepted]
    for ids, taken_on in ((accepted, True), (others, False)):
        leaving = times_of_leaving(now, accepted=taken_on).stamps()
        expiry.end_entries(work, ids, {"state": _TARGETS[rule.act].value, **_TIME_OVER, "updated_at": now, **leaving})
    insert_steps(work, [_step(ending, rule, now) for ending in endings])
    finish_tasks(work, [*accepted, *others])
    stop_care(work, accepted, PlanEndReason.EXPIRED)
    insert_tasks(work, [_notice(ending, now) for ending in endings])
    refs = refs_of(work, {ending.resident_id for ending in endings})
    for ending in endings:
        work.note(_event(ending, rule, refs.get(ending.resident_id)))
    return len(endings)


def _forget(work: Work, now: datetime) -> int:
    """Erase whoever has no other entry; of the rest, facts and care of the entry whose time has come."""
    found = expiry.take_forgettable(work, now)
    partly = [each.entry_id for each in found if each.kept]
    if partly:
        erase_facts(work, partly)
        erase_care(work, partly)
        expiry.end_entries(work, partly, {"purge_due_at": None, "updated_at": now})
    erase_residents(work, {each.resident_id for each in found if not each.kept})
    return len(found)


def _clear_unused(work: Work, now: datetime) -> int:
    """Delete old observations that came to nothing, and whoever is left without any trace by that."""
    found = expiry.take_unused_facts(work, last_unused_period(day_of(now)))
    if found:
        erase_observations(work, [each.id for each in found])
        work.note(AccessEvent("observation:lapse", table="observation", count=len(found)))
        erase_residents(work, without_traces(work, {each.resident_id for each in found}))
    return len(found)


def _step(ending: expiry.Ending, rule: ExpiryRule, now: datetime) -> Step:
    target = transition(ending.state, rule.act)
    return Step(ending.id, ending.area_code, rule.act, ending.state, target, NOBODY, now, rule.reason)


def _notice(ending: expiry.Ending, now: datetime) -> NewTask:
    return NewTask(ending.area_code, TaskKind.EXPIRED_ENTRY, Role.TOWNSHIP_COORDINATOR, now + NOTICE, ending.id)


def _event(ending: expiry.Ending, rule: ExpiryRule, subject_ref: UUID | None) -> AccessEvent:
    return AccessEvent(
        f"ledger:{rule.act}",
        subject_refs=(subject_ref,) if subject_ref else (),
        table="ledger_entry",
        record_id=ending.id,
        version_before=ending.version,
        version_after=ending.version + 1,
    )


@dataclass(frozen=True)
class ExpiryCounts:
    """What one run did: entries lapsed and expired, ended entries forgotten, facts cleared that came to nothing."""

    lapsed: int
    expired: int
    forgotten: int
    unused_facts: int

    def as_counts(self) -> dict[str, int]:
        """The same, by name."""
        return asdict(self)
