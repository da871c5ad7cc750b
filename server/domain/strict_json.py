"""From JSON to frozen values, strictly: the dataclass is the shape, and every fault is told with its path.

What a dataclass does not name is refused, what has no default must be there, and numbers are whole. It reads
dataclasses, tuples, mappings by name, enumerations, text, whole numbers, truth values, and any of them or null.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from server.errors import FieldError

T = TypeVar("T")

LONGEST_TEXT = 1000
LONGEST_LIST = 200
LARGEST_NUMBER = 10_000


def read(kind: type[T], value: object) -> tuple[T | None, tuple[FieldError, ...]]:
    """The value, or None with every fault that was found: dotted path, code, limits; never what was sent."""
    faults: list[FieldError] = []
    found = _read(kind, value, "", faults)
    return (None, tuple(faults)) if faults else (found, ())


def _read(kind: Any, value: object, path: str, faults: list[FieldError]) -> Any:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in {types.UnionType, typing.Union}:
        return None if value is None else _read(inner[0], value, path, faults)
    if origin is tuple:
        return _list(inner[0], value, path, faults)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(inner[1], value, path, faults)
    if dataclasses.is_dataclass(kind):
        return _record(kind, value, path, faults)
    if issubclass(kind, StrEnum):
        return _choice(kind, value, path, faults)
    return _PLAIN[kind](value, path, faults)


def _record(kind: Any, value: object, path: str, faults: list[FieldError]) -> Any:
    if not isinstance(value, dict):
        return _fault(faults, path, "field_object")
    hints = typing.get_type_hints(kind)
    faults.extend(FieldError(_join(path, name), "field_unknown") for name in value if name not in hints)
    found = {}
    before = len(faults)
    for field in dataclasses.fields(kind):
        if field.name in value:
            found[field.name] = _read(hints[field.name], value[field.name], _join(path, field.name), faults)
        elif field.default is dataclasses.MISSING:
            _fault(faults, _join(path, field.name), "field_missing")
    return kind(**found) if len(faults) == before else None


def _list(kind: Any, value: object, path: str, faults: list[FieldError]) -> Any:
    if not isinstance(value, list):
        return _fault(faults, path, "field_list")
    if len(value) > LONGEST_LIST:
        return _fault(faults, path, "field_too_long", most=LONGEST_LIST)
    return tuple(_read(kind, each, _join(path, str(at)), faults) for at, each in enumerate(value))


def _mapping(kind: Any, value: object, path: str, faults: list[FieldError]) -> Any:
    if not isinstance(value, dict):
        return _fault(faults, path, "field_object")
    if len(value) > LONGEST_LIST:
        return _fault(faults, path, "field_too_long", most=LONGEST_LIST)
    return types.MappingProxyType({name: _read(kind, each, _join(path, name), faults) for name, each in value.items()})


def _choice(kind: type[StrEnum], value: object, path: str, faults: list[FieldError]) -> Any:
    if isinstance(value, str) and value in set(kind):
        return kind(value)
    return _fault(faults, path, "field_choice", choices=", ".join(kind))


def _text(value: object, path: str, faults: list[FieldError]) -> Any:
    if not isinstance(value, str) or not value.isprintable():
        return _fault(faults, path, "field_text")
    if not value.strip() or len(value) > LONGEST_TEXT:
        return _fault(faults, path, "field_length", least=1, most=LONGEST_TEXT)
    return value


def _whole(value: object, path: str, faults: list[FieldError]) -> Any:
    if not isinstance(value, int) or isinstance(value, bool):
        return _fault(faults, path, "field_number")
    if not 0 <= value <= LARGEST_NUMBER:
        return _fault(faults, path, "field_range", least=0, most=LARGEST_NUMBER)
    return value


def _truth(value: object, path: str, faults: list[FieldError]) -> Any:
    return value if isinstance(value, bool) else _fault(faults, path, "field_yes_no")


_PLAIN: Mapping[type, Callable[[object, str, list[FieldError]], Any]] = {str: _text, int: _whole, bool: _truth}


def _fault(faults: list[FieldError], path: str, code: str, **limits: str | int) -> None:
    faults.append(FieldError(path[:200], code, dict(limits)))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
