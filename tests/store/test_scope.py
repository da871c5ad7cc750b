"""One rule, two faces: the query lets through exactly what ``may`` lets through, on random data."""

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import ARRAY, Column, MetaData, String, Table, Uuid, create_engine, insert, select
from sqlalchemy.orm import Session

from server.config import Config
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.identity import Grant, Identity
from server.domain.permissions import Facts, Permission, may
from server.errors import LinliError
from server.store.scope import ScopeColumns, within

RECORDS = Table(
    "scope_trial",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("area_code", String(17, collation="C"), nullable=False),
    Column("owner_id", Uuid),
    Column("state", String(20)),
    Column("carer_ids", ARRAY(Uuid), nullable=False),
    prefixes=["TEMPORARY"],
)
COLUMNS = ScopeColumns(RECORDS.c.area_code, RECORDS.c.owner_id, RECORDS.c.state, RECORDS.c.carer_ids)
PEOPLE = [UUID(int=number) for number in range(1, 4)]
CODES = [
    "4309",
    "430902",
    "430903",
    "430902101",
    "430902102",
    "430902101201",
    "430902101202",
    "430902101201001",
    "430902101201002",
]

grants = st.builds(Grant, st.uuids(), st.sampled_from(Role), st.sampled_from(CODES))
identities = st.builds(
    Identity,
    user_id=st.sampled_from(PEOPLE),
    county_code=st.just("430902"),
    session_id=st.uuids(),
    request_id=st.uuids(),
    grants=st.lists(grants, max_size=3).map(tuple),
    purpose=st.none() | st.sampled_from(Purpose),
)
records = st.lists(
    st.builds(
        Facts,
        st.sampled_from(CODES[1:]),
        st.none() | st.sampled_from(PEOPLE),
        st.none() | st.sampled_from(LedgerState),
        st.frozensets(st.sampled_from(PEOPLE), max_size=2),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def trial_session(config: Config):
    engine = create_engine(config.owner_url)
    with Session(engine) as session:
        RECORDS.create(session.connection())
        yield session
        session.rollback()
    engine.dispose()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(identity=identities, permission=st.sampled_from(Permission), facts=records)
def test_both_faces_of_every_rule_agree(
    trial_session: Session, identity: Identity, permission: Permission, facts: list[Facts]
) -> None:
    trial_session.execute(RECORDS.delete())
    rows = [
        {
            "id": UUID(int=number),
            "area_code": each.area_code,
            "owner_id": each.owner_id,
            "state": each.state,
            "carer_ids": sorted(each.carers),
        }
        for number, each in enumerate(facts)
    ]
    if rows:
        trial_session.execute(insert(RECORDS), rows)
    if _refusal(lambda: may(identity, permission, Facts("430902"))):
        assert _refusal(lambda: within(identity, permission, COLUMNS)) == _refusal(
            lambda: may(identity, permission, Facts("430902"))
        )
        return
    expected = {UUID(int=number) for number, each in enumerate(facts) if may(identity, permission, each)}
    found = set(trial_session.scalars(select(RECORDS.c.id).where(within(identity, permission, COLUMNS))))
    assert found == expected


def _refusal(ask: Callable[[], object]) -> tuple[type[LinliError], str] | None:
    """With what class and code it was refused, if it was."""
    try:
        ask()
    except LinliError as refused:
        return type(refused), refused.code
    return None
