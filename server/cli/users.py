"""`linli users`: the first administrator of a county, and help for whoever is locked out."""

from collections.abc import Iterator

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from server import clock
from server.cli.stores import operating_in
from server.domain.codes import Role
from server.domain.pages import PageAsked
from server.domain.sign_in import Login, parse_login
from server.errors import Invalid
from server.services.access import Caller
from server.services.grants import GrantSpec, create_user_with_role
from server.services.users import InitialPassword, NewUser, UserView, list_users, reset_password, user_id_of

PAGE = 500


@click.group()
def users() -> None:
    """Make people's accounts and assign them to areas."""


@users.command()
@click.argument("login", metavar="NAME@COUNTY")
@click.option("--role", type=click.Choice([str(role) for role in Role]), required=True, help="What they do.")
@click.option("--area", metavar="CODE", required=True, help="Where: 6, 9, 12 or 15 digits, as the role needs.")
@click.option("--name", "display_name", help="Their name, stored sealed.  [default: the login]")
def add(login: str, role: str, area: str, display_name: str | None) -> None:
    """Add a user with a role in an area; prints a password that must be changed at the first sign-in."""
    known = checked(login)
    new = NewUser(known.name, display_name or known.name)
    spec = GrantSpec(Role(role), area, clock.today())
    with operating_in(known.county_code) as caller:
        hand_over(create_user_with_role(caller, new, spec))


@users.command("reset-password")
@click.argument("login", metavar="NAME@COUNTY")
def reset(login: str) -> None:
    """Give a user a new one-time password and end all their sessions."""
    known = checked(login)
    with operating_in(known.county_code) as caller:
        hand_over(reset_password(caller, user_id_of(caller, known.name)))


@users.command("list")
@click.option("--county", required=True, metavar="CODE", help="Of which county, six digits.")
def show(county: str) -> None:
    """List a county's users and their roles. Names are opened for it, and the access log says so."""
    table = Table("login", "name", "state", "roles", box=SIMPLE)
    with operating_in(checked(f"someone@{county}").county_code) as caller:
        for user in everyone(caller):
            table.add_row(user.login, user.display_name, user.state, roles_of(user))
    Console().print(table)


def everyone(caller: Caller) -> Iterator[UserView]:
    """The county's users, fetched page by page."""
    page = list_users(caller, PageAsked(PAGE))
    yield from page.items
    while page.next_keys:
        page = list_users(caller, PageAsked(PAGE, page.next_keys))
        yield from page.items


def checked(login: str) -> Login:
    """The login as it is stored; raises Invalid ``login_invalid``."""
    known = parse_login(login)
    if not known.is_possible:
        raise Invalid("login_invalid")
    return known


def hand_over(made: InitialPassword) -> None:
    """Print what the person is to be given, once."""
    click.echo(f"login     {made.login}\npassword  {made.password}  (once; to be changed at the first sign-in)")


def roles_of(user: UserView) -> str:
    """Roles and areas in one cell."""
    return ", ".join(f"{grant.role} {grant.area_code}" for grant in user.grants)
