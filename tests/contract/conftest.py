"""One cast of signed-in people per process: making them takes longer than what they are asked."""

import pytest
from flask import Flask
from sqlalchemy import Engine

from server.store.transaction import Store
from tests.contract.cast import Cast
from tests.make import a_county


@pytest.fixture(scope="session")
def cast(app: Flask, store: Store, owner_engine: Engine) -> Cast:
    """People of all roles in a county of their own."""
    county, elsewhere = (a_county(store, owner_engine, code) for code in ("980101", "970101"))
    return Cast(app.test_client(use_cookies=False), county, elsewhere)
