"""Placeholders of the conformance vectors: what a name stands for, and what an answer may be (vectors/README.md)."""

import re
from collections.abc import Iterator, Mapping, MutableMapping
from datetime import datetime
from typing import Any

_NAME = re.compile(r"<([A-Za-z_][\w.]*)>")
_TAKE = re.compile(r"<=([A-Za-z_]\w*)>")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
FORMS = {
    "<any>": lambda value: True,
    "<id>": lambda value: isinstance(value, str) and bool(_UUID.fullmatch(value)),
    "<instant>": lambda value: isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None,
    "<text>": lambda value: isinstance(value, str) and bool(value),
    "<number>": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "<hex16>": lambda value: isinstance(value, str) and bool(re.fullmatch(r"[0-9a-f]{16}", value)),
    "<b64>": lambda value: isinstance(value, str) and bool(re.fullmatch(r"[A-Za-z0-9_-]+", value)),
}


def filled(value: Any, names: Mapping[str, Any]) -> Any:
    """The value with every known name in its texts replaced; a text that is nothing but a name becomes what it stands for."""
    if isinstance(value, dict):
        return {filled(key, names): filled(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, names) for each in value]
    if not isinstance(value, str):
        return value
    alone = _NAME.fullmatch(value)
    if alone and alone[1] in names:
        return names[alone[1]]
    return _NAME.sub(lambda found: str(names.get(found[1], found[0])), value)


def differences(expected: Any, got: Any, names: MutableMapping[str, Any], where: str = "") -> Iterator[str]:
    """Every place where what came is not what was expected; names are taken on the way."""
    if isinstance(expected, dict):
        yield from _of_objects(expected, got, names, where)
    elif isinstance(expected, list):
        yield from _of_arrays(expected, got, names, where)
    elif isinstance(expected, str) and (taken := _TAKE.fullmatch(expected)):
        names[taken[1]] = got
    elif isinstance(expected, str) and expected in FORMS:
        if not FORMS[expected](got):
            yield f"{where}: {got!r} is not {expected}"
    elif (wanted := filled(expected, names)) != got:
        yield f"{where}: {got!r} is not {wanted!r}"


def _of_objects(expected: dict[str, Any], got: Any, names: MutableMapping[str, Any], where: str) -> Iterator[str]:
    if not isinstance(got, dict):
        yield f"{where}: {got!r} is not an object"
        return
    for key, value in expected.items():
        named = filled(key, names)
        if named in got:
            yield from differences(value, got[named], names, f"{where}.{named}")
        else:
            yield f"{where}.{named} is missing"


def _of_arrays(expected: list[Any], got: Any, names: MutableMapping[str, Any], where: str) -> Iterator[str]:
    if not isinstance(got, list) or len(got) != len(expected):
        yield f"{where}: {got!r} has not {len(expected)} elements"
        return
    for number, (value, each) in enumerate(zip(expected, got, strict=True)):
        yield from differences(value, each, names, f"{where}[{number}]")
