"""The guidance plan, its tasks and reviews, the visits, and the advice given to a family."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import CareRecord, Model, PeriodText, of_entry, part_of


class CarePlan(CareRecord, Model):
    """One version of a person's guidance plan. Agreed, its goals and tasks stand; a change is the next version."""

    __tablename__ = "care_plan"
    __table_args__ = (
        *of_entry(),
        UniqueConstraint("county_code", "entry_id", "number"),
        Index(
            "uq_care_plan_one_running",
            "county_code",
            "entry_id",
            unique=True,
            postgresql_where=text("state IN ('agreed', 'active')"),
        ),
        {"info": {"rls": "area"}},
    )

    number: Mapped[int]
    #: draft, agreed, active or ended.
    state: Mapped[str] = mapped_column(String(8))
    lead_id: Mapped[UUID]
    sealed_goals: Mapped[bytes]
    #: When and how the person wants to be visited, in their words.
    sealed_contact_wishes: Mapped[bytes | None]
    #: What a visitor must know to be safe: a dog, a stair, a road.
    sealed_safety_note: Mapped[bytes | None]
    #: monthly, fortnightly or quarterly.
    visit_frequency: Mapped[str] = mapped_column(String(12))
    #: Who makes the visits.
    visitor_id: Mapped[UUID]
    starts_on: Mapped[date | None]
    review_due_on: Mapped[date | None]
    agreed_at: Mapped[datetime | None]
    #: self, guardian or both.
    agreed_by: Mapped[str | None] = mapped_column(String(8))
    copy_given: Mapped[bool]
    ended_on: Mapped[date | None]
    #: A code of ``plan_end_reason``.
    end_reason: Mapped[str | None] = mapped_column(String(16))
    #: The day from which its visits are counted, and the last day they are planned for; the night goes on from there.
    visits_laid_from: Mapped[date | None]
    visits_laid_to: Mapped[date | None]


class PlanItem(CareRecord, Model):
    """One thing somebody does under a plan: a service of the list, by whom, how often, until when."""

    __tablename__ = "plan_item"
    __table_args__ = (
        *of_entry(),
        part_of("care_plan", "plan_id"),
        Index("ix_plan_item_entry", "county_code", "entry_id", postgresql_where=text("done_at IS NULL")),
        Index("ix_plan_item_owner", "county_code", "owner_id", "due_on", postgresql_where=text("done_at IS NULL")),
        {"info": {"rls": "area"}},
    )

    plan_id: Mapped[UUID]
    #: A code of ``service_type``.
    service: Mapped[str] = mapped_column(String(2))
    #: A code of ``service_setting``.
    setting: Mapped[str] = mapped_column(String(12))
    owner_id: Mapped[UUID]
    #: A code of ``plan_item_frequency``.
    frequency: Mapped[str] = mapped_column(String(12))
    due_on: Mapped[date]
    sealed_detail: Mapped[bytes | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]


class PlanReview(CareRecord, Model):
    """A look back at a plan together with the person; signed, it never changes."""

    __tablename__ = "plan_review"
    __table_args__ = (*of_entry(), part_of("care_plan", "plan_id"), {"info": {"rls": "area"}})

    plan_id: Mapped[UUID]
    held_on: Mapped[date]
    with_person: Mapped[bool]
    #: A code of ``plan_review_outcome``.
    outcome: Mapped[str] = mapped_column(String(12))
    sealed_note: Mapped[bytes]
    signed_at: Mapped[datetime]


class Visit(CareRecord, Model):
    """One visit: when it is due, whose it is, and how it went. Where the worker stood is never kept."""

    __tablename__ = "visit"
    __table_args__ = (
        *of_entry(),
        part_of("care_plan", "plan_id"),
        CheckConstraint("due_from <= due_to", name="due"),
        CheckConstraint("rescheduled BETWEEN 0 AND 2", name="rescheduled"),
        CheckConstraint("(state IN ('done', 'not_seen', 'declined')) = (done_at IS NOT NULL)", name="done"),
        Index("ix_visit_due", "county_code", "area_code", "due_to", "id", postgresql_where=text("state = 'planned'")),
        Index(
            "ix_visit_assignee",
            "county_code",
            "assignee_id",
            "due_to",
            "id",
            postgresql_where=text("state = 'planned'"),
        ),
        Index("ix_visit_entry", "county_code", "entry_id", "due_to"),
        Index("ix_visit_period", "county_code", "period", "area_code"),
        {"info": {"rls": "area"}},
    )

    plan_id: Mapped[UUID]
    #: The month the visit counts for.
    period: Mapped[str] = mapped_column(PeriodText)
    due_from: Mapped[date]
    due_to: Mapped[date]
    assignee_id: Mapped[UUID]
    #: planned, done, not_seen, declined or cancelled; due and overdue follow from the dates.
    state: Mapped[str] = mapped_column(String(10))
    rescheduled: Mapped[int]
    #: A code of ``reschedule_reason``.
    reschedule_reason: Mapped[str | None] = mapped_column(String(24))
    #: A code of ``visit_type``.
    visit_type: Mapped[str | None] = mapped_column(String(1))
    #: When the worker came, by their own word, and when the office learnt of it.
    visited_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
    minutes: Mapped[int | None]
    #: A code of ``visit_outcome``.
    outcome: Mapped[str | None] = mapped_column(String(1))
    #: A code of ``not_seen_reason``.
    not_seen_reason: Mapped[str | None] = mapped_column(String(2))
    #: Facts only; read by those who look after the person.
    sealed_mood_note: Mapped[bytes | None]
    safety_event_id: Mapped[UUID | None]
    #: paused, closed, withdrawn, replanned or moved.
    cancel_reason: Mapped[str | None] = mapped_column(String(12))


class FamilyAdvice(CareRecord, Model):
    """What a family was told, with the person's consent or on a legal basis, and what it answered."""

    __tablename__ = "family_advice"
    __table_args__ = (
        *of_entry(),
        CheckConstraint("consent_id IS NOT NULL OR legal_basis_use_id IS NOT NULL", name="allowed"),
        {"info": {"rls": "area"}},
    )

    visit_id: Mapped[UUID | None]
    given_on: Mapped[date]
    #: GB/T 4761, as ``guardian_relation``.
    relation: Mapped[str] = mapped_column(String(2))
    consent_id: Mapped[UUID | None]
    legal_basis_use_id: Mapped[UUID | None]
    #: Codes of ``family_advice``.
    advice: Mapped[list[str]] = mapped_column(ARRAY(String(24)))
    leaflet_version: Mapped[str | None] = mapped_column(String(24))
    #: A code of ``family_reply``.
    reply: Mapped[str] = mapped_column(String(16))
    sealed_narrative: Mapped[bytes | None]
