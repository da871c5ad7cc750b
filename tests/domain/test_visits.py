"""What is true of a visit's record, of its moving, and of several visits together."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.care_notes import checked_notes
from server.domain.codes_care import SafetyKind, VisitState
from server.domain.codes_plans import NotSeenReason, VisitDue, VisitOutcome, VisitType
from server.domain.crisis_reports import CrisisReport
from server.domain.plans import check_rest
from server.domain.visits import (
    Contact,
    PlannedVisit,
    VisitRecord,
    check_moving,
    check_record,
    due_of,
    missed_in_a_row,
    state_after,
    three_calm_months,
)
from server.errors import Conflict, Invalid, LinliError
from server.store.word_lists import word_list

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
PLANNED = PlannedVisit("202611", date(2026, 11, 16), date(2026, 11, 30), 0, date(2026, 10, 1))
SEEN = VisitRecord(VisitType.HOME, NOW - timedelta(hours=1), VisitOutcome.STABLE)
CALM, WORRIED, MISSED = "1", "2", "5"


def refused(error: type[LinliError], code: str) -> AbstractContextManager[object]:
    return pytest.raises(error, match=f"^{code}$")


def test_each_outcome_leads_to_a_state() -> None:
    assert {outcome.value: state_after(outcome).value for outcome in VisitOutcome} == {
        "1": "done", "2": "done", "3": "done", "4": "done", "5": "not_seen", "6": "declined", "7": "done",
    }  # fmt: skip


def test_a_seen_person_needs_no_reason_and_no_event() -> None:
    check_record(SEEN, PLANNED, NOW)
    check_record(replace(SEEN, outcome=VisitOutcome.DECLINED), PLANNED, NOW)
    with refused(Invalid, "not_seen_reason_without"):
        check_record(replace(SEEN, not_seen_reason=NotSeenReason.NOT_HOME), PLANNED, NOW)
    with refused(Invalid, "safety_event_without"):
        check_record(replace(SEEN, safety_event=CrisisReport(SafetyKind.ATTEMPT, "说不想活了")), PLANNED, NOW)


def test_not_seen_needs_its_reason() -> None:
    missed = replace(SEEN, outcome=VisitOutcome.NOT_SEEN)
    check_record(replace(missed, not_seen_reason=NotSeenReason.UNSAFE), PLANNED, NOW)
    with refused(Invalid, "not_seen_reason_missing"):
        check_record(missed, PLANNED, NOW)


def test_a_safety_event_must_be_told_with_the_visit() -> None:
    unsafe = replace(SEEN, outcome=VisitOutcome.SAFETY_EVENT)
    check_record(replace(unsafe, safety_event=CrisisReport(SafetyKind.ATTEMPT, "说不想活了")), PLANNED, NOW)
    with refused(Invalid, "safety_event_missing"):
        check_record(unsafe, PLANNED, NOW)


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (NOW + timedelta(seconds=1), "visit_in_future"),
        (datetime(2026, 11, 8, 15, 59, tzinfo=UTC), "visit_too_early"),
    ],
)
def test_a_visit_is_made_when_it_is_due_or_a_week_before(at: datetime, code: str) -> None:
    check_record(replace(SEEN, visited_at=datetime(2026, 11, 8, 16, 0, tzinfo=UTC)), PLANNED, NOW)
    check_record(replace(SEEN, visited_at=NOW), PLANNED, NOW)
    with refused(Invalid, code):
        check_record(replace(SEEN, visited_at=at), PLANNED, NOW)


def test_no_visit_lies_before_its_plan() -> None:
    started = replace(PLANNED, plan_starts_on=date(2026, 11, 21))
    with refused(Invalid, "visit_before_plan"):
        check_record(replace(SEEN, visited_at=NOW - timedelta(days=2)), started, NOW)


@pytest.mark.parametrize(
    ("due_from", "due_to", "code"),
    [
        (date(2026, 11, 25), date(2026, 11, 24), "visit_days_reversed"),
        (date(2026, 11, 21), date(2026, 11, 24), "visit_days_past"),
        (date(2026, 12, 1), date(2026, 12, 15), "visit_moved_too_far"),
    ],
)
def test_a_visit_is_moved_fourteen_days_at_most_and_not_into_the_past(due_from: date, due_to: date, code: str) -> None:
    today = date(2026, 11, 22)
    check_moving(PLANNED, date(2026, 12, 1), date(2026, 12, 14), today)
    with refused(Invalid, code):
        check_moving(PLANNED, due_from, due_to, today)


def test_a_visit_is_moved_twice_at_most() -> None:
    days = (date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 22))
    check_moving(replace(PLANNED, rescheduled=1), *days)
    with refused(Conflict, "visit_moved_twice"):
        check_moving(replace(PLANNED, rescheduled=2), *days)


def test_due_and_overdue_follow_from_the_days() -> None:
    found = [due_of("planned", PLANNED.due_from, PLANNED.due_to, date(2026, month, day))
             for month, day in ((11, 15), (11, 16), (11, 30), (12, 1))]  # fmt: skip
    assert found == [VisitDue.UPCOMING, VisitDue.DUE, VisitDue.DUE, VisitDue.OVERDUE]
    assert due_of("done", PLANNED.due_from, PLANNED.due_to, date(2027, 1, 1)) is None


@given(st.lists(st.sampled_from(["done", "not_seen", "declined"]), max_size=6))
def test_three_in_vain_are_three_in_a_row(states: list[str]) -> None:
    assert missed_in_a_row(states) == (states[:3] == [VisitState.NOT_SEEN] * 3)


@pytest.mark.parametrize(
    ("contacts", "calm"),
    [
        ([(2026, 11, CALM), (2026, 10, CALM), (2026, 9, CALM)], True),
        ([(2026, 10, CALM), (2026, 9, CALM), (2026, 8, CALM), (2026, 7, WORRIED)], True),
        ([(2026, 9, CALM), (2026, 8, CALM), (2026, 7, CALM)], False),
        ([(2026, 11, CALM), (2026, 10, CALM)], False),
        ([(2026, 11, CALM), (2026, 10, CALM), (2026, 8, CALM)], False),
        ([(2026, 11, CALM), (2026, 10, CALM), (2026, 10, MISSED), (2026, 9, CALM)], False),
        ([(2026, 11, WORRIED), (2026, 10, CALM), (2026, 9, CALM), (2026, 8, CALM)], False),
        ([], False),
    ],
)
def test_calm_means_three_months_in_a_row_without_any_other_outcome(
    contacts: Sequence[tuple[int, int, str]], calm: bool
) -> None:
    found = [Contact(date(year, month, 5), outcome) for year, month, outcome in contacts]
    assert three_calm_months(found, date(2026, 11, 22)) is calm


def test_calm_months_join_over_the_year_end() -> None:
    months = [date(2027, 1, 9), date(2026, 12, 30), date(2026, 11, 2)]
    assert three_calm_months([Contact(day, CALM) for day in months], date(2027, 2, 3))


@pytest.mark.parametrize(("days", "code"), [(0, "pause_past"), (91, "pause_too_long")])
def test_a_plan_rests_ninety_days_at_most(days: int, code: str) -> None:
    today = date(2026, 11, 22)
    check_rest(today + timedelta(days=90), today)
    with refused(Invalid, code):
        check_rest(today + timedelta(days=days), today)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("本人像是抑郁症，话很少", "note_diagnosis"),
        ("此人性格偏执", "note_character"),
        ("本人说要去上访", "note_forbidden"),
        ("好" * 501, "note_too_long"),
    ],
)
def test_guardrail_g4_notes_hold_facts_and_no_diagnosis(text: str, code: str) -> None:
    with refused(Invalid, code) as caught:
        checked_notes({"mood_note": text}, word_list(), clinical=False)
    assert caught.value.field == "mood_note"
    assert checked_notes({"mood_note": " 说昨晚  睡得好 ", "detail": " ", "goals": None}, word_list(), clinical=False) == {
        "mood_note": "说昨晚 睡得好", "detail": None, "goals": None,
    }  # fmt: skip


def test_guardrail_g4_a_clinician_may_name_a_diagnosis() -> None:
    note = {"note": "抑郁症复诊后睡眠好转"}
    assert checked_notes(note, word_list(), clinical=True) == note
