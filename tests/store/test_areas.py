"""Grids: laid out in bulk, named, ended with a successor, and never removed."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from server.errors import Invalid
from server.store.areas import end_grid, lay_out_grids, name_grids
from tests.make import County

DAY = date(2026, 1, 1)


def lay_out(engine: Engine, counts: dict[str, int]) -> int:
    with engine.begin() as connection:
        return lay_out_grids(connection, counts, DAY)


def grids(engine: Engine, village: str) -> dict[str, Any]:
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT * FROM area WHERE parent_code = :village ORDER BY code"), {"village": village}
        )
        return {row.code: row for row in found}


def end(engine: Engine, code: str, successor: str, on: date) -> None:
    with engine.begin() as connection:
        end_grid(connection, code, successor, on)


def test_missing_grids_are_added_and_the_others_left(county: County, owner_engine: Engine) -> None:
    assert lay_out(owner_engine, {county.village: 5}) == 3
    found = grids(owner_engine, county.village)
    assert [code[-3:] for code in found] == ["001", "002", "003", "004", "005"]
    assert (found[county.grid].valid_from, found[county.village + "005"].valid_from) == (date(2023, 6, 30), DAY)
    assert (found[county.village + "005"].name, found[county.village + "005"].level) == ("第5网格", 15)


def test_laying_out_again_or_fewer_changes_nothing(county: County, owner_engine: Engine) -> None:
    lay_out(owner_engine, {county.village: 4})
    assert lay_out(owner_engine, {county.village: 4}) == 0
    assert lay_out(owner_engine, {county.village: 1}) == 0
    assert len(grids(owner_engine, county.village)) == 4


def test_many_villages_take_as_few_statements_as_one(county: County, owner_engine: Engine) -> None:
    statements: list[str] = []

    def hear(*said: Any) -> None:
        statements.append(said[2])

    event.listen(owner_engine, "before_cursor_execute", hear)
    villages = [township + number for township in (county.township, county.other_township) for number in ("201", "202")]
    lay_out(owner_engine, {villages[0]: 3})
    for_one = len(statements)
    assert lay_out(owner_engine, dict.fromkeys(villages, 9)) == 6 + 3 * 7
    event.remove(owner_engine, "before_cursor_execute", hear)
    assert len(statements) == 2 * for_one


@pytest.mark.parametrize(("count", "reason"), [(0, "grid_count_invalid"), (1000, "grid_count_invalid")])
def test_a_village_has_one_to_999_grids(county: County, owner_engine: Engine, count: int, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        lay_out(owner_engine, {county.village: count})


def test_the_last_number_fits(county: County, owner_engine: Engine) -> None:
    lay_out(owner_engine, {county.village: 999})
    assert list(grids(owner_engine, county.village))[-1] == county.village + "999"


def test_only_villages_in_force_have_grids(county: County, owner_engine: Engine) -> None:
    for code in (county.township, county.township + "999", "x"):
        with pytest.raises(Invalid, match="area_unknown") as caught:
            lay_out(owner_engine, {county.village: 9, code: 2})
        assert caught.value.params["area"] == code
    assert len(grids(owner_engine, county.village)) == 2


def test_grids_take_the_names_people_know_them_by(county: County, owner_engine: Engine) -> None:
    with owner_engine.begin() as connection:
        assert name_grids(connection, {county.grid: "河东网格", county.village + "777": "无"}) == 1
        assert name_grids(connection, {county.grid: "河东网格"}) == 0
    assert grids(owner_engine, county.village)[county.grid].name == "河东网格"


def test_an_ended_grid_stays_with_its_last_day_and_successor(county: County, owner_engine: Engine) -> None:
    successor = county.village + "002"
    end(owner_engine, county.grid, successor, DAY)
    ended = grids(owner_engine, county.village)[county.grid]
    assert (ended.valid_to, ended.successor_code) == (DAY, successor)
    assert lay_out(owner_engine, {county.village: 2}) == 0
    assert grids(owner_engine, county.village)[county.grid].valid_to == DAY


@pytest.mark.parametrize(
    ("code", "successor", "on", "reason"),
    [
        ("001", "001", DAY, "grid_successor_invalid"),
        ("001", "888", DAY, "grid_successor_invalid"),
        ("888", "001", DAY, "area_unknown"),
        ("001", "002", date(2001, 1, 1), "grid_end_before_start"),
        ("", "001", DAY, "area_unknown"),
    ],
)
def test_an_end_that_makes_no_sense_is_refused(
    county: County, owner_engine: Engine, code: str, successor: str, on: date, reason: str
) -> None:
    with pytest.raises(Invalid, match=reason):
        end(owner_engine, county.village + code, county.village + successor, on)
    assert {row.valid_to for row in grids(owner_engine, county.village).values()} == {None}


def test_a_grid_ends_once(county: County, owner_engine: Engine) -> None:
    end(owner_engine, county.grid, county.village + "002", DAY)
    with pytest.raises(Invalid, match="area_unknown"):
        end(owner_engine, county.grid, county.village + "002", date(2026, 2, 1))
