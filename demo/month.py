"""A whole month of a county's sweep, played over HTTP alone: `make demo`, with the server of `make run` running.

Everybody signs in as themselves: offices open the month, grids file, villages confirm, offices enter people and hand
in, townships decide, the county looks on. What was done before is not done again, so it may be run any number of
times. Exits with 0, or 1 when nobody answers, 2 when called wrongly, 3 when the server answers what was not planned.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from demo.api import Api, Json, Unexpected, Unreachable
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
from demo.tables import table_of_calls, table_of_figures, table_of_months, table_of_names, table_of_phases
from server.domain.periods import first_day, parse_period, period_of
from server.errors import Invalid

UNREACHABLE, UNEXPECTED = 1, 3
#: Wide enough for every table; in a narrower window lines go on below rather than lose digits.
WIDTH = 132


@dataclass(frozen=True)
class Asked:
    """Which month of which county, on which day, and how much is found."""

    county_code: str
    period: str
    seed: str
    share: float
    today: date


@dataclass(frozen=True)
class Played:
    """What the month came to, as those saw it who may."""

    county: County
    plan: Plan
    months: Sequence[TownshipMonth]
    figures: Sequence[Json]
    told: str
    lines: Sequence[NamedLine]


def play(api: Api, asked: Asked, password: str, stage: Stage) -> Played:
    """Play the month, or what is left of it; raises Unreachable or Unexpected."""
    api.check_ready()
    crew = Crew(api, asked.county_code, password)
    period = parse_period(asked.period)
    county = read_county(crew, period)
    plan = make_plan(asked.seed, period, asked.today, county.places, asked.share)
    sweep(stage, crew, plan, county, asked.today)
    review(stage, crew, plan, county)
    return read(stage, crew, plan, county)


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
    return Played(county, plan, sorted(months, key=lambda month: month.code), figures, told, lines)


@click.command(help="Play a month of a county's sweep against the running server, over HTTP.")
@click.option("--base-url", default="http://127.0.0.1:8000", show_default=True, help="The running server.")
@click.option("--county", default="430902", show_default=True, help="A demo county's code.")
@click.option("--period", default="", metavar="YYYYMM", help="Which month; the present one unless told.")
@click.option("--seed", default="linli", show_default=True, help="Another seed, other people.")
@click.option("--share", type=click.FloatRange(0, 1), default=0.05, show_default=True, help="Grids that find somebody.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("var/demo-password"),
    show_default=True,
    help="Where the demo users' password is kept.",
)
def main(base_url: str, county: str, period: str, seed: str, share: float, password_file: Path) -> None:  # noqa: PLR0913, PLR0917 one parameter an option
    """Play the month and print it."""
    asked = Asked(county, period, seed, share, datetime.now(ZoneInfo("Asia/Shanghai")).date())
    asked = checked(asked)
    password = password_in(password_file)
    api = Api(base_url)
    stage = Stage(api)
    try:
        show(play(api, asked, password, stage), stage)
    except Unreachable as error:
        click.echo(f"no server answers at {base_url}: start `make run` first ({error})", err=True)
        sys.exit(UNREACHABLE)
    except Unexpected as error:
        click.echo(f"the server answered what was not planned: {error}", err=True)
        sys.exit(UNEXPECTED)
    finally:
        api.close()


def checked(asked: Asked) -> Asked:
    """With the present month where none is named; raises UsageError for a month that is none or has not begun."""
    period = asked.period or period_of(asked.today)
    try:
        begins = first_day(parse_period(period))
    except Invalid:
        raise click.UsageError(f"--period {period}: write the month as YYYYMM") from None
    if begins > asked.today:
        raise click.UsageError(f"--period {period}: the month has not begun")
    return Asked(asked.county_code, period, asked.seed, asked.share, asked.today)


def password_in(path: Path) -> str:
    """The demo users' password; raises UsageError where there is none."""
    if not path.is_file():
        raise click.UsageError(f"{path} is not there: `make run` makes it; or name it with --password-file")
    return path.read_text("utf-8").strip()


def show(played: Played, stage: Stage) -> None:
    """Print the month's tables and what they cost."""
    console = Console(width=max(Console().width, WIDTH))
    console.print(table_of_months(played.county, played.plan.period, played.months))
    console.print(table_of_figures(played.county, played.figures))
    console.print(table_of_names(played.county, played.told, played.lines))
    console.print(table_of_phases(stage.phases))
    console.print(table_of_calls(stage.phases))


if __name__ == "__main__":
    main()
