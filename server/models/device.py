"""Field tablets: the codes they are enrolled with, the tablets themselves, and who works on which."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, CountyText, Model, Record


class DeviceEnrolment(Record, Model):
    """A code to enrol one tablet with, once and within a day. Only its digest is kept."""

    __tablename__ = "device_enrolment"
    __table_args__ = (UniqueConstraint("county_code", "code_digest"), {"info": {"rls": "area"}})

    #: The township's nine digits.
    area_code: Mapped[str] = mapped_column(AreaText)
    #: What the office calls the tablet.
    label: Mapped[str] = mapped_column(String(40))
    code_digest: Mapped[bytes]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    #: Taken back, or void after three wrong check numbers.
    void_at: Mapped[datetime | None]
    wrong_checks: Mapped[int]


class Device(Record, Model):
    """A tablet, by its public key. Its version counts what the office does; how it fares is written beside it."""

    __tablename__ = "device"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "enrolment_id"], ["device_enrolment.county_code", "device_enrolment.id"]),
        UniqueConstraint("county_code", "enrolment_id"),
        CheckConstraint("octet_length(public_key) = 65", name="public_key"),
        Index("ix_device_area", "county_code", "area_code", "id"),
        {"info": {"rls": "area"}},
    )

    #: The township's nine digits.
    area_code: Mapped[str] = mapped_column(AreaText)
    label: Mapped[str] = mapped_column(String(40))
    enrolment_id: Mapped[UUID]
    #: The uncompressed point of its P-256 key.
    public_key: Mapped[bytes]
    state: Mapped[str] = mapped_column(String(10))
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]
    revoke_reason: Mapped[str | None] = mapped_column(String(16))
    wipe_ordered_at: Mapped[datetime | None]
    wiped_at: Mapped[datetime | None]
    #: How many records it says that it deleted.
    wiped_rows: Mapped[int | None]
    #: When its last lease had ended without a word that it deleted what it held.
    unaccounted_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    last_sync_at: Mapped[datetime | None]
    app_version: Mapped[str] = mapped_column(String(20))
    waiting: Mapped[int | None]
    oldest_waiting_at: Mapped[datetime | None]
    clock_offset_ms: Mapped[int | None] = mapped_column(BigInteger)
    storage_free_mb: Mapped[int | None] = mapped_column(BigInteger)
    storage_persisted: Mapped[bool | None]
    #: The largest number of an operation of its, and how many below it never came.
    highest_seq: Mapped[int] = mapped_column(BigInteger)
    missing_seqs: Mapped[int] = mapped_column(BigInteger)
    #: Proof that key, township and state were written by the application (`server/store/known_devices.py`).
    row_mac: Mapped[bytes]


class DeviceUser(Model):
    """One user on one tablet: their lease, and their share of the storage key, gone when either may no longer work."""

    __tablename__ = "device_user"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "device_id"], ["device.county_code", "device.id"]),
        ForeignKeyConstraint(["county_code", "user_id"], ["app_user.county_code", "app_user.id"]),
        Index("ix_device_user_user", "county_code", "user_id"),
        {"info": {"rls": "county"}},
    )

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    device_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    #: 32 bytes wrapped by the key provider, bound to this device and user; none once destroyed.
    wrapped_share: Mapped[bytes | None]
    share_destroyed_at: Mapped[datetime | None]
    first_seen_at: Mapped[datetime]
    last_lease_at: Mapped[datetime]
    lease_expires_at: Mapped[datetime]
    lease_count: Mapped[int]
