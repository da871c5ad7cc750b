"""Assessments with what partners gave to them, screening instruments, and screenings. No column holds a diagnosis."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import CareRecord, Model, Record, of_entry, part_of


class Assessment(CareRecord, Model):
    """One version of an assessment. Signed, it never changes; a correction is the next version."""

    __tablename__ = "assessment"
    __table_args__ = (
        *of_entry(),
        UniqueConstraint("county_code", "series_id", "number"),
        CheckConstraint("(state = 'draft') = (signed_at IS NULL)", name="signed"),
        Index("ix_assessment_entry", "county_code", "entry_id"),
        {"info": {"rls": "area"}},
    )

    #: What all versions of one assessment share.
    series_id: Mapped[UUID]
    #: 1, then one more for every correction.
    number: Mapped[int]
    #: initial, review, post_crisis or joint.
    kind: Mapped[str] = mapped_column(String(12))
    #: draft, signed or corrected (a later version is signed).
    state: Mapped[str] = mapped_column(String(10))
    held_on: Mapped[date]
    #: no_need, light, moderate or specialist.
    result_band: Mapped[str] = mapped_column(String(12))
    safety_concern: Mapped[bool]
    #: Codes of ``assessment_recommendation``.
    recommendations: Mapped[list[str]] = mapped_column(ARRAY(String(24)))
    #: Codes of ``assessment_need``, joined by commas.
    sealed_needs: Mapped[bytes | None]
    sealed_strengths: Mapped[bytes | None]
    sealed_narrative: Mapped[bytes | None]
    #: A medical word stands in the text and the author kept it after being warned.
    has_medical_word: Mapped[bool]
    correction_reason: Mapped[str | None] = mapped_column(String(24))
    signed_by: Mapped[UUID | None]
    signed_at: Mapped[datetime | None]


class AssessmentInput(CareRecord, Model):
    """What another discipline knows, given to an assessment; the assessor weighs it and signs."""

    __tablename__ = "assessment_input"
    __table_args__ = (*of_entry(), part_of("assessment", "assessment_id"), {"info": {"rls": "area"}})

    assessment_id: Mapped[UUID]
    #: A code of ``team_discipline``.
    discipline: Mapped[str] = mapped_column(String(24))
    given_on: Mapped[date]
    sealed_text: Mapped[bytes]


class Instrument(Record, Model):
    """A county's say about one instrument: a definition of its own, and whether it is enabled, by which licence."""

    __tablename__ = "instrument"
    __table_args__ = (UniqueConstraint("county_code", "code", "edition"), {"info": {"rls": "county"}})

    code: Mapped[str] = mapped_column(String(24))
    edition: Mapped[str] = mapped_column(String(24))
    #: The definition as loaded, JSON; none for one that ships with the software.
    definition: Mapped[str | None] = mapped_column(Text)
    enabled: Mapped[bool]
    enabled_by: Mapped[UUID | None]
    enabled_at: Mapped[datetime | None]
    #: Where the licence can be seen: a document's number, never the instrument's text.
    licence_evidence: Mapped[str | None] = mapped_column(String(200))
    #: The deployment's own threshold for an instrument that allows one.
    cut_off: Mapped[int | None]


class Screening(CareRecord, Model):
    """One instrument answered once. A result is no diagnosis, moves no entry, and is never compared across people."""

    __tablename__ = "screening"
    __table_args__ = (*of_entry(), Index("ix_screening_entry", "county_code", "entry_id"), {"info": {"rls": "area"}})

    assessment_id: Mapped[UUID | None]
    instrument_code: Mapped[str] = mapped_column(String(24))
    instrument_edition: Mapped[str] = mapped_column(String(24))
    #: self or interview.
    mode: Mapped[str] = mapped_column(String(10))
    held_at: Mapped[datetime]
    #: Answers by item number, JSON.
    sealed_answers: Mapped[bytes]
    #: Total, band and whether a crisis item was answered positively, JSON.
    sealed_result: Mapped[bytes]
    #: The safety event raised before the form could be saved.
    safety_event_id: Mapped[UUID | None]
