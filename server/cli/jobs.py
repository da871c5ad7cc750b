"""`linli jobs`: the job process."""

import click

from server.config import Config
from server.crypto.keyring import load_key_dir
from server.jobs.worker import run
from server.logs import configure_logs
from server.services.upkeep import move_access_log
from server.store.transaction import open_store


@click.command()
@click.option("--once", is_flag=True, help="Move the access log once and stop.")
def jobs(*, once: bool) -> None:
    """Run the job process: access log, expiry, clean-up."""
    configure_logs()
    config = Config.from_environment()
    store = open_store(config, load_key_dir(config.key_dir), url=config.jobs_url)
    if once:
        click.echo(f"{move_access_log(store)} events moved")
    else:
        run(config, store)
