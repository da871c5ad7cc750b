"""Each step goes up, down, and carries data; the head is what the models say."""

from collections.abc import Iterator
from os import environ

import alembic.command
import alembic.config
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, make_url, text

from server.cli.db import MIGRATIONS, move, upgrade
from server.config import Config, psycopg_url
from server.models.tables import METADATA
from server.store import databases


def _steps() -> list[str]:
    settings = alembic.config.Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    return [script.revision for script in reversed(list(ScriptDirectory.from_config(settings).walk_revisions()))]


STEPS = _steps()


@pytest.fixture(scope="module")
def owner_url(config: Config) -> Iterator[str]:
    """An empty database beside the suite's own."""

    admin = psycopg_url(environ["LINLI_TEST_OWNER_URL"])
    suite = make_url(config.owner_url)
    name = f"{suite.database}_steps"
    databases.drop_database(admin, name)
    databases.make_database(admin, name, databases.OWNER)
    databases.open_database(make_url(admin).set(database=name).render_as_string(hide_password=False))
    yield suite.set(database=name).render_as_string(hide_password=False)
    databases.drop_database(admin, name)


@pytest.fixture
def engine(owner_url: str) -> Iterator[Engine]:
    move(owner_url, "base", upwards=False)
    engine = create_engine(owner_url)
    yield engine
    engine.dispose()


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version", "spatial_ref_sys"}


def test_there_is_one_line_of_steps_numbered_without_gaps() -> None:
    expected = [f"{number:04d}" for number in range(1, len(STEPS) + 1)]
    assert expected == STEPS


def test_the_head_is_what_the_models_say(engine: Engine, owner_url: str) -> None:
    upgrade(owner_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, parents: name != "spatial_ref_sys", "compare_type": True},
        )
        assert compare_metadata(context, METADATA) == []
        assert _tables(connection) == {table.name for table in METADATA.sorted_tables}


@pytest.mark.parametrize("step", STEPS)
def test_each_step_can_be_taken_back_and_taken_again(engine: Engine, owner_url: str, step: str) -> None:
    before = STEPS[STEPS.index(step) - 1] if step != STEPS[0] else "base"
    if before != "base":
        move(owner_url, before, upwards=True)
    with engine.connect() as connection:
        tables = _tables(connection)
    move(owner_url, step, upwards=True)
    move(owner_url, before, upwards=False)
    with engine.connect() as connection:
        assert _tables(connection) == tables
    move(owner_url, step, upwards=True)


def test_data_outlives_later_steps(engine: Engine, owner_url: str) -> None:
    move(owner_url, "0001", upwards=True)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO area (code, name, level, admin_type, kind, counts_in_indicator, valid_from) "
                "VALUES ('430999', '试验县', 6, 'gb', '', true, '2023-06-30')"
            )
        )
    upgrade(owner_url)
    move(owner_url, "0001", upwards=False)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM area WHERE code = '430999'")) == "试验县"


def test_a_failed_step_leaves_nothing_behind(engine: Engine, owner_url: str) -> None:
    move(owner_url, "0001", upwards=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE subject (in_the_way text)"))
    with pytest.raises(Exception, match="subject"):
        upgrade(owner_url)
    with engine.begin() as connection:
        assert "county_settings" not in _tables(connection)
        connection.execute(text("DROP TABLE subject"))


def test_a_step_that_must_wait_for_a_lock_gives_up(engine: Engine, owner_url: str) -> None:
    upgrade(owner_url)
    with engine.begin() as holder:
        holder.execute(text("LOCK TABLE ledger_entry IN ACCESS SHARE MODE"))
        with pytest.raises(Exception, match="lock timeout"):
            move(owner_url, "0006", upwards=False)
