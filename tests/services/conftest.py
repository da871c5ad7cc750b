"""What tests of care and of tablets begin with, file after file."""

from uuid import UUID

import pytest

from server.store.transaction import Caller
from tests.make import County
from tests.make_plans import a_worker, set_clock
from tests.sweeping import a_month, sweep_id_of
from tests.tablets import Tablet


@pytest.fixture
def in_january(monkeypatch: pytest.MonkeyPatch) -> None:
    """The fifth of a month, so that a first visit is due at once."""
    set_clock(monkeypatch, 2027, 1, 5)


@pytest.fixture
def worker(county: County) -> Caller:
    """A grid worker who visits."""
    return a_worker(county)


@pytest.fixture
def tablet(county: County) -> Tablet:
    """One tablet that sends."""
    return Tablet(county)


@pytest.fixture
def sweep_id(county: County) -> UUID:
    """This month's concern sweep of the first township."""
    return sweep_id_of(a_month(county))
