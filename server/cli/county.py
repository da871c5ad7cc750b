"""`linli county`: counties as tenants. Joining needs the database's owner."""

import click

from server import clock
from server.cli.stores import opened_store
from server.config import Config
from server.crypto.suites import Suite
from server.domain.area_codes import Level, level_of, parse_area_code
from server.errors import Invalid
from server.store.databases import owning
from server.store.tenancy import county_name, join

SUITES = {"aes": Suite.AES_256_GCM, "sm4": Suite.SM4_GCM}


@click.group()
def county() -> None:
    """Let counties join the registry."""


@county.command("join")
@click.argument("code")
@click.option(
    "--suite", type=click.Choice(sorted(SUITES)), default="aes", show_default=True, help="Cipher of its data."
)
def join_county(code: str, suite: str) -> None:
    """Make the keys of the county CODE (six digits; a city's own is its four and 00), once."""
    click.echo(joined(Config.from_environment(), code, SUITES[suite]))


def joined(config: Config, code: str, suite: Suite) -> str:
    """Join the county unless it has; what was done, in one line.

    Raises:
        Invalid: ``area_level_wrong``, ``area_code_invalid`` or ``county_area_unknown``.
    """
    city = code.removesuffix("00")
    if level_of(parse_area_code(city)) is not (Level.COUNTY if city == code else Level.CITY):
        raise Invalid("area_level_wrong", level=Level.COUNTY.name.lower())
    with opened_store(config) as store, owning(config.owner_url) as connection:
        new = join(connection, store.cupboard, code, suite, clock.now())
        name = county_name(connection, code)
    return f"county: {name} ({code}) {'joined' if new else 'had joined already; nothing was changed'}"
