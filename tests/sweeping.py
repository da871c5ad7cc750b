"""A month's sweep as a test needs it: months opened, returns filed, villages confirmed."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text, update

from server import clock
from server.domain.codes import (
    DisputeOutcome,
    DisputeType,
    Ground,
    ObservationSource,
    Purpose,
    Role,
)
from server.domain.periods import period_of, previous_period
from server.domain.residents import NewResident
from server.domain.returns import DisputeDraft, LateReason, ObservationDraft, ReturnDraft
from server.models.area import Area
from server.services.months import MonthView, open_month
from server.services.returns import ReturnView, file_return
from server.services.sweeps import confirm_village
from server.store.transaction import Caller, new_id
from tests.make import County, a_caller

FACT = "昨天上午在村口小卖部，当事人对我说儿子上月去世后整夜睡不着，已三天没有做饭。"
FLAGGED_FACT = "昨天上午在村委会门口，当事人对我说下周还要去市里上访，说着说着就哭了起来。"
DIAGNOSIS_FACT = "昨天上午在村口，当事人说自己整夜睡不着，我看他就是得了精神分裂症，应该去医院。"
CHARACTER_FACT = "这个人一直性格偏执，为人非常孤僻，邻里都认为他是一个比较固执的人。"


def this_period() -> str:
    return period_of(clock.today())


def last_period() -> str:
    return previous_period(period_of(clock.today()))


def grid_worker(county: County, area: str = "") -> Caller:
    return a_caller(county, Role.GRID_WORKER, area or county.grid, Purpose.SWEEP)


def village_officer(county: County, village: str = "") -> Caller:
    return a_caller(county, Role.VILLAGE_OFFICER, village or county.village)


def judicial(county: County, township: str = "") -> Caller:
    return a_caller(county, Role.JUDICIAL_OFFICER, township or county.township, Purpose.SWEEP)


def coordinator(county: County, township: str = "") -> Caller:
    return a_caller(county, Role.TOWNSHIP_COORDINATOR, township or county.township, Purpose.REVIEW)


def a_month(county: County, period: str = "", township: str = "") -> MonthView:
    """An open month of the first township, this month's unless told."""
    return open_month(judicial(county, township), township or county.township, period or this_period())


def sweep_id_of(month: MonthView, kind: str = "concern") -> UUID:
    return next(sweep.id for sweep in month.sweeps if sweep.kind == kind)


def villages_of(township: str) -> list[str]:
    return [township + number for number in ("201", "202", "203")]


def grids_of(township: str) -> list[str]:
    return [village + number for village in villages_of(township) for number in ("001", "002")]


def a_resident(**changes: object) -> NewResident:
    return replace(NewResident(new_id(), "", "王秀英", "2", birth_year=1955), **changes)


def an_observation(**changes: object) -> ObservationDraft:
    draft = ObservationDraft(
        observed_on=clock.today() - timedelta(days=1),
        ground=Ground.LIFE_SETBACK,
        fact=FACT,
        source=ObservationSource.TOLD_BY_PERSON,
        resident=None if "resident_id" in changes else a_resident(),
    )
    return replace(draft, **changes)


def a_dispute(**changes: object) -> DisputeDraft:
    return replace(DisputeDraft(DisputeType.DEBT, 2, DisputeOutcome.ONGOING), **changes)


def a_return(area_code: str, *items: ObservationDraft | DisputeDraft, **changes: object) -> ReturnDraft:
    """A return with these items, nil without; a reason stands ready for the last ten days of a month."""
    draft = ReturnDraft(
        area_code,
        nil=not items,
        late_reason=LateReason.OTHER,
        observations=tuple(item for item in items if isinstance(item, ObservationDraft)),
        disputes=tuple(item for item in items if isinstance(item, DisputeDraft)),
    )
    return replace(draft, **changes)


def filed(county: County, sweep_id: UUID, *items: ObservationDraft | DisputeDraft, **changes: object) -> ReturnView:
    """A return of the first grid, filed by its worker."""
    return file_return(grid_worker(county), sweep_id, a_return(county.grid, *items, **changes))


def complete(county: County, sweep_id: UUID) -> None:
    """Nil returns from every grid of the first township, and every village confirmed."""
    office = judicial(county)
    for grid in grids_of(county.township):
        file_return(office, sweep_id, a_return(grid))
    for village in villages_of(county.township):
        confirm_village(village_officer(county, village), sweep_id, village)


def end_area(county: County, code: str, on: date) -> None:
    """Make a day the area's last."""
    with county.owner_engine.begin() as connection:
        connection.execute(update(Area).where(Area.code == code).values(valid_to=on))


def events_of(county: County) -> list[dict[str, Any]]:
    """What the county's access log was told so far, oldest first."""
    with county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :code, true)"), {"code": county.code})
        return [json.loads(row) for row in connection.scalars(text("SELECT event FROM access_stage ORDER BY id"))]
