"""What every table shares: names for constraints, the tenant's key, the version, and who wrote it when.

County is the tenant: a tenant table has ``county_code`` first in its primary key, in every
unique constraint and in every foreign key to another tenant table, so that the schema can be distributed by
county without a change. ``info["rls"]`` says how row-level security binds a table:

    county   the row is seen inside its county
    area     the row is seen inside its county and under one of the caller's area prefixes (``area_code``)
    none     a reference table: the same for everyone, written by migrations, seeds and administrators
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKeyConstraint, LargeBinary, MetaData, String, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: Division codes compare byte by byte, so that a prefix is a range an index can serve.
AreaText = String(17, collation="C")
CountyText = String(6, collation="C")
PeriodText = String(6, collation="C")


class Model(DeclarativeBase):
    """The root of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: dict[Any, Any] = {  # noqa: RUF012  SQLAlchemy reads it as a class attribute
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        bytes: LargeBinary(),
    }


class TenantRow:
    """A row that belongs to one county; ids are UUIDv7 made by whoever creates the record."""

    __tablename__: Any

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)


class Versioned:
    """The version a reader names in If-Match; every change counts it up."""

    version: Mapped[int] = mapped_column(default=1)


class Written(Versioned):
    """Who made the row and when, beside its version."""

    created_by: Mapped[UUID]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Record(TenantRow, Written):
    """A record of one county that people make and change."""


class CareRecord(Record):
    """A record of somebody's care: it hangs on a ledger entry, lives where the entry lives, and goes with the person.

    Whoever may reach the entry with a permission may reach the record with it; see ``server/store/care.py``.
    """

    area_code: Mapped[str] = mapped_column(AreaText)
    entry_id: Mapped[UUID]
    resident_id: Mapped[UUID]


def of_entry() -> tuple[ForeignKeyConstraint, ForeignKeyConstraint]:
    """The two ties of a record of care: it ends with its entry, and with the person."""
    return (
        ForeignKeyConstraint(
            ["county_code", "entry_id"], ["ledger_entry.county_code", "ledger_entry.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["county_code", "resident_id"], ["resident.county_code", "resident.id"], ondelete="CASCADE"
        ),
    )


def part_of(table: str, column: str) -> ForeignKeyConstraint:
    """A tie to a record of the same county, with which the row ends."""
    return ForeignKeyConstraint(["county_code", column], [f"{table}.county_code", f"{table}.id"], ondelete="CASCADE")
