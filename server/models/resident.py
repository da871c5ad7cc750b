"""Residents: who the registry cares for. Everything a person could be known by is sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, Model, Record, TenantRow, Versioned


class Resident(Record, Model):
    """One person. ``sealed_*`` columns open only with the person's own data key (`docs/data-dictionary.md`)."""

    __tablename__ = "resident"
    __table_args__ = (
        Index("ix_resident_area", "county_code", "area_code", "id"),
        {"info": {"rls": "area"}},
    )

    #: Village (12 digits) or grid (15) of residence.
    area_code: Mapped[str] = mapped_column(AreaText)
    sealed_name: Mapped[bytes]
    #: GB/T 2261.1.
    sex: Mapped[str] = mapped_column(String(1))
    sealed_birth_date: Mapped[bytes | None]
    birth_year: Mapped[int | None] = mapped_column(SmallInteger)
    id_type: Mapped[str] = mapped_column(String(2))
    sealed_id_no: Mapped[bytes | None]
    sealed_phone: Mapped[bytes | None]
    sealed_address: Mapped[bytes | None]
    sealed_guardian_name: Mapped[bytes | None]
    sealed_guardian_phone: Mapped[bytes | None]
    guardian_relation: Mapped[str | None] = mapped_column(String(2))
    #: Why a minor has no guardian here: a conflict of interest was stated.
    guardian_conflict: Mapped[bool]
    language_need: Mapped[str | None] = mapped_column(String(60))
    #: The address is shown to assessors only.
    address_protected: Mapped[bool]
    deceased_at: Mapped[datetime | None]


class PossibleDuplicate(TenantRow, Versioned, Model):
    """Two residents who may be one person. People decide; nothing is ever merged by itself."""

    __tablename__ = "possible_duplicate"
    __table_args__ = (
        UniqueConstraint("county_code", "resident_id", "other_resident_id"),
        ForeignKeyConstraint(
            ["county_code", "resident_id"], ["resident.county_code", "resident.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["county_code", "other_resident_id"], ["resident.county_code", "resident.id"], ondelete="CASCADE"
        ),
        {"info": {"rls": "area"}},
    )

    #: Area of the resident entered later.
    area_code: Mapped[str] = mapped_column(AreaText)
    resident_id: Mapped[UUID]
    other_resident_id: Mapped[UUID]
    #: What agrees, a code of ``MatchOn``: id_no, name_birth_village or name_phone.
    matched_on: Mapped[str] = mapped_column(String(20))
    #: open, same_person or different_people.
    state: Mapped[str] = mapped_column(String(20))
    found_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
