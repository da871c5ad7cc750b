"""The closed month with its frozen figures, its meeting, what was decided there and who does it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, Model, PeriodText, Record, TenantRow, part_of


class MonthClose(TenantRow, Model):
    """One freezing of a month's figures. A month opened again is frozen anew under the next number."""

    __tablename__ = "month_close"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "month_id"], ["month.county_code", "month.id"]),
        UniqueConstraint("county_code", "month_id", "number"),
        CheckConstraint("(release IS NULL) = (released_at IS NULL)", name="released"),
        CheckConstraint("(reopened_at IS NULL) = (reopen_reason IS NULL)", name="reopened"),
        Index("ix_month_close_period", "county_code", "period", "area_code"),
        {"info": {"rls": "area"}},
    )

    #: The township's nine digits.
    area_code: Mapped[str] = mapped_column(AreaText)
    month_id: Mapped[UUID]
    period: Mapped[str] = mapped_column(PeriodText)
    number: Mapped[int]
    #: Canonical JSON, as hashed; see ``server/domain/month_figures.py``.
    figures: Mapped[str] = mapped_column(Text)
    #: SHA-256 of ``figures``, in hexadecimal; the access log holds it too.
    digest: Mapped[str] = mapped_column(String(64))
    closed_by: Mapped[UUID]
    closed_at: Mapped[datetime]
    due_on: Mapped[date]
    #: The year's holidays were not known when ``due_on`` was counted.
    due_provisional: Mapped[bool]
    late: Mapped[bool]
    reopened_by: Mapped[UUID | None]
    reopened_at: Mapped[datetime | None]
    #: A code of ``month_reopen_reason``.
    reopen_reason: Mapped[str | None] = mapped_column(String(24))
    #: The county's release of the period in which these figures are shown above the township, small counts hidden.
    release: Mapped[int | None]
    released_at: Mapped[datetime | None]


class Meeting(Record, Model):
    """A meeting: the agenda frozen when it was called; once its minutes are written, nothing of it changes."""

    __tablename__ = "meeting"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "month_id"], ["month.county_code", "month.id"]),
        CheckConstraint("(recorded_at IS NULL) = (held_on IS NULL)", name="held"),
        CheckConstraint("(recorded_at IS NULL) = (sealed_minutes IS NULL)", name="minutes"),
        Index(
            "uq_meeting_analysis",
            "county_code",
            "month_id",
            unique=True,
            postgresql_where=text("kind = 'analysis'"),
        ),
        Index("ix_meeting_area", "county_code", "area_code", "id"),
        {"info": {"rls": "area"}},
    )

    #: The township's nine digits.
    area_code: Mapped[str] = mapped_column(AreaText)
    month_id: Mapped[UUID]
    period: Mapped[str] = mapped_column(PeriodText)
    #: A code of ``meeting_kind``.
    kind: Mapped[str] = mapped_column(String(16))
    due_on: Mapped[date]
    #: Canonical JSON: numbers of entries, days and counts, no name; see ``server/domain/agendas.py``.
    agenda: Mapped[str] = mapped_column(Text)
    held_on: Mapped[date | None]
    #: Canonical JSON: how many people came, by unit.
    attendance: Mapped[str | None] = mapped_column(Text)
    sealed_minutes: Mapped[bytes | None]
    recorded_by: Mapped[UUID | None]
    recorded_at: Mapped[datetime | None]


class MeetingDecision(TenantRow, Model):
    """One decision of a meeting, in its order."""

    __tablename__ = "meeting_decision"
    __table_args__ = (
        part_of("meeting", "meeting_id"),
        UniqueConstraint("county_code", "meeting_id", "position"),
        {"info": {"rls": "area"}},
    )

    area_code: Mapped[str] = mapped_column(AreaText)
    meeting_id: Mapped[UUID]
    position: Mapped[int]
    sealed_text: Mapped[bytes]


class ActionItem(Record, Model):
    """Something a unit does by a day, as a meeting agreed."""

    __tablename__ = "action_item"
    __table_args__ = (
        part_of("meeting", "meeting_id"),
        UniqueConstraint("county_code", "meeting_id", "position"),
        CheckConstraint("(done_at IS NULL) = (done_by IS NULL)", name="done"),
        Index("ix_action_item_open", "county_code", "area_code", "due_on", postgresql_where=text("done_at IS NULL")),
        {"info": {"rls": "area"}},
    )

    area_code: Mapped[str] = mapped_column(AreaText)
    meeting_id: Mapped[UUID]
    position: Mapped[int]
    #: A code of ``meeting_unit``.
    owner_unit: Mapped[str] = mapped_column(String(24))
    sealed_text: Mapped[bytes]
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None]
