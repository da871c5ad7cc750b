"""Feeds: what each worker may hold of each area, numbered as it changed, and how far each tablet has come."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, CountyText, Model


class Feed(Model):
    """What one user may hold of one area. ``head`` is the last number given; it never falls."""

    __tablename__ = "feed"
    __table_args__ = {"info": {"rls": "county"}}  # noqa: RUF012

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    reader_id: Mapped[UUID] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(AreaText, primary_key=True)
    #: Counted up to have every tablet begin this feed anew.
    epoch: Mapped[int]
    head: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]


class FeedChange(Model):
    """The newest change of one record in one feed: it is there as of this version, or it is there no more."""

    __tablename__ = "feed_change"
    __table_args__ = (
        Index("ix_feed_change_seq", "county_code", "reader_id", "area_code", "seq"),
        {"info": {"rls": "county"}},
    )

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    reader_id: Mapped[UUID] = mapped_column(primary_key=True)
    #: A code of ``FeedKind``.
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(AreaText, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    #: put or remove.
    op: Mapped[str] = mapped_column(String(6))
    #: Only grows with any change of what is shown; 0 of a removal.
    version: Mapped[int] = mapped_column(BigInteger)
    #: Whether the reader looks after the person, which some rules ask for.
    cared: Mapped[bool]
    #: First eight bytes of the SHA-256 of ``kind:id:version``, as a signed number: the tripwire XORs them.
    mark: Mapped[int] = mapped_column(BigInteger)
    #: ended or moved, of a removal.
    reason: Mapped[str | None] = mapped_column(String(8))


class FeedStir(Model):
    """A mark that something a feed shows was touched: left by a trigger, taken when its transaction settles."""

    __tablename__ = "feed_stir"
    __table_args__ = {"info": {"rls": "county"}}  # noqa: RUF012

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    #: The writing transaction, as ``pg_current_xact_id`` counts them.
    xact: Mapped[int] = mapped_column(
        BigInteger, primary_key=True, server_default=text("(pg_current_xact_id()::text)::bigint")
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    #: care (all visits and tasks of a reader), the kind of one record, or what several hang on: entry, resident, month.
    about: Mapped[str] = mapped_column(String(16))
    reader_id: Mapped[UUID | None]
    record_id: Mapped[UUID | None]


class DeviceFeed(Model):
    """How far one user's feed of one area has come on one tablet, and when the tablet said that it is deleted there."""

    __tablename__ = "device_feed"
    __table_args__ = (
        Index("ix_device_feed_user", "county_code", "user_id", "area_code"),
        {"info": {"rls": "county"}},
    )

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    device_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(AreaText, primary_key=True)
    #: The position the tablet last asked with: what it has saved.
    epoch: Mapped[str] = mapped_column(String(24))
    seq: Mapped[int] = mapped_column(BigInteger)
    #: When that position was first asked with; the tablet's row tells when it last asked at all.
    asked_at: Mapped[datetime]
    revoked_told_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]
