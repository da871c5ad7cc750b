"""`linli devices`: field tablets, for whoever has no office page at hand when one is lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from server.cli.stores import opened_store
from server.config import Config
from server.domain.codes_devices import RevokeReason
from server.domain.pages import PageAsked
from server.services.access import Caller
from server.services.devices import DeviceFilter, DeviceView, list_devices, read_device, revoke_device
from server.services.operator import tablet_keeper

PAGE = 500

_county = click.option("--county", required=True, metavar="CODE", help="Of which county, six digits.")


@click.group()
def devices() -> None:
    """List field tablets, and take a lost one back."""


@devices.command("list")
@_county
def show(county: str) -> None:
    """List a county's tablets, what needs a look first."""
    table = Table("id", "township", "label", "state", "needs a look", "last seen", "waiting", box=SIMPLE)
    with keeping(county) as caller:
        for device in every_tablet(caller):
            table.add_row(*cells(device))
    Console(width=200).print(table)


@devices.command()
@click.argument("device_id", type=click.UUID)
@_county
@click.option("--reason", type=click.Choice([str(reason) for reason in RevokeReason]), required=True, help="Why.")
def revoke(device_id: UUID, county: str, reason: str) -> None:
    """Take a tablet back: its sessions end, and it deletes everything when it is next heard of."""
    with keeping(county) as caller:
        version = read_device(caller, device_id).version
        device = revoke_device(caller, device_id, version, RevokeReason(reason))
    click.echo(f"{device.id} ({device.label}) is revoked; it is told to delete everything at its next contact")


@contextmanager
def keeping(county_code: str) -> Iterator[Caller]:
    """The caller of a command about one county's tablets."""
    with opened_store(Config.from_environment()) as store:
        yield tablet_keeper(store, county_code)


def every_tablet(caller: Caller) -> Iterator[DeviceView]:
    """The county's tablets, fetched page by page."""
    page = list_devices(caller, DeviceFilter(), PageAsked(PAGE))
    yield from page.items
    while page.next_keys:
        page = list_devices(caller, DeviceFilter(), PageAsked(PAGE, page.next_keys))
        yield from page.items


def cells(device: DeviceView) -> tuple[str, ...]:
    """One tablet as a row."""
    seen = f"{device.last_seen_at:%Y-%m-%d %H:%M}" if device.last_seen_at else "never"
    look, waiting = ", ".join(device.attention), str(device.waiting or 0)
    return str(device.id), device.area_code, device.label, str(device.state), look, seen, waiting
