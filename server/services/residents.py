"""Who a resident is: read, entered, corrected."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import UUID

from server import clock
from server.domain.permissions import Facts, Permission, may
from server.domain.resident_views import ResidentPlain, ResidentView, resident_view
from server.domain.residents import CheckedResident, NewResident, checked_resident
from server.errors import NotFound
from server.store.disclosure import disclose
from server.store.duplicates import pairs_of
from server.store.events import AccessEvent
from server.store.residents import (
    ALL_FIELDS,
    correct,
    known_regions,
    open_residents,
    plain_of,
    register,
    resident_by_id,
    resident_for_change,
)
from server.store.transaction import Caller, Work, new_id, transaction


def read_resident(caller: Caller, resident_id: UUID) -> ResidentView:
    """Who somebody is, as far as the caller's role sees it; the log names them first."""
    with transaction(caller) as work:
        row = resident_by_id(work, Permission.RESIDENT_READ, resident_id)
        event = AccessEvent(Permission.RESIDENT_READ, table="resident", record_id=row.id)
        return resident_view(work.identity, open_residents(work, event, [row])[0])


def add_resident(caller: Caller, given: Mapping[str, Any]) -> "Entered":
    """Enter somebody, given as the fields of ``NewResident``; without an id, one is made.

    Gives back nothing of what was typed, only what to ask about.

    Raises as ``checked_resident`` and ``register`` do; NotFound ``resident_area_outside``.
    """
    new = NewResident(**{"id": new_id(), **given})
    with transaction(caller) as work:
        _require_area(work, new.area_code)
        checked = checked_resident(new, clock.day_of(work.now), known_regions(work))
        register(work, [checked])
        return _entered(work, checked, 1)


def correct_resident(caller: Caller, resident_id: UUID, version: int, changes: Mapping[str, Any]) -> "Entered":
    """Change some of what is known of somebody; a value of None takes it away.

    Raises as ``add_resident`` does; NotFound ``not_found``, Stale ``record_changed``.
    """
    with transaction(caller) as work:
        row = resident_for_change(work, Permission.RESIDENT_WRITE, resident_id, version)
        event = AccessEvent(Permission.RESIDENT_WRITE, fields=ALL_FIELDS, table="resident", record_id=row.id)
        keys = disclose(work, event, [row.id])
        before = _as_typed(plain_of(work, keys, row))
        after = replace(before, **changes)
        _require_area(work, after.area_code)
        checked = checked_resident(after, clock.day_of(work.now), known_regions(work))
        correct(work, keys, row, checked, changes.keys())
        return _entered(work, checked, row.version)


def _require_area(work: Work, area_code: str) -> None:
    if not may(work.identity, Permission.RESIDENT_ENTER, Facts(area_code, work.identity.user_id)):
        raise NotFound("resident_area_outside", field="area_code")


def _as_typed(plain: ResidentPlain) -> NewResident:
    return NewResident(**{field.name: getattr(plain, field.name) for field in fields(NewResident)})


def _entered(work: Work, checked: CheckedResident, version: int) -> "Entered":
    return Entered(checked.id, version, checked.warnings, pairs_of(work, checked.id))


@dataclass(frozen=True)
class Entered:
    """What became of somebody entered or corrected."""

    id: UUID
    version: int
    #: Codes of ``IdWarning``.
    warnings: tuple[str, ...]
    #: Open questions whether this is somebody already there.
    possible_duplicates: tuple[UUID, ...]
