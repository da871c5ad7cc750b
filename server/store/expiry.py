"""What the clockwork takes in hand: batches of rows nobody else is at work on, so that two of it never collide."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from server.domain.codes import LedgerState
from server.domain.ledger_expiry import ExpiryRule
from server.domain.ledger_states import OPEN_STATES
from server.models.ledger import LedgerEntry
from server.models.sweep import Observation
from server.store.transaction import Work

BATCH = 500


def take_ending(work: Work, rule: ExpiryRule) -> "list[Ending]":
    """Lock a batch of entries that the rule ends; rows locked by others are left for the next time."""
    column = cast("InstrumentedAttribute[datetime | None]", getattr(LedgerEntry, rule.column))
    statement = (
        select(
            LedgerEntry.id,
            LedgerEntry.resident_id,
            LedgerEntry.area_code,
            LedgerEntry.state,
            LedgerEntry.version,
            LedgerEntry.accepted_at.is_not(None),
        )
        .where(LedgerEntry.county_code == work.county_code, LedgerEntry.state.in_(sorted(rule.states)))
        .where(column < rule.before)
        .order_by(LedgerEntry.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return [
        Ending(id_, resident, area, LedgerState(state), version, accepted)
        for id_, resident, area, state, version, accepted in work.session.execute(statement)
    ]


def end_entries(work: Work, entry_ids: Collection[UUID], values: Mapping[str, object]) -> None:
    """Set these columns on these entries and count their versions up."""
    if not entry_ids:
        return
    work.session.execute(
        update(LedgerEntry)
        .where(LedgerEntry.county_code == work.county_code, LedgerEntry.id == func.any(list(entry_ids)))
        .values(version=LedgerEntry.version + 1, **values)
    )


def take_forgettable(work: Work, now: datetime) -> "list[Forgettable]":
    """Lock a batch of ended entries whose identifiers must go, telling who has another entry that is kept."""
    other = aliased(LedgerEntry)
    kept = exists().where(
        other.county_code == LedgerEntry.county_code,
        other.resident_id == LedgerEntry.resident_id,
        other.id != LedgerEntry.id,
        or_(other.state.in_(sorted(OPEN_STATES)), other.purge_due_at > now),
    )
    statement = (
        select(LedgerEntry.id, LedgerEntry.resident_id, kept)
        .where(LedgerEntry.county_code == work.county_code)
        .where(and_(LedgerEntry.purge_due_at.is_not(None), LedgerEntry.purge_due_at <= now))
        .where(LedgerEntry.state.not_in(sorted(OPEN_STATES)))
        .order_by(LedgerEntry.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=LedgerEntry)
    )
    return [Forgettable(*row) for row in work.session.execute(statement)]


def take_unused_facts(work: Work, last_period: str) -> "list[UnusedFact]":
    """Lock a batch of observations of old months on which no entry was made."""
    statement = (
        select(Observation.id, Observation.resident_id)
        .where(Observation.county_code == work.county_code, Observation.period <= last_period)
        .where(Observation.state != "promoted")
        .order_by(Observation.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return [UnusedFact(*row) for row in work.session.execute(statement)]


@dataclass(frozen=True)
class Ending:
    """An entry that time ends, as it stood."""

    id: UUID
    resident_id: UUID
    area_code: str
    state: LedgerState
    version: int
    accepted: bool


@dataclass(frozen=True)
class Forgettable:
    """An ended entry whose retention is over; ``kept`` when the person has another that is not."""

    entry_id: UUID
    resident_id: UUID
    kept: bool


@dataclass(frozen=True)
class UnusedFact:
    """An observation that nobody promoted in time."""

    id: UUID
    resident_id: UUID
