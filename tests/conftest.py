"""One real database per test process; one county per test.

Tests do not share rows because each works in a county of its own, kept apart by the same row-level security that
keeps real counties apart. Nothing is rolled back and nothing is mocked.
"""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import URL, Engine, create_engine, make_url

from server.app import create_app
from server.cli.db import upgrade
from server.config import Config, psycopg_url
from server.crypto.keyring import generate_key_dir
from server.store import databases
from server.store.transaction import Store, open_store
from tests.make import County, a_county

_county_numbers = count(1)


def _as_role(url: URL, role: str) -> str:
    """The same database as one of our roles: by name where no password is needed, else by SET ROLE."""
    if url.password is None:
        url = url.set(username=role)
    else:
        url = url.update_query_dict({"options": f"-c role={role}"})
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Config]:
    """Settings of a fresh, migrated database that is dropped afterwards."""
    admin = psycopg_url(os.environ["LINLI_TEST_OWNER_URL"])
    name = f"{os.environ.get('LINLI_TEST_PREFIX', 'linli_test_')}{worker_id}_{os.getpid()}"
    roles = tuple(databases.Role(role) for role in (databases.OWNER, databases.APP, databases.JOBS))
    databases.make_roles(admin, roles)
    databases.drop_database(admin, name)
    databases.make_database(admin, name, databases.OWNER)
    url = make_url(admin).set(database=name)
    databases.open_database(url.render_as_string(hide_password=False))
    owner, app, jobs = (_as_role(url, role.name) for role in roles)
    upgrade(owner)
    yield Config(owner_url=owner, app_url=app, jobs_url=jobs, key_dir=tmp_path_factory.mktemp("keys") / "keys")
    databases.drop_database(admin, name)


@pytest.fixture(scope="session")
def store(config: Config) -> Iterator[Store]:
    """The store as the application's role."""
    opened = open_store(config, generate_key_dir(Path(config.key_dir)))
    yield opened
    opened.engine.dispose()


@pytest.fixture(scope="session")
def owner_engine(config: Config) -> Iterator[Engine]:
    """The database as its owner, bound by row-level security as well."""
    engine = create_engine(config.owner_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def app(config: Config, store: Store) -> Flask:
    """The application on the test database."""
    made = create_app(config, store)
    made.testing = True
    # The answers themselves are tested, also those to our own faults.
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client without cookies or sign-in."""
    return app.test_client(use_cookies=False)


def a_county_code() -> str:
    """A code no other test has; none of its parts is all zeros, for such is no code."""
    number = next(_county_numbers)
    return f"99{number // 99 + 1:02d}{number % 99 + 1:02d}"


@pytest.fixture
def county(store: Store, owner_engine: Engine) -> County:
    """A fresh county: two townships, three villages each, two grids a village; its keys are made."""
    return a_county(store, owner_engine, a_county_code())
