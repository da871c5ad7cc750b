"""`linli areas`: divisions from their files, grids, polygons. Needs the database's owner, as all reference data do."""

from datetime import date, datetime
from pathlib import Path

import click

from server.cli.progress import bar
from server.config import Config
from server.errors import FieldError, Invalid
from server.messages import message_for
from server.services.divisions import (
    PUBLISHED_ON,
    Divisions,
    Progress,
    count_rows,
    import_divisions,
    read_overrides,
)
from server.store.databases import owning
from server.store.divisions import Merged

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
DAY = click.DateTime(["%Y-%m-%d"])
PHASES = {"read": "读取 reading", "check": "核对 checking", "write": "写入 writing"}


@click.group()
def areas() -> None:
    """Import divisions, lay out grids, attach polygons."""


@areas.command("import")
@click.argument("folder", type=FOLDER)
@click.option("--overrides", type=FILE, default=SEEDS / "areas-overrides.csv", help="What to say against the digits.")
@click.option("--valid-from", type=DAY, default=str(PUBLISHED_ON), show_default=True, help="Since when new codes hold.")
@click.option("--end-missing", type=DAY, help="Day on which codes end that the files no longer hold.")
@click.option("--same-names", is_flag=True, help="Take villages of one name in one township.")
def import_areas(
    folder: Path, overrides: Path, valid_from: datetime, end_missing: datetime | None, *, same_names: bool
) -> None:
    """Read areas.csv, streets.csv and villages.csv of FOLDER: all of it, or nothing.

    Repeating an import changes nothing. Codes absent from the files stay, unless --end-missing names their last day.
    """
    wanted = Divisions(
        folder,
        read_overrides(overrides),
        valid_from.date(),
        end_missing_on=end_missing.date() if end_missing else None,
        same_names=same_names,
    )
    click.echo(summary(load(Config.from_environment().owner_url, wanted)))


def load(owner_url: str, divisions: Divisions) -> Merged:
    """Import with a bar on the terminal; every fault is a line, and the last one says what to do."""
    with bar(count_rows(divisions.folder)) as shown, owning(owner_url) as connection:
        told = Progress(shown.advance, lambda phase: shown.say(PHASES[phase]))
        try:
            return import_divisions(connection, divisions, told)
        except Invalid as refused:
            tell(refused.errors)
            raise


def tell(faults: tuple[FieldError, ...]) -> None:
    """Each fault on a line of its own: where, and what is wrong."""
    for fault in faults:
        message = message_for(fault.code)
        words = f"{message.title('zh', **fault.params)} {message.title('en', **fault.params)}"
        click.echo(f"{fault.field}: {words} [{fault.code}]", err=True)


def summary(merged: Merged) -> str:
    """The figures of an import in one line."""
    ended = f", ended {merged.ended}" if merged.ended else ""
    return f"areas: added {merged.added}, changed {merged.changed}, unchanged {merged.unchanged}{ended}"


def day_or_today(given: datetime | None, today: date) -> date:
    """The day given, or else this one."""
    return given.date() if given else today
