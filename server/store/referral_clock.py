"""What the clockwork takes in hand of referrals: batches of rows nobody else is at work on."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select

from server.domain.codes_care import ReferralState
from server.domain.codes_referral import Direction
from server.domain.referral_states import AWAITING_FEEDBACK
from server.models.ledger import LedgerEntry, Task
from server.models.referral import Referral
from server.store.expiry import BATCH
from server.store.tasks import TaskKind
from server.store.transaction import Work


def take_unanswered(work: Work, now: datetime) -> list[Referral]:
    """Sent, and past the time to answer."""
    statement = select(Referral).where(
        Referral.county_code == work.county_code,
        Referral.state == ReferralState.SENT.value,
        Referral.ack_due_at < now,
    )
    return list(work.session.scalars(statement.order_by(Referral.id).limit(BATCH).with_for_update(skip_locked=True)))


def take_untold(work: Work, now: datetime) -> list[Referral]:
    """With the agency, past the time to tell, and nobody asked to ring them yet."""
    asked = exists().where(
        Task.county_code == Referral.county_code,
        Task.about_id == Referral.id,
        Task.kind == TaskKind.FEEDBACK_MISSING.value,
        Task.done_at.is_(None),
    )
    statement = select(Referral).where(
        Referral.county_code == work.county_code,
        Referral.direction == Direction.OUT.value,
        Referral.state.in_(sorted(AWAITING_FEEDBACK)),
        Referral.feedback_due_at < now,
        ~asked,
    )
    return list(work.session.scalars(statement.order_by(Referral.id).limit(BATCH).with_for_update(skip_locked=True)))


def take_forgettable_referrals(work: Work, before: datetime) -> list[UUID]:
    """Referrals in about somebody the registry does not know, closed before this."""
    statement = select(Referral.id).where(
        Referral.county_code == work.county_code,
        Referral.subject_id == Referral.id,
        Referral.closed_at < before,
    )
    return list(work.session.scalars(statement.order_by(Referral.id).limit(BATCH).with_for_update(skip_locked=True)))


def assessors_of(work: Work, entry_ids: Collection[UUID]) -> dict[UUID, UUID | None]:
    """Who answers for these entries."""
    statement = select(LedgerEntry.id, LedgerEntry.assessor_id).where(
        LedgerEntry.county_code == work.county_code, LedgerEntry.id == func.any(list(entry_ids))
    )
    return {row.id: row.assessor_id for row in work.session.execute(statement)}
