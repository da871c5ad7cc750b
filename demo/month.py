"""Whole months of a county, played over HTTP alone: `make demo`, with the server of `make run` running.

Everybody signs in as themselves: offices open the month, grids file, villages confirm, offices enter people and hand
in, townships decide; assessors ask, assess and agree plans; visits are made, and the month is closed. A month's days
pass on servers of the demo's own, whose clocks are moved (`demo/moments.py`), on the same database, so that it runs in
the same folder as `make run`. What was done before is not done again, so it may be run any number of times. Exits with
0, or 1 when nobody answers, 2 when called wrongly, 3 when the server answers what was not planned.
"""

import sys
from datetime import date, datetime
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from demo.api import Api, Unexpected, Unreachable
from demo.care_tables import table_of_care, table_of_indicators, table_of_trend
from demo.moments import NotStarted, moment
from demo.playing import Asked, Played, play
from demo.stage import Stage
from demo.tables import table_of_calls, table_of_figures, table_of_months, table_of_names, table_of_phases
from server.clock import CHINA
from server.domain.periods import Period, parse_period, period_of, previous_period
from server.errors import Invalid

UNREACHABLE, UNEXPECTED = 1, 3
#: Wide enough for every table; in a narrower window lines go on below rather than lose digits.
WIDTH = 132
#: Before this day of a month the month before may not be closed yet.
SURELY_CLOSED = 4


@click.command(help="Play whole months of a county, from the sweep to the analysis meeting, over HTTP.")
@click.option("--base-url", default="http://127.0.0.1:8000", show_default=True, help="The running server.")
@click.option("--county", default="430902", show_default=True, help="A demo county's code.")
@click.option("--period", default="", metavar="YYYYMM", help="The last month to play; the latest that can be closed.")
@click.option("--months", type=click.IntRange(1, 12), default=1, show_default=True, help="How many months.")
@click.option("--seed", default="linli", show_default=True, help="Another seed, other people.")
@click.option("--share", type=click.FloatRange(0, 1), default=0.05, show_default=True, help="Grids that find somebody.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("var/demo-password"),
    show_default=True,
    help="Where the demo users' password is kept.",
)
def main(base_url: str, county: str, period: str, months: int, seed: str, share: float, password_file: Path) -> None:  # noqa: PLR0913, PLR0917 one parameter an option
    """Play the months and print the last."""
    today = datetime.now(CHINA).date()
    asked = Asked(county, checked_period(period, today), months, seed, share)
    password = password_in(password_file)
    stage = Stage()
    api = Api(base_url, calls=stage.calls)
    try:
        api.check_ready()
        show(play(api, partial(moment, calls=stage.calls), asked, password, stage), stage)
    except Unreachable as error:
        click.echo(f"no server answers at {base_url}: start `make run` first ({error})", err=True)
        sys.exit(UNREACHABLE)
    except NotStarted as error:
        click.echo(f"no server could be started for a day of the demo: {error}", err=True)
        sys.exit(UNREACHABLE)
    except Unexpected as error:
        click.echo(f"the server answered what was not planned: {error}", err=True)
        sys.exit(UNEXPECTED)
    finally:
        api.close()


def checked_period(period: str, today: date) -> Period:
    """The month named, or the latest that can be closed; raises UsageError for a month that is none or not over."""
    latest = previous_period(period_of(today))
    if today.day < SURELY_CLOSED:
        latest = previous_period(latest)
    try:
        found = parse_period(period) if period else latest
    except Invalid:
        raise click.UsageError(f"--period {period}: write the month as YYYYMM") from None
    if found > latest:
        raise click.UsageError(f"--period {period}: the month cannot be closed yet; the latest is {latest}")
    return found


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
    console.print(table_of_care(played.county, played.frozen))
    if len(played.trend) > 1:
        console.print(table_of_trend(played.county, played.trend_of, played.trend))
    console.print(table_of_indicators(played.county, played.dashboard))
    console.print(table_of_phases(stage.phases))
    console.print(table_of_calls(stage.phases))


if __name__ == "__main__":
    main()
