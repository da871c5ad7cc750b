"""Completeness is counted from the returns themselves, in a number of queries that does not grow."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import Engine, event, insert

from server.domain.completeness import Count
from server.domain.periods import first_day, last_day
from server.errors import NotFound
from server.models.area import Area
from server.services.completeness import read_completeness
from server.services.returns import file_return
from server.services.sweeps import confirm_village
from tests.make import County, an_area
from tests.sweeping import (
    a_dispute,
    a_month,
    a_return,
    an_observation,
    coordinator,
    end_area,
    filed,
    grid_worker,
    judicial,
    last_period,
    sweep_id_of,
    this_period,
    village_officer,
    villages_of,
)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements sent while it is open."""
    sent: list[str] = []

    def note(_connection, _cursor, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_an_untouched_sweep_expects_every_grid(county: County):
    sweep_id = sweep_id_of(a_month(county))
    found = read_completeness(judicial(county), sweep_id)
    assert found.total == Count(expected=6, returned=0, nil=0, late=0, items=0)
    assert [(village.village_code, len(village.missing), village.confirmed) for village in found.villages] == [
        (code, 2, False) for code in villages_of(county.township)
    ]
    assert [village.village_name for village in found.villages] == ["试验村201", "试验村202", "试验村203"]


def test_what_came_is_counted_by_village_and_in_total(county: County):
    sweep_id = sweep_id_of(a_month(county))
    filed(county, sweep_id, an_observation(), an_observation())
    file_return(judicial(county), sweep_id, a_return(county.village + "002"))
    file_return(judicial(county), sweep_id, a_return(villages_of(county.township)[1] + "002"))
    confirm_village(village_officer(county), sweep_id, county.village)
    found = read_completeness(coordinator(county), sweep_id)
    first, second, third = found.villages
    late = found.total.late
    assert found.total == Count(expected=6, returned=3, nil=2, late=late, items=2)
    assert late in {0, 3}
    assert (first.count.returned, first.count.items, first.missing, first.confirmed) == (2, 2, (), True)
    assert (second.missing, second.confirmed) == ((second.village_code + "001",), False)
    assert len(third.missing) == 2


def test_late_returns_are_counted_as_such(county: County):
    sweep_id = sweep_id_of(a_month(county, last_period()), "dispute")
    filed(county, sweep_id, a_dispute())
    assert read_completeness(judicial(county), sweep_id).total.late == 1


def test_village_and_grid_see_their_own_village_only(county: County):
    sweep_id = sweep_id_of(a_month(county))
    file_return(judicial(county), sweep_id, a_return(county.village + "002"))
    file_return(judicial(county), sweep_id, a_return(villages_of(county.township)[1] + "001"))
    for caller in (village_officer(county), grid_worker(county)):
        found = read_completeness(caller, sweep_id)
        assert [village.village_code for village in found.villages] == [county.village]
        assert (found.total.expected, found.total.returned) == (2, 1)
        assert found.villages[0].missing == (county.grid,)


def test_another_townships_completeness_is_not_there(county: County):
    sweep_id = sweep_id_of(a_month(county))
    for caller in (judicial(county, county.other_township), grid_worker(county, county.other_grid)):
        with pytest.raises(NotFound):
            read_completeness(caller, sweep_id)


def test_areas_count_while_they_were_there(county: County):
    end_area(county, county.village + "002", last_day(last_period()))
    before, during = a_month(county, last_period()), a_month(county)
    assert read_completeness(judicial(county), sweep_id_of(before)).total.expected == 6
    assert read_completeness(judicial(county), sweep_id_of(during)).total.expected == 5


def test_an_area_that_begins_in_the_month_counts_and_a_later_one_does_not(county: County):
    with county.owner_engine.begin() as connection:
        connection.execute(
            insert(Area),
            [
                an_area(county.village + "003", valid_from=last_day(this_period())),
                an_area(county.village + "004", valid_from=date(2099, 1, 1)),
            ],
        )
    sweep_id = sweep_id_of(a_month(county))
    assert read_completeness(judicial(county), sweep_id).total.expected == 7


def test_a_return_from_an_area_that_was_ended_afterwards_is_still_counted(county: County):
    sweep_id = sweep_id_of(a_month(county))
    filed(county, sweep_id, an_observation())
    end_area(county, county.grid, last_day(last_period()))
    found = read_completeness(judicial(county), sweep_id)
    assert (found.total.expected, found.total.returned, found.total.items) == (5, 1, 1)
    assert first_day(this_period()) > last_day(last_period())


def test_three_grids_or_three_hundred_take_the_same_number_of_queries(county: County):
    sweep_id, caller = sweep_id_of(a_month(county)), coordinator(county)
    filed(county, sweep_id)
    with counted(county.store.engine) as few:
        small = read_completeness(caller, sweep_id)
    with county.owner_engine.begin() as connection:
        codes = [f"{village}{number:03d}" for village in villages_of(county.township) for number in range(100, 200)]
        connection.execute(insert(Area), [an_area(code) for code in codes])
    for code in codes[:20]:
        file_return(judicial(county), sweep_id, a_return(code))
    with counted(county.store.engine) as many:
        large = read_completeness(caller, sweep_id)
    assert (small.total.expected, large.total.expected, large.total.returned) == (6, 306, 21)
    assert len(few) == len(many)


def test_a_return_of_many_items_takes_as_many_queries_as_one_of_few(county: County):
    sweep_id = sweep_id_of(a_month(county))
    filed(county, sweep_id)
    worker, second = grid_worker(county, county.village + "002"), villages_of(county.township)[1]
    with counted(county.store.engine) as few:
        file_return(worker, sweep_id, a_return(county.village + "002", an_observation(), an_observation()))
    with counted(county.store.engine) as many:
        items = [an_observation() for _ in range(60)]
        file_return(grid_worker(county, second + "001"), sweep_id, a_return(second + "001", *items))
    assert len(many) <= len(few)
