"""Sites and what belongs to them: facts of places, moved by acts alone, reached by area."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, Table, select
from sqlalchemy.exc import IntegrityError

from server import clock
from server.domain.codes import Role
from server.domain.codes_sites import SiteReason, SiteState, SiteType
from server.domain.pages import PageAsked
from server.domain.site_states import MOVES, Move, SiteAct
from server.errors import Conflict, Invalid, NotFound, Stale
from server.models.site import ProviderEvaluation, SiteStep, SurveyAnswer
from server.models.tables import METADATA
from server.services.activities import change_activity, enter_activity, list_activities
from server.services.emergencies import change_emergency, enter_emergency
from server.services.providers import change_provider, enter_provider, list_evaluations, record_evaluation
from server.services.site_staff import change_staff, enter_staff, list_staff, list_trainings, record_training
from server.services.sites import SiteFilter, change_site, enter_site, list_checks, list_sites, move_site, record_check
from server.store.transaction import Store, new_id, transaction
from tests.conftest import a_county_code
from tests.make import County, a_caller, a_county
from tests.make_ledger import refusal
from tests.make_sites import (
    a_check,
    a_member,
    a_provider,
    a_site,
    a_training,
    an_activity,
    an_emergency,
    days_ago,
    manager,
    reporter,
    supervisor,
)

PAGE = PageAsked(50)


def a_move(act: SiteAct, days: int = 0) -> Move:
    return Move(act, days_ago(days), SiteReason.OTHER)


def test_a_site_is_entered_as_it_is_found_and_moves_by_acts(county: County) -> None:
    site = enter_site(manager(county), a_site(county.township, state="planned"))
    built = move_site(manager(county), site.id, 1, a_move(SiteAct.BUILD, 5))
    opened = move_site(manager(county), site.id, 2, a_move(SiteAct.OPEN, 1))
    assert (site.state, built.state, opened.state, opened.version) == ("planned", "built", "operating", 3)
    with transaction(manager(county)) as work:
        steps = work.session.scalars(select(SiteStep).where(SiteStep.site_id == site.id).order_by(SiteStep.id)).all()
    assert [(step.act, step.from_state, step.to_state, step.held_on) for step in steps] == [
        ("enter", None, "planned", days_ago(10)),
        ("build", "planned", "built", days_ago(5)),
        ("open", "built", "operating", days_ago(1)),
    ]
    assert all(step.actor_id and step.at and step.reason for step in steps), "invariant 12"


def test_a_move_holds_from_a_day_after_the_last_one_and_not_after_today(county: County) -> None:
    site = enter_site(manager(county), a_site(county.township))
    with refusal(Conflict, "site_step_out_of_order"):
        move_site(manager(county), site.id, 1, a_move(SiteAct.SUSPEND, 11))
    with refusal(Invalid, "day_in_future"):
        move_site(manager(county), site.id, 1, a_move(SiteAct.SUSPEND, -1))
    with refusal(Stale, "record_changed"):
        move_site(manager(county), site.id, 2, a_move(SiteAct.SUSPEND))
    assert move_site(manager(county), site.id, 1, a_move(SiteAct.SUSPEND, 10)).state == "suspended"


def test_any_order_of_acts_keeps_to_the_table_of_sites(store: Store, owner_engine: Engine) -> None:
    shared = a_county(store, owner_engine, a_county_code())

    class Site(RuleBasedStateMachine):
        @initialize(found=st.sampled_from(["planned", "built", "operating"]))
        def begin(self, found: str) -> None:
            self.manager = manager(shared)
            self.site = enter_site(self.manager, a_site(shared.township, state=found))
            self.steps = 1

        @rule(act=st.sampled_from(sorted(SiteAct)))
        def move(self, act: SiteAct) -> None:
            """Any act in any state: either the table's move, or a refusal that changes nothing."""
            expected = MOVES.get((SiteState(self.site.state), act))
            try:
                self.site = move_site(self.manager, self.site.id, self.site.version, a_move(act))
            except Conflict:
                assert expected is None
            else:
                assert self.site.state == expected
                self.steps += 1

        @invariant()
        def every_step_leads_on_from_the_one_before(self) -> None:
            with transaction(self.manager) as work:
                statement = select(SiteStep).where(SiteStep.site_id == self.site.id).order_by(SiteStep.id)
                steps = work.session.scalars(statement).all()
            assert len(steps) == self.steps
            assert [step.from_state for step in steps[1:]] == [step.to_state for step in steps[:-1]]
            assert steps[-1].to_state == self.site.state

    quick = settings(max_examples=6, stateful_step_count=6, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Site, settings=quick)


def test_a_closed_site_moves_no_more() -> None:
    assert {act for state, act in MOVES if state is SiteState.CLOSED} == set()
    assert (SiteState.PLANNED, SiteAct.OPEN) not in MOVES


def test_facts_are_corrected_and_the_state_is_none_of_them(county: County) -> None:
    site = enter_site(manager(county), a_site(county.township))
    changed = change_site(manager(county), site.id, 1, {"hours": "每天", "phone": None})
    assert (changed.hours, changed.phone, changed.state, changed.version) == ("每天", None, "operating", 2)
    with refusal(Stale, "record_changed"):
        change_site(manager(county), site.id, 1, {"hours": "从不"})


def test_sites_are_reached_by_area_alone(county: County) -> None:
    here = a_caller(county, Role.TOWNSHIP_COORDINATOR, county.township)
    other = a_caller(county, Role.TOWNSHIP_COORDINATOR, county.other_township)
    site = enter_site(here, a_site(county.village, type="01"))
    enter_site(other, a_site(county.other_township))
    with refusal(NotFound, "not_found"):
        change_site(other, site.id, 1, {"hours": "每天"})
    with refusal(NotFound, "not_found"):
        enter_site(other, a_site(county.township))
    assert [each.id for each in list_sites(here, SiteFilter(), PAGE).items] == [site.id]
    found = list_sites(supervisor(county), SiteFilter(county.township, "01", "operating"), PAGE)
    assert [each.id for each in found.items] == [site.id]
    assert list_sites(supervisor(county), SiteFilter(state="closed"), PAGE).items == ()


def test_a_city_s_supervisor_looks_at_its_counties_one_by_one_and_at_no_other(county: County) -> None:
    site = enter_site(manager(county), a_site(county.township))
    home = County(county.code[:4] + "00", county.store, county.owner_engine)
    city = a_caller(home, Role.CITY_SUPERVISOR, county.code[:4])
    assert [each.id for each in list_sites(city, SiteFilter(county.code), PAGE).items] == [site.id]
    foreign = a_caller(home, Role.CITY_SUPERVISOR, "9501")
    assert list_sites(foreign, SiteFilter(county.code), PAGE).items == ()


@pytest.mark.parametrize(("area", "code"), [("grid", "place_level_wrong"), ("nonsense", "area_code_invalid")])
def test_a_site_lies_in_a_county_township_or_village(county: County, area: str, code: str) -> None:
    with refusal(Invalid, code):
        enter_site(manager(county), a_site(county.grid if area == "grid" else "000000"))


def test_an_area_that_is_none_takes_no_site(county: County) -> None:
    with refusal(NotFound, "not_found"):
        enter_site(manager(county), a_site(county.code + "199"))


def test_an_id_is_taken_once(county: County) -> None:
    id_ = new_id()
    enter_site(manager(county), a_site(county.township, id=id_))
    with refusal(Conflict, "record_exists"):
        enter_site(manager(county), a_site(county.township, id=id_))


def test_checks_are_kept_and_come_from_whoever_supervises(county: County) -> None:
    site = enter_site(manager(county), a_site(county.township))
    check = record_check(supervisor(county), site.id, a_check())
    assert (check.area_code, check.result, check.in_order) == (county.township, "to_improve", ["private_room"])
    assert [each.id for each in list_checks(manager(county), site.id, PAGE).items] == [check.id]
    with refusal(Invalid, "day_in_future"):
        record_check(supervisor(county), site.id, a_check(held_on=days_ago(-1)))


def test_staff_are_known_by_number_and_trained_until_a_day(county: County) -> None:
    site = enter_site(manager(county), a_site(county.township))
    member = enter_staff(manager(county), site.id, a_member())
    training = record_training(manager(county), member.id, a_training())
    assert [each.staff_no for each in list_staff(manager(county), site.id, PAGE).items] == ["A-017"]
    assert [each.id for each in list_trainings(manager(county), member.id, PAGE).items] == [training.id]
    left = change_staff(manager(county), member.id, 1, {"until": days_ago(0)})
    assert (left.until, left.version) == (clock.today(), 2)
    for wrong in ({"until": days_ago(30)}, {"since": clock.today() + timedelta(days=1)}):
        with refusal(Invalid, "day_before_start"):
            change_staff(manager(county), member.id, 2, wrong)
    with refusal(Invalid, "day_before_start"):
        record_training(manager(county), member.id, a_training(valid_to=days_ago(6)))


def test_activities_tell_how_many_and_never_who(county: County) -> None:
    activity = enter_activity(manager(county), an_activity(county.village))
    assert change_activity(manager(county), activity.id, 1, {"reach": 90}).reach == 90
    assert [each.id for each in list_activities(manager(county), county.township, PAGE).items] == [activity.id]
    with refusal(Invalid, "day_in_future"):
        change_activity(manager(county), activity.id, 2, {"held_on": days_ago(-1)})


def test_providers_are_registered_evaluated_and_end(county: County) -> None:
    provider = enter_provider(reporter(county), a_provider(county.code))
    evaluation = record_evaluation(reporter(county), provider.id, {"held_on": days_ago(1), "result": "passed"})
    assert isinstance(evaluation, ProviderEvaluation)
    assert [each.id for each in list_evaluations(supervisor(county), provider.id, PAGE).items] == [evaluation.id]
    assert change_provider(reporter(county), provider.id, 1, {"ended_on": days_ago(0)}).ended_on == clock.today()
    with refusal(Invalid, "day_before_start"):
        change_provider(reporter(county), provider.id, 2, {"ended_on": days_ago(301)})


def test_aid_begins_with_the_emergency_at_the_earliest(county: County) -> None:
    emergency = enter_emergency(reporter(county), an_emergency(county.township, aid_started_on=None))
    assert change_emergency(reporter(county), emergency.id, 1, {"aid_started_on": days_ago(8)}).version == 2
    with refusal(Invalid, "day_before_start"):
        change_emergency(reporter(county), emergency.id, 2, {"aid_started_on": days_ago(9)})
    with refusal(Invalid, "day_in_future"):
        change_emergency(reporter(county), emergency.id, 2, {"aid_started_on": days_ago(-1)})


def reachable(start: Table) -> set[str]:
    """Every table that foreign keys lead to from here."""
    found, waiting = set(), [start]
    while waiting:
        table = waiting.pop()
        found.add(table.name)
        waiting += [key.column.table for key in table.foreign_keys if key.column.table.name not in found]
    return found


@pytest.mark.parametrize("name", ["hotline_contact", "survey", "survey_answer"])
def test_invariant_18_no_path_leads_from_a_contact_or_a_sheet_to_a_resident(name: str) -> None:
    table = METADATA.tables[name]
    assert reachable(table) <= {"hotline_contact", "survey", "survey_answer"}
    words = ("resident", "entry_id", "subject", "safety", "event", "name", "phone", "caller", "sealed")
    assert [column.name for column in table.columns for word in words if word in column.name] == []


def test_invariant_18_a_sheet_has_no_author_and_no_time() -> None:
    names = {column.name for column in SurveyAnswer.__table__.columns}
    assert names == {"county_code", "id", "area_code", "survey_id", "residence", "correct", "total", "has_leaflet"}


def test_g2_of_a_petition_reception_only_the_site_is_known() -> None:
    assert SiteType.RECEPTION == "12"
    tables = [table for table in METADATA.sorted_tables if {"site_id"} & set(table.columns.keys())]
    holding = {table.name for table in tables if "resident_id" in table.columns}
    assert holding <= {"rehab_enrolment"}


def test_the_database_itself_refuses_a_sheet_with_more_right_answers_than_questions(county: County) -> None:
    sheet = SurveyAnswer(
        county_code=county.code, id=new_id(), area_code=county.township, survey_id=new_id(), residence="rural",
        correct=21, total=20, has_leaflet=None,
    )  # fmt: skip

    def write() -> None:
        with transaction(manager(county)) as work:
            work.session.add(sheet)
            work.session.flush()

    with pytest.raises(IntegrityError):
        write()
