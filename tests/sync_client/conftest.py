"""A world for each test that asks for one."""

import pytest

from tests.sync_client.arrange_world import World


@pytest.fixture
def world(app, county) -> World:
    return World(county, app)
