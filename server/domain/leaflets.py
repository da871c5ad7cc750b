"""Leaflets: what somebody is given to read before they are asked, in versions, parsed from CSV text."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from server.domain.codes_care import ConsentScope
from server.errors import Invalid, Malformed

COLUMNS = ("version", "scope", "zh", "en", "valid_from", "valid_to")


def parse_leaflets(text: str) -> "tuple[Leaflet, ...]":
    """The leaflets in the file's order; raises Malformed ``leaflets_invalid`` with the line.

    A line is refused for an unknown scope, a missing text, an unreadable date, or a version its scope already has.
    """
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise Malformed("leaflets_invalid", line=1)
    leaflets: dict[tuple[str, str], Leaflet] = {}
    for line, row in enumerate(reader, start=2):
        leaflet = _leaflet(row, line)
        if leaflets.setdefault((leaflet.scope, leaflet.version), leaflet) is not leaflet:
            raise Malformed("leaflets_invalid", line=line)
    return tuple(leaflets.values())


def valid_leaflets(leaflets: "Iterable[Leaflet]", day: date, scope: ConsentScope | None = None) -> "list[Leaflet]":
    """Those that may be given out on a day, of one scope or all; both ends of their validity are included."""
    return [
        leaflet
        for leaflet in leaflets
        if leaflet.valid_from <= day
        and (leaflet.valid_to is None or day <= leaflet.valid_to)
        and scope in {None, leaflet.scope}
    ]


def check_leaflet(leaflets: "Iterable[Leaflet]", scope: ConsentScope, version: str, day: date) -> None:
    """Hold that this version may be given out today for this question; raises Invalid ``leaflet_unknown``."""
    if version not in {leaflet.version for leaflet in valid_leaflets(leaflets, day, scope)}:
        raise Invalid("leaflet_unknown", field="leaflet_version")


def _leaflet(row: dict[str, str], line: int) -> "Leaflet":
    try:
        valid_to = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
        leaflet = Leaflet(
            row["version"], ConsentScope(row["scope"]), row["zh"], row["en"],
            date.fromisoformat(row["valid_from"]), valid_to,
        )  # fmt: skip
    except (TypeError, ValueError):
        raise Malformed("leaflets_invalid", line=line) from None
    if not all((leaflet.version, leaflet.zh, leaflet.en)):
        raise Malformed("leaflets_invalid", line=line)
    return leaflet


@dataclass(frozen=True)
class Leaflet:
    """One version of what is given out before one question is asked; ``valid_to`` None means still given out."""

    version: str
    scope: ConsentScope
    zh: str
    en: str
    valid_from: date
    valid_to: date | None
