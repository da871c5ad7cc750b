"""Surveys and the hotline: what leads to nobody, and a crisis that is answered all the same."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from server import clock
from server.domain.codes import Role
from server.domain.codes_care import SafetyKind
from server.domain.pages import PageAsked
from server.domain.sites import HandOver
from server.errors import Forbidden, Invalid, NotFound
from server.models.ledger import Task
from server.models.safety import SafetyEvent
from server.models.site import SurveyAnswer
from server.services.hotline import list_contacts, record_contact
from server.services.surveys import add_answers, enter_survey, list_surveys
from server.store.transaction import transaction, widened
from tests.make import County, a_caller
from tests.make_ledger import refusal
from tests.make_sites import a_contact, a_sheet, a_survey, days_ago, operator, reporter

PAGE = PageAsked(50)


def hand_over(area_code: str) -> HandOver:
    return HandOver(area_code, SafetyKind.SELF_HARM_THOUGHT, "来电人说今晚不想活了，愿意等人上门。")


def test_a_crisis_is_handed_over_and_the_contact_never_says_as_which_event(county: County) -> None:
    contact = record_contact(operator(county), a_contact(), hand_over(county.township))
    with transaction(a_caller(county, Role.SITE_MANAGER, county.code)) as work, widened(work):
        (event,) = work.session.scalars(select(SafetyEvent).where(SafetyEvent.county_code == county.code)).all()
        tasks = work.session.scalars(select(Task.role).where(Task.county_code == county.code)).all()
    assert contact.handed_over
    assert (event.source, event.resident_id, event.entry_id, event.area_code) == (
        "hotline",
        None,
        None,
        county.township,
    )
    assert sorted(tasks) == ["assessor", "township_coordinator"]
    shared = {str(value) for value in vars(contact).values()} & {str(event.id), str(event.subject_id)}
    assert shared == set()


def test_invariant_18_neither_id_nor_time_joins_a_contact_to_the_event_it_led_to(county: County) -> None:
    contact = record_contact(operator(county), a_contact(), hand_over(county.township))
    assert contact.id.version == 4, "an id of time would tell the very millisecond"
    times = [contact.held_at, contact.created_at, contact.updated_at]
    assert all((at.minute, at.second, at.microsecond) == (0, 0, 0) for at in times)


def test_only_a_crisis_is_handed_over_and_only_within_the_county(county: County) -> None:
    with refusal(Invalid, "hotline_hand_over_not_crisis"):
        record_contact(operator(county), a_contact(crisis=False), hand_over(county.township))
    with refusal(NotFound, "not_found"):
        record_contact(operator(county), a_contact(), hand_over("950101101"))
    with refusal(NotFound, "not_found"):
        record_contact(operator(county), a_contact(), hand_over(f"{county.code}999"))
    with refusal(Invalid, "diagnosis_in_text"):
        record_contact(operator(county), a_contact(), replace(hand_over(county.township), facts="像是抑郁症"))
    with refusal(Invalid, "day_in_future"):
        record_contact(operator(county), a_contact(held_at=clock.now() + timedelta(minutes=1)), None)
    assert list_contacts(operator(county), PAGE).items == (), "nothing of what was refused stays"


def test_operators_see_their_own_contacts_and_nobody_else_any(county: County) -> None:
    mine = operator(county)
    contact = record_contact(mine, a_contact(), None)
    assert [each.id for each in list_contacts(mine, PAGE).items] == [contact.id]
    assert list_contacts(operator(county), PAGE).items == ()
    for role in (Role.COUNTY_SUPERVISOR, Role.PRIVACY_OFFICER, Role.DEPT_REPORTER):
        with refusal(Forbidden, "role_forbidden"):
            list_contacts(a_caller(county, role, county.code), PAGE)


def test_sheets_are_added_and_counted(county: County) -> None:
    survey = enter_survey(reporter(county), a_survey(county.township))
    assert add_answers(reporter(county), survey.id, [a_sheet()] * 3).answers == 3
    again = add_answers(reporter(county), survey.id, [a_sheet(has_leaflet=True)])
    assert (again.added, again.answers) == (1, 4)
    assert [each.id for each in list_surveys(reporter(county), county.township, PAGE).items] == [survey.id]
    with transaction(reporter(county)) as work:
        ids = work.session.scalars(select(SurveyAnswer.id).where(SurveyAnswer.survey_id == survey.id)).all()
    assert {id_.version for id_ in ids} == {4}


def test_a_sheet_with_more_right_answers_than_questions_is_refused_with_all_the_others(county: County) -> None:
    survey = enter_survey(reporter(county), a_survey(county.township))
    with refusal(Invalid, "survey_correct_above_total"):
        add_answers(reporter(county), survey.id, [a_sheet(), a_sheet(correct=21)])
    assert add_answers(reporter(county), survey.id, [a_sheet(correct=20)]).answers == 1


@pytest.mark.parametrize("days", [-1, -30])
def test_no_survey_lies_in_the_future(county: County, days: int) -> None:
    with refusal(Invalid, "day_in_future"):
        enter_survey(reporter(county), a_survey(county.township, held_on=days_ago(days)))
