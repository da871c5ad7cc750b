"""The lists of indicators as they are shipped, read strictly: a line that does not hold is refused with its number."""

import csv
import io
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from server.domain.indicators import Comparison, Definition, Kind, Source, Target, Typed, Unit, Universe
from server.errors import Malformed

DEFINITION_COLUMNS = (
    *("id", "title_zh", "title_en", "kind", "numerator_zh", "numerator_en", "denominator_zh", "denominator_en"),
    *("source", "typed", "unit", "version", "rules"),
)
TARGET_COLUMNS = ("set", "area", "indicator", "year", "comparison", "value")
UNIVERSE_COLUMNS = ("setting", "value")


def parse_definitions(text: str) -> dict[str, Definition]:
    """The definitions by id, in the file's order; raises Malformed ``indicator_seed_invalid`` with the line."""
    found: dict[str, Definition] = {}
    for line, row in _lines(text, DEFINITION_COLUMNS):
        try:
            definition = _definition(row)
        except ValueError:
            raise Malformed("indicator_seed_invalid", line=line) from None
        if found.setdefault(definition.id, definition) is not definition or not _is_whole(definition):
            raise Malformed("indicator_seed_invalid", line=line)
    return found


def parse_targets(text: str, known: Mapping[str, Definition]) -> tuple[Target, ...]:
    """The shipped targets; raises Malformed ``indicator_seed_invalid``, also for an indicator that nobody defined."""
    found = {}
    for line, row in _lines(text, TARGET_COLUMNS):
        try:
            target = Target(
                row["set"], row["area"], row["indicator"], int(row["year"]),
                Comparison(row["comparison"]), Decimal(row["value"]),
            )  # fmt: skip
        except (ValueError, InvalidOperation):
            raise Malformed("indicator_seed_invalid", line=line) from None
        key = (target.set, target.indicator)
        if target.indicator not in known or key in found:
            raise Malformed("indicator_seed_invalid", line=line)
        found[key] = target
    return tuple(found.values())


def parse_universe(text: str) -> Universe:
    """Which units count; raises Malformed ``indicator_seed_invalid`` for anything but yes and no."""
    said = {}
    for line, row in _lines(text, UNIVERSE_COLUMNS):
        if row["value"] not in {"yes", "no"} or row["setting"] not in {"special_units", "management_committees"}:
            raise Malformed("indicator_seed_invalid", line=line)
        said[row["setting"]] = row["value"] == "yes"
    return Universe(**said)


def _lines(text: str, columns: tuple[str, ...]) -> Iterable[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != columns:
        raise Malformed("indicator_seed_invalid", line=1)
    for line, row in enumerate(reader, start=2):
        if None in row or None in row.values():
            raise Malformed("indicator_seed_invalid", line=line)
        yield line, row


def _definition(row: Mapping[str, str]) -> Definition:
    plain = {name: row[name] for name in DEFINITION_COLUMNS[:8] if name != "kind"}
    return Definition(
        **plain,
        kind=Kind(row["kind"]),
        source=Source(row["source"]),
        typed=Typed(row["typed"]),
        unit=Unit(row["unit"]),
        version=int(row["version"]),
        rules=tuple(filter(None, row["rules"].split("|"))),
    )


def _is_whole(definition: Definition) -> bool:
    """Every name is there; a count alone has no denominator; what is reported is typed in."""
    counted = definition.kind is Kind.COUNT
    named = (definition.id, definition.title_zh, definition.title_en, definition.numerator_zh, definition.numerator_en)
    below = (definition.denominator_zh, definition.denominator_en)
    typed = (definition.source is Source.REPORT) == (definition.typed is Typed.BOTH)
    return all(named) and typed and not any(below) if counted else all((*named, *below)) and typed
