"""Promise 2's second wall: row-level security, tried with raw SQL as the application's own role."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from server import clock
from server.domain.codes import Role
from server.models.tables import METADATA
from server.store.transaction import bind, new_id, transaction
from tests.make import County, a_caller

TENANT_TABLES = sorted(table.name for table in METADATA.sorted_tables if table.info["rls"] != "none")
AREA_TABLES = sorted(table.name for table in METADATA.sorted_tables if table.info["rls"] == "area")


def _month(session: Session, county: str, township: str) -> None:
    values = {"county": county, "id": new_id(), "area": township, "by": new_id(), "now": clock.now()}
    session.execute(
        text(
            "INSERT INTO month (county_code, id, area_code, period, state, version, created_by, created_at, updated_at) "
            "VALUES (:county, :id, :area, '202611', 'open', 1, :by, :now, :now)"
        ),
        values,
    )


@pytest.fixture
def session(county: County):
    with Session(county.store.engine) as session:
        yield session
        session.rollback()


def test_the_application_role_neither_owns_nor_bypasses(session: Session) -> None:
    row = session.execute(
        text("SELECT rolsuper, rolbypassrls, current_user AS name FROM pg_roles WHERE rolname = current_user")
    ).one()
    owners = set(session.scalars(text("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")))
    assert (row.rolsuper, row.rolbypassrls) == (False, False)
    assert row.name not in owners


def test_no_transaction_may_keep_others_waiting_for_ever(county: County) -> None:
    with transaction(a_caller(county, Role.SYSADMIN, county.code)) as work:
        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            milliseconds = work.session.scalar(
                text("SELECT setting FROM pg_settings WHERE name = :name"), {"name": name}
            )
            assert 0 < int(milliseconds) <= 120_000, name


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_every_tenant_table_is_walled_even_against_its_owner(session: Session, table: str) -> None:
    row = session.execute(
        text("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = to_regclass(:table)"),
        {"table": table},
    ).one()
    policies = session.scalars(
        text("SELECT qual || ' ' || with_check FROM pg_policies WHERE tablename = :table AND policyname = 'tenant'"),
        {"table": table},
    ).all()
    assert tuple(row) == (True, True)
    assert len(policies) == 1
    assert "linli.county" in policies[0]
    assert ("linli.areas" in policies[0]) == (table in AREA_TABLES)


@pytest.mark.parametrize("table", [t for t in TENANT_TABLES if t not in {"access_stage", "access_log"}])
def test_without_a_context_nothing_is_seen(session: Session, table: str) -> None:
    assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0


def test_rows_are_seen_under_the_prefixes_only(session: Session, county: County) -> None:
    bind(session, county.code, (county.code,))
    _month(session, county.code, county.township)
    _month(session, county.code, county.other_township)
    seen = {}
    for areas in [(county.code,), (county.township,), (county.village,), (county.township, county.other_township)]:
        bind(session, county.code, areas)
        seen[areas] = session.scalar(text("SELECT count(*) FROM month"))
    assert list(seen.values()) == [2, 1, 0, 2]


def test_another_county_is_not_seen_with_any_prefix(session: Session, county: County) -> None:
    bind(session, county.code, (county.code,))
    _month(session, county.code, county.township)
    bind(session, "999999", (county.code,))
    assert session.scalar(text("SELECT count(*) FROM month")) == 0


@pytest.mark.parametrize("place", ["another county", "another township"])
def test_a_row_outside_the_context_cannot_be_written(session: Session, county: County, place: str) -> None:
    bind(session, county.code, (county.township,))
    where = ("999999", "999999101") if place == "another county" else (county.code, county.other_township)
    with pytest.raises(ProgrammingError, match="row-level security"):
        _month(session, *where)


def test_the_context_ends_with_its_transaction(county: County) -> None:
    with Session(county.store.engine) as session:
        bind(session, county.code, (county.code,))
        _month(session, county.code, county.township)
        session.commit()
        assert session.scalar(text("SELECT count(*) FROM month")) == 0


def test_the_owner_is_bound_as_well(county: County, owner_engine: Engine, session: Session) -> None:
    bind(session, county.code, (county.code,))
    _month(session, county.code, county.township)
    session.commit()
    with owner_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM month")) == 0
