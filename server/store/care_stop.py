"""Care that stops: what is called off when consent is withdrawn, a plan rests, or an entry ends.

Each function takes many entries at once and costs one statement per table, for the nightly clockwork ends hundreds.
Lock the entries first.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Update, func, select, update

from server.clock import day_of
from server.domain.codes_care import ConsentState, PlanState, ReferralState, VisitState
from server.domain.codes_leaving import ProposalState
from server.domain.codes_plans import PlanEndReason
from server.domain.codes_teams import RehabEndReason, StandDownReason, TeamState
from server.domain.referral_states import UNSENT_STATES
from server.models.base import CareRecord
from server.models.consent import Consent
from server.models.ledger import EntryProposal
from server.models.plan import CarePlan, Visit
from server.models.referral import Referral
from server.models.team import CaseTeam, RehabEnrolment
from server.store.referral_steps import ReferralMove, insert_referral_steps
from server.store.transaction import Work


def stop_care(work: Work, entry_ids: Collection[UUID], reason: PlanEndReason) -> None:
    """Everything an ended entry leaves behind: visits, plan, unsent referrals, team, rehabilitation, open questions.

    ``reason`` is what visits and plans are told to have ended for.
    """
    if not entry_ids:
        return
    stop_visits(work, entry_ids, reason.value)
    stop_plans(work, entry_ids, reason)
    stop_unsent_referrals(work, entry_ids)
    today = day_of(work.now)
    _set(work, _of(work, CaseTeam, entry_ids).where(CaseTeam.state != TeamState.STOOD_DOWN.value),
         state=TeamState.STOOD_DOWN.value, stood_down_at=work.now,
         stand_down_reason=StandDownReason.ENTRY_ENDED.value)  # fmt: skip
    _set(work, _of(work, RehabEnrolment, entry_ids).where(RehabEnrolment.ended_on.is_(None)), ended_on=today,
         end_reason=RehabEndReason.ENTRY_ENDED.value)  # fmt: skip
    open_consents = _of(work, Consent, entry_ids).where(
        Consent.state.in_([ConsentState.REQUESTED.value, ConsentState.GIVEN.value])
    )
    _set(work, open_consents, state=ConsentState.EXPIRED.value)
    _set(
        work,
        _of(work, EntryProposal, entry_ids).where(EntryProposal.state == ProposalState.OPEN.value),
        state=ProposalState.OVERTAKEN.value,
    )


def stop_visits(work: Work, entry_ids: Collection[UUID], reason: str) -> None:
    """Call off every visit that was not made yet."""
    planned = _of(work, Visit, entry_ids).where(Visit.state == VisitState.PLANNED.value)
    _set(work, planned, state=VisitState.CANCELLED.value, cancel_reason=reason)


def stop_plans(work: Work, entry_ids: Collection[UUID], reason: PlanEndReason) -> None:
    """End every plan, drafts among them."""
    running = _of(work, CarePlan, entry_ids).where(CarePlan.state != PlanState.ENDED.value)
    _set(work, running, state=PlanState.ENDED.value, ended_on=day_of(work.now), end_reason=reason.value)


def stop_unsent_referrals(work: Work, entry_ids: Collection[UUID], agency_id: UUID | None = None) -> None:
    """Call off every referral that nobody outside has seen; with an agency, only those meant for it.

    Each gets its step, so that its history says who called it off and when.
    """
    unsent = select(Referral).where(
        Referral.county_code == work.county_code,
        Referral.entry_id == func.any(list(entry_ids)),
        Referral.state.in_(sorted(UNSENT_STATES)),
    )
    if agency_id is not None:
        unsent = unsent.where(Referral.agency_id == agency_id)
    rows = work.session.scalars(unsent.with_for_update()).all()
    insert_referral_steps(work, [ReferralMove(row, row.state, "cancel", "consent_or_care_ended") for row in rows])
    stopped = update(Referral).where(
        Referral.county_code == work.county_code, Referral.id == func.any([row.id for row in rows])
    )
    if rows:
        version = stopped.values(version=Referral.version + 1)
        _set(work, version, state=ReferralState.CANCELLED.value, closed_at=work.now)


def _of(work: Work, model: type[CareRecord], entry_ids: Collection[UUID]) -> Update:
    """The rows of these entries, each counted up."""
    statement = update(model).where(model.county_code == work.county_code, model.entry_id == func.any(list(entry_ids)))
    return statement.values(version=model.version + 1)


def _set(work: Work, statement: Update, **values: object) -> None:
    work.session.execute(statement.values(updated_at=work.now, **values).execution_options(synchronize_session="fetch"))
