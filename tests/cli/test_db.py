"""`linli db`: preparing a database and moving it, on the test server."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, make_url, text

from server.cli.main import cli
from server.config import psycopg_url
from server.store import databases


@pytest.fixture
def empty_database(worker_id: str) -> Iterator[str]:
    """The address of a database without anything in it, as the server's administrator."""
    admin = psycopg_url(os.environ["LINLI_TEST_OWNER_URL"])
    prefix = os.environ.get("LINLI_TEST_PREFIX", "linli_test_")
    name = f"{prefix}empty_{worker_id}_{os.getpid()}"
    databases.make_roles(admin, (databases.Role(databases.OWNER),))
    databases.drop_database(admin, name)
    databases.make_database(admin, name, databases.OWNER)
    yield make_url(admin).set(database=name).render_as_string(hide_password=False)
    databases.drop_database(admin, name)


def linli(*arguments: str, **environment: str) -> Result:
    return CliRunner(env={"LINLI_ENV_FILE": "/dev/null", **environment}).invoke(cli, list(arguments))


def prepare(url: str, settings: Path, **environment: str) -> Result:
    return linli("db", "prepare", "--settings", str(settings), LINLI_DATABASE_URL=url, **environment)


def given_addresses(url: str) -> dict[str, str]:
    """Addresses as an administrator would hand them out, for roles made by hand."""
    databases.make_roles(url, (databases.Role(databases.APP), databases.Role(databases.JOBS)))
    app, jobs = (make_url(url).set(username=role) for role in (databases.APP, databases.JOBS))
    return {
        "LINLI_APP_DATABASE_URL": app.render_as_string(hide_password=False),
        "LINLI_JOBS_DATABASE_URL": jobs.render_as_string(hide_password=False),
    }


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        names = connection.scalars(
            text("SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('public', 'jobs')")
        )
        found = set(names) - {"public.spatial_ref_sys"}
    engine.dispose()
    return found


def test_preparing_writes_addresses_that_only_this_account_reads(empty_database: str, tmp_path: Path) -> None:
    settings = tmp_path / "conf" / "linli.env"
    result = prepare(empty_database, settings, **given_addresses(empty_database))
    assert (result.exit_code, result.output) == (0, "")
    assert settings.stat().st_mode & 0o777 == 0o600
    assert set(dict(line.split("=", 1) for line in settings.read_text("utf-8").splitlines())) == {
        "LINLI_DATABASE_URL",
        "LINLI_APP_DATABASE_URL",
        "LINLI_JOBS_DATABASE_URL",
    }


def test_preparing_again_changes_nothing(empty_database: str, tmp_path: Path) -> None:
    settings = tmp_path / "linli.env"
    addresses = given_addresses(empty_database)
    assert prepare(empty_database, settings, **addresses).exit_code == 0
    first = settings.read_text("utf-8")
    assert prepare(empty_database, settings, **addresses).exit_code == 0
    assert settings.read_text("utf-8") == first


def test_settings_of_other_things_stay_as_written(empty_database: str, tmp_path: Path) -> None:
    settings = tmp_path / "linli.env"
    settings.write_text("# by hand\nLINLI_DEPLOYMENT=taojiang\nLINLI_DATABASE_URL=postgresql://old/one\n", "utf-8")
    prepare(empty_database, settings, **given_addresses(empty_database))
    lines = settings.read_text("utf-8").splitlines()
    assert lines[:2] == ["# by hand", "LINLI_DEPLOYMENT=taojiang"]
    assert [line for line in lines if line.startswith("LINLI_DATABASE_URL=")] == [
        f"LINLI_DATABASE_URL={empty_database}"
    ]


def test_a_role_that_others_made_is_not_taken_over(empty_database: str, tmp_path: Path) -> None:
    addresses = given_addresses(empty_database) | {"LINLI_APP_DATABASE_URL": ""}
    result = prepare(empty_database, tmp_path / "linli.env", **addresses)
    assert result.exit_code == 1
    assert "set LINLI_APP_DATABASE_URL to its address" in result.output
    assert not (tmp_path / "linli.env").exists()


def test_preparing_needs_to_be_told_where() -> None:
    assert linli("db", "prepare", LINLI_DATABASE_URL="").exit_code == 2


def test_our_roles_are_bound_by_row_level_security(empty_database: str) -> None:
    given_addresses(empty_database)
    engine = create_engine(empty_database)
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT rolname FROM pg_roles WHERE rolname IN ('linli_owner', 'linli_app', 'linli_jobs')"
                " AND NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb)"
            )
        ).scalars()
        assert set(rows) == {"linli_owner", "linli_app", "linli_jobs"}
    engine.dispose()


def test_nobody_else_may_enter_the_database(empty_database: str, tmp_path: Path) -> None:
    prepare(empty_database, tmp_path / "linli.env", **given_addresses(empty_database))
    engine = create_engine(empty_database)
    with engine.connect() as connection:
        everyone = text("SELECT has_database_privilege('public', current_database(), 'CONNECT')")
        ours = text("SELECT has_database_privilege('linli_app', current_database(), 'CONNECT')")
        assert (connection.scalar(everyone), connection.scalar(ours)) == (False, True)
    engine.dispose()


def test_migrating_up_down_and_up_again_ends_where_it_began(empty_database: str, tmp_path: Path) -> None:
    settings = tmp_path / "linli.env"
    prepare(empty_database, settings, **given_addresses(empty_database))
    moves = {"LINLI_ENV_FILE": str(settings)}
    assert linli("db", "migrate", **moves).exit_code == 0
    whole = tables(empty_database)
    assert "public.area" in whole
    assert "jobs.procrastinate_jobs" in whole
    assert linli("db", "migrate", **moves).exit_code == 0
    assert linli("db", "downgrade", "base", "--yes", **moves).exit_code == 0
    assert {name for name in tables(empty_database) if name.startswith("public.")} == {"public.alembic_version"}
    assert linli("db", "migrate", **moves).exit_code == 0
    assert tables(empty_database) == whole
