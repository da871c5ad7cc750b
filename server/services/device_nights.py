"""What time does about tablets: a revoked one that never said it wiped is called for, and shares of leavers go."""

from datetime import datetime

from server.domain.codes import Role
from server.domain.devices import UNACCOUNTED_DUE
from server.store.device_users import destroy_shares_of_leavers
from server.store.devices import unaccounted_devices
from server.store.events import AccessEvent
from server.store.tasks import NewTask, TaskKind, insert_tasks
from server.store.transaction import Work


def call_for_unaccounted(work: Work, now: datetime) -> int:
    """Mark revoked tablets whose last lease has ended without a word, and give the township a day to look into each."""
    found = unaccounted_devices(work, now)
    for device in found:
        device.unaccounted_at = now
        work.note(AccessEvent("device:unaccounted", table="device", record_id=device.id))
    due, role = now + UNACCOUNTED_DUE, Role.TOWNSHIP_COORDINATOR
    kind = TaskKind.DEVICE_UNACCOUNTED
    insert_tasks(work, [NewTask(each.area_code, kind, role, due, about=("device", each.id)) for each in found])
    return len(found)


def forget_shares(work: Work, now: datetime) -> int:
    """Destroy the shares of storage keys of whoever no longer works in the field."""
    destroyed = destroy_shares_of_leavers(work, now)
    if destroyed:
        work.note(AccessEvent("device:share_destroyed", table="device_user", count=destroyed))
    return destroyed
