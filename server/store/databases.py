"""A deployment's database, the roles that enter it, and the job queue's own schema.

The owner migrates; the application's and the job process's roles are neither owner nor superuser nor
BYPASSRLS, so that row-level security binds them. Every function may be repeated without harm.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import resources
from typing import LiteralString

from psycopg import sql
from psycopg.errors import DuplicateDatabase, DuplicateObject, InsufficientPrivilege, UniqueViolation
from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError

OWNER, APP, JOBS = "linli_owner", "linli_app", "linli_jobs"

#: PostgreSQL advisory lock of whoever migrates; a second one waits for the first to end.
MIGRATION_LOCK = 0x4C694E4C69

#: Schema of the job queue: its tables are the library's, not ours, and stay apart.
QUEUE_SCHEMA = "jobs"


class ServerRefused(Exception):
    """The database server does not answer or does not let us; the message says what to do, in one line."""


@dataclass(frozen=True)
class Role:
    """A role that signs in; without a password it does so by a private socket alone."""

    name: str
    password: str | None = field(default=None, repr=False)


def existing_roles(admin_url: str) -> set[str]:
    """The names of the server's roles."""
    with administering(admin_url) as connection:
        return set(connection.scalars(text("SELECT rolname FROM pg_roles")))


def make_roles(admin_url: str, roles: tuple[Role, ...]) -> None:
    """Make the roles that are missing; those that exist keep their passwords."""
    known = existing_roles(admin_url)
    with administering(admin_url) as connection:
        for role in roles:
            if role.name not in known:
                _make_role(connection, role)


def make_database(admin_url: str, name: str, owner: str) -> None:
    """Make the database if it is missing, in UTF-8 and ordered by code point; owned by ``owner``."""
    with administering(admin_url) as connection:
        if connection.scalar(text("SELECT true FROM pg_database WHERE datname = :name"), {"name": name}):
            return
        _run(
            connection,
            "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'",
            sql.Identifier(name),
            sql.Identifier(owner),
        )


def drop_database(admin_url: str, name: str) -> None:
    """Drop the database and end whoever is connected; no complaint when there is none."""
    with administering(admin_url) as connection:
        _run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", sql.Identifier(name))


def open_database(database_url: str) -> None:
    """Give the database PostGIS, and let in our roles and nobody else."""
    name = sql.Identifier(make_url(database_url).database or "")
    with administering(database_url) as connection:
        if not connection.scalar(text("SELECT true FROM pg_extension WHERE extname = 'postgis'")):
            _run(connection, "CREATE EXTENSION IF NOT EXISTS postgis")
        _run(connection, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
        for role in (sql.Identifier(APP), sql.Identifier(JOBS)):
            _run(connection, "GRANT CONNECT ON DATABASE {} TO {}", name, role)
            _run(connection, "GRANT USAGE ON SCHEMA public TO {}", role)


def make_queue(connection: Connection) -> None:
    """Bring the job queue's schema to the installed library's version, inside the caller's transaction."""
    steps = _queue_steps()
    applied = connection.scalar(
        text("SELECT obj_description(to_regnamespace(:name), 'pg_namespace')"), {"name": QUEUE_SCHEMA}
    )
    if applied is None:
        _run(connection, "CREATE SCHEMA {}", sql.Identifier(QUEUE_SCHEMA))
        _run_in_queue(connection, _queue_file("schema.sql"))
    for step in steps:
        if applied is not None and step > applied:
            _run_in_queue(connection, _queue_file("migrations", step))
    _run(connection, "COMMENT ON SCHEMA {} IS {}", sql.Identifier(QUEUE_SCHEMA), sql.Literal(steps[-1]))
    _grant_queue(connection)


@contextmanager
def administering(url: str) -> Iterator[Connection]:
    """A connection outside any transaction, as making roles and databases demands; nothing is kept open."""
    with _connect(create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")) as connection:
        yield connection


@contextmanager
def migrating(owner_url: str) -> Iterator[Connection]:
    """A connection that holds the migration lock until it closes, so that no two migrate at once."""
    with _connect(create_engine(owner_url, poolclass=NullPool)) as connection:
        with connection.begin():
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        yield connection


@contextmanager
def owning(owner_url: str) -> Iterator[Connection]:
    """One transaction as the owner, for reference data: whole, or not at all on any error."""
    with _connect(create_engine(owner_url, poolclass=NullPool)) as connection, connection.begin():
        yield connection


def _connect(engine: Engine) -> Connection:
    try:
        return engine.connect()
    except OperationalError as error:
        where = engine.url.render_as_string(hide_password=True)
        reason = " ".join(str(error.orig).split())
        raise ServerRefused(f"the database at {where} cannot be reached: {reason}") from error


def _grant_queue(connection: Connection) -> None:
    """The application puts jobs in; the job process does everything with them."""
    places = sql.Identifier(QUEUE_SCHEMA)
    app, jobs = sql.Identifier(APP), sql.Identifier(JOBS)
    _run(connection, "GRANT USAGE ON SCHEMA {} TO {}, {}", places, app, jobs)
    _run(connection, "GRANT USAGE ON ALL SEQUENCES IN SCHEMA {} TO {}, {}", places, app, jobs)
    _run(connection, "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {} TO {}", places, app)
    _run(connection, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {}", places, jobs)


def _queue_steps() -> list[str]:
    folder = resources.files("procrastinate.sql") / "migrations"
    return sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".sql"))


def _queue_file(*path: str) -> str:
    return resources.files("procrastinate.sql").joinpath(*path).read_text("utf-8")


def _run_in_queue(connection: Connection, script: str) -> None:
    """Run the library's script, whose names are unqualified, inside its schema."""
    before = connection.scalar(text("SHOW search_path"))
    connection.execute(text("SELECT set_config('search_path', :path, true)"), {"path": QUEUE_SCHEMA})
    connection.exec_driver_sql(script, execution_options={"no_parameters": True})
    connection.execute(text("SELECT set_config('search_path', :path, true)"), {"path": before})


def _make_role(connection: Connection, role: Role) -> None:
    name = sql.Identifier(role.name)
    try:
        _run(connection, "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS", name)
    except DBAPIError as error:
        # Another set-up, running at the same time, was first.
        if not isinstance(error.orig, DuplicateObject | UniqueViolation):
            raise
    if role.password:
        _run(connection, "ALTER ROLE {} PASSWORD {}", name, sql.Literal(role.password))


def _run(connection: Connection, statement: LiteralString, *parts: sql.Composable) -> None:
    """Run one statement with its names quoted; ServerRefused, without values, when the role may not."""
    composed = sql.SQL(statement).format(*parts).as_string(None)
    try:
        connection.exec_driver_sql(composed, execution_options={"no_parameters": True})
    except DBAPIError as error:
        if isinstance(error.orig, DuplicateDatabase):
            return
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        names = [part.as_string(None) if isinstance(part, sql.Identifier) else "…" for part in parts]
        wish = statement.format(*names)
        raise ServerRefused(f"the database's administrator must first run: {wish}") from error
