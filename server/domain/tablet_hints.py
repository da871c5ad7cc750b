"""What an operation says of the place and the person it is about, and whether it presses, whatever its data's shape."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from server.domain.codes_sync_push import OperationKind
from server.domain.tablet_operations import UNREADABLE, Opened


@dataclass(frozen=True)
class Hints:
    """What an operation says of the place and the person it is about; as claimed, not as checked."""

    area_code: str | None = None
    entry_id: UUID | None = None
    resident_id: UUID | None = None


class _Hinted(Struct, frozen=True):
    area_code: Any = None
    entry_id: Any = None
    resident_id: Any = None


def hints_of(opened: Opened) -> Hints:
    """What can be made out of the data, whatever their shape."""
    try:
        said = msgspec.json.decode(opened.written.data, type=_Hinted)
    except UNREADABLE:
        return Hints()
    area = said.area_code
    is_code = isinstance(area, str) and area.isascii() and area.isdecimal()
    return Hints(area if is_code else None, _id(said.entry_id), _id(said.resident_id))


class _Pressing(Struct, frozen=True):
    urgent: Any = None
    safety_event: Any = None
    observations: Any = None


def is_urgent(opened: Opened) -> bool:
    """Whether it tells, as claimed, of an emergency or of a fact that its author calls urgent, whatever its shape."""
    if opened.sent.kind == OperationKind.SAFETY_EVENT:
        return True
    try:
        said = msgspec.json.decode(opened.written.data, type=_Pressing)
    except UNREADABLE:
        return False
    facts = said.observations if isinstance(said.observations, list) else []
    return bool(said.urgent or said.safety_event or any(isinstance(one, dict) and one.get("urgent") for one in facts))


def _id(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
