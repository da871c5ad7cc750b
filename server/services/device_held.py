"""What a lost tablet held: whose data it was shown since it was enrolled. Looking is itself written down, by name."""

from dataclasses import dataclass
from uuid import UUID

from server.domain.permissions import Permission
from server.store.device_traces import MOST_TOLD, Trace, traces_of
from server.store.devices import device_by_id
from server.store.events import AccessEvent
from server.store.transaction import Caller, transaction

__all__ = ["HeldView", "held_by"]


@dataclass(frozen=True)
class HeldView:
    """Everybody whose data a tablet was shown. ``more``: there are more than are told."""

    device_id: UUID
    items: tuple[Trace, ...]
    more: bool


def held_by(caller: Caller, device_id: UUID) -> HeldView:
    """Whose data a tablet was shown, the last one first: pseudonyms, and entries where the caller may read them.

    Nothing is opened. Raises NotFound ``not_found``.
    """
    with transaction(caller) as work:
        device = device_by_id(work, Permission.DEVICE_HELD_READ, device_id)
        found = traces_of(work, device)
        refs = tuple(trace.subject_ref for trace in found)
        event = AccessEvent(Permission.DEVICE_HELD_READ, subject_refs=refs, table="device", record_id=device.id)
        work.note(event)
        return HeldView(device.id, tuple(found), len(found) == MOST_TOLD)
