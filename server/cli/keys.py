"""`linli keys`: make the deployment's keys once, and see whether they open what they must."""

import click

from server import clock
from server.cli.stores import opened_store
from server.config import Config
from server.crypto.keyring import generate_key_dir, load_key_dir
from server.store.tenancy import check_county_keys


@click.group()
def keys() -> None:
    """Make and check the deployment's keys."""


@keys.command()
def init() -> None:
    """Make the key directory unless it is there already; what is there is opened, and never replaced."""
    key_dir = Config.from_environment().key_dir
    if key_dir.is_dir() and any(key_dir.iterdir()):
        load_key_dir(key_dir)
        click.echo(f"keys: {key_dir} is there and opens")
        return
    generate_key_dir(key_dir)
    made = ", ".join(sorted(path.name for path in key_dir.iterdir()))
    click.echo(f"keys: made {key_dir} ({made})")
    click.echo("keys: keep a copy of kek.passphrase apart from the backups of everything else")


@keys.command()
def check() -> None:
    """Open every key of every county and compare its canary with the database's."""
    config = Config.from_environment()
    with opened_store(config, url=config.jobs_url) as store:
        counties, months = check_county_keys(store, clock.now())
    click.echo(f"keys: every key opens (counties: {counties}, months: {months})")
