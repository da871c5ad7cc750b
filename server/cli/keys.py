"""`linli keys`: make the deployment's keys once, and see whether they open what they must."""

import click

from server import clock
from server.cli.stores import opened_store
from server.config import Config
from server.crypto.keyring import generate_key_dir, load_key_dir
from server.services.seal_keys import change_seal_key, check_seal_keys
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
        sealing = check_seal_keys(store)
    click.echo(f"keys: every key opens (counties: {counties}, months: {months}, for tablets: {sealing})")


@keys.command("change-seal")
@click.argument("county")
def change_seal(county: str) -> None:
    """Have the tablets of COUNTY (six digits) seal to a new key from now on; what they sealed before still opens."""
    with opened_store(Config.from_environment()) as store:
        key_id = change_seal_key(store, county)
    click.echo(f"keys: tablets of {county} seal to {key_id} from their next sync")
