"""Spreadsheets in and out: what was read in, what was refused, what was taken out and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, Model, PeriodText, Record, TenantRow


class ImportBatch(Record, Model):
    """One file read in whole. Holds counts, codes and refused headings; no cell's content."""

    __tablename__ = "import_batch"
    __table_args__ = (
        UniqueConstraint("county_code", "area_code", "period", "file_digest"),
        {"info": {"rls": "area"}},
    )

    #: The township's nine digits.
    area_code: Mapped[str] = mapped_column(AreaText)
    period: Mapped[str] = mapped_column(PeriodText)
    file_digest: Mapped[bytes]
    row_count: Mapped[int]
    entry_count: Mapped[int]
    duplicate_count: Mapped[int]
    #: Canonical names of the forbidden columns that stood in the file.
    refused_columns: Mapped[list[str]] = mapped_column(JSONB)
    #: Per row: number, outcome and codes.
    report: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class ExportRecord(TenantRow, Model):
    """One export: of which township's month, how many entries, and the sealed reason that was given."""

    __tablename__ = "export_record"
    __table_args__ = {"info": {"rls": "area"}}  # noqa: RUF012

    area_code: Mapped[str] = mapped_column(AreaText)
    period: Mapped[str] = mapped_column(PeriodText)
    exported_at: Mapped[datetime]
    exported_by: Mapped[UUID]
    entry_count: Mapped[int]
    sealed_reason: Mapped[bytes]
