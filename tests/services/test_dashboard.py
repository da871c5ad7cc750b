"""The dashboard: what is computed as of a day, over which units, and what is not told above the township."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, update
from sqlalchemy.exc import IntegrityError

from server import clock
from server.domain.codes import LedgerState, Role
from server.domain.codes_sites import SiteReason
from server.domain.dashboard import Line
from server.domain.indicators import Comparison, Figure, Met, Universe
from server.domain.site_states import Move, SiteAct
from server.errors import Invalid, NotFound
from server.models.area import Area
from server.models.assessment import Assessment
from server.models.indicator import IndicatorValue
from server.models.team import FamilySchoolSession, RehabAttendance, RehabEnrolment
from server.services.dashboard import read_dashboard
from server.services.emergencies import enter_emergency
from server.services.indicators import (
    TypedTarget,
    TypedValue,
    enter_bodies,
    enter_target,
    enter_value,
    list_indicators,
    list_values,
)
from server.services.providers import enter_provider, record_evaluation
from server.services.seeds import load_seeds
from server.services.site_staff import enter_staff, record_training
from server.services.sites import enter_site, move_site
from server.services.surveys import add_answers, enter_survey
from server.store import indicator_counts as counts
from server.store.care import columns_of
from server.store.transaction import Caller, Store, new_id, transaction
from tests.make import County, a_caller
from tests.make_care import entry_of, in_care
from tests.make_ledger import refusal
from tests.make_sites import (
    a_member,
    a_provider,
    a_sheet,
    a_site,
    a_survey,
    a_training,
    an_emergency,
    days_ago,
    manager,
    reporter,
    supervisor,
)

SEEDS = Path(__file__).parents[2] / "seeds"
YEAR = clock.today().year
NEW_YEAR = date(YEAR, 1, 1)


def lines(caller: Caller, unit: str, year: int = YEAR) -> dict[str, Line]:
    return {line.indicator: line for line in read_dashboard(caller, unit, year).items}


def parts(caller: Caller, unit: str, *names: str) -> list[tuple[int | None, int | None]]:
    found = lines(caller, unit)
    return [(found[name].num, found[name].den) for name in names]


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    sent: list[str] = []

    def note(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    yield sent
    event.remove(store.engine, "before_cursor_execute", note)


# Denominators on the real areas


@pytest.fixture(scope="module")
def real(store: Store, owner_engine: Engine) -> Store:
    with owner_engine.begin() as connection:
        load_seeds(connection, SEEDS)
    return store


def city(store: Store, owner_engine: Engine, code: str) -> Caller:
    return a_caller(County(code + "02", store, owner_engine), Role.CITY_SUPERVISOR, code)


@pytest.mark.parametrize(("special", "townships"), [(False, 93), (True, 98)])
def test_the_townships_of_yiyang_are_93_and_98_with_special_units(
    real: Store, owner_engine: Engine, special: bool, townships: int
) -> None:
    found = read_dashboard(city(real, owner_engine, "4309"), "4309", YEAR, Universe(special_units=special))
    line = {each.indicator: each for each in found.items}["YY-I1"]
    assert (line.num, line.den, line.value, line.met) == (0, townships, 0, Met.NO)


def test_the_villages_of_yantai_are_6509_with_one_quasi_village(real: Store, owner_engine: Engine) -> None:
    assert parts(city(real, owner_engine, "3706"), "3706", "YT-I10") == [(0, 6509)]


@pytest.mark.parametrize(("committees", "counties"), [(True, 8), (False, 6)])
def test_the_counties_of_yiyang_are_8_or_6_without_management_committees(
    real: Store, owner_engine: Engine, committees: bool, counties: int
) -> None:
    universe = Universe(management_committees=committees)
    found = read_dashboard(city(real, owner_engine, "4309"), "4309", YEAR, universe)
    by_name = {each.indicator: each for each in found.items}
    assert [by_name[name].den for name in ("YY-I15", "YY-I9", "YT-I18")] == [counties] * 3


def test_a_city_is_the_sum_of_its_counties(real: Store, owner_engine: Engine) -> None:
    whole = city(real, owner_engine, "4309")
    each = [parts(whole, code, "YY-I1")[0][1] for code in ("430902", "430903", "430921", "430922", "430923", "430981",
                                                           "430971", "430972")]  # fmt: skip
    assert sum(den or 0 for den in each) == 93


# As of a day


def test_a_room_counts_from_the_day_it_opens_to_the_day_it_is_suspended(county: County) -> None:
    site = enter_site(manager(county), a_site(county.township, state="built", since=days_ago(30)))
    move_site(manager(county), site.id, 1, Move(SiteAct.OPEN, days_ago(20), SiteReason.COMPLETED))
    move_site(manager(county), site.id, 2, Move(SiteAct.SUSPEND, days_ago(10), SiteReason.STAFF_MISSING))
    with transaction(supervisor(county)) as work:
        found = [counts.rooms(work, county.code, days_ago(day), Universe())["YY-I1"] for day in (21, 20, 11, 10, 0)]
    assert found == [Figure(0, 2), Figure(1, 2), Figure(1, 2), Figure(0, 2), Figure(0, 2)]
    assert lines(supervisor(county), county.code)["YY-I1"].value == 0


def test_rooms_count_where_they_lie_and_once_each(county: County) -> None:
    for area, kind in ((county.township, "02"), (county.village, "02"), (county.village, "01"), (county.code, "02")):
        enter_site(manager(county), a_site(area, type=kind))
    enter_site(manager(county), a_site(county.other_township, type="16"))
    assert parts(supervisor(county), county.code, "YY-I1", "YT-I10") == [(1, 2), (1, 6)]
    assert parts(supervisor(county), county.township, "YY-I1", "YT-I10") == [(1, 1), (1, 3)]
    assert parts(supervisor(county), county.other_township, "YY-I1", "YT-I10") == [(0, 1), (0, 3)]


def test_an_area_that_has_ended_counts_to_its_last_day(county: County, owner_engine: Engine) -> None:
    with owner_engine.begin() as connection:
        connection.execute(update(Area).where(Area.code == county.other_township).values(valid_to=days_ago(5)))
    with transaction(supervisor(county)) as work:
        found = [counts.rooms(work, county.code, days_ago(day), Universe())["YY-I1"].den for day in (5, 4)]
    assert found == [2, 1]


def test_staff_and_trainings_count_while_they_hold(county: County) -> None:
    site = enter_site(manager(county), a_site(county.township, type="16", since=days_ago(90)))
    first = enter_staff(manager(county), site.id, a_member(since=days_ago(60), until=days_ago(1)))
    second = enter_staff(manager(county), site.id, a_member(since=days_ago(60), qualification="psychiatrist"))
    for member in (first, second):
        record_training(manager(county), member.id, a_training(held_on=days_ago(50), valid_to=days_ago(20)))
    with transaction(supervisor(county)) as work:
        trained = [counts.staff(work, county.code, days_ago(day))["YT-I13"] for day in (51, 50, 20, 19, 0)]
        both = [counts.township_hospitals(work, county.code, days_ago(day))["YT-I14"] for day in (61, 60, 1, 0)]
    assert trained == [Figure(0, 2), Figure(2, 2), Figure(2, 2), Figure(0, 2), Figure(0, 1)]
    assert both == [Figure(0, 1), Figure(1, 1), Figure(1, 1), Figure(0, 1)]


def test_a_year_s_emergencies_and_evaluations_are_those_of_the_year(county: County) -> None:
    for started, grade, aid in (
        (NEW_YEAR, "major", NEW_YEAR + timedelta(days=1)),
        (NEW_YEAR, "extraordinary", None),
        (NEW_YEAR, "larger", NEW_YEAR),
        (NEW_YEAR - timedelta(days=1), "major", NEW_YEAR),
    ):
        enter_emergency(reporter(county), an_emergency(county.township, started_on=started, grade=grade,
                                                       aid_started_on=aid))  # fmt: skip
    old, new = (enter_provider(reporter(county), a_provider(county.code, registered_on=date(YEAR - 2, 1, 1)))
                for _ in range(2))  # fmt: skip
    record_evaluation(reporter(county), old.id, {"held_on": NEW_YEAR - timedelta(days=1), "result": "passed"})
    record_evaluation(reporter(county), new.id, {"held_on": NEW_YEAR, "result": "failed"})
    assert parts(supervisor(county), county.code, "YT-I20", "YT-I21") == [(1, 2), (1, 2)]
    before = lines(supervisor(county), county.code, YEAR - 1)
    assert [(before[name].num, before[name].den) for name in ("YT-I20", "YT-I21")] == [(0, 1), (1, 2)]
    trend = lines(supervisor(county), county.code)["YT-I20"].trend
    assert [(point.label, point.num, point.den) for point in trend] == [
        (str(YEAR - 2), None, None), (str(YEAR - 1), 0, 1), (str(YEAR), 1, 2),
    ]  # fmt: skip


def test_awareness_is_counted_by_people_who_passed_or_by_answers_and_says_which(county: County) -> None:
    survey = enter_survey(reporter(county), a_survey(county.township))
    sheets = [a_sheet(has_leaflet=True), a_sheet(correct=15, has_leaflet=False), a_sheet(residence="urban", correct=20)]
    add_answers(reporter(county), survey.id, sheets)
    other = enter_survey(reporter(county), a_survey(county.code, among="employees", method="answers"))
    add_answers(reporter(county), other.id, [a_sheet(correct=10), a_sheet(correct=15)])
    found = lines(supervisor(county), county.code)
    names = ("YT-I1", "YT-I2", "YT-I3", "YT-I6", "YT-I9", "YY-I11A", "YY-I11B")
    assert [(found[name].num, found[name].den) for name in names] == [
        (1, 2), (1, 1), (1, 2), (25, 40), (None, None), (1, 1), (1, 2),
    ]  # fmt: skip
    assert (found["YT-I3"].rule_id, found["YT-I6"].rule_id, found["YT-I9"].rule_id) == ("passed", "answers", None)


def test_sector_sites_are_held_against_the_bodies_listed(county: County) -> None:
    assert parts(supervisor(county), county.code, "YY-I6A") == [(None, None)]
    enter_bodies(reporter(county), "09", 3, days_ago(3), "统〔2026〕1号")
    enter_bodies(reporter(county), "05", 1, days_ago(3), "统〔2026〕1号")
    sites = [enter_site(manager(county), a_site(county.township, type=kind)) for kind in ("09", "09", "05", "05", "12")]
    enter_staff(manager(county), sites[0].id, a_member())
    enter_staff(manager(county), sites[1].id, a_member(qualification="nurse"))
    assert parts(supervisor(county), county.code, "YY-I6A", "YY-I6B") == [(3, 4), (1, 4)]
    enter_bodies(reporter(county), "09", 2, days_ago(1), "统〔2026〕2号")
    assert parts(supervisor(county), county.code, "YY-I6A") == [(3, 3)]
    with refusal(Invalid, "body_type_wrong"):
        enter_bodies(reporter(county), "02", 3, days_ago(3), "统〔2026〕1号")


def test_a_county_has_both_rehabilitation_institutions_or_not(county: County, owner_engine: Engine) -> None:
    enter_site(manager(county), a_site(county.other_township, type="14", psychiatric=True))
    enter_site(manager(county), a_site(county.township + "201", type="13"))
    assert parts(supervisor(county), county.code, "YY-I15") == [(0, 1)]
    enter_site(manager(county), a_site(county.other_township, type="13"))
    assert parts(supervisor(county), county.code, "YY-I15") == [(0, 1)]
    with owner_engine.begin() as connection:
        connection.execute(update(Area).where(Area.code == county.township).values(kind="street"))
    assert parts(supervisor(county), county.code, "YY-I15") == [(1, 1)]


def test_a_hotline_round_the_clock_and_a_family_school_count(county: County) -> None:
    enter_site(manager(county), a_site(county.code, type="19", hours_per_day=23))
    clinic = enter_site(manager(county), a_site(county.township, type="14", psychiatric=True))
    assert parts(supervisor(county), county.code, "YT-I18", "YY-I9", "YY-I10") == [(1, 1), (0, 1), (0, 1)]
    enter_site(manager(county), a_site(county.code, type="19", hours_per_day=24))
    a_session(county, clinic.id, days_ago(365))
    assert parts(supervisor(county), county.code, "YY-I9", "YY-I10") == [(1, 1), (0, 1)]
    a_session(county, clinic.id, days_ago(364))
    assert parts(supervisor(county), county.code, "YY-I10") == [(1, 1)]


def a_session(county: County, site_id: Any, held_on: date) -> None:
    with transaction(manager(county)) as work:
        work.session.add(
            FamilySchoolSession(
                county_code=county.code, id=new_id(), area_code=county.township, site_id=site_id, held_on=held_on,
                topic="照护", attendees=9, version=1, created_by=new_id(), created_at=work.now, updated_at=work.now,
            )
        )  # fmt: skip


# What departments type in


def a_value(num: int | None, den: int | None, **changes: Any) -> TypedValue:
    return TypedValue(**({"num": num, "den": den, "evidence": "统〔2026〕3号", "as_of": days_ago(2)} | changes))


def test_a_typed_value_stands_with_its_parts_and_the_latest_said_counts(county: County) -> None:
    enter_value(reporter(county), county.code, "YY-I8", YEAR, a_value(1, 4, as_of=days_ago(9)))
    enter_value(reporter(county), county.code, "YY-I8", YEAR, a_value(2, 4))
    enter_value(reporter(county), county.code, "YY-I8", YEAR, a_value(3, 4, evidence="更正"))
    line = lines(supervisor(county), county.code)["YY-I8"]
    assert (line.num, line.den, line.value, line.as_of, line.evidence) == (3, 4, 0.75, days_ago(2), "更正")
    assert [(point.num, point.den) for point in line.trend] == [(1, 4), (3, 4)]
    assert [(row.num, row.as_of) for row in list_values(supervisor(county), county.code, YEAR)] == [
        (1, days_ago(9)), (3, days_ago(2)),
    ]  # fmt: skip


def test_typed_values_keep_to_their_level_and_day(county: County) -> None:
    for unit, indicator, value, code in (
        (county.township, "YY-I8", a_value(1, 2), "indicator_unit_level"),
        (county.code, "YY-I16", a_value(None, 2), "indicator_unit_level"),
        (county.code, "YY-I1", a_value(1, 2), "indicator_computed"),
        (county.code, "YY-I8", a_value(1, 2, as_of=days_ago(-1)), "day_in_future"),
    ):
        with refusal(Invalid, code):
            enter_value(reporter(county), unit, indicator, YEAR, value)
    with refusal(NotFound, "not_found"):
        enter_value(reporter(county), county.code, "YY-I99", YEAR, a_value(1, 2))
    with refusal(NotFound, "not_found"):
        enter_value(reporter(county), "950101", "YY-I8", YEAR, a_value(1, 2))


@pytest.mark.parametrize(("num", "den"), [(3, 2), (-1, 2), (1, 0)])
def test_invariant_14_the_database_itself_refuses_parts_that_do_not_fit(county: County, num: int, den: int) -> None:
    row = IndicatorValue(
        county_code=county.code, id=new_id(), area_code=county.code, indicator="YY-I8", year=YEAR, num=num, den=den,
        source="report", evidence="x", as_of=days_ago(0), definition_version=1, entered_by=new_id(),
        entered_at=clock.now(),
    )  # fmt: skip

    def write() -> None:
        with transaction(reporter(county)) as work:
            work.session.add(row)
            work.session.flush()

    with pytest.raises(IntegrityError):
        write()


def test_invariant_14_no_column_holds_a_percentage_alone() -> None:
    names = set(IndicatorValue.__table__.columns.keys())
    assert {"num", "den"} <= names
    assert not names & {"value", "rate", "percent", "percentage"}


def test_a_county_s_own_target_goes_before_none(county: County) -> None:
    enter_value(reporter(county), county.code, "YY-I8", YEAR, a_value(3, 4))
    assert lines(supervisor(county), county.code)["YY-I8"].met is Met.UNKNOWN
    enter_target(supervisor(county), county.code, "YY-I8", YEAR, TypedTarget(Comparison.AT_LEAST, Decimal("0.5")))
    assert lines(supervisor(county), county.code)["YY-I8"].met is Met.YES
    enter_target(supervisor(county), county.code, "YY-I8", YEAR, TypedTarget(Comparison.AT_LEAST, Decimal("0.8")))
    assert lines(supervisor(county), county.code)["YY-I8"].met is Met.NO
    own = [target for target in list_indicators(supervisor(county)).targets if target.set == "county"]
    assert [(target.indicator, target.year, float(target.value)) for target in own] == [("YY-I8", YEAR, 0.8)]


# People, above the township and at home


def attending(county: County, people: int) -> None:
    """So many people in care of the first township who came to a rehabilitation site three months ago."""
    for _ in range(people):
        person = in_care(county, LedgerState.PLAN_ACTIVE)
        with transaction(person.assessor) as work:
            entry = entry_of(work, person)
            place = columns_of(work, entry)
            work.session.add(RehabEnrolment(**place, site_id=new_id(), started_on=days_ago(95)))
            work.session.flush()
            work.session.add(
                RehabAttendance(**columns_of(work, entry), enrolment_id=place["id"], attended_on=days_ago(90),
                                activity="living")
            )  # fmt: skip
            work.session.add(
                Assessment(
                    **columns_of(work, entry), series_id=new_id(), number=1, kind="initial", state="signed",
                    held_on=days_ago(90), result_band="light", safety_concern=False, recommendations=[],
                    has_medical_word=False, signed_by=new_id(), signed_at=work.now - timedelta(days=90),
                )
            )  # fmt: skip


@pytest.mark.parametrize(("people", "told"), [(3, (None, None)), (6, (6, 40))])
def test_g11_few_people_are_counted_at_home_alone(
    county: County, people: int, told: tuple[int | None, int | None]
) -> None:
    attending(county, people)
    enter_site(manager(county), a_site(county.township, type="13", since=days_ago(100)))
    enter_value(reporter(county), county.township, "YY-I16", YEAR, a_value(None, 40, as_of=days_ago(100)))
    home = lines(a_caller(county, Role.TOWNSHIP_COORDINATOR, county.township), county.township)
    assert (home["YY-I16"].num, home["YY-I16"].den, home["YT-I15"].registry_count) == (people, 40, people)
    for unit in (county.township, county.code):
        above = lines(supervisor(county), unit)["YY-I16"]
        assert ((above.num, above.den), above.hidden) == (told, told == (None, None))
    own = lines(supervisor(county), county.code)["YT-I15"].registry_count
    assert own == told[0]


def test_g11_operations_about_people_are_told_at_home_alone(county: County) -> None:
    above = lines(supervisor(county), county.township)
    home = lines(a_caller(county, Role.TOWNSHIP_COORDINATOR, county.township), county.township)
    assert {name for name, line in above.items() if line.hidden and name.startswith("OP")} == {
        "OP-2", "OP-3", "OP-4", "OP-5", "OP-6", "OP-8",
    }  # fmt: skip
    assert not any(line.hidden for line in home.values())
    assert len(home["OP-1"].trend) == 6


# Whose dashboard


def test_a_unit_is_the_caller_s_or_is_not_there(county: County) -> None:
    coordinator = a_caller(county, Role.TOWNSHIP_COORDINATOR, county.township)
    for unit in (county.other_township, county.code, county.code[:4]):
        with refusal(NotFound, "not_found"):
            read_dashboard(coordinator, unit, YEAR)
    for unit, code in ((county.village, "indicator_unit_level"), ("99", "area_code_invalid")):
        with refusal(Invalid, code):
            read_dashboard(supervisor(county), unit, YEAR)
    with refusal(NotFound, "not_found"):
        read_dashboard(supervisor(county), county.code + "199", YEAR)
    with refusal(Invalid, "indicator_year_invalid"):
        read_dashboard(supervisor(county), county.code, YEAR + 1)


def test_a_township_s_sheet_holds_what_is_told_of_townships(county: County) -> None:
    names = set(lines(supervisor(county), county.township))
    assert {"YY-I1", "YT-I10", "YY-I16", "OP-1"} <= names
    assert not names & {"YY-I15", "YY-I8", "YT-I22", "YY-I6A"}


def test_a_dashboard_takes_as_many_statements_for_one_site_as_for_many(county: County) -> None:
    def taken() -> int:
        with statements(county.store) as sent:
            read_dashboard(supervisor(county), county.code, YEAR)
        return len(sent)

    enter_site(manager(county), a_site(county.township))
    one = taken()
    for kind in ("01", "05", "09", "13", "14", "16", "19"):
        site = enter_site(manager(county), a_site(county.village, type=kind))
        enter_staff(manager(county), site.id, a_member())
    enter_bodies(reporter(county), "09", 3, days_ago(3), "统〔2026〕1号")
    enter_value(reporter(county), county.code, "YY-I8", YEAR, a_value(3, 4))
    survey = enter_survey(reporter(county), a_survey(county.township))
    add_answers(reporter(county), survey.id, [a_sheet()] * 9)
    assert taken() == one
    assert one < 120
