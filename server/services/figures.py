"""A month in counts: exact and live at home; above the township only what was frozen and released (decision 0013)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from server.domain.area_codes import AreaCode, Level, county_of, parse_area_code
from server.domain.codes import Ground, SweepKind
from server.domain.completeness import places_of
from server.domain.figures import Counts, Source, exact, is_exact
from server.domain.periods import Period, parse_period
from server.domain.permissions import Facts, Permission, may
from server.domain.releases import Told
from server.errors import Forbidden, NotFound
from server.services.releases import told_above
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
        return _live(work, area, month) if plain else _above(work, area, month)


def _live(work: Work, area: AreaCode, period: Period) -> "Figures":
    """The month as it stands now, exact."""
    with widened(work):
        returns = store.returns_by_kind(work, area, period)
    due = _due(work, area, period)
    return Figures(
        area_code=area,
        period=period,
        exact=True,
        source=Source.LIVE,
        observations=exact(store.observations_by_ground(work, area, period)),
        entries=exact(store.entries_by_state(work, area, period)),
        returns=tuple(_returns(str(kind), returns.get(str(kind), {}), due) for kind in SweepKind),
    )


def _above(work: Work, area: AreaCode, period: Period) -> "Figures":
    """What was released; before that, no count of people, and how many places have returned as it stands now."""
    told = told_above(work, area, period)
    if told is not None:
        return _released(area, period, told)
    with widened(work):
        returns = store.returns_by_kind(work, area, period)
    due = _due(work, area, period)
    rows = [_returns(str(kind), returns.get(str(kind), {}), due) for kind in SweepKind]
    return Figures(
        area_code=area,
        period=period,
        exact=False,
        source=Source.WAITING,
        observations=Counts(dict.fromkeys(map(str, Ground)), None),
        entries=Counts({}, None),
        returns=tuple(replace(row, nil=None, with_items=None) for row in rows),
    )


def _released(area: AreaCode, period: Period, told: Told) -> "Figures":
    groups = dict(told.groups)
    return Figures(
        area_code=area,
        period=period,
        exact=False,
        source=Source.RELEASED,
        observations=groups.pop("observations"),
        entries=groups.pop("entries"),
        groups=groups,
        returns=tuple(_told_returns(str(kind), told.returns[str(kind)]) for kind in SweepKind),
    )


def _told_returns(kind: str, row: Mapping[str, int | None]) -> "ReturnFigures":
    due, returned, late, nil = (row[name] for name in ("due", "returned", "late", "nil"))
    return ReturnFigures(
        kind=kind,
        due=due or 0,
        returned=returned or 0,
        nil=nil,
        with_items=None if nil is None else (returned or 0) - nil,
        late=late or 0,
    )


def _due(work: Work, area: AreaCode, period: Period) -> int:
    return sum(len(places) for places in places_of(_with_village(areas_in(work, (area,), period), area)).values())


def _with_village(areas: list[AreaCode], area: AreaCode) -> list[AreaCode]:
    """A single grid counts as due by itself, though its village is not among the areas."""
    return [AreaCode(area[: Level.VILLAGE]), *areas] if len(area) > Level.VILLAGE else areas


def _returns(kind: str, table: Mapping[str, Mapping[str, int]], due: int) -> "ReturnFigures":
    rows = table.values()
    with_items = sum(row["with_items"] for row in rows)
    returned = sum(row["returned"] for row in rows)
    return ReturnFigures(
        kind=kind,
        due=due,
        returned=returned,
        nil=returned - with_items,
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
    """A month of one area; None stands for a count that is hidden. Never a target, never a rank."""

    area_code: str
    period: str
    exact: bool
    observations: Counts
    entries: Counts
    returns: tuple[ReturnFigures, ...]
    source: Source
    #: Of a released month: every other group that may be told.
    groups: Mapping[str, Counts] = field(default_factory=dict)
