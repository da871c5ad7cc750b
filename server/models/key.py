"""Wrapped keys and the pseudonyms that stand for people in the access log. No key is stored in the open."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import CountyText, Model, PeriodText


class CountySettings(Model):
    """One county's choices as a tenant: suite for new keys, and its wrapped index, row and link keys."""

    __tablename__ = "county_settings"
    __table_args__ = {"info": {"rls": "county"}}  # noqa: RUF012

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    #: Suite byte for new data keys: 1 AES-256-GCM, 17 SM4-GCM.
    suite: Mapped[int] = mapped_column(SmallInteger)
    wrapped_index_key: Mapped[bytes]
    wrapped_row_key: Mapped[bytes]
    wrapped_link_key: Mapped[bytes]
    created_at: Mapped[datetime]


class MasterKeyRow(Model):
    """A county's master key of one monthly epoch, wrapped by the key-encryption key, with its canary."""

    __tablename__ = "master_key"
    __table_args__ = {"info": {"rls": "county"}}  # noqa: RUF012

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    epoch: Mapped[str] = mapped_column(PeriodText, primary_key=True)
    wrapped: Mapped[bytes]
    canary: Mapped[bytes]
    created_at: Mapped[datetime]


class Subject(Model):
    """Somebody or something that sealed fields are about; ``subject_ref`` stands for it in the access log.

    After erasure this row is gone and the reference in the log points to nobody.
    """

    __tablename__ = "subject"
    __table_args__ = (
        UniqueConstraint("county_code", "subject_ref"),
        {"info": {"rls": "county"}},
    )

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_ref: Mapped[UUID]


class SubjectKey(Model):
    """The wrapped data key of one subject × retention class × version."""

    __tablename__ = "subject_key"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "subject_id"], ["subject.county_code", "subject.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["county_code", "epoch"], ["master_key.county_code", "master_key.epoch"]),
        {"info": {"rls": "county"}},
    )

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    #: id, case or evid: erasure is by class.
    retention: Mapped[str] = mapped_column(String(4), primary_key=True)
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    suite: Mapped[int] = mapped_column(SmallInteger)
    epoch: Mapped[str] = mapped_column(PeriodText)
    wrapped: Mapped[bytes]
    commitment: Mapped[bytes]


class SearchBucket(Model):
    """A bucket of few bits for one searchable field of somebody: narrows a search, never answers it.

    Whom it points at is blind, so that buckets cannot be joined with residents, nor with one another. Each night the
    index is made anew in random order, so that neither order nor transaction tells who was entered when.
    """

    __tablename__ = "search_bucket"
    __table_args__ = (
        Index("ix_search_bucket_lookup", "county_code", "field_number", "normaliser_version", "bucket"),
        {"info": {"rls": "county"}},
    )

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    #: Random, not by time.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    field_number: Mapped[int] = mapped_column(SmallInteger)
    normaliser_version: Mapped[int] = mapped_column(SmallInteger)
    bucket: Mapped[int] = mapped_column(SmallInteger)
    #: The resident's id under the county's link key.
    blind_link: Mapped[bytes]
