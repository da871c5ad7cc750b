"""Leaving: taking one consent back, or everything. It takes effect at once, and nobody has to allow it.

What was planned on a consent is called off in the transaction that takes it back (invariant 4), under the entry's
lock: a visit recorded at the same moment comes wholly before or sees that it may not be made.
"""

from uuid import UUID

from server.clock import day_of
from server.domain.codes import ClosureReason
from server.domain.codes_care import ConsentScope, ConsentState
from server.domain.codes_consents import WithdrawalChannel
from server.domain.codes_plans import PlanEndReason
from server.domain.consents import check_step, ends_the_entry
from server.domain.ledger_states import IN_SERVICE_STATES, LedgerAct
from server.domain.permissions import Permission
from server.errors import Conflict
from server.models.consent import Consent
from server.models.ledger import LedgerEntry
from server.services.consents_reading import ConsentView, consent_view
from server.services.ledger_moves import EntryView, entry_view, move
from server.store.care import Reach, note_care, record_for_change
from server.store.care_stop import stop_plans, stop_unsent_referrals, stop_visits
from server.store.consents import leave_in_peace, open_consents
from server.store.ledger import entry_for_change
from server.store.records import count_up
from server.store.transaction import Caller, Work, transaction

WITHDRAW = "consent:withdraw"
_REACH = Reach(Permission.CONSENT_WITHDRAW, Consent)


def withdraw_consent(
    caller: Caller, consent_id: UUID, version: int, how: WithdrawalChannel, *, keep_open: bool = False
) -> ConsentView:
    """Take one consent back; see ``withdraw_scope`` for what ends with it.

    Raises NotFound, Stale, Conflict ``consent_not_given``, ``consent_cannot_keep_open``.
    """
    with transaction(caller) as work:
        row = record_for_change(work, _REACH, consent_id, version)
        check_step(row.state, ConsentState.WITHDRAWN)
        entry = work.session.get_one(LedgerEntry, (work.county_code, row.entry_id))
        _withdraw(work, entry, row, how, keep_open=keep_open)
        return consent_view(row)


def withdraw_everything(caller: Caller, entry_id: UUID, version: int, how: WithdrawalChannel) -> EntryView:
    """Let somebody leave: the entry is closed, and everything planned is called off.

    Raises NotFound, Stale, Conflict ``ledger_transition_forbidden`` where the entry is not in service.
    """
    with transaction(caller) as work:
        entry = entry_for_change(work, Permission.CONSENT_WITHDRAW, entry_id, version)
        _leave(work, entry, how)
        return entry_view(entry)


def withdraw_plan_visit(work: Work, entry: LedgerEntry, how: WithdrawalChannel) -> None:
    """Take the consent to plan and visits back for somebody who said so to a visitor; lock the entry first.

    The visits, the plan and the unsent referrals are called off and the entry is closed, in the caller's transaction.
    Write the visit's own outcome before, or it is called off with the others. Whoever reaches the visit may pass it
    on. Does nothing where the entry is no longer in service.
    """
    for row in _given(work, entry, ConsentScope.PLAN_VISIT):
        _withdraw(work, entry, row, how, keep_open=False)
    if entry.state in IN_SERVICE_STATES:
        _leave(work, entry, how)


def withdraw_scope(work: Work, entry: LedgerEntry, scope: ConsentScope, how: WithdrawalChannel) -> None:
    """Take back what was agreed to in this scope, in the caller's transaction; lock the entry first.

    Raises Conflict ``consent_missing`` where nothing of the kind was agreed to.
    """
    given = _given(work, entry, scope)
    if not given:
        raise Conflict("consent_missing", scope=scope.value)
    for row in given:
        _withdraw(work, entry, row, how, keep_open=False)


def _given(work: Work, entry: LedgerEntry, scope: ConsentScope) -> list[Consent]:
    return [row for row in open_consents(work, entry, (scope,)) if row.state == ConsentState.GIVEN]


def _withdraw(work: Work, entry: LedgerEntry, row: Consent, how: WithdrawalChannel, *, keep_open: bool) -> None:
    scope = ConsentScope(row.scope)
    leaving = ends_the_entry(scope, entry.state, keep_open=keep_open)
    _take_back(work, row, how)
    work.session.flush()
    _call_off(work, entry, row)
    if leaving:
        _leave(work, entry, how)


def _call_off(work: Work, entry: LedgerEntry, row: Consent) -> None:
    """End what rests on this consent alone."""
    if row.scope == ConsentScope.PLAN_VISIT:
        stop_visits(work, [entry.id], PlanEndReason.WITHDRAWN.value)
        stop_plans(work, [entry.id], PlanEndReason.WITHDRAWN)
    if row.scope == ConsentScope.REFERRAL_SHARE:
        stop_unsent_referrals(work, [entry.id], row.agency_id)


def _leave(work: Work, entry: LedgerEntry, how: WithdrawalChannel) -> None:
    """Close the entry: what was agreed to is taken back, what was only asked is over; neither is asked again soon."""
    for row in open_consents(work, entry):
        if row.state == ConsentState.GIVEN:
            _take_back(work, row, how)
        leave_in_peace(row, day_of(work.now))
    work.session.flush()
    entry.closure_reason = ClosureReason.CONSENT_WITHDRAWN.value
    move(work, entry, LedgerAct.WITHDRAW, ClosureReason.CONSENT_WITHDRAWN.value)


def _take_back(work: Work, row: Consent, how: WithdrawalChannel) -> None:
    row.state = ConsentState.WITHDRAWN.value
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_how = work.now, work.identity.user_id, how.value
    leave_in_peace(row, day_of(work.now))
    count_up(work, row)
    note_care(work, WITHDRAW, row)
