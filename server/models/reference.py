"""Reference tables: holidays that working days are counted by, and code lists."""

from datetime import date

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import Model, Versioned


class Holiday(Versioned, Model):
    """One day that is not what its weekday says: a holiday off, or a weekend day worked to make up for one."""

    __tablename__ = "holiday"
    __table_args__ = {"info": {"rls": "none"}}  # noqa: RUF012

    day: Mapped[date] = mapped_column(primary_key=True)
    #: holiday or workday.
    kind: Mapped[str] = mapped_column(String(8))
    name_zh: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(80))


class CodeEntry(Model):
    """One code of a code list, in Chinese and English, with its validity and source."""

    __tablename__ = "code_entry"
    __table_args__ = {"info": {"rls": "none"}}  # noqa: RUF012

    list: Mapped[str] = mapped_column(String(40), primary_key=True)
    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    zh: Mapped[str] = mapped_column(String(120))
    en: Mapped[str] = mapped_column(String(160))
    position: Mapped[int]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(160))
