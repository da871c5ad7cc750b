"""Months one after another, each on four days, and what is read at the end."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date

from demo.api import Api, Json
from demo.closing import read_frozen
from demo.crew import County, Crew, read_county
from demo.days import Day, begin_care, close, equip, review, sweep, visit_again, visit_first
from demo.plan import Plan, make_plan
from demo.reading import (
    NamedLine,
    TownshipMonth,
    most_telling,
    most_visited,
    read_dashboard,
    read_figures,
    read_names,
    read_township,
)
from demo.stage import Stage
from server.domain.periods import Period, first_day, next_period, previous_period

OpenDay = Callable[[date], AbstractContextManager[Api]]
#: Days of a month on which the demo plays: the sweep is filed and people are asked; they are visited; and again.
SWEEP_DAY, FIRST_VISITS, SECOND_VISITS = 9, 14, 27
#: The month is closed and its meeting held on this day of the next, before either is due.
CLOSING_DAY = 3


@dataclass(frozen=True)
class Asked:
    """Which months of which county, the last by name, and how much is found."""

    county_code: str
    period: Period
    months: int
    seed: str
    share: float

    @property
    def periods(self) -> tuple[Period, ...]:
        """The months to be played, oldest first."""
        found = [self.period]
        while len(found) < self.months:
            found.insert(0, previous_period(found[0]))
        return tuple(found)


@dataclass(frozen=True)
class Played:
    """What the last month came to, as those saw it who may; ``trend`` is all months of the township most visited."""

    county: County
    plan: Plan
    months: Sequence[TownshipMonth]
    figures: Sequence[Json]
    told: str
    lines: Sequence[NamedLine]
    frozen: Sequence[tuple[str, Json]]
    trend_of: str
    trend: Sequence[tuple[Period, Json]]
    dashboard: Json


def play(reader: Api, open_day: OpenDay, asked: Asked, password: str, stage: Stage) -> Played:
    """Play the months, or what is left of them, and read what they came to; raises Unreachable or Unexpected."""
    for period in asked.periods:
        play_month(open_day, asked, period, password, stage)
    crew = Crew(reader, asked.county_code, password)
    return read(stage, crew, asked, read_county(crew, asked.period))


def play_month(open_day: OpenDay, asked: Asked, period: Period, password: str, stage: Stage) -> None:
    """One month, on the four days on which something happens."""
    periods = tuple(each for each in asked.periods if each <= period)

    def play_day(today: date, *acts: Callable[[Day], None]) -> None:
        stage.announce(today)
        with open_day(today) as api:
            crew = Crew(api, asked.county_code, password)
            day = Day(stage, crew, read_county(crew, period), periods, today)
            for act in acts:
                act(day)

    first = first_day(period)
    play_day(first.replace(day=SWEEP_DAY), equip, lambda day: fill(day, asked), begin_care)
    play_day(first.replace(day=FIRST_VISITS), visit_first)
    play_day(first.replace(day=SECOND_VISITS), visit_again)
    play_day(first_day(next_period(period)).replace(day=CLOSING_DAY), close)


def fill(day: Day, asked: Asked) -> None:
    """Fill the month's sweeps, and have what they found decided."""
    plan = plan_of(asked, day.period, day.county)
    sweep(day.stage, day.crew, plan, day.county, day.today)
    review(day.stage, day.crew, plan, day.county)


def plan_of(asked: Asked, period: Period, county: County) -> Plan:
    """What a month brings: always the same for the same seed."""
    return make_plan(asked.seed, period, first_day(period).replace(day=SWEEP_DAY), county.places, asked.share)


def read(stage: Stage, crew: Crew, asked: Asked, county: County) -> Played:
    """Have the months read by coordinators and by the county."""
    period, months = asked.period, list[TownshipMonth]()
    stage.announce(None)
    stage.play(
        "coordinators read the month",
        lambda each: months.append(read_township(crew, period, *each)),
        county.townships.items(),
    )
    figures, dashboards = list[Json](), list[Json]()
    stage.play("the county reads figures", lambda _: figures.extend(read_figures(crew, county, period)), [0])
    stage.play("the county reads its dashboard", lambda _: dashboards.append(read_dashboard(crew, county, period)), [0])
    told = most_telling(months)
    lines: list[NamedLine] = []
    stage.play("one ledger, read by three roles", lambda code: lines.extend(read_names(crew, period, code)), [told])
    frozen: dict[Period, dict[str, Json]] = {each: {} for each in asked.periods}
    closed = [(each, code) for each in asked.periods for code in county.townships]
    stage.play(
        "frozen figures are read", lambda of: frozen[of[0]].update({of[1]: read_frozen(crew, of[1], of[0])}), closed
    )
    trend_of = most_visited(frozen)
    return Played(
        county=county,
        plan=plan_of(asked, period, county),
        months=sorted(months, key=lambda month: month.code),
        figures=figures,
        told=told,
        lines=lines,
        frozen=sorted(frozen[period].items()),
        trend_of=trend_of,
        trend=[(each, frozen[each][trend_of]) for each in asked.periods],
        dashboard=dashboards[0],
    )
