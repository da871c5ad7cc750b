"""`linli areas`: divisions from their files, grids, polygons. Needs the database's owner, as all reference data do."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Connection

from server import clock
from server.cli.progress import bar
from server.config import Config
from server.domain.area_codes import GRIDS_AT_MOST, grid_codes, parse_area_code
from server.errors import FieldError, Invalid
from server.messages import message_for
from server.services.area_shapes import attach_from
from server.services.divisions import (
    PUBLISHED_ON,
    Divisions,
    Progress,
    count_rows,
    import_divisions,
    read_overrides,
)
from server.store.areas import end_grid, lay_out_grids, name_grids
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


@areas.command()
@click.argument("village", metavar="VILLAGE_CODE", required=False)
@click.option("--count", type=click.IntRange(1, GRIDS_AT_MOST), help="How many grids the village has.")
@click.option("--names", type=FILE, help="Their names, one a line, from 001 on.")
@click.option("--end", metavar="GRID_CODE", help="Instead: let this grid end,")
@click.option("--successor", metavar="GRID_CODE", help="followed by this one,")
@click.option("--on", type=DAY, help="on this day, its last.  Or: the day from which new grids hold [default: today]")
def grids(village: str | None, count: int | None, names: Path | None, **ending: str | datetime | None) -> None:
    """Lay out the grids of a village, 001 to the count; or end one. Grids are never removed."""
    with owning(Config.from_environment().owner_url) as connection:
        if ending["end"]:
            click.echo(end(connection, ending))
        elif village and count:
            click.echo(lay_out(connection, {village: count}, names, ending.get("on")))
        else:
            raise click.UsageError("give a VILLAGE_CODE and --count, or --end with --successor and --on")


@areas.command()
@click.argument("file", type=FILE)
def geometry(file: Path) -> None:
    """Attach polygons to areas from a GeoJSON FILE, by the property code (or gb: 156 and the code).

    Good polygons are kept even if others are bad; the bad ones are named by code and the exit code is 1, so that a
    script notices. Coordinates are CGCS2000 (EPSG:4490) or WGS 84, as the file says; WGS 84 if it says nothing.
    """
    with owning(Config.from_environment().owner_url) as connection:
        attached = attach_from(connection, read_text(file))
    tell(attached.faults)
    click.echo(f"polygons: attached {attached.count}, refused {len(attached.faults)}")
    if attached.faults:
        raise SystemExit(1)


def read_text(file: Path) -> str:
    """The file's text; raises Invalid ``area_shapes_unreadable`` when it is not UTF-8."""
    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("area_shapes_unreadable") from error


def lay_out(connection: Connection, counts: dict[str, int], names: Path | None, on: object) -> str:
    """The village's missing grids, and names where given; the figures in one line."""
    added = lay_out_grids(connection, counts, on.date() if isinstance(on, datetime) else clock.today())
    named = 0
    if names:
        ((village, count),) = counts.items()
        lines = [line.strip() for line in names.read_text("utf-8-sig").splitlines() if line.strip()]
        codes = grid_codes(parse_area_code(village), count)
        named = name_grids(connection, dict(zip(codes, lines, strict=False)))
    return f"grids: added {added}, named {named}"


def end(connection: Connection, ending: Mapping[str, object]) -> str:
    """Let a grid end; the dates and codes are all needed."""
    code, successor, on = ending["end"], ending["successor"], ending["on"]
    if not (isinstance(code, str) and isinstance(successor, str) and isinstance(on, datetime)):
        raise click.UsageError("ending a grid needs --end, --successor and --on")
    end_grid(connection, code, successor, on.date())
    return f"grid {code} ends on {on.date()}, followed by {successor}"


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
