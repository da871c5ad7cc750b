"""The night's release, as the job process's own role: it has the rights it needs, and does nothing twice."""

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine, text

from server import clock
from server.config import Config
from server.domain.periods import first_day
from server.services.figures import read_figures
from server.services.nightly import do_parts
from server.services.upkeep import end_in_county
from server.store.transaction import Store, open_store
from tests.conftest import a_county_code
from tests.make import County, a_county
from tests.make_care import in_care
from tests.make_months import a_submitted_month, closed, noon, supervisor
from tests.services.test_ledger_races import at_once, refused
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


@pytest.mark.parametrize("turn", range(3))
def test_of_two_townships_that_close_at_once_the_last_releases_both(
    county: County, monkeypatch: pytest.MonkeyPatch, turn: int
) -> None:
    months = [a_submitted_month(county, township=place) for place in (county.township, county.other_township)]
    begins = first_day(this_period())
    monkeypatch.setattr(clock, "now", lambda: noon(begins + timedelta(days=2)))
    results = at_once(*(partial(closed, county, month) for month in months))
    assert refused(results) == [], turn
    assert read_figures(supervisor(county), county.code, months[0].period).source == "released"


def test_what_fails_in_one_county_stops_nothing_else(
    store: Store, owner_engine: Engine, county: County, config: Config
) -> None:
    """The database itself refuses one county's rows, as a broken row would."""
    broken = a_county(store, owner_engine, a_county_code())
    people = {place.code: in_care(place, expires_at=clock.now() - timedelta(days=1)) for place in (broken, county)}
    refuse = (
        "CREATE FUNCTION refuse_{0}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$;"
        "CREATE TRIGGER refuse_{0} BEFORE UPDATE ON ledger_entry FOR EACH ROW"
        " WHEN (OLD.county_code = '{0}') EXECUTE FUNCTION refuse_{0}()"
    )
    with owner_engine.begin() as connection:
        connection.execute(text(refuse.format(broken.code)))
    jobs = open_store(config, store.keyring, url=config.jobs_url)
    faults: list[Exception] = []
    done = {code: end_in_county(jobs, code, clock.now(), faults) for code in people}
    jobs.engine.dispose()
    assert ["broken" in str(fault) for fault in faults] == [True]
    assert (done[broken.code]["expired"], done[county.code]["expired"]) == (0, 1)
    assert done[broken.code]["consents_past"] == 0
    with owner_engine.begin() as connection:
        connection.execute(text(f"DROP FUNCTION refuse_{broken.code} CASCADE"))
