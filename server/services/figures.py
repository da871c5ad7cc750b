"""A month in counts, for whoever answers for an area: exact at home, with small cells hidden above the township."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.domain.area_codes import AreaCode, Level, county_of, parse_area_code
from server.domain.codes import SweepKind
from server.domain.completeness import places_of
from server.domain.figures import Counts, Table, exact, is_exact, suppressed
from server.domain.periods import Period, parse_period
from server.domain.permissions import Facts, Permission, may
from server.errors import Forbidden, NotFound
from server.store import figures as store
from server.store.completeness import areas_in, has_area
from server.store.events import AccessEvent
from server.store.transaction import Caller, Work, in_county, transaction, widened


def read_figures(caller: Caller, area_code: str, period: str) -> "Figures":
    """The month of one area in counts.

    Raises:
        NotFound: ``not_found``, the area is not the caller's, or was not there in that month.
        Forbidden: ``figures_below_township``, supervisors and watchers see no village or grid by itself.
    """
    area, month = parse_area_code(area_code), parse_period(period)
    if not may(caller.identity, Permission.FIGURES_READ, Facts(area)):
        raise NotFound("not_found")
    plain = is_exact(caller.identity, area)
    if not plain and len(area) > Level.TOWNSHIP:
        raise Forbidden("figures_below_township", field="area_code")
    with transaction(in_county(caller, county_of(area))) as work:
        if not has_area(work, area, month):
            raise NotFound("not_found")
        work.note(AccessEvent(Permission.FIGURES_READ))
        return _figures(work, area, month, plain=plain)


def _figures(work: Work, area: AreaCode, period: Period, *, plain: bool) -> "Figures":
    """Suppression needs the whole county's table, whichever row of it is shown."""
    counted = area if plain else county_of(area)
    township = None if plain or len(area) == Level.COUNTY else area
    observations = store.observations_by_ground(work, counted, period)
    entries = store.entries_by_state(work, counted, period)
    with widened(work):
        returns = store.returns_by_kind(work, counted, period)
    due = sum(len(places) for places in places_of(_with_village(areas_in(work, (area,), period), area)).values())
    return Figures(
        area_code=area,
        period=period,
        exact=plain,
        observations=_shown(observations, township, plain=plain),
        entries=_shown(entries, township, plain=plain),
        returns=tuple(
            _returns(str(kind), returns.get(str(kind), {}), township, due, plain=plain) for kind in SweepKind
        ),
    )


def _with_village(areas: list[AreaCode], area: AreaCode) -> list[AreaCode]:
    """A single grid counts as due by itself, though its village is not among the areas."""
    return [AreaCode(area[: Level.VILLAGE]), *areas] if len(area) > Level.VILLAGE else areas


def _shown(table: Table, township: str | None, *, plain: bool) -> Counts:
    return exact(table) if plain else suppressed(table, township)


def _returns(
    kind: str, table: Mapping[str, Mapping[str, int]], township: str | None, due: int, *, plain: bool
) -> "ReturnFigures":
    """Grids are no persons, so due, returned and late stand as they are; how many found somebody does not."""
    rows = [row for code, row in table.items() if township is None or code == township]
    found: Table = {code: {"with_items": row["with_items"]} for code, row in table.items()}
    with_items = _shown(found, township, plain=plain).cells.get("with_items", 0)
    returned = sum(row["returned"] for row in rows)
    return ReturnFigures(
        kind=kind,
        due=due,
        returned=returned,
        nil=None if with_items is None else returned - with_items,
        with_items=with_items,
        late=sum(row["late"] for row in rows),
    )


@dataclass(frozen=True)
class ReturnFigures:
    """One sweep's returns, in grids. A nil return is as good as any other."""

    kind: str
    due: int
    returned: int
    nil: int | None
    with_items: int | None
    late: int


@dataclass(frozen=True)
class Figures:
    """A month of one area; None stands for a count that is hidden."""

    area_code: str
    period: str
    exact: bool
    observations: Counts
    entries: Counts
    returns: tuple[ReturnFigures, ...]
