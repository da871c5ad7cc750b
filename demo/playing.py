"""A month from its sweep to its meeting, day by day: who does what, and what is read at the end."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from functools import partial

from demo.api import Api, Json
from demo.caring import look_after
from demo.closing import close_month, hold_meeting, read_frozen
from demo.courses import Course, courses_of
from demo.crew import County, Crew, read_county
from demo.plan import Plan, make_plan
from demo.reading import NamedLine, TownshipMonth, most_telling, read_figures, read_names, read_township
from demo.reviewing import better_returned, enter_observed, review_reported
from demo.stage import Stage
from demo.sweeping import (
    confirm_village,
    file_returns,
    missing_grids,
    open_month,
    submit_sweeps,
    unconfirmed_villages,
)
from demo.visiting import answer_emergencies, let_leave, make_visits, prepare_clinic, refer
from server.domain.codes import LedgerState
from server.domain.periods import Period, first_day, last_day, next_period, previous_period

OpenDay = Callable[[date], AbstractContextManager[Api]]
#: Days of a month on which the demo plays: the sweep is filed and people are asked; they are visited; and again.
SWEEP_DAY, VISIT_DAY = 18, 24


@dataclass(frozen=True)
class Asked:
    """Which months of which county, the last by name, on which day, and how much is found."""

    county_code: str
    period: Period
    months: int
    seed: str
    share: float
    today: date

    @property
    def periods(self) -> list[Period]:
        """The months to be played, oldest first."""
        found = [self.period]
        while len(found) < self.months:
            found.insert(0, previous_period(found[0]))
        return found


@dataclass(frozen=True)
class Played:
    """What the last month came to, as those saw it who may."""

    county: County
    plan: Plan
    months: Sequence[TownshipMonth]
    figures: Sequence[Json]
    told: str
    lines: Sequence[NamedLine]
    frozen: Sequence[tuple[str, Json]]


def play(reader: Api, open_day: OpenDay, asked: Asked, password: str, stage: Stage) -> Played:
    """Play the months, or what is left of them, and read what they came to; raises Unreachable or Unexpected."""
    for period in asked.periods:
        play_month(open_day, asked, period, password, stage)
    crew = Crew(reader, asked.county_code, password)
    county = read_county(crew, asked.period)
    return read(stage, crew, plan_of(asked, asked.period, county), county)


def play_month(open_day: OpenDay, asked: Asked, period: Period, password: str, stage: Stage) -> None:
    """One month, on the four days on which something happens."""

    def crew_on(api: Api) -> Crew:
        api.check_ready()
        return Crew(api, asked.county_code, password)

    sweep_day = first_day(period).replace(day=SWEEP_DAY)
    with open_day(sweep_day) as api:
        crew = crew_on(api)
        county = read_county(crew, period)
        plan = plan_of(asked, period, county)
        sweep(stage, crew, plan, county, sweep_day)
        review(stage, crew, plan, county)
        begin_care(stage, crew, asked, county, sweep_day)
    for day in (first_day(period).replace(day=VISIT_DAY), last_day(period)):
        with open_day(day) as api:
            visit(stage, crew_on(api), asked, county, day)
    with open_day(closing_day(period)) as api:
        close(stage, crew_on(api), county, period, closing_day(period))


def plan_of(asked: Asked, period: Period, county: County) -> Plan:
    """What a month brings: always the same for the same seed."""
    return make_plan(asked.seed, period, first_day(period).replace(day=SWEEP_DAY), county.places, asked.share)


def closing_day(period: Period) -> date:
    """The day on which the month is closed and its meeting held: the 3rd of the next, before either is due."""
    return first_day(next_period(period)).replace(day=3)


def begin_care(stage: Stage, crew: Crew, asked: Asked, county: County, today: date) -> None:
    """Have everybody who was taken on asked, assessed, and, if they agree, given a plan."""
    people = read_people(crew, asked, county)
    stage.play("assessors ask, assess, agree plans", lambda each: look_after(crew, *each, today), list(people.values()))


def visit(stage: Stage, crew: Crew, asked: Asked, county: County, today: date) -> None:
    """Have everybody visited whose day has come, and what comes up answered."""
    people = read_people(crew, asked, county)
    stage.play("visits are made", partial(make_visits, crew, people, today), county.townships)
    stage.play("emergencies are answered", partial(answer_emergencies, crew), county.townships)
    clinic = prepare_clinic(crew)
    green = [entry for entry, course in people.values() if course is Course.GREEN and is_running(entry)]
    stage.play("referrals by the green channel", lambda entry: refer(crew, entry, clinic, today), green)
    leaving = [entry for entry, course in people.values() if course is Course.LEAVES]
    stage.play("somebody leaves", lambda entry: let_leave(crew, entry, today), leaving)


def close(stage: Stage, crew: Crew, county: County, period: Period, today: date) -> None:
    """Close the month in every township, and hold its meeting."""
    stage.play("townships close the month", lambda code: close_month(crew, code, period), county.townships)
    stage.play("analysis meetings", partial(hold_meeting, crew, period, today), county.townships)


def read_people(crew: Crew, asked: Asked, county: County) -> dict[str, tuple[Json, Course]]:
    """Everybody who was taken on in the months played, with the course their care takes."""
    found: dict[str, tuple[Json, Course]] = {}
    for period in asked.periods:
        lines = [
            line
            for code in county.townships
            for line in crew.coordinator(code).all("/ledger-entries", township_code=code, period=period)
            if line["accepted_at"]
        ]
        courses = courses_of(lines)
        found |= {line["id"]: (line, courses[line["id"]]) for line in lines}
    return found


def is_running(entry: Json) -> bool:
    """Whether the person's plan is running."""
    return bool(entry["state"] == LedgerState.PLAN_ACTIVE)


def sweep(stage: Stage, crew: Crew, plan: Plan, county: County, today: date) -> None:
    """Open the month, let every grid file and every village confirm."""
    townships = list(county.townships)
    stage.play("offices open the month", lambda code: open_month(crew, code, plan.period), townships)
    missing: dict[str, set[str]] = {}
    stage.play(
        "what is still to be filed", lambda code: missing.update(missing_grids(crew, code, plan.period)), townships
    )
    stage.play(
        "grid workers file both returns",
        lambda each: file_returns(crew, plan, each[0], each[1], today),
        sorted(missing.items()),
    )
    owed: dict[str, list[str]] = {}
    stage.play(
        "what is still to be confirmed",
        lambda code: owed.update(unconfirmed_villages(crew, code, plan.period)),
        townships,
    )
    stage.play("village officers confirm", lambda each: confirm_village(crew, *each), sorted(owed.items()))


def review(stage: Stage, crew: Crew, plan: Plan, county: County) -> None:
    """Let the offices enter people and hand the sweeps in, and the townships decide."""
    steps = (
        ("offices read facts and enter people", partial(enter_observed, crew, plan)),
        ("offices submit their sweeps", lambda code: submit_sweeps(crew, code, plan.period)),
        ("townships review", partial(review_reported, crew, plan)),
        ("offices better what came back", partial(better_returned, crew, plan)),
        ("townships review again", partial(review_reported, crew, plan)),
    )
    for name, step in steps:
        stage.play(name, step, county.townships)


def read(stage: Stage, crew: Crew, plan: Plan, county: County) -> Played:
    """Have the month read by coordinators and by the county."""
    months: list[TownshipMonth] = []
    stage.play(
        "coordinators read the month",
        lambda each: months.append(read_township(crew, plan.period, *each)),
        county.townships.items(),
    )
    figures: list[Json] = []
    stage.play("the county reads figures", lambda _: figures.extend(read_figures(crew, county, plan.period)), [0])
    told = most_telling(months)
    lines: list[NamedLine] = []
    stage.play(
        "one ledger, read by three roles", lambda code: lines.extend(read_names(crew, plan.period, code)), [told]
    )
    frozen = [(code, read_frozen(crew, code, plan.period)) for code in county.townships]
    return Played(county, plan, sorted(months, key=lambda month: month.code), figures, told, lines, frozen)
