"""Loading the seeds: the real divisions of two cities with every trap in them, code lists and holidays."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import Engine, delete, text, update
from sqlalchemy.orm import Session

from server.domain.periods import Period
from server.domain.workdays import add_working_days, is_working_day, nth_working_day_of_month
from server.models.reference import Holiday
from server.services.seeds import load_seeds
from server.store.holidays import work_calendar

SEEDS = Path(__file__).parents[2] / "seeds"

#: County → townships, villages.
COUNTS = {
    "430902": (9, 124), "430903": (17, 215), "430921": (12, 166), "430922": (15, 247), "430923": (23, 433),
    "430981": (14, 195), "430971": (5, 39), "430972": (3, 27),
    "370602": (12, 158), "370611": (9, 352), "370612": (13, 584), "370613": (6, 126), "370614": (20, 618),
    "370671": (1, 21), "370676": (3, 114), "370681": (14, 473), "370682": (18, 802), "370683": (17, 1000),
    "370685": (14, 734), "370686": (14, 810), "370687": (18, 717),
}  # fmt: skip
OURS = "(code ^@ '4309' OR code ^@ '3706') AND level < 15 AND valid_to IS NULL"


@pytest.fixture(scope="module")
def loaded(owner_engine: Engine) -> Engine:
    with owner_engine.begin() as connection:
        load_seeds(connection, SEEDS)
    return owner_engine


def found(engine: Engine, columns: str, condition: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        statement = text(f"SELECT {columns} FROM area WHERE {OURS} AND {condition} ORDER BY code")
        return [tuple(row) for row in connection.execute(statement)]


def one(engine: Engine, columns: str, condition: str) -> Any:
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT {columns} FROM area WHERE {OURS} AND {condition}")).scalar_one()


def test_loading_again_changes_nothing_and_is_quick(loaded: Engine) -> None:
    before = monotonic()
    with loaded.begin() as connection:
        again = load_seeds(connection, SEEDS)
    assert monotonic() - before < 2
    assert (again.code_entries, again.holidays) == (0, 0)
    assert (again.areas.added, again.areas.changed, again.areas.unchanged) == (0, 0, 21 + 257 + 7955 + 4)


def test_every_county_has_its_townships_and_villages(loaded: Engine) -> None:
    codes = [code for (code,) in found(loaded, "code", "level IN (9, 12)")]
    counts = Counter((code[:6], len(code)) for code in codes)
    assert {county: (counts[county, 9], counts[county, 12]) for county in COUNTS} == COUNTS
    assert [len(found(loaded, "code", f"level = {level}")) for level in (6, 9, 12)] == [21, 257, 7955]


def test_codes_are_text_of_their_full_length(loaded: Engine) -> None:
    assert found(loaded, "code", "length(code) <> level OR code !~ '^[0-9]+$'") == []


def test_every_area_hangs_from_its_prefix(loaded: Engine) -> None:
    orphans = "level > 4 AND NOT EXISTS (SELECT FROM area AS p WHERE p.code = area.parent_code AND area.code ^@ p.code)"
    assert found(loaded, "code", orphans) == []


def test_names_repeat_across_townships_and_never_within_one(loaded: Engine) -> None:
    villages = found(loaded, "name, parent_code", "level = 12")
    names = Counter(name for name, _ in villages)
    assert sum(1 for times in names.values() if times > 1) == 540
    assert max(Counter(villages).values()) == 1


def test_zones_outside_gb_2260_are_told_apart(loaded: Engine) -> None:
    zones = [code for (code,) in found(loaded, "code", "level = 6 AND admin_type = 'stat_only'")]
    assert zones == ["370671", "370676", "430971", "430972"]
    assert one(loaded, "count(*)", "level = 6 AND code ^@ '4309' AND counts_in_indicator") == 8


@pytest.mark.parametrize(("city", "rows", "counted"), [("4309", 98, 93), ("3706", 159, 153)])
def test_special_units_do_not_count_among_townships(loaded: Engine, city: str, rows: int, counted: int) -> None:
    """The denominator of the township rooms' rate is 93 in Yiyang."""
    assert one(loaded, "count(*)", f"level = 9 AND code ^@ '{city}'") == rows
    assert one(loaded, "count(*)", f"level = 9 AND code ^@ '{city}' AND counts_in_indicator") == counted
    assert one(loaded, "count(*)", f"level = 9 AND code ^@ '{city}' AND kind = 'special'") == rows - counted


def test_township_kinds_are_told_by_their_digits(loaded: Engine) -> None:
    kinds = Counter((code[:4], kind) for code, kind in found(loaded, "code, kind", "level = 9"))
    assert kinds == {
        ("4309", "street"): 12, ("4309", "town"): 72, ("4309", "township"): 9, ("4309", "special"): 5,
        ("3706", "street"): 65, ("3706", "town"): 82, ("3706", "township"): 6, ("3706", "special"): 6,
    }  # fmt: skip


def test_quasi_villages_count_as_village_rows(loaded: Engine) -> None:
    assert one(loaded, "count(*)", "level = 12 AND code ^@ '3706' AND counts_in_indicator") == 6509
    assert found(loaded, "code, name", "level = 12 AND kind = 'quasi'") == [
        ("370687401498", "外向型工业加工区虚拟社区"),
        ("430971405598", "南湾湖虚拟生活区"),
        ("430981116501", "共华渔场生活区"),
        ("430981116502", "八形汊渔场生活区"),
    ]


def test_odd_names_are_kept_as_they_are(loaded: Engine) -> None:
    offices = [name for (name,) in found(loaded, "name", "level = 9 AND name ~ '事务中心|管理处|工业区'")]
    assert "南湾湖管理处" in offices
    assert len(offices) >= 4
    suffixes = ("村委会", "村民委员会", "社区", "居民委员会", "村")
    names = [name for (name,) in found(loaded, "name", "level = 12")]
    assert all(any(name.endswith(suffix) for name in names) for suffix in suffixes)


def test_a_township_may_have_one_village_and_up_to_126(loaded: Engine) -> None:
    villages = Counter(code[:9] for (code,) in found(loaded, "code", "level = 12"))
    by_city = {city: [n for code, n in villages.items() if code[:4] == city] for city in ("4309", "3706")}
    assert (min(by_city["4309"]), max(by_city["4309"])) == (1, 39)
    assert (min(by_city["3706"]), max(by_city["3706"])) == (1, 126)


def test_counties_merged_since_the_plans_lead_to_their_successor(loaded: Engine) -> None:
    with loaded.connect() as connection:
        ended = connection.execute(
            text("SELECT code, name, valid_to, successor_code FROM area WHERE code IN ('370684', '370634') ORDER BY 1")
        ).all()
        follows = connection.scalar(text("SELECT valid_from FROM area WHERE code = '370614'"))
    assert [tuple(row) for row in ended] == [
        ("370634", "长岛县", date(2020, 6, 4), "370614"),
        ("370684", "蓬莱市", date(2020, 6, 4), "370614"),
    ]
    assert follows == date(2020, 6, 5)


def test_no_area_needs_an_outline(loaded: Engine) -> None:
    assert one(loaded, "count(*)", "level = 12 AND geometry IS NOT NULL") == 0


def test_code_lists_come_with_both_languages(loaded: Engine) -> None:
    with loaded.connect() as connection:
        bare = connection.scalar(text("SELECT count(*) FROM code_entry WHERE zh = '' OR en = ''"))
        lists = connection.scalar(text("SELECT count(DISTINCT list) FROM code_entry"))
    assert (bare, lists > 20) == (0, True)


@pytest.fixture
def edited(loaded: Engine) -> Iterator[Engine]:
    """The holidays as seeded, before and after, whatever a test does to them."""
    seed_holidays(loaded)
    yield loaded
    seed_holidays(loaded)


def seed_holidays(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(delete(Holiday))
        load_seeds(connection, SEEDS)


def test_an_administrators_edits_survive_the_next_load(edited: Engine) -> None:
    with edited.begin() as connection:
        connection.execute(update(Holiday).where(Holiday.day == date(2026, 10, 1)).values(name_zh="改名", version=2))
        connection.execute(delete(Holiday).where(Holiday.day == date(2026, 10, 2)))
        again = load_seeds(connection, SEEDS)
        names = {row.day: row.name_zh for row in connection.execute(text("SELECT day, name_zh FROM holiday"))}
    assert again.holidays == 0
    assert names[date(2026, 10, 1)] == "改名"
    assert date(2026, 10, 2) not in names


def test_working_days_follow_the_table(edited: Engine) -> None:
    with Session(edited) as session:
        calendar = work_calendar(session)
    assert calendar.known_years == {2024, 2025, 2026}
    assert not is_working_day(calendar, date(2026, 10, 1))
    assert is_working_day(calendar, date(2026, 10, 9))
    deadline = add_working_days(calendar, date(2026, 9, 30), 3)
    assert (deadline.provisional, deadline.on > date(2026, 10, 8)) == (False, True)


def test_a_year_without_a_table_counts_weekends_and_says_so(edited: Engine) -> None:
    with Session(edited) as session:
        calendar = work_calendar(session)
    deadline = nth_working_day_of_month(calendar, Period("202701"), 3)
    assert (deadline.on, deadline.provisional) == (date(2027, 1, 5), True)
