"""What an operation says of the place and the person it is about, whatever the shape of its data."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

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


def _id(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
