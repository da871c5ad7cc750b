"""Community rehabilitation and family schools."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import inspect

from server import clock
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_plans import PlanEndReason
from server.domain.codes_teams import RehabActivity, RehabEndReason
from server.domain.pages import PageAsked
from server.domain.rehab import Ending, NewAttendance, NewEnrolment, NewSession
from server.errors import Forbidden, LinliError, Stale
from server.models.team import FamilySchoolSession
from server.services.family_schools import hold_session, list_sessions
from server.services.rehab import attend, end_enrolment, enrol, list_attendance, list_enrolments
from server.store.care_stop import stop_care
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, a_caller
from tests.make_care import an_assessor, in_care
from tests.make_teams import a_site
from tests.sweeping import events_of

PAGE = PageAsked(50)


def refusal(act: object, *arguments: object) -> str:
    with pytest.raises(LinliError) as refused:
        act(*arguments)  # type: ignore[operator]
    return refused.value.code


def days_ago(days: int):
    return clock.today() - timedelta(days=days)


def test_somebody_has_a_place_uses_it_and_gives_it_up(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    place = enrol(person.assessor, person.entry_id, NewEnrolment(a_site(county), days_ago(9)))
    for days, activity in ((8, RehabActivity.SOCIAL), (3, RehabActivity.VOCATIONAL)):
        attend(person.assessor, place.id, NewAttendance(days_ago(days), activity))
    days = list_attendance(person.assessor, place.id, PAGE).items
    assert [(one.attended_on, one.activity) for one in days] == [(days_ago(8), "social"), (days_ago(3), "vocational")]
    early = Ending(days_ago(4), RehabEndReason.COMPLETED)
    assert refusal(end_enrolment, person.assessor, place.id, 1, early) == "rehab_day_unfit"
    ended = end_enrolment(person.assessor, place.id, 1, replace(early, ended_on=days_ago(3)))
    assert (ended.ended_on, ended.end_reason, ended.version) == (days_ago(3), "completed", 2)
    assert list_enrolments(person.assessor, person.entry_id) == [ended]
    late = NewAttendance(clock.today(), RehabActivity.SOCIAL)
    assert refusal(attend, person.assessor, place.id, late) == "rehab_place_ended"
    assert refusal(end_enrolment, person.assessor, place.id, 2, early) == "rehab_place_ended"
    with pytest.raises(Stale):
        end_enrolment(person.assessor, place.id, 1, early)


def test_a_place_needs_consent_and_a_rehabilitation_site_of_the_county(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE, consents=(ConsentScope.ASSESSMENT,))
    new = NewEnrolment(a_site(county, area=county.other_township), clock.today())
    assert refusal(enrol, person.assessor, person.entry_id, new) == "consent_missing"
    agreed = in_care(county, LedgerState.PLAN_ACTIVE)
    for site_id in (new_id(), a_site(county, kind="01")):
        wrong = replace(new, site_id=site_id)
        assert refusal(enrol, agreed.assessor, agreed.entry_id, wrong) == "service_site_unknown"
    tomorrow = replace(new, started_on=days_ago(-1))
    assert refusal(enrol, agreed.assessor, agreed.entry_id, tomorrow) == "rehab_day_unfit"
    assert enrol(agreed.assessor, agreed.entry_id, new).site_id == new.site_id
    assert refusal(enrol, agreed.assessor, agreed.entry_id, new) == "rehab_place_taken"


def test_a_day_is_written_down_once_and_within_the_place(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    place = enrol(person.assessor, person.entry_id, NewEnrolment(a_site(county), days_ago(2)))
    today = NewAttendance(clock.today(), RehabActivity.STUDY)
    attend(person.assessor, place.id, today)
    assert refusal(attend, person.assessor, place.id, today) == "rehab_day_known"
    for days in (3, -1):
        assert (
            refusal(attend, person.assessor, place.id, replace(today, attended_on=days_ago(days))) == "rehab_day_unfit"
        )


def test_a_place_is_for_those_who_look_after_the_person(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    place = enrol(person.assessor, person.entry_id, NewEnrolment(a_site(county), clock.today()))
    stranger = an_assessor(county)
    today = NewAttendance(clock.today(), RehabActivity.STUDY)
    assert refusal(attend, stranger, place.id, today) == "not_found"
    assert refusal(list_attendance, stranger, place.id, PAGE) == "not_found"
    assert refusal(list_enrolments, stranger, person.entry_id) == "not_found"
    with pytest.raises(Forbidden):
        list_enrolments(person.coordinator, person.entry_id)


def test_a_place_ends_with_the_entry(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    enrol(person.assessor, person.entry_id, NewEnrolment(a_site(county), clock.today()))
    with transaction(person.assessor) as work:
        stop_care(work, [person.entry_id], PlanEndReason.CLOSED)
    (place,) = list_enrolments(person.assessor, person.entry_id)
    assert (place.ended_on, place.end_reason) == (clock.today(), "entry_ended")
    read = [one for one in events_of(county) if one["action"] == "rehab:read"]
    assert [len(one["subjects"]) for one in read] == [1]


def a_doctor(county: County) -> Caller:
    return a_caller(county, Role.CLINICIAN, county.township)


def test_a_session_is_counted_and_names_nobody(county: County) -> None:
    site = a_site(county, kind="14")
    new = NewSession(site, days_ago(1), "怎样陪伴家人按时服药", 18)
    held = hold_session(a_doctor(county), new)
    assert (held.area_code, held.topic, held.attendees) == (county.township, "怎样陪伴家人按时服药", 18)
    for caller in (a_doctor(county), a_caller(county, Role.COUNTY_SUPERVISOR, county.code)):
        assert list_sessions(caller, site, PAGE).items == (held,)
        assert list_sessions(caller, new_id(), PAGE).items == ()
    elsewhere = a_caller(county, Role.TOWNSHIP_COORDINATOR, county.other_township, Purpose.REVIEW)
    assert list_sessions(elsewhere, None, PAGE).items == ()
    columns = {column.key for column in inspect(FamilySchoolSession).columns}
    assert not columns & {"resident_id", "entry_id", "subject_id"}
    assert not any(column.startswith("sealed") for column in columns)


@pytest.mark.parametrize(("came", "told"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_guardrail_g11_few_families_are_not_counted_out_to_a_supervisor(
    county: County, came: int, told: int | None
) -> None:
    site = a_site(county, kind="14")
    hold_session(a_doctor(county), NewSession(site, days_ago(1), "怎样陪伴家人按时服药", came))
    (above,) = list_sessions(a_caller(county, Role.COUNTY_SUPERVISOR, county.code), site, PAGE).items
    (home,) = list_sessions(a_doctor(county), site, PAGE).items
    assert (above.attendees, home.attendees) == (told, came)


def test_a_session_is_held_at_a_site_of_the_area_and_not_in_the_future(county: County) -> None:
    new = NewSession(a_site(county, kind="14"), clock.today(), "家属互助", 0)
    far = replace(new, site_id=a_site(county, kind="14", area=county.other_township))
    assert refusal(hold_session, a_doctor(county), far) == "not_found"
    assert refusal(hold_session, a_doctor(county), replace(new, site_id=new_id())) == "service_site_unknown"
    tomorrow = replace(new, held_on=days_ago(-1))
    assert refusal(hold_session, a_doctor(county), tomorrow) == "family_school_in_future"
    assert refusal(hold_session, a_doctor(county), replace(new, topic="  ")) == "family_school_topic_empty"
    with pytest.raises(Forbidden):
        hold_session(a_caller(county, Role.TOWNSHIP_COORDINATOR, county.township), new)
