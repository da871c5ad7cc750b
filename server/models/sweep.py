"""The month and its sweeps: the period, one sweep per township and kind, grid returns, village confirmations."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, Model, PeriodText, Record, TenantRow


class Month(Record, Model):
    """One township's month, an explicit period with its states (open, closed, meeting_held, archived)."""

    __tablename__ = "month"
    __table_args__ = (UniqueConstraint("county_code", "area_code", "period"), {"info": {"rls": "area"}})

    #: The township's nine digits.
    area_code: Mapped[str] = mapped_column(AreaText)
    period: Mapped[str] = mapped_column(PeriodText)
    state: Mapped[str] = mapped_column(String(16))
    closed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]


class Sweep(Record, Model):
    """One township's sweep of one kind in one month."""

    __tablename__ = "sweep"
    __table_args__ = (
        UniqueConstraint("county_code", "area_code", "period", "kind"),
        ForeignKeyConstraint(["county_code", "month_id"], ["month.county_code", "month.id"]),
        {"info": {"rls": "area"}},
    )

    #: The township's nine digits.
    area_code: Mapped[str] = mapped_column(AreaText)
    month_id: Mapped[UUID]
    period: Mapped[str] = mapped_column(PeriodText)
    #: concern or dispute.
    kind: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(12))
    submitted_by: Mapped[UUID | None]
    submitted_at: Mapped[datetime | None]
    #: Code of why a submitted sweep was opened again.
    reopen_reason: Mapped[str | None] = mapped_column(String(40))


class SweepReturn(Record, Model):
    """What one grid (or a village without grids) sent in for a sweep. A nil return has no items, and is whole."""

    __tablename__ = "sweep_return"
    __table_args__ = (
        UniqueConstraint("county_code", "sweep_id", "area_code"),
        ForeignKeyConstraint(["county_code", "sweep_id"], ["sweep.county_code", "sweep.id"]),
        CheckConstraint("nil = (item_count = 0)", name="nil_means_no_items"),
        {"info": {"rls": "area"}},
    )

    sweep_id: Mapped[UUID]
    area_code: Mapped[str] = mapped_column(AreaText)
    nil: Mapped[bool]
    item_count: Mapped[int]
    submitted_at: Mapped[datetime]
    #: When the return was made in the field, by the worker's own clock: evidence, never order.
    captured_at: Mapped[datetime | None]
    late: Mapped[bool]
    late_reason: Mapped[str | None] = mapped_column(String(24))


class VillageConfirmation(TenantRow, Model):
    """A village officer's word that the village's returns are complete."""

    __tablename__ = "village_confirmation"
    __table_args__ = (
        UniqueConstraint("county_code", "sweep_id", "area_code"),
        ForeignKeyConstraint(["county_code", "sweep_id"], ["sweep.county_code", "sweep.id"]),
        {"info": {"rls": "area"}},
    )

    sweep_id: Mapped[UUID]
    #: The village's twelve digits.
    area_code: Mapped[str] = mapped_column(AreaText)
    return_count: Mapped[int]
    item_count: Mapped[int]
    confirmed_by: Mapped[UUID]
    confirmed_at: Mapped[datetime]


class Observation(Record, Model):
    """A dated, concrete, first-hand fact about one resident, with the ground it supports."""

    __tablename__ = "observation"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "return_id"], ["sweep_return.county_code", "sweep_return.id"]),
        ForeignKeyConstraint(
            ["county_code", "resident_id"], ["resident.county_code", "resident.id"], ondelete="CASCADE"
        ),
        Index("ix_observation_return", "county_code", "return_id"),
        Index("ix_observation_resident", "county_code", "resident_id"),
        Index("ix_observation_period", "county_code", "period", "area_code"),
        {"info": {"rls": "area"}},
    )

    #: The return it came with; none when it came by spreadsheet or was added by the judicial office.
    return_id: Mapped[UUID | None]
    resident_id: Mapped[UUID]
    area_code: Mapped[str] = mapped_column(AreaText)
    period: Mapped[str] = mapped_column(PeriodText)
    observed_on: Mapped[date]
    #: Grounds 1–7; 5 is kept as an import code only and always returned for facts.
    ground: Mapped[str] = mapped_column(String(1))
    sealed_fact: Mapped[bytes]
    #: seen, told_by_person, told_by_relative, neighbour, service_staff.
    source: Mapped[str] = mapped_column(String(20))
    urgent: Mapped[bool]
    #: A forbidden-ground word was found: nobody may report an entry on it before a person has cleared it.
    needs_word_review: Mapped[bool]
    word_review_by: Mapped[UUID | None]
    #: noted, promoted, returned or lapsed.
    state: Mapped[str] = mapped_column(String(10))
    return_reason: Mapped[str | None] = mapped_column(String(24))


class Dispute(Record, Model):
    """A dispute found by the dispute sweep: its type and outcome; the parties' names are sealed and optional."""

    __tablename__ = "dispute"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "return_id"], ["sweep_return.county_code", "sweep_return.id"]),
        Index("ix_dispute_return", "county_code", "return_id"),
        Index("ix_dispute_period", "county_code", "period", "area_code"),
        {"info": {"rls": "area"}},
    )

    return_id: Mapped[UUID]
    area_code: Mapped[str] = mapped_column(AreaText)
    period: Mapped[str] = mapped_column(PeriodText)
    dispute_type: Mapped[str] = mapped_column(String(20))
    party_count: Mapped[int]
    mediation_body: Mapped[str | None] = mapped_column(String(60))
    #: settled, mediation, court_or_legal_aid, ongoing or withdrawn.
    outcome: Mapped[str] = mapped_column(String(24))
    sealed_parties: Mapped[bytes | None]
