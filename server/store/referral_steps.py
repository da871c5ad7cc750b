"""The steps of referrals: written once, never changed, by whoever moves one (invariant 12)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, select

from server.domain.codes_care import ReferralState
from server.models.referral import Referral, ReferralStep
from server.store.transaction import Work, new_id

#: Where a calling-off leads: its rows are changed in bulk, after their steps are written.
_TARGETS = {"cancel": ReferralState.CANCELLED.value}


def insert_referral_steps(work: Work, moves: Collection["ReferralMove"]) -> None:
    """Write down moves; one statement however many."""
    rows = [
        {
            "county_code": work.county_code,
            "id": new_id(),
            "area_code": move.referral.area_code,
            "referral_id": move.referral.id,
            "act": move.act,
            "from_state": move.from_state,
            "to_state": _TARGETS.get(move.act, move.referral.state),
            "actor_id": work.identity.user_id,
            "at": work.now,
            "reason": move.reason,
        }
        for move in moves
    ]
    if rows:
        work.session.execute(insert(ReferralStep), rows)


def referral_steps_of(work: Work, referral_id: UUID) -> Sequence[ReferralStep]:
    """A referral's history, oldest first; see that the caller may read it first."""
    statement = select(ReferralStep).where(
        ReferralStep.county_code == work.county_code, ReferralStep.referral_id == referral_id
    )
    return work.session.scalars(statement.order_by(ReferralStep.id)).all()


@dataclass(frozen=True)
class ReferralMove:
    """A referral, where it stood, what was done to it, and why: a code."""

    referral: Referral
    from_state: str | None
    act: str
    reason: str
