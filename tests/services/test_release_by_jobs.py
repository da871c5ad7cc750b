"""The night's release, as the job process's own role: it has the rights it needs, and does nothing twice."""

from datetime import timedelta

import pytest

from server import clock
from server.config import Config
from server.domain.periods import first_day
from server.services.nightly import do_parts
from server.store.transaction import open_store
from tests.make import County
from tests.make_months import a_submitted_month, closed, noon
from tests.sweeping import this_period


def test_the_night_releases_what_is_due_once(county: County, config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    begins = first_day(this_period())
    month = a_submitted_month(county)
    monkeypatch.setattr(clock, "now", lambda: noon(begins + timedelta(days=2)))
    closed(county, month)
    jobs = open_store(config, county.store.keyring, url=config.jobs_url)
    assert do_parts(jobs, county.code, clock.now())["figures_released"] == 0
    monkeypatch.setattr(clock, "now", lambda: noon(begins + timedelta(days=12)))
    assert [do_parts(jobs, county.code, clock.now())["figures_released"] for _ in range(2)] == [1, 0]
    jobs.engine.dispose()
