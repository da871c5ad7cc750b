"""The analysis meeting: an agenda without names, minutes written once, action items followed up."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from server import clock
from server.domain.codes import LedgerState, Purpose, Role, Urgency
from server.domain.codes_month import MeetingKind, MeetingUnit
from server.domain.meetings import NewAction, Present
from server.domain.pages import PageAsked
from server.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from server.models.ledger import LedgerEntry
from server.models.month import Meeting
from server.services.meetings import (
    MeetingFilter,
    call_meeting,
    finish_action,
    list_meetings,
    read_meeting,
    write_minutes,
)
from server.services.months import read_month
from server.store.agendas import agenda_of
from server.store.transaction import transaction
from tests.make import County, a_caller
from tests.make_care import a_plan, in_care
from tests.make_ledger import refusal
from tests.make_months import a_closed_month, a_held_meeting, a_meeting, a_submitted_month, minutes_of
from tests.services.test_ledger_reading import statements
from tests.sweeping import coordinator, events_of, grid_worker, judicial


def test_the_agenda_lists_what_was_left_undone_by_entry_number_and_without_a_name(county: County) -> None:
    past = clock.now() - timedelta(days=4)
    waiting = in_care(county, LedgerState.ACCEPTED, first_contact_due_at=past, urgency=Urgency.URGENT.value)
    ending = in_care(county, LedgerState.CONSENTED, expires_at=clock.now() + timedelta(days=9))
    a_plan(in_care(county, LedgerState.PLAN_ACTIVE), review_due_on=clock.today() - timedelta(days=2))
    month = a_closed_month(county)
    agenda = a_meeting(county, month).agenda
    number = {person: _entry_no(county, person.entry_id) for person in (waiting, ending)}
    assert {"entry_no": number[waiting], "what": "first_contact", "days": 4} in agenda["overdue"]
    assert [line["what"] for line in agenda["overdue"]] == ["first_contact", "plan_review"]
    assert agenda["urgent_entries"] == [number[waiting]]
    assert agenda["expiring"] == [{"entry_no": number[ending], "days": 9}]
    assert set(agenda) == {
        "overdue", "urgent_entries", "safety_events", "unmet_need", "sites_not_operating", "sites_without_staff",
        "feedback_outstanding", "expiring", "actions_open",
    }  # fmt: skip
    assert not [person for person in (waiting, ending) if str(person.resident_id) in str(agenda)]


def test_an_agenda_takes_as_many_statements_for_one_as_for_many(county: County) -> None:
    counts = []
    for people in (1, 9):
        for _ in range(people):
            a_plan(in_care(county, LedgerState.PLAN_ACTIVE), review_due_on=clock.today() - timedelta(days=2))
        with transaction(coordinator(county)) as work, statements(county.store) as sent:
            agenda_of(work, county.township)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 14


def test_minutes_are_sealed_read_by_the_township_and_moved_on_to_the_next_agenda(county: County) -> None:
    month = a_closed_month(county)
    held = a_held_meeting(county, month, clock.today(), "安排一次心理门诊下乡。")
    assert read_month(coordinator(county), month.id).state == "meeting_held"
    assert (held.held_on, held.late, held.attendance) == (
        clock.today(), True, {"health_centre": 2, "judicial_office": 1},
    )  # fmt: skip
    for reader in (coordinator(county), judicial(county)):
        read = read_meeting(reader, held.id)
        assert (read.minutes, read.decisions) == ("本月研判会听取各单位情况。", ("逾期走访一周内完成。",))
        assert [(item.owner_unit, item.text) for item in read.action_items] == [
            ("health_centre", "安排一次心理门诊下乡。")
        ]
    with transaction(coordinator(county)) as work:
        row = work.session.scalars(select(Meeting)).one()
        assert row.sealed_minutes is not None
        assert "研判".encode() not in row.sealed_minutes
    opened = [event for event in events_of(county) if event["action"] == "meeting:read"]
    assert all("meeting.minutes" in event["fields"] for event in opened)
    following = a_closed_month(county, period="202609")
    (item,) = a_meeting(county, following).agenda["actions_open"]
    assert (item["id"], item["owner_unit"], "text" in item) == (str(held.action_items[0].id), "health_centre", False)


def test_minutes_are_written_once(county: County) -> None:
    held = a_held_meeting(county, a_closed_month(county), clock.today())
    with refusal(Conflict, "meeting_recorded"):
        write_minutes(coordinator(county), held.id, held.version, minutes_of(clock.today()))
    with refusal(Stale, "record_changed"):
        write_minutes(coordinator(county), held.id, 1, minutes_of(clock.today()))


def test_a_month_has_one_analysis_meeting_and_only_once_it_is_closed(county: County) -> None:
    month = a_submitted_month(county)
    with refusal(Conflict, "month_not_closed"):
        a_meeting(county, month)
    done = a_closed_month(county, period="202609")
    a_meeting(county, done)
    with refusal(Conflict, "record_exists"):
        a_meeting(county, done)
    assert a_meeting(county, done, MeetingKind.TEAM).kind == "team"


def test_a_meeting_of_another_kind_does_not_move_the_month(county: County) -> None:
    month = a_closed_month(county)
    meeting = a_meeting(county, month, MeetingKind.LEADING_GROUP)
    write_minutes(coordinator(county), meeting.id, meeting.version, minutes_of(clock.today()))
    assert read_month(coordinator(county), month.id).state == "closed"


def test_minutes_are_held_to_their_days_and_units(county: County) -> None:
    meeting = a_meeting(county, a_closed_month(county))
    today = clock.today()
    twice = (Present(MeetingUnit.SCHOOLS, 1), Present(MeetingUnit.SCHOOLS, 2))
    overdue = NewAction(MeetingUnit.SCHOOLS, "下乡", today - timedelta(days=1))
    wrong = {
        "held_in_future": (Invalid, minutes_of(today + timedelta(days=1))),
        "held_before_close": (Conflict, minutes_of(today - timedelta(days=1))),
        "unit_twice": (Invalid, replace(minutes_of(today), attendance=twice)),
        "action_due_before_meeting": (Invalid, replace(minutes_of(today), actions=(overdue,))),
    }
    for code, (error, minutes) in wrong.items():
        with refusal(error, code):
            write_minutes(coordinator(county), meeting.id, meeting.version, minutes)


def test_an_action_item_is_done_once_by_whoever_may(county: County) -> None:
    held = a_held_meeting(county, a_closed_month(county), clock.today(), "安排一次心理门诊下乡。")
    (item,) = held.action_items
    assessor = a_caller(county, Role.ASSESSOR, county.township, Purpose.CARE)
    done = finish_action(assessor, item.id, item.version)
    assert (done.done_by, done.version, done.text) == (assessor.identity.user_id, 2, "安排一次心理门诊下乡。")
    with refusal(Conflict, "action_done"):
        finish_action(coordinator(county), item.id, 2)
    assert read_meeting(coordinator(county), held.id).action_items[0].done_at == done.done_at


def test_the_list_tells_nothing_that_was_said(county: County) -> None:
    held = a_held_meeting(county, a_closed_month(county), clock.today(), "下乡")
    (line,) = list_meetings(coordinator(county), MeetingFilter(period=held.period), PageAsked(10)).items
    assert set(vars(line)) == {
        "id", "month_id", "township_code", "period", "kind", "due_on", "held_on", "late", "version",
    }  # fmt: skip
    assert list_meetings(coordinator(county), MeetingFilter(kind="team"), PageAsked(10)).items == ()


def test_other_townships_and_grid_workers_do_not_see_a_meeting(county: County) -> None:
    held = a_held_meeting(county, a_closed_month(county), clock.today(), "下乡")
    stranger = coordinator(county, county.other_township)
    for act in (read_meeting, lambda caller, id_: write_minutes(caller, id_, 2, minutes_of(clock.today()))):
        with refusal(NotFound, "not_found"):
            act(stranger, held.id)
    with refusal(NotFound, "not_found"):
        call_meeting(stranger, held.month_id, MeetingKind.TEAM)
    with refusal(NotFound, "not_found"):
        finish_action(stranger, held.action_items[0].id, 1)
    assert list_meetings(stranger, MeetingFilter(), PageAsked(10)).items == ()
    with pytest.raises(Forbidden):
        read_meeting(grid_worker(county), held.id)


def _entry_no(county: County, entry_id: UUID) -> str:
    with transaction(coordinator(county)) as work:
        return work.session.get_one(LedgerEntry, (county.code, entry_id)).entry_no
