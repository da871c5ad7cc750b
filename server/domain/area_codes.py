"""Area codes: text whose prefix is the hierarchy (GB/T 2260, GB/T 10114, statistical village codes, grids).

Codes are text, never numbers: ``"4309"`` contains ``"430903"`` because it begins it. Lengths tell the level.
"""

from enum import IntEnum, StrEnum
from typing import NewType

from server.errors import Invalid

AreaCode = NewType("AreaCode", str)

GRIDS_AT_MOST = 999
_PARTS = ((0, 2), (2, 4), (4, 6), (6, 9), (9, 12), (12, 15), (15, 17))


def parse_area_code(text: str) -> AreaCode:
    """The code as given, checked for length, digits and no all-zero part; raises ``area_code_invalid``."""
    if len(text) not in _LENGTHS or not (text.isascii() and text.isdigit()):
        raise Invalid("area_code_invalid")
    if any(not text[start:end].strip("0") for start, end in _PARTS if end <= len(text)):
        raise Invalid("area_code_invalid")
    return AreaCode(text)


def parse_code_of(level: "Level", text: str, field: str) -> AreaCode:
    """A code of exactly this level; raises ``area_code_invalid``, or ``area_level_wrong`` for ``field``."""
    code = parse_area_code(text)
    if level_of(code) is not level:
        raise Invalid("area_level_wrong", field=field, level=level.name.lower())
    return code


def level_of(code: AreaCode) -> "Level":
    """The level, told by length alone."""
    return Level(len(code))


def contains(prefix: str, code: str) -> bool:
    """Whether ``code`` is ``prefix`` or lies below it: the very comparison the queries use."""
    return prefix <= code < prefix + "~"


def cut_to(code: AreaCode, level: "Level") -> AreaCode:
    """The area of ``level`` that holds ``code``; raises ``area_level_wrong`` if ``code`` lies above it."""
    if len(code) < level:
        raise Invalid("area_level_wrong", level=level.name.lower())
    return AreaCode(code[: level.value])


def village_of(code: AreaCode) -> AreaCode:
    """The village that holds this village, grid or subgrid."""
    return cut_to(code, Level.VILLAGE)


def township_of(code: AreaCode) -> AreaCode:
    """The township that holds this area."""
    return cut_to(code, Level.TOWNSHIP)


def county_of(code: AreaCode) -> AreaCode:
    """The county that holds this area; the county is the tenant."""
    return cut_to(code, Level.COUNTY)


def township_kind(code: AreaCode) -> "TownshipKind":
    """The kind told by the first of the township's digits; 400 and above are special units."""
    return _TOWNSHIP_KINDS.get(cut_to(code, Level.TOWNSHIP)[6], TownshipKind.SPECIAL)


def village_kind(code: AreaCode) -> "VillageKind":
    """The kind told by the first of the village's digits; 400 and above are quasi-villages."""
    return _VILLAGE_KINDS.get(cut_to(code, Level.VILLAGE)[9], VillageKind.QUASI)


def grid_codes(village: AreaCode, count: int) -> tuple[AreaCode, ...]:
    """The first ``count`` grid codes of a village, 001 on; raises ``grid_count_invalid`` outside 1 to 999."""
    if level_of(village) is not Level.VILLAGE:
        raise Invalid("area_level_wrong", level=Level.VILLAGE.name.lower())
    if not 1 <= count <= GRIDS_AT_MOST:
        raise Invalid("grid_count_invalid")
    return tuple(AreaCode(f"{village}{number:03d}") for number in range(1, count + 1))


class Level(IntEnum):
    """Levels, each worth the length of its codes."""

    CITY = 4
    """City (prefecture)."""
    COUNTY = 6
    """County, district or a zone counted as one."""
    TOWNSHIP = 9
    """Township, town or street."""
    VILLAGE = 12
    """Village or community."""
    GRID = 15
    """Grid: one worker's beat."""
    SUBGRID = 17
    """Household block inside a grid."""


_LENGTHS = frozenset(level.value for level in Level)


class TownshipKind(StrEnum):
    """Kinds of township unit (GB/T 10114)."""

    STREET = "street"
    """Street office, 001 to 099."""
    TOWN = "town"
    """Town, 100 to 199."""
    TOWNSHIP = "township"
    """Township, 200 to 399."""
    SPECIAL = "special"
    """Combined or special unit, 400 on."""


class VillageKind(StrEnum):
    """Kinds of village unit in the statistical codes."""

    RESIDENTS = "residents"
    """Residents' committee, 0xx and 1xx."""
    VILLAGERS = "villagers"
    """Villagers' committee, 2xx and 3xx."""
    QUASI = "quasi"
    """A zone or living area counted as a village, 4xx on."""


class AdminType(StrEnum):
    """Whether a unit is an administrative division."""

    GB = "gb"
    """In GB/T 2260."""
    STAT_ONLY = "stat_only"
    """A zone that has a statistical code only, yet is accountable as a county."""
    SPECIAL = "special"
    """A combined or special unit at township level, or a quasi-village."""


_TOWNSHIP_KINDS = {
    "0": TownshipKind.STREET,
    "1": TownshipKind.TOWN,
    "2": TownshipKind.TOWNSHIP,
    "3": TownshipKind.TOWNSHIP,
}
_VILLAGE_KINDS = {
    "0": VillageKind.RESIDENTS,
    "1": VillageKind.RESIDENTS,
    "2": VillageKind.VILLAGERS,
    "3": VillageKind.VILLAGERS,
}
