import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.area_codes import (
    AreaCode,
    Level,
    TownshipKind,
    VillageKind,
    contains,
    county_of,
    grid_codes,
    level_of,
    parse_area_code,
    parse_code_of,
    township_kind,
    township_of,
    village_kind,
    village_of,
)
from server.errors import Invalid
from tests.domain.seeds import SEEDS, code_entries

GRID = AreaCode("430903101201001")


def part(digits):
    return st.integers(1, 10**digits - 1).map(lambda number: f"{number:0{digits}d}")


codes = st.tuples(part(2), part(2), part(2), part(3), part(3), part(3), part(2)).flatmap(
    lambda parts: st.integers(2, 7).map(lambda count: AreaCode("".join(parts[:count])))
)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("4309", Level.CITY),
        ("430903", Level.COUNTY),
        ("430903101", Level.TOWNSHIP),
        ("430903101201", Level.VILLAGE),
        ("430903101201001", Level.GRID),
        ("43090310120100101", Level.SUBGRID),
    ],
)
def test_length_tells_the_level(text, level):
    assert level_of(parse_area_code(text)) is level


@pytest.mark.parametrize(
    "text",
    [
        "",
        "43",
        "43090",
        "4309031",
        "430903101201000",
        "430903000000",
        "430900",
        "４３０９０３",
        "43090a",
        " 430903",
        "-30903",
    ],
)
def test_a_code_that_is_not_one_is_refused(text):
    with pytest.raises(Invalid) as refused:
        parse_area_code(text)
    assert refused.value.code == "area_code_invalid"


def test_a_code_of_one_level_is_of_no_other():
    assert parse_code_of(Level.TOWNSHIP, GRID[:9], "township_code") == "430903101"
    for text in (GRID[:6], GRID[:12], GRID):
        with pytest.raises(Invalid) as refused:
            parse_code_of(Level.TOWNSHIP, text, "township_code")
        said = refused.value
        assert (said.code, said.field, said.params) == ("area_level_wrong", "township_code", {"level": "township"})
    with pytest.raises(Invalid, match="area_code_invalid"):
        parse_code_of(Level.TOWNSHIP, "43090310x", "township_code")


def test_village_township_and_county_hold_the_grid():
    assert (village_of(GRID), township_of(GRID), county_of(GRID)) == ("430903101201", "430903101", "430903")


def test_a_township_has_no_village_above_it():
    with pytest.raises(Invalid) as refused:
        village_of(AreaCode("430903101"))
    assert (refused.value.code, refused.value.params) == ("area_level_wrong", {"level": "village"})


@given(codes, codes)
def test_containing_is_being_a_prefix(prefix, code):
    assert contains(prefix, code) == code.startswith(prefix)
    assert contains(prefix, prefix + "001")


@pytest.mark.parametrize(
    ("digits", "kind"),
    [
        ("001", TownshipKind.STREET),
        ("099", TownshipKind.STREET),
        ("100", TownshipKind.TOWN),
        ("200", TownshipKind.TOWNSHIP),
        ("399", TownshipKind.TOWNSHIP),
        ("400", TownshipKind.SPECIAL),
        ("599", TownshipKind.SPECIAL),
    ],
)
def test_digits_tell_the_kind_of_township(digits, kind):
    assert township_kind(AreaCode(f"430903{digits}")) is kind


@pytest.mark.parametrize(
    ("digits", "kind"),
    [
        ("001", VillageKind.RESIDENTS),
        ("199", VillageKind.RESIDENTS),
        ("200", VillageKind.VILLAGERS),
        ("399", VillageKind.VILLAGERS),
        ("400", VillageKind.QUASI),
        ("598", VillageKind.QUASI),
    ],
)
def test_digits_tell_the_kind_of_village(digits, kind):
    assert village_kind(AreaCode(f"430903101{digits}")) is kind


def test_the_four_zones_are_statistical_counties_only():
    zones = {entry.code for entry in code_entries() if entry.list == "stat_only_county"}
    assert zones == {"430971", "430972", "370671", "370676"}


def test_grids_are_numbered_from_one():
    assert grid_codes(AreaCode("430903101201"), 3) == ("430903101201001", "430903101201002", "430903101201003")
    assert len(set(grid_codes(AreaCode("430903101201"), 999))) == 999


@pytest.mark.parametrize("count", [0, -1, 1000])
def test_a_village_has_one_to_999_grids(count):
    with pytest.raises(Invalid) as refused:
        grid_codes(AreaCode("430903101201"), count)
    assert refused.value.code == "grid_count_invalid"


def test_only_villages_are_laid_out_in_grids():
    with pytest.raises(Invalid) as refused:
        grid_codes(AreaCode("430903101"), 1)
    assert refused.value.code == "area_level_wrong"


def test_every_code_of_the_two_cities_is_readable():
    for path in sorted((SEEDS / "areas").glob("*.csv")):
        with path.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                assert parse_area_code(row["code"]) == row["code"]
