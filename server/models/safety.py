"""Safety events, who was told of them, and the numbers to call."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, Model, Record, part_of


class SafetyEvent(Record, Model):
    """An emergency about somebody, known or not: when it was raised, taken in hand, and looked back at.

    ``subject_id`` is whose data key seals it: the resident's, or its own where no resident is known.
    """

    __tablename__ = "safety_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "resident_id"], ["resident.county_code", "resident.id"], ondelete="CASCADE"
        ),
        Index("ix_safety_event_resident", "county_code", "resident_id"),
        Index("ix_safety_event_subject", "county_code", "subject_id"),
        Index("ix_safety_event_open", "county_code", "area_code", "id", postgresql_where=text("state <> 'closed'")),
        {"info": {"rls": "area"}},
    )

    area_code: Mapped[str] = mapped_column(AreaText)
    subject_id: Mapped[UUID]
    resident_id: Mapped[UUID | None]
    entry_id: Mapped[UUID | None]
    #: visit, screening, staff, hotline or referral: where it came up.
    source: Mapped[str] = mapped_column(String(10))
    #: A code of ``safety_kind``.
    sealed_kind: Mapped[bytes]
    sealed_facts: Mapped[bytes]
    #: What was done, a line for each act with its time.
    sealed_actions: Mapped[bytes | None]
    #: raised, acknowledged, reviewed or closed.
    state: Mapped[str] = mapped_column(String(12))
    raised_at: Mapped[datetime]
    ack_due_at: Mapped[datetime]
    acknowledged_by: Mapped[UUID | None]
    acknowledged_at: Mapped[datetime | None]
    review_due_at: Mapped[datetime]
    reviewed_by: Mapped[UUID | None]
    reviewed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]
    #: On which basis somebody was told without consent.
    legal_basis_use_id: Mapped[UUID | None]


class SafetyNotice(Record, Model):
    """Who was told of a safety event, when, by whom."""

    __tablename__ = "safety_notice"
    __table_args__ = (
        part_of("safety_event", "event_id"),
        Index("ix_safety_notice_event", "county_code", "event_id"),
        {"info": {"rls": "area"}},
    )

    area_code: Mapped[str] = mapped_column(AreaText)
    event_id: Mapped[UUID]
    #: A code of ``safety_recipient``.
    recipient: Mapped[str] = mapped_column(String(24))
    told_at: Mapped[datetime]
    #: On what they could be told: the person's consent, or a basis the law gives.
    consent_id: Mapped[UUID | None]
    legal_basis_use_id: Mapped[UUID | None]
    sealed_note: Mapped[bytes | None]


class CrisisContact(Record, Model):
    """One number of the crisis card, as the county keeps it beside 12356, 110 and 120."""

    __tablename__ = "crisis_contact"
    __table_args__ = (UniqueConstraint("county_code", "code"), {"info": {"rls": "county"}})

    code: Mapped[str] = mapped_column(String(24))
    zh: Mapped[str] = mapped_column(String(60))
    en: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(30))
    hours_zh: Mapped[str] = mapped_column(String(60))
    hours_en: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    active: Mapped[bool]
