"""What tablets hold, for the office: feed by feed on one tablet, and before a transfer, of one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.domain.permissions import Permission
from server.store.devices import device_by_id
from server.store.disclosure import refs_of
from server.store.events import AccessEvent
from server.store.feed_reading import feeds_on, tablets_holding
from server.store.ledger import entry_by_id
from server.store.transaction import Caller, transaction, widened


@dataclass(frozen=True)
class HeldFeed:
    """One user's feed of one area as a tablet holds it."""

    area_code: str
    user_id: UUID
    #: How many changes have come since the tablet last asked; some may be of one record.
    behind: int
    #: When it first asked with the position it has now.
    asked_at: datetime
    #: When it was told to delete it, and when it said that it had.
    revoked_told_at: datetime | None
    purged_at: datetime | None


@dataclass(frozen=True)
class HoldingTablet:
    """A tablet that holds visits or tasks for a person, and when it last synchronised."""

    device_id: UUID
    user_id: UUID
    area_code: str
    label: str
    last_sync_at: datetime | None


def list_feeds(caller: Caller, device_id: UUID) -> Sequence[HeldFeed]:
    """What a tablet holds, by area; no person is named. Raises NotFound."""
    with transaction(caller) as work:
        device = device_by_id(work, Permission.DEVICE_READ, device_id)
        return [
            HeldFeed(
                row.area_code,
                row.user_id,
                max(0, (head or 0) - row.seq),
                row.asked_at,
                row.revoked_told_at,
                row.purged_at,
            )
            for row, head in feeds_on(work, device.id)
        ]


def list_tablets_holding(caller: Caller, entry_id: UUID) -> Sequence[HoldingTablet]:
    """The tablets that hold a visit or task for somebody, or may not have heard yet that it is theirs no more.

    Raises NotFound. That it was asked is logged with the person's pseudonym.
    """
    with transaction(caller) as work:
        entry = entry_by_id(work, Permission.LEDGER_READ, entry_id)
        refs = tuple(refs_of(work, [entry.resident_id]).values())
        work.note(AccessEvent(Permission.LEDGER_READ, subject_refs=refs, table="device_feed", record_id=entry.id))
        # A tablet may belong to another township than the person; that the caller reaches the person is settled.
        with widened(work):
            rows = tablets_holding(work, entry.id)
        return [
            HoldingTablet(row.device_id, row.user_id, row.area_code, device.label, device.last_sync_at)
            for row, device in rows
        ]
