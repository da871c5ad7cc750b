"""One cast of signed-in people per process: making them takes longer than what they are asked."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from server.store.transaction import Store
from tests.conftest import a_county_code
from tests.contract.cast import Cast
from tests.make import a_county


@pytest.fixture(scope="session")
def cast(app: Flask, store: Store, owner_engine: Engine) -> Cast:
    """People of all roles in a county of their own; the other county lies in another city."""
    county, elsewhere = (a_county(store, owner_engine, code) for code in (a_county_code(), "950101"))
    return Cast(app, county, elsewhere)
