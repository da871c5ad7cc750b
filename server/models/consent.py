"""Consent, scope by scope, and acts without it on a basis the law gives."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, CareRecord, Model, Record, of_entry


class Consent(CareRecord, Model):
    """One question to one person about one scope, and the answer. A new question is a new row."""

    __tablename__ = "consent"
    __table_args__ = (
        *of_entry(),
        CheckConstraint("(scope = 'referral_share') = (agency_id IS NOT NULL)", name="agency_of_sharing"),
        Index(
            "uq_consent_one_open",
            "county_code",
            "entry_id",
            "scope",
            "agency_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'given')"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_consent_entry", "county_code", "entry_id", "scope"),
        Index("ix_consent_resident", "county_code", "resident_id"),
        {"info": {"rls": "area"}},
    )

    #: A code of ``ConsentScope``.
    scope: Mapped[str] = mapped_column(String(16))
    #: For referral_share: the one agency that may be told.
    agency_id: Mapped[UUID | None]
    #: requested, given, refused, withdrawn or expired.
    state: Mapped[str] = mapped_column(String(10))
    #: The leaflet the person was given, by its version.
    leaflet_version: Mapped[str] = mapped_column(String(24))
    asked_at: Mapped[datetime]
    #: Asked again before ``ask_again_from`` because the person wished it.
    person_asked: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime | None]
    #: self, guardian or both.
    given_by: Mapped[str | None] = mapped_column(String(8))
    #: A code of ``ConsentMethod``: paper, e_sign or witnessed.
    method: Mapped[str | None] = mapped_column(String(16))
    #: Where a guardian was left out for a conflict of interest.
    guardian_conflict: Mapped[bool]
    #: Where the signed paper lies, or who witnessed.
    sealed_document: Mapped[bytes | None]
    valid_to: Mapped[date | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]
    #: How the person said so: a code of ``WithdrawalChannel``.
    withdrawn_how: Mapped[str | None] = mapped_column(String(16))
    #: Before this day nobody asks again, unless the person does.
    ask_again_from: Mapped[date | None]


class LegalBasisUse(Record, Model):
    """An act without consent: on which basis, why, and what the privacy officer found (guardrail G6).

    It goes with whoever it was about, and with the entry it served (invariant 15).
    """

    __tablename__ = "legal_basis_use"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "subject_id"], ["subject.county_code", "subject.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(
            ["county_code", "entry_id"], ["ledger_entry.county_code", "ledger_entry.id"], ondelete="CASCADE"
        ),
        Index("ix_legal_basis_use_subject", "county_code", "subject_id"),
        Index("ix_legal_basis_use_open", "county_code", "review_due_at", postgresql_where=text("reviewed_at IS NULL")),
        {"info": {"rls": "area"}},
    )

    area_code: Mapped[str] = mapped_column(AreaText)
    #: Whose data it was: the resident, or the safety event that knows no resident.
    subject_id: Mapped[UUID]
    entry_id: Mapped[UUID | None]
    #: A code of ``LegalBasis``.
    basis: Mapped[str] = mapped_column(String(1))
    #: What was done on it: a code of ``BasisAct``, never an assessment.
    done: Mapped[str] = mapped_column(String(16))
    sealed_reason: Mapped[bytes]
    used_at: Mapped[datetime]
    review_due_at: Mapped[datetime]
    reviewed_by: Mapped[UUID | None]
    reviewed_at: Mapped[datetime | None]
    #: upheld or not_upheld.
    finding: Mapped[str | None] = mapped_column(String(10))
    #: When the person was told afterwards.
    person_told_at: Mapped[datetime | None]
