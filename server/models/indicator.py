"""Indicators: values that departments typed in, a county's own targets, and how many bodies there are to be served.

All three are only ever added to: the latest line counts, and what was said before stays.
"""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, Model, TenantRow


class Entered(TenantRow):
    """A line that is added and never changed: who entered it, and when."""

    entered_by: Mapped[UUID]
    entered_at: Mapped[datetime]


class IndicatorValue(Entered, Model):
    """One typed value: numerator and denominator with their source, never a percentage alone (invariant 14)."""

    __tablename__ = "indicator_value"
    __table_args__ = (
        CheckConstraint("den > 0", name="den"),
        CheckConstraint("num >= 0", name="num"),
        CheckConstraint("num IS NULL OR den IS NULL OR num <= den", name="num_within_den"),
        Index("ix_indicator_value_unit", "county_code", "area_code", "indicator", "year", "as_of"),
        {"info": {"rls": "area"}},
    )

    #: The unit: a county or a township.
    area_code: Mapped[str] = mapped_column(AreaText)
    #: An id of ``seeds/indicators/definitions.csv``.
    indicator: Mapped[str] = mapped_column(String(12))
    year: Mapped[int] = mapped_column(SmallInteger)
    num: Mapped[int | None]
    #: None for a count.
    den: Mapped[int | None]
    #: report, survey or sites, as the definition says.
    source: Mapped[str] = mapped_column(String(10))
    #: Where it can be looked up: a document's number.
    evidence: Mapped[str] = mapped_column(String(120))
    as_of: Mapped[date]
    definition_version: Mapped[int] = mapped_column(SmallInteger)
    #: Which way of counting, where the definition allows several.
    rule_id: Mapped[str | None] = mapped_column(String(24))


class IndicatorTarget(Entered, Model):
    """A county's own target of one indicator, in force from a year on, before the shipped sets."""

    __tablename__ = "indicator_target"
    __table_args__ = (
        Index("ix_indicator_target_year", "county_code", "indicator", "year"),
        {"info": {"rls": "county"}},
    )

    #: An id of ``seeds/indicators/definitions.csv``.
    indicator: Mapped[str] = mapped_column(String(12))
    year: Mapped[int] = mapped_column(SmallInteger)
    #: at_least, at_most or equal.
    comparison: Mapped[str] = mapped_column(String(8))
    value: Mapped[Decimal] = mapped_column(Numeric(12, 6))


class BodyCount(Entered, Model):
    """How many bodies of one type a county has that should have a site, as of a day."""

    __tablename__ = "body_count"
    __table_args__ = (
        CheckConstraint("bodies >= 0", name="bodies"),
        Index("ix_body_count_type", "county_code", "site_type", "as_of"),
        {"info": {"rls": "area"}},
    )

    #: The county.
    area_code: Mapped[str] = mapped_column(AreaText)
    #: A code of ``site_type``, 05 to 12.
    site_type: Mapped[str] = mapped_column(String(2))
    bodies: Mapped[int]
    as_of: Mapped[date]
    #: Where it can be looked up: a document's number.
    evidence: Mapped[str] = mapped_column(String(120))
