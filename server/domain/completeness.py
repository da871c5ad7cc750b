"""How complete a township's sweep is: counted from what is expected and what came, never kept beside it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from server.domain.area_codes import AreaCode, Level, village_of


def places_of(areas: Iterable[AreaCode]) -> dict[AreaCode, tuple[AreaCode, ...]]:
    """Where returns are expected from, by village: its grids, or itself where it has none.

    ``areas`` are the villages and grids valid in the month; a grid whose village is not among them is left out.
    """
    codes = sorted(areas)
    grids: dict[AreaCode, list[AreaCode]] = {code: [] for code in codes if len(code) == Level.VILLAGE}
    for code in codes:
        if len(code) == Level.GRID and village_of(code) in grids:
            grids[village_of(code)].append(code)
    return {village: tuple(found) or (village,) for village, found in grids.items()}


def tally(
    places: dict[AreaCode, tuple[AreaCode, ...]], returns: Iterable["Filed"], confirmed: Collection[str]
) -> "Completeness":
    """The count per village and in total; every return is counted, also one from an area that has since ended."""
    by_village: dict[AreaCode, list[Filed]] = defaultdict(list)
    for filed in returns:
        by_village[village_of(filed.area_code)].append(filed)
    villages = tuple(
        _village(code, places.get(code, ()), by_village[code], confirmed=code in confirmed)
        for code in sorted(places.keys() | by_village.keys())
    )
    return Completeness(villages, _total([village.count for village in villages]))


def _village(
    code: AreaCode, places: tuple[AreaCode, ...], returns: "Sequence[Filed]", *, confirmed: bool
) -> "VillageCompleteness":
    came = {filed.area_code for filed in returns}
    count = Count(
        expected=len(places),
        returned=len(returns),
        nil=sum(filed.nil for filed in returns),
        late=sum(filed.late for filed in returns),
        items=sum(filed.item_count for filed in returns),
    )
    return VillageCompleteness(code, count, tuple(place for place in places if place not in came), confirmed)


def _total(counts: "Sequence[Count]") -> "Count":
    return Count(
        expected=sum(count.expected for count in counts),
        returned=sum(count.returned for count in counts),
        nil=sum(count.nil for count in counts),
        late=sum(count.late for count in counts),
        items=sum(count.items for count in counts),
    )


@dataclass(frozen=True)
class Filed:
    """One return as it is counted."""

    area_code: AreaCode
    nil: bool
    late: bool
    item_count: int


@dataclass(frozen=True)
class Count:
    """Returns of a village or of all: expected, come, nil among them, late among them, and their items."""

    expected: int
    returned: int
    nil: int
    late: int
    items: int


@dataclass(frozen=True)
class VillageCompleteness:
    """One village: its counts, the grids that have not returned, and whether an officer confirmed it.

    The name is empty until somebody who knows the areas fills it in.
    """

    village_code: AreaCode
    count: Count
    missing: tuple[AreaCode, ...]
    confirmed: bool
    village_name: str = ""


@dataclass(frozen=True)
class Completeness:
    """A sweep's villages in the order of their codes, and their totals."""

    villages: tuple[VillageCompleteness, ...]
    total: Count
