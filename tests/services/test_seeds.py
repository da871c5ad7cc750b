"""Loading the seeds: the real divisions of two cities, code lists and holidays."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from server.services.seeds import load_seeds

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def loaded(owner_engine: Engine) -> Engine:
    with owner_engine.begin() as connection:
        load_seeds(connection, SEEDS)
    return owner_engine


def test_loading_again_changes_nothing(loaded: Engine) -> None:
    with loaded.begin() as connection:
        again = load_seeds(connection, SEEDS)
    assert (again.code_entries, again.holidays) == (0, 0)
    assert (again.areas.added, again.areas.changed, again.areas.unchanged) == (0, 0, 21 + 257 + 7955 + 4)
