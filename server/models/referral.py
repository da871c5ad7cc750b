"""Agencies, who answers for them, and referrals in both directions with every step they took."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, Model, Record, TenantRow, part_of


class Agency(Record, Model):
    """A place people can be referred to, with what a caller needs to know. Facts of the place, no person."""

    __tablename__ = "agency"
    __table_args__ = (
        UniqueConstraint("county_code", "name"),
        {"info": {"rls": "county"}},
    )

    name: Mapped[str] = mapped_column(String(80))
    #: A code of ``referral_destination``.
    kind: Mapped[str] = mapped_column(String(24))
    township_code: Mapped[str | None] = mapped_column(AreaText)
    phone: Mapped[str] = mapped_column(String(30))
    address: Mapped[str | None] = mapped_column(String(120))
    hours: Mapped[str] = mapped_column(String(80))
    hours_per_day: Mapped[int | None]
    capacity: Mapped[int | None]
    #: Takes green-channel and emergency referrals.
    green_channel: Mapped[bool]
    active: Mapped[bool]


class AgencyMember(TenantRow, Model):
    """A user who answers for an agency; what was sent to it is what they see."""

    __tablename__ = "agency_member"
    __table_args__ = (
        part_of("agency", "agency_id"),
        UniqueConstraint("county_code", "agency_id", "user_id"),
        Index("ix_agency_member_user", "county_code", "user_id"),
        {"info": {"rls": "county"}},
    )

    agency_id: Mapped[UUID]
    user_id: Mapped[UUID]
    since: Mapped[datetime]


class Referral(Record, Model):
    """Somebody sent on to an agency, or sent to the township by one.

    Out: ``subject_id`` is the resident. In: the agency knows a person whom the registry may not; the packet is sealed
    under the referral's own key until the township takes it.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("direction = 'in' OR (entry_id IS NOT NULL AND resident_id IS NOT NULL)", name="out_has_entry"),
        ForeignKeyConstraint(
            ["county_code", "resident_id"], ["resident.county_code", "resident.id"], ondelete="CASCADE"
        ),
        Index("ix_referral_entry", "county_code", "entry_id"),
        Index("ix_referral_resident", "county_code", "resident_id"),
        Index("ix_referral_subject", "county_code", "subject_id"),
        Index("ix_referral_agency", "county_code", "agency_id", "state", "id"),
        Index("ix_referral_waiting", "county_code", "ack_due_at", postgresql_where=text("state = 'sent'")),
        {"info": {"rls": "area"}},
    )

    area_code: Mapped[str] = mapped_column(AreaText)
    #: out or in.
    direction: Mapped[str] = mapped_column(String(3))
    subject_id: Mapped[UUID]
    entry_id: Mapped[UUID | None]
    resident_id: Mapped[UUID | None]
    #: The agency at the other end.
    agency_id: Mapped[UUID]
    #: routine, soon, green_channel or emergency.
    urgency: Mapped[str] = mapped_column(String(14))
    #: A code of ``referral_reason``.
    reason: Mapped[str] = mapped_column(String(20))
    #: A code of ``ReferralState``.
    state: Mapped[str] = mapped_column(String(14))
    sealed_packet: Mapped[bytes]
    consent_id: Mapped[UUID | None]
    legal_basis_use_id: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
    ack_due_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    #: A code of ``referral_rejection``.
    rejection: Mapped[str | None] = mapped_column(String(20))
    alternative_agency_id: Mapped[UUID | None]
    seen_due_at: Mapped[datetime | None]
    appointment_at: Mapped[datetime | None]
    attended_at: Mapped[datetime | None]
    feedback_due_at: Mapped[datetime | None]
    feedback_at: Mapped[datetime | None]
    sealed_feedback: Mapped[bytes | None]
    #: A code of ``referral_outcome``.
    outcome: Mapped[str | None] = mapped_column(String(20))
    closed_at: Mapped[datetime | None]
    #: The referral this one answers, when an agency sends somebody back.
    back_of: Mapped[UUID | None]


class ReferralStep(TenantRow, Model):
    """One transition of a referral: who, when, why."""

    __tablename__ = "referral_step"
    __table_args__ = (
        part_of("referral", "referral_id"),
        Index("ix_referral_step_of", "county_code", "referral_id", "id"),
        {"info": {"rls": "area"}},
    )

    area_code: Mapped[str] = mapped_column(AreaText)
    referral_id: Mapped[UUID]
    act: Mapped[str] = mapped_column(String(16))
    from_state: Mapped[str | None] = mapped_column(String(14))
    to_state: Mapped[str] = mapped_column(String(14))
    actor_id: Mapped[UUID]
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(24))
