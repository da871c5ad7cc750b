"""What tablets delivered: the keys it was sealed to, a receipt for each operation, and what a person must look at."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, CountyText, Model, PeriodText, Record, TenantRow


class SealKeyRow(TenantRow, Model):
    """A county's key that tablets seal operations to; the newest is given out, every older one still opens."""

    __tablename__ = "seal_key"
    __table_args__ = (UniqueConstraint("county_code", "epoch", "number"), {"info": {"rls": "county"}})

    epoch: Mapped[str] = mapped_column(PeriodText)
    #: Counts the keys of one month from 1; more than one where it was changed by hand.
    number: Mapped[int] = mapped_column(SmallInteger)
    wrapped: Mapped[bytes]
    #: 65 bytes, an uncompressed point of P-256.
    public_key: Mapped[bytes]
    created_at: Mapped[datetime]


class SyncReceipt(Model):
    """What became of one operation of one tablet: codes and times, and no id of a record or a person."""

    __tablename__ = "sync_receipt"
    __table_args__ = (
        Index("ix_sync_receipt_sequence", "county_code", "device_id", "device_seq"),
        Index("ix_sync_receipt_received", "county_code", "received_at"),
        {"info": {"rls": "county"}},
    )

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    device_id: Mapped[UUID] = mapped_column(primary_key=True)
    op_id: Mapped[UUID] = mapped_column(primary_key=True)
    author_id: Mapped[UUID]
    device_seq: Mapped[int] = mapped_column(BigInteger)
    #: SHA-256 of the operation's own fields as they were sent.
    payload_hash: Mapped[bytes]
    kind: Mapped[str] = mapped_column(String(24))
    period: Mapped[str | None] = mapped_column(PeriodText)
    #: The tablet's clock, uncorrected: evidence, never order.
    captured_at: Mapped[datetime]
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    received_at: Mapped[datetime]
    #: A code of ``OperationResult``.
    result: Mapped[str] = mapped_column(String(12))
    version: Mapped[int | None]
    code: Mapped[str | None] = mapped_column(String(48))
    field: Mapped[str | None] = mapped_column(String(60))
    #: Where it waits for the township; taken away when who it is about is forgotten.
    review_id: Mapped[UUID | None]
    #: Proof that the application gave this answer to this operation (`server/store/sync_receipts.py`).
    row_mac: Mapped[bytes]


class SyncReview(Record, Model):
    """An operation that could not be applied as it came, kept sealed until the township has decided.

    ``subject_id`` is whose data key seals it: the resident's, or its own where no resident is known.
    """

    __tablename__ = "sync_review"
    __table_args__ = (
        ForeignKeyConstraint(
            ["county_code", "resident_id"], ["resident.county_code", "resident.id"], ondelete="CASCADE"
        ),
        Index("ix_sync_review_area", "county_code", "area_code", "id"),
        Index("ix_sync_review_author", "county_code", "author_id", "op_id"),
        Index("ix_sync_review_resident", "county_code", "resident_id"),
        Index("ix_sync_review_decided", "county_code", "decided_at"),
        {"info": {"rls": "area"}},
    )

    area_code: Mapped[str] = mapped_column(AreaText)
    op_id: Mapped[UUID]
    device_id: Mapped[UUID]
    author_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(String(24))
    record_id: Mapped[UUID]
    captured_at: Mapped[datetime]
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    #: Why it was not applied: a code of a refusal.
    code: Mapped[str] = mapped_column(String(48))
    field: Mapped[str | None] = mapped_column(String(60))
    #: open, applied, kept, returned or replaced.
    state: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[UUID]
    resident_id: Mapped[UUID | None]
    #: What the author had written; taken away once it is applied or replaced.
    sealed_payload: Mapped[bytes | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    #: A code of ``sync_review_reason``, where it was kept or returned.
    reason: Mapped[str | None] = mapped_column(String(24))
    #: What the township wrote to the author.
    sealed_note: Mapped[bytes | None]
