"""Where the measuring is done: a fresh database with one county, dropped afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import Engine, create_engine, insert, make_url
from uuid_utils.compat import uuid7

from server import clock
from server.cli.db import upgrade
from server.config import Config, psycopg_url
from server.crypto.keyring import generate_key_dir
from server.crypto.suites import Suite
from server.domain.codes import Purpose, Role
from server.domain.identity import Grant, Identity
from server.models.area import Area
from server.store import databases
from server.store.tenancy import join
from server.store.transaction import Caller, Store, open_store

COUNTY = "430999"
TOWNSHIP = COUNTY + "101"
VILLAGES = tuple(f"{TOWNSHIP}{number}" for number in range(201, 211))


@dataclass(frozen=True)
class Place:
    """One database, opened as each role, and somebody who works there."""

    config: Config
    store: Store
    owner_engine: Engine
    jobs_engine: Engine
    county: str = COUNTY

    @property
    def caller(self) -> Caller:
        """Somebody who may work in the whole county."""
        return self.caller_as(Role.ASSESSOR, COUNTY, Purpose.CARE)

    def caller_as(self, role: Role, area: str, purpose: Purpose, user_id: UUID | None = None) -> Caller:
        """Somebody with one role in one area: a new person, or this user."""
        grants = (Grant(uuid7(), role, area),)
        return Caller(Identity(user_id or uuid7(), self.county, uuid7(), uuid7(), grants, purpose), self.store)


@contextmanager
def a_place() -> Iterator[Place]:
    """Make the database, its county and its keys; drop everything at the end."""
    admin = psycopg_url(os.environ["LINLI_BENCH_OWNER_URL"])
    name = f"linli_bench_{os.getpid()}"
    databases.make_roles(admin, tuple(databases.Role(r) for r in (databases.OWNER, databases.APP, databases.JOBS)))
    databases.drop_database(admin, name)
    databases.make_database(admin, name, databases.OWNER)
    databases.open_database(make_url(admin).set(database=name).render_as_string(hide_password=False))
    try:
        with TemporaryDirectory() as folder:
            yield from _opened(make_url(admin).set(database=name).render_as_string(hide_password=False), Path(folder))
    finally:
        databases.drop_database(admin, name)


def _opened(url: str, folder: Path) -> Iterator[Place]:
    owner, app, jobs = (as_role(url, role) for role in (databases.OWNER, databases.APP, databases.JOBS))
    upgrade(owner)
    config = Config(
        owner_url=owner,
        app_url=app,
        jobs_url=jobs,
        key_dir=folder / "keys",
        disclosure_budget_per_hour=100_000,
        tablet_residents=10_000,
    )
    store = open_store(config, generate_key_dir(folder / "keys"))
    place = Place(config, store, create_engine(owner), create_engine(jobs))
    _lay_out(place)
    try:
        yield place
    finally:
        for engine in (store.engine, place.owner_engine, place.jobs_engine):
            engine.dispose()


def as_role(url: str, role: str) -> str:
    """The same database as another role: by name where no password is needed, else by SET ROLE."""
    parsed = make_url(url)
    if parsed.password is None:
        parsed = parsed.set(username=role)
    else:
        parsed = parsed.update_query_dict({"options": f"-c role={role}"})
    return parsed.render_as_string(hide_password=False)


def _lay_out(place: Place) -> None:
    codes = [COUNTY, TOWNSHIP, *VILLAGES, *(f"{village}{grid:03d}" for village in VILLAGES for grid in range(1, 6))]
    with place.owner_engine.begin() as connection:
        connection.execute(insert(Area), [area_row(code) for code in codes])
        join(connection, place.store.cupboard, COUNTY, Suite.AES_256_GCM, clock.now())


def area_row(code: str) -> dict[str, object]:
    """An area as a table takes it, below the one that its digits say."""
    parent = {6: code[:4], 9: code[:6], 12: code[:9], 15: code[:12]}[len(code)]
    return {
        "code": code,
        "name": code,
        "level": len(code),
        "parent_code": parent,
        "admin_type": "gb",
        "kind": "",
        "counts_in_indicator": True,
        "valid_from": date(2023, 6, 30),
    }
