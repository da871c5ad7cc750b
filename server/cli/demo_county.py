"""`linli demo-county`: a real county's divisions with invented people, to try things on."""

from pathlib import Path

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from server import clock
from server.cli.county import joined
from server.cli.db import write_private
from server.cli.progress import bar
from server.cli.stores import opened_store
from server.config import Config
from server.crypto.suites import Suite
from server.domain.area_codes import Level
from server.errors import Conflict
from server.services.demo_county import GRIDS_PER_VILLAGE, SINCE, DemoUser, demo_users, load_users, samples
from server.services.operator import operator
from server.services.passwords import one_time_password
from server.store.areas import lay_out_grids
from server.store.databases import owning
from server.store.tenancy import Place, places_under

PASSWORD_FILE = Path("var/demo-password")


@click.group("demo-county")
def demo_county() -> None:
    """Load a county of invented people to try things on."""


@demo_county.command()
@click.option("--county", default="430902", show_default=True, metavar="CODE", help="Which county, six digits.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=PASSWORD_FILE,
    show_default=True,
    help="Where the users' one password is kept, for this account alone.",
)
def load(county: str, password_file: Path) -> None:
    """Let the county join, lay out three grids a village, and add users for every office. Safe to repeat."""
    config = Config.from_environment()
    click.echo(joined(config, county, Suite.AES_256_GCM))
    users = demo_users(county, prepared_places(config.owner_url, county))
    password, is_new = kept_password(password_file)
    with opened_store(config) as store, bar(len(users)) as shown:
        shown.say("用户 users")
        loaded = load_users(operator(store, county), users, password, renew=is_new, advance=shown.advance)
    click.echo(f"demo users: added {loaded.added}, kept {loaded.kept}")
    Console().print(table_of(samples(users)))
    click.echo(f"Everyone's password: {password}   (in {password_file})")


def prepared_places(owner_url: str, county: str) -> list[Place]:
    """The county's areas down to the grids, which are laid out first; raises Conflict ``county_areas_missing``."""
    today = clock.today()
    with owning(owner_url) as connection:
        above = [
            place
            for level in (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)
            for place in places_under(connection, county, level, today)
        ]
        villages = [place.code for place in above if place.level == Level.VILLAGE]
        if not villages:
            raise Conflict("county_areas_missing")
        if added := lay_out_grids(connection, dict.fromkeys(villages, GRIDS_PER_VILLAGE), SINCE):
            click.echo(f"grids: added {added}")
        return above + list(places_under(connection, county, Level.GRID, today))


def kept_password(path: Path) -> tuple[str, bool]:
    """The demo users' password, and whether it was made just now."""
    if path.is_file():
        return path.read_text("utf-8").strip(), False
    password = one_time_password()
    write_private(path, password + "\n")
    return password, True


def table_of(users: list[DemoUser]) -> Table:
    """One login of each role; what stands behind the hyphen is the end of the place's code."""
    table = Table("role", "login", "name", box=SIMPLE)
    for user in users:
        table.add_row(str(user.role), str(user.login), user.display_name)
    return table
