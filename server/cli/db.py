"""`linli db`: prepare the database (roles, PostGIS, addresses), and move it between versions."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import alembic.command
import alembic.config
import click
from sqlalchemy import make_url

from server.config import Config, psycopg_url
from server.store import databases
from server.store.databases import APP, JOBS, OWNER, Role, ServerRefused

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


@dataclass(frozen=True)
class Addresses:
    """The three addresses of one database, by what each role may do there."""

    owner: str
    app: str
    jobs: str

    def as_settings(self) -> dict[str, str]:
        """The settings that name them."""
        return {
            "LINLI_DATABASE_URL": self.owner,
            "LINLI_APP_DATABASE_URL": self.app,
            "LINLI_JOBS_DATABASE_URL": self.jobs,
        }


@click.group()
def db() -> None:
    """Prepare the database and move it between versions."""


@db.command()
@click.option(
    "--socket",
    type=click.Path(path_type=Path, resolve_path=True),
    help="Folder of the private cluster's socket.",
)
@click.option("--url", envvar="LINLI_DATABASE_URL", help="Address of an existing database, as its owner.")
@click.option("--app-url", envvar="LINLI_APP_DATABASE_URL", help="The application's address there, if made by hand.")
@click.option("--jobs-url", envvar="LINLI_JOBS_DATABASE_URL", help="The job process's address there, likewise.")
@click.option(
    "--settings",
    type=click.Path(path_type=Path),
    default=Path("var/linli.env"),
    show_default=True,
    help="File to write the addresses to, readable by this account alone.",
)
def prepare(socket: Path | None, url: str | None, app_url: str | None, jobs_url: str | None, settings: Path) -> None:
    """Make the roles, the database and PostGIS if missing, and write the addresses down."""
    if socket is not None:
        addresses = prepare_private(socket)
    elif url:
        given = {APP: app_url, JOBS: jobs_url}
        addresses = prepare_existing(psycopg_url(url), given, settings.parent / "passwords")
    else:
        raise click.UsageError("say where: --socket for the private cluster, or LINLI_DATABASE_URL")
    write_settings(settings, addresses.as_settings())


@db.command()
def migrate() -> None:
    """Bring the database to this version of the product. Safe to repeat, even from two places at once."""
    upgrade(Config.from_environment().owner_url)


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="Going back may drop what later versions stored. Go on?")
def downgrade(revision: str) -> None:
    """Take the database back to REVISION (-1 for one step, base for nothing)."""
    move(Config.from_environment().owner_url, revision, upwards=False)


def prepare_private(socket: Path, database: str = "linli") -> Addresses:
    """Make roles and database in the private cluster, whose superuser is `postgres`."""
    admin = private_address("postgres", socket, "postgres")
    databases.make_roles(admin, (Role(OWNER), Role(APP), Role(JOBS)))
    databases.make_database(admin, database, OWNER)
    databases.open_database(private_address("postgres", socket, database))
    return Addresses(*(private_address(role, socket, database) for role in (OWNER, APP, JOBS)))


def private_address(role: str, socket: Path, database: str) -> str:
    """The address of a database behind a private socket."""
    url = make_url(f"postgresql+psycopg://{role}@/{database}").update_query_dict({"host": str(socket)})
    return url.render_as_string(hide_password=False)


def prepare_existing(url: str, given: dict[str, str | None], folder: Path) -> Addresses:
    """Make our two roles on an existing server unless their addresses are given; and PostGIS."""
    known = databases.existing_roles(url)
    addresses = {name: psycopg_url(address) for name, address in given.items() if address}
    for name in given.keys() - addresses.keys():
        password = role_password(name, known, folder)
        databases.make_roles(url, (Role(name, password),))
        addresses[name] = make_url(url).set(username=name, password=password).render_as_string(hide_password=False)
    databases.open_database(url)
    return Addresses(url, addresses[APP], addresses[JOBS])


def role_password(name: str, known: set[str], folder: Path) -> str:
    """The password of one of our roles, made and kept at the first call; refuses a role that others made."""
    kept = folder / name
    if not kept.exists():
        if name in known:
            setting = "LINLI_APP_DATABASE_URL" if name == APP else "LINLI_JOBS_DATABASE_URL"
            raise ServerRefused(f"the server has a role {name} already: set {setting} to its address")
        write_private(kept, secrets.token_urlsafe(32))
    return kept.read_text("utf-8")


def write_settings(path: Path, settings: dict[str, str]) -> None:
    """Put the settings into the file; lines about anything else stay as somebody wrote them."""
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    others = [line for line in lines if line.partition("=")[0].strip() not in settings]
    ours = [f"{name}={value}" for name, value in settings.items()]
    write_private(path, "".join(f"{line}\n" for line in others + ours))


def write_private(path: Path, content: str) -> None:
    """Write a file that this account alone can read, whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    fresh.replace(path)


def upgrade(owner_url: str, revision: str = "head") -> None:
    """Apply every step up to the revision, and the job queue's schema."""
    move(owner_url, revision, upwards=True)


def move(owner_url: str, revision: str, *, upwards: bool) -> None:
    """Run the migrations under the migration lock; `migrations/env.py` gives each a transaction."""
    settings = alembic.config.Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with databases.migrating(owner_url) as connection:
        settings.attributes["connection"] = connection
        if upwards:
            with connection.begin():
                databases.make_queue(connection)
            alembic.command.upgrade(settings, revision)
        else:
            alembic.command.downgrade(settings, revision)
