"""Attaching outlines to areas from a GeoJSON file: what is good is kept, what is bad is named by its code."""

from dataclasses import dataclass

from sqlalchemy import Connection

from server.domain.area_shapes import Shape, ShapeFault, parse_collection, possible_codes, read_shapes, system_of
from server.errors import FieldError
from server.store.area_shapes import attach_shapes, known_codes


@dataclass(frozen=True)
class Attached:
    """How many outlines were stored, and why the others were not: one error per feature, its field the code."""

    count: int
    faults: tuple[FieldError, ...]


def attach_from(connection: Connection, text: str) -> Attached:
    """Store every good outline of the file in the caller's transaction.

    Raises:
        Invalid: ``area_shapes_unreadable`` or ``area_shapes_crs_unknown``; then nothing is stored.
    """
    document = parse_collection(text)
    system = system_of(document)
    found = list(read_shapes(document))
    faults = [item for item in found if isinstance(item, ShapeFault)]
    shapes, unknown = _resolved(connection, [item for item in found if isinstance(item, Shape)])
    empty = attach_shapes(connection, shapes, system)
    faults += unknown + [ShapeFault(code, "shape_empty") for code in empty]
    errors = (FieldError(fault.where, fault.reason, {"code": fault.where}) for fault in faults)
    return Attached(len(shapes) - len(empty), tuple(errors))


def _resolved(connection: Connection, shapes: list[Shape]) -> tuple[list[Shape], list[ShapeFault]]:
    """Shapes under the codes of areas we have, and those whose code is nobody's."""
    known = known_codes(connection, [code for shape in shapes for code in possible_codes(shape.code)])
    good: dict[str, Shape] = {}
    faults = []
    for shape in shapes:
        code = next((code for code in possible_codes(shape.code) if code in known), None)
        if code is None or code in good:
            faults.append(ShapeFault(shape.code, "shape_code_repeated" if code else "shape_code_unknown"))
        else:
            good[code] = shape._replace(code=code)
    return list(good.values()), faults
