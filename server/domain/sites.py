"""Rules of sites and of what belongs to them: days that cannot be, and places that are none."""

from dataclasses import dataclass
from datetime import date

from server.domain.area_codes import AreaCode, Level, level_of, parse_area_code
from server.domain.codes_care import SafetyKind
from server.errors import Invalid

#: Sites, activities and emergencies lie in one of these; a grid is nobody's place but a worker's.
PLACE_LEVELS = frozenset({Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE})


def parse_place(text: str) -> AreaCode:
    """The code of a county, township or village; raises ``area_code_invalid`` or ``place_level_wrong``."""
    code = parse_area_code(text)
    if level_of(code) not in PLACE_LEVELS:
        raise Invalid("place_level_wrong", field="area_code")
    return code


def check_past(day: date, today: date, field: str) -> None:
    """What is recorded has happened: raises ``day_in_future`` for ``field``."""
    if day > today:
        raise Invalid("day_in_future", field=field)


def check_order(first: date, last: date | None, field: str) -> None:
    """An end lies on or after its beginning; raises ``day_before_start`` for the end's ``field``."""
    if last is not None and last < first:
        raise Invalid("day_before_start", field=field)


@dataclass(frozen=True, repr=False)
class HandOver:
    """What the township is told of a crisis, and which area it happens in; has no readable ``repr``."""

    area_code: str
    kind: SafetyKind
    facts: str
