"""`linli seeds`: the data every deployment begins with."""

from pathlib import Path

import click

from server.cli.areas import FOLDER, PHASES, SEEDS, summary, tell
from server.cli.progress import bar
from server.config import Config
from server.errors import Invalid
from server.services.divisions import Progress, count_rows
from server.services.seeds import load_seeds
from server.store.databases import owning


@click.group()
def seeds() -> None:
    """Load code lists, holidays and areas."""


@seeds.command("load")
@click.option("--folder", type=FOLDER, default=SEEDS, help="Where the seeds are.  [default: seeds]")
def load(folder: Path) -> None:
    """Load code lists, holidays and the areas of two cities; safe to repeat, and quick when nothing changed."""
    with bar(count_rows(folder / "areas")) as shown, owning(Config.from_environment().owner_url) as connection:
        told = Progress(shown.advance, lambda phase: shown.say(PHASES[phase]))
        try:
            loaded = load_seeds(connection, folder, told)
        except Invalid as refused:
            tell(refused.errors)
            raise
    click.echo(f"code lists: {loaded.code_entries} entries added or changed")
    click.echo(f"holidays: added {loaded.holidays}")
    click.echo(summary(loaded.areas))
