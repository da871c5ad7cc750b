"""The township's ledger: entries, what they rest on, every step they took, and the tasks they make."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.domain.ledger_states import OPEN_STATES
from server.models.base import AreaText, CareRecord, CountyText, Model, PeriodText, Record, TenantRow, of_entry

_OPEN = text(f"state IN ({', '.join(repr(str(state)) for state in sorted(OPEN_STATES))})")


class LedgerEntry(Record, Model):
    """One resident's entry, from draft to exit. At most one is open for a resident at any time."""

    __tablename__ = "ledger_entry"
    __table_args__ = (
        UniqueConstraint("county_code", "entry_no"),
        ForeignKeyConstraint(
            ["county_code", "resident_id"], ["resident.county_code", "resident.id"], ondelete="CASCADE"
        ),
        CheckConstraint("cardinality(grounds) >= 1 AND NOT ('5' = ANY(grounds))", name="grounds"),
        CheckConstraint("reviewer_id IS DISTINCT FROM reporter_id OR reviewer_id IS NULL", name="two_people"),
        CheckConstraint("expires_at <= coalesce(renewed_at, accepted_at) + interval '12 months'", name="expiry"),
        CheckConstraint("(accepted_at IS NULL) = (expires_at IS NULL)", name="accepted_expires"),
        Index("ix_ledger_entry_month", "county_code", "period", "township_code", "id"),
        Index("uq_ledger_entry_one_open", "county_code", "resident_id", unique=True, postgresql_where=_OPEN),
        Index("ix_ledger_entry_state", "county_code", "state", "id"),
        Index("ix_ledger_entry_resident", "county_code", "resident_id"),
        Index("ix_ledger_entry_carers", "carer_ids", postgresql_using="gin"),
        {"info": {"rls": "area"}},
    )

    #: Township code, year and four digits: 430903102-2026-0001 without the dashes.
    entry_no: Mapped[str] = mapped_column(String(20, collation="C"))
    resident_id: Mapped[UUID]
    area_code: Mapped[str] = mapped_column(AreaText)
    township_code: Mapped[str] = mapped_column(AreaText)
    period: Mapped[str] = mapped_column(PeriodText)
    state: Mapped[str] = mapped_column(String(20))
    #: routine, soon or urgent.
    urgency: Mapped[str] = mapped_column(String(8))
    grounds: Mapped[list[str]] = mapped_column(ARRAY(String(1)))
    reporter_id: Mapped[UUID]
    reviewer_id: Mapped[UUID | None]
    #: The assessor who answers for the entry; one of the carers.
    assessor_id: Mapped[UUID | None]
    #: Everybody who looks after the person: the policy's reach (``Whose.ASSIGNED``).
    carer_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()))
    reported_at: Mapped[datetime | None]
    review_due_at: Mapped[datetime | None]
    #: The year's holidays were not known when a due date was counted.
    due_provisional: Mapped[bool]
    resubmit_due_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(String(24))
    accepted_at: Mapped[datetime | None]
    first_contact_due_at: Mapped[datetime | None]
    #: Twelve months at most after acceptance, or after two people renewed the entry on a new fact.
    expires_at: Mapped[datetime | None]
    renewed_at: Mapped[datetime | None]
    consented_at: Mapped[datetime | None]
    assessment_due_at: Mapped[datetime | None]
    assessed_at: Mapped[datetime | None]
    plan_due_at: Mapped[datetime | None]
    #: Until when a plan may rest: ninety days at most.
    paused_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closure_reason: Mapped[str | None] = mapped_column(String(2))
    #: When the person's identifiers must be gone (declined: 30 days; closed: 24 months).
    purge_due_at: Mapped[datetime | None]


class EntryObservation(Model):
    """An observation that an entry rests on."""

    __tablename__ = "ledger_entry_observation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "entry_id"], ["ledger_entry.county_code", "ledger_entry.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["county_code", "observation_id"],
            ["observation.county_code", "observation.id"],
            ondelete="CASCADE",
        ),
        Index("ix_ledger_entry_observation_of", "county_code", "observation_id"),
        {"info": {"rls": "county"}},
    )

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    observation_id: Mapped[UUID] = mapped_column(primary_key=True)


class LedgerStep(TenantRow, Model):
    """One transition: who, when, from which state to which, and the reason where one is needed."""

    __tablename__ = "ledger_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "entry_id"], ["ledger_entry.county_code", "ledger_entry.id"], ondelete="CASCADE"
        ),
        Index("ix_ledger_step_entry", "county_code", "entry_id", "id"),
        {"info": {"rls": "area"}},
    )

    area_code: Mapped[str] = mapped_column(AreaText)
    entry_id: Mapped[UUID]
    act: Mapped[str] = mapped_column(String(24))
    from_state: Mapped[str | None] = mapped_column(String(20))
    to_state: Mapped[str] = mapped_column(String(20))
    #: The user who did it; the all-zero id is the system's own clockwork (expiry, lapse).
    actor_id: Mapped[UUID]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(24))


class EntryNumber(Model):
    """The last entry number given in a township's year."""

    __tablename__ = "ledger_entry_number"
    __table_args__ = {"info": {"rls": "county"}}  # noqa: RUF012

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    township_code: Mapped[str] = mapped_column(AreaText, primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class EntryProposal(CareRecord, Model):
    """What one of two people proposes about an entry, and the other decides: its end, or its renewal."""

    __tablename__ = "entry_proposal"
    __table_args__ = (
        *of_entry(),
        CheckConstraint("decided_by IS DISTINCT FROM created_by OR state = 'taken_back'", name="two_people"),
        Index(
            "uq_entry_proposal_open",
            "county_code",
            "entry_id",
            "act",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        {"info": {"rls": "area"}},
    )

    #: close or renew.
    act: Mapped[str] = mapped_column(String(8))
    #: A closure reason; none for a renewal.
    reason: Mapped[str | None] = mapped_column(String(2))
    #: The new fact a renewal rests on.
    observation_id: Mapped[UUID | None]
    #: township or assessor: the side that proposed; the other side decides.
    side: Mapped[str] = mapped_column(String(10))
    #: open, agreed, refused, taken_back or overtaken.
    state: Mapped[str] = mapped_column(String(12))
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]


class Task(Record, Model):
    """Something a role must do by a time: acknowledge an urgent report, answer a returned entry."""

    __tablename__ = "task"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "entry_id"], ["ledger_entry.county_code", "ledger_entry.id"], ondelete="CASCADE"
        ),
        Index("ix_task_open", "county_code", "area_code", "due_at"),
        Index("ix_task_about", "county_code", "about_id"),
        Index("ix_task_entry", "county_code", "entry_id"),
        {"info": {"rls": "area"}},
    )

    area_code: Mapped[str] = mapped_column(AreaText)
    #: A code of ``TaskKind``.
    kind: Mapped[str] = mapped_column(String(24))
    entry_id: Mapped[UUID | None]
    #: The record the task is about, where that is not the entry: its table and id.
    about_table: Mapped[str | None] = mapped_column(String(24))
    about_id: Mapped[UUID | None]
    role: Mapped[str] = mapped_column(String(24))
    assignee_id: Mapped[UUID | None]
    due_at: Mapped[datetime]
    done_by: Mapped[UUID | None]
    done_at: Mapped[datetime | None]
