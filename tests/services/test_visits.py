"""Visits: made by whoever they are given to, with consent, recorded once, and what they bring about."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from server import clock
from server.domain.codes import LedgerState, Role
from server.domain.codes_care import ConsentScope, SafetyKind
from server.domain.codes_consents import WithdrawalChannel
from server.domain.codes_plans import RescheduleReason, VisitDue, VisitFrequency, VisitOutcome
from server.domain.crisis_reports import CrisisReport
from server.domain.pages import PageAsked
from server.errors import Conflict, Forbidden, Invalid, LinliError, NotFound, Stale
from server.models.consent import Consent
from server.models.ledger import LedgerEntry
from server.models.plan import Visit
from server.models.resident import Resident
from server.models.safety import SafetyEvent
from server.services.consents import withdraw_consent, withdraw_everything
from server.services.residents import correct_resident, read_resident
from server.services.visit_planning import NewDays, NewVisit, add_visit, assign_visit, reschedule_visit
from server.services.visit_reading import VisitFilter, VisitTask, VisitView, list_visits, read_visit
from server.services.visits import record_visit
from server.store.transaction import Caller, transaction
from tests.make import County, user_id_of
from tests.make_care import InCare, a_consent
from tests.make_ledger import a_coordinator, refusal
from tests.make_plans import (
    a_record,
    a_worker,
    entry_row,
    open_tasks_of,
    planned,
    set_clock,
    some_id,
    visit_rows,
    visited,
)
from tests.services.test_ledger_races import at_once, refused
from tests.services.test_ledger_reading import statements
from tests.sweeping import events_of, judicial

NOTE = "在院子里晒太阳，说昨晚睡了六个小时。"
#: Keys an answer to a grid worker or a team member must never have (invariant 7).
CLINICAL = (
    "assess",
    "screen",
    "score",
    "band",
    "need",
    "diagnos",
    "recommend",
    "mood",
    "goal",
    "danger",
    "safety_event",
)


pytestmark = pytest.mark.usefixtures("in_january")


@pytest.fixture
def person(county: County, worker: Caller) -> InCare:
    return visited(county, worker)


def lines(caller: Caller, **wanted: object) -> tuple[VisitTask, ...]:
    return list_visits(caller, VisitFilter(**wanted), PageAsked(100)).items  # type: ignore[arg-type]


def consent_of(person: InCare) -> Consent:
    with transaction(person.assessor) as work:
        statement = select(Consent).where(Consent.entry_id == person.entry_id, Consent.scope == "plan_visit")
        return work.session.scalars(statement).one()


def test_a_visit_is_recorded_by_whoever_makes_it(worker: Caller, person: InCare) -> None:
    visit = planned(person)[0]
    answer = record_visit(worker, visit.id, 1, a_record(mood_note=NOTE))
    assert (answer.state, answer.outcome, answer.minutes, answer.version) == ("done", "1", 30, 2)
    view = read_visit(person.assessor, visit.id)
    assert isinstance(view, VisitView)
    assert (view.mood_note, view.done_by, view.safety_event_id) == (NOTE, user_id_of(worker), None)
    assert len(planned(person)) == 3


def test_declining_that_day_is_an_answer_like_any_other(worker: Caller, person: InCare) -> None:
    answer = record_visit(worker, planned(person)[0].id, 1, a_record(VisitOutcome.DECLINED))
    assert (answer.state, entry_row(person).state) == ("declined", "plan_active")


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.COUNSELLOR, Role.CASE_MEMBER])
def test_a_colleague_neither_sees_nor_records_it(county: County, person: InCare, role: Role) -> None:
    colleague, visit = a_worker(county, role), planned(person)[0]
    assert lines(colleague) == ()
    with refusal(NotFound, "not_found"):
        read_visit(colleague, visit.id)
    with refusal(NotFound, "not_found"):
        record_visit(colleague, visit.id, 1, a_record())
    with refusal(Forbidden, "role_forbidden"):
        record_visit(a_coordinator(county), visit.id, 1, a_record())


def test_invariant_5_a_recorded_visit_stands_whoever_asks(worker: Caller, person: InCare) -> None:
    visit = planned(person)[0]
    record_visit(worker, visit.id, 1, a_record(mood_note=NOTE))
    with refusal(Conflict, "visit_not_planned"):
        record_visit(worker, visit.id, 2, a_record(VisitOutcome.CONCERN))
    with refusal(Conflict, "visit_not_planned"):
        assign_visit(person.coordinator, visit.id, 2, user_id_of(worker))
    earlier = clock.now() - timedelta(days=1)
    for values in ({"outcome": "2"}, {"sealed_mood_note": None}, {"visited_at": earlier}, {"state": "cancelled"}):
        with pytest.raises(DBAPIError), transaction(person.assessor) as work:
            work.session.execute(update(Visit).where(Visit.id == visit.id).values(**values))


def test_invariant_3_no_visit_is_recorded_without_consent_at_that_instant(worker: Caller, person: InCare) -> None:
    with transaction(person.assessor) as work:
        past = date(2027, 1, 4)
        work.session.execute(update(Consent).where(Consent.entry_id == person.entry_id).values(valid_to=past))
    visit = planned(person)[0]
    with refusal(Conflict, "consent_missing"):
        record_visit(worker, visit.id, 1, a_record())
    assert planned(person)[0].version == 1


def test_invariant_4_withdrawal_cancels_every_future_visit(worker: Caller, person: InCare) -> None:
    record_visit(worker, planned(person)[0].id, 1, a_record())
    consent = consent_of(person)
    withdraw_consent(person.assessor, consent.id, consent.version, WithdrawalChannel.PERSON_SAID)
    assert [(one.state, one.cancel_reason) for one in visit_rows(person)] == [
        ("done", None), *([("cancelled", "withdrawn")] * 3)
    ]  # fmt: skip
    assert lines(worker) == ()


def test_invariant_4_who_tells_a_visitor_to_stop_is_visited_no_more(worker: Caller, person: InCare) -> None:
    answer = record_visit(worker, planned(person)[0].id, 1, a_record(VisitOutcome.WITHDRAWN))
    assert (answer.state, answer.outcome) == ("done", "7")
    assert [(one.state, one.cancel_reason) for one in visit_rows(person)] == [
        ("done", None), *([("cancelled", "withdrawn")] * 3)
    ]  # fmt: skip
    assert (consent_of(person).state, entry_row(person).state) == ("withdrawn", "closed")


def test_a_safety_event_is_raised_with_the_visit_or_not_at_all(worker: Caller, person: InCare) -> None:
    visit = planned(person)[0]
    told = CrisisReport(SafetyKind.SELF_HARM_THOUGHT, "本人说不想活了，说时在哭。", "已打电话给卫生院。")
    unsafe = a_record(VisitOutcome.SAFETY_EVENT, safety_event=told)
    with refusal(Invalid, "note_diagnosis"):
        record_visit(worker, visit.id, 1, replace(unsafe, mood_note="像是抑郁症"))
    with refusal(Invalid, "diagnosis_in_text"):
        record_visit(worker, visit.id, 1, replace(unsafe, safety_event=replace(told, facts="像是抑郁症")))
    assert open_tasks_of(person, "safety_event") == []
    record_visit(worker, visit.id, 1, unsafe)
    view = read_visit(person.assessor, visit.id)
    assert isinstance(view, VisitView)
    with transaction(person.coordinator) as work:
        (event,) = work.session.scalars(select(SafetyEvent).where(SafetyEvent.entry_id == person.entry_id))
    assert (event.id, event.source, event.state) == (view.safety_event_id, "visit", "raised")
    assert event.sealed_actions is not None
    assert sorted(task.role for task in open_tasks_of(person, "safety_event")) == ["assessor", "township_coordinator"]


def test_three_times_in_vain_asks_the_township_to_check_and_never_the_police(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = a_worker(county)
    person = visited(county, worker, visit_frequency=VisitFrequency.FORTNIGHTLY)
    days = [(1, 8), (1, 20), (2, 3), (2, 20)]
    asked = []
    for month, day in days:
        set_clock(monkeypatch, 2027, month, day)
        record_visit(worker, planned(person)[0].id, 1, a_record(VisitOutcome.NOT_SEEN))
        asked.append(len(open_tasks_of(person, "welfare_check")))
    assert asked == [0, 0, 1, 1]
    (task,) = open_tasks_of(person, "welfare_check")
    # The 3rd of February 2027 is a Wednesday.
    assert (task.role, clock.day_of(task.due_at)) == ("township_coordinator", date(2027, 2, 4))
    set_clock(monkeypatch, 2027, 3, 3)
    record_visit(worker, planned(person)[0].id, 1, a_record())
    assert open_tasks_of(person, "welfare_check") == []


def test_a_declined_visit_breaks_the_row_of_visits_in_vain(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = a_worker(county)
    person = visited(county, worker)
    outcomes = [VisitOutcome.NOT_SEEN, VisitOutcome.NOT_SEEN, VisitOutcome.DECLINED, VisitOutcome.NOT_SEEN]
    for month, outcome in enumerate(outcomes, start=1):
        set_clock(monkeypatch, 2027, month, 8)
        record_visit(worker, planned(person)[0].id, 1, a_record(outcome))
    assert open_tasks_of(person, "welfare_check") == []


def test_a_visit_is_moved_twice_and_counts_for_its_month(person: InCare) -> None:
    visit, reason = planned(person)[0], RescheduleReason.PERSON_ASKED
    with refusal(Invalid, "visit_moved_too_far"):
        reschedule_visit(person.coordinator, visit.id, 1, NewDays(date(2027, 2, 1), date(2027, 2, 15), reason))
    moved = reschedule_visit(person.coordinator, visit.id, 1, NewDays(date(2027, 2, 1), date(2027, 2, 14), reason))
    assert (moved.due_to, moved.period, moved.rescheduled, moved.version) == (date(2027, 2, 14), "202701", 1, 2)
    with refusal(Stale, "record_changed"):
        reschedule_visit(person.coordinator, visit.id, 1, NewDays(date(2027, 2, 1), date(2027, 2, 14), reason))
    reschedule_visit(person.assessor, visit.id, 2, NewDays(date(2027, 1, 10), date(2027, 1, 11), reason))
    with refusal(Conflict, "visit_moved_twice"):
        reschedule_visit(person.assessor, visit.id, 3, NewDays(date(2027, 1, 12), date(2027, 1, 12), reason))


def test_whoever_visits_does_not_move_their_visits(worker: Caller, person: InCare) -> None:
    days = NewDays(date(2027, 1, 12), date(2027, 1, 12), RescheduleReason.WORKER_AWAY)
    with refusal(Forbidden, "role_forbidden"):
        reschedule_visit(worker, planned(person)[0].id, 1, days)


def test_a_visit_is_given_to_somebody_else_who_alone_sees_it_then(
    county: County, worker: Caller, person: InCare
) -> None:
    visit, other = planned(person)[0], a_worker(county)
    outside = a_worker(county, area=county.village + "002")
    with refusal(Invalid, "worker_unknown"):
        assign_visit(person.coordinator, visit.id, 1, user_id_of(outside))
    assign_visit(person.coordinator, visit.id, 1, user_id_of(other))
    assert [one.id for one in lines(other)] == [visit.id]
    assert visit.id not in {one.id for one in lines(worker)}


def test_whoever_visits_somebody_still_does_where_they_live_in_another_grid_now(
    county: County, worker: Caller, person: InCare
) -> None:
    visit = planned(person)[0]
    before = read_visit(worker, visit.id)
    office = judicial(county)
    known = read_resident(office, person.resident_id)
    correct_resident(office, known.id, known.version, {"area_code": county.village + "002"})
    assert read_visit(worker, visit.id) == before
    assert lines(worker, mine=True)[0] == before
    assert record_visit(worker, visit.id, visit.version, a_record()).state == "done"
    neighbour = a_worker(county, area=county.village + "002")
    with pytest.raises(NotFound, match="not_found"):
        read_visit(neighbour, visit.id)


def test_a_visit_is_added_between_the_regular_ones(worker: Caller, person: InCare) -> None:
    added = add_visit(person.assessor, person.entry_id, NewVisit(date(2027, 1, 10), date(2027, 1, 11)))
    assert (added.assignee_id, added.period, added.state) == (user_id_of(worker), "202701", "planned")
    with refusal(Invalid, "visit_days_past"):
        add_visit(person.assessor, person.entry_id, NewVisit(date(2027, 1, 4), date(2027, 1, 11)))
    with refusal(Invalid, "visit_after_entry"):
        add_visit(person.assessor, person.entry_id, NewVisit(date(2028, 1, 4), date(2028, 1, 5)))
    with refusal(Conflict, "record_exists"):
        add_visit(person.assessor, person.entry_id, NewVisit(date(2027, 1, 10), date(2027, 1, 11), id=added.id))


def test_due_and_overdue_are_counted_by_the_day(
    worker: Caller, person: InCare, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = []
    for month, day in ((1, 5), (1, 31), (2, 1), (3, 1)):
        set_clock(monkeypatch, 2027, month, day)
        found.append([len(lines(worker, mine=True, due=due)) for due in (VisitDue.DUE, VisitDue.OVERDUE)])
        assert all(line.due is due for due in VisitDue for line in lines(worker, due=due))
    assert found == [[1, 0], [1, 0], [1, 1], [1, 2]]


def test_the_worker_is_given_what_a_visit_needs(worker: Caller, person: InCare) -> None:
    line = lines(worker)[0]
    assert type(line) is VisitTask
    assert (line.name, line.contact_wishes, line.safety_note) == (
        "欧阳试验", "下午来，先打电话。", "院里有狗，先在门口喊人。",
    )  # fmt: skip


def test_the_worker_is_told_whether_the_person_agrees_to_talks_with_the_family(worker: Caller, person: InCare) -> None:
    told = [lines(worker)[0].family_contact]
    a_consent(person, ConsentScope.FAMILY_CONTACT, valid_to=clock.today() - timedelta(days=1))
    told.append(lines(worker)[0].family_contact)
    with transaction(person.assessor) as work:
        work.session.execute(update(Consent).where(Consent.scope == "family_contact").values(valid_to=clock.today()))
    told.append(lines(worker)[0].family_contact)
    assert told == [False, False, True]


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.CASE_MEMBER])
def test_invariant_7_an_answer_to_a_worker_has_no_clinical_key(county: County, role: Role) -> None:
    worker = a_worker(county, role, county.grid if role is Role.GRID_WORKER else county.village)
    person = visited(county, worker)
    record = a_record(mood_note=NOTE)
    answers = [lines(worker)[0], read_visit(worker, planned(person)[0].id)]
    answers.append(record_visit(worker, planned(person)[0].id, 1, record))
    for answer in answers:
        assert type(answer) is VisitTask
        assert [key for key in vars(answer) if any(word in key for word in CLINICAL) and key != "language_need"] == []


def test_a_protected_address_is_for_assessors(worker: Caller, person: InCare) -> None:
    before = lines(worker)[0].address
    with transaction(person.coordinator) as work:
        work.session.execute(update(Resident).where(Resident.id == person.resident_id).values(address_protected=True))
    assert (lines(worker)[0].address, lines(person.coordinator)[0].address) == (None, None)
    assert lines(person.assessor)[0].address == before


def test_a_worker_is_told_nothing_of_the_person_once_the_visit_was_made(worker: Caller, person: InCare) -> None:
    record_visit(worker, planned(person)[0].id, 1, a_record())
    done = lines(worker, state="done")[0]
    told = (done.name, done.phone, done.address, done.contact_wishes, done.family_contact, done.safety_note)
    assert told == (None,) * 6


@pytest.mark.parametrize("state", [LedgerState.PAUSED, LedgerState.CLOSED, LedgerState.EXPIRED])
def test_a_worker_sees_nothing_in_a_rest_nor_after_the_end(worker: Caller, person: InCare, state: LedgerState) -> None:
    with transaction(person.coordinator) as work:
        work.session.execute(update(LedgerEntry).where(LedgerEntry.id == person.entry_id).values(state=state.value))
    assert lines(worker) == ()


def test_another_township_sees_no_visit(county: County, person: InCare) -> None:
    elsewhere = a_coordinator(county, county.other_township)
    assert lines(elsewhere) == ()
    with refusal(NotFound, "not_found"):
        read_visit(elsewhere, planned(person)[0].id)
    with refusal(NotFound, "not_found"):
        read_visit(person.coordinator, some_id())


def test_pages_by_due_day_join_without_gap(county: County, worker: Caller) -> None:
    people = [visited(county, worker) for _ in range(2)]
    seen, after = [], None
    while True:
        page = list_visits(worker, VisitFilter(mine=True), PageAsked(3, after))
        seen += [(line.due_to, line.id) for line in page.items]
        after = page.next_keys
        if after is None:
            break
    assert seen == sorted((visit.due_to, visit.id) for one in people for visit in planned(one))
    assert len(seen) == 8
    with refusal(LinliError, "cursor_malformed"):
        list_visits(worker, VisitFilter(), PageAsked(3, ("x", "y")))


@pytest.mark.parametrize("due", [VisitDue.DUE, VisitDue.OVERDUE])
def test_a_due_list_takes_as_many_statements_for_three_people_as_for_many(
    county: County, worker: Caller, due: VisitDue, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []
    for people in (3, 17):
        set_clock(monkeypatch, 2027, 1, 5)
        for _ in range(people):
            visited(county, worker)
        set_clock(monkeypatch, 2027, *((1, 6) if due is VisitDue.DUE else (2, 1)))
        found = []
        for caller in (worker, a_coordinator(county)):
            wanted = VisitFilter(township_code=county.township, due=due)
            list_visits(caller, wanted, PageAsked(500))
            with statements(county.store) as sent:
                page = list_visits(caller, wanted, PageAsked(500))
            found += [(len(page.items), len(sent))]
        counts.append(found)
    assert [[count for count, _ in found] for found in counts] == [[3, 3], [20, 20]]
    assert [sent for _, sent in counts[0]] == [sent for _, sent in counts[1]]
    assert max(sent for _, sent in counts[1]) <= 8


def test_invariant_6_a_list_is_logged_with_everybody_on_it_and_no_word_of_them(
    county: County, worker: Caller, person: InCare
) -> None:
    visited(county, worker)
    record_visit(worker, planned(person)[0].id, 1, a_record(mood_note=NOTE))
    lines(worker)
    events = events_of(county)
    read = [one for one in events if one["action"] == "visit:read"][-1]
    wrote = [one for one in events if one["action"] == "visit:record" and one.get("table") == "visit"][-1]
    assert (len(read["subjects"]), read["purpose"], len(wrote["subjects"])) == (2, "care", 1)
    assert NOTE not in str(events)
    assert "欧阳" not in str(events)


@pytest.mark.parametrize("turn", range(4))
def test_invariant_4_of_a_withdrawal_and_a_visit_at_once_one_comes_wholly_first(county: County, turn: int) -> None:
    worker = a_worker(county)
    person = visited(county, worker)
    visit, consent, version = planned(person)[0], consent_of(person), entry_row(person).version
    leave = (
        (lambda: withdraw_consent(person.assessor, consent.id, consent.version, WithdrawalChannel.PERSON_SAID))
        if turn % 2
        else (lambda: withdraw_everything(person.assessor, person.entry_id, version, WithdrawalChannel.PERSON_SAID))
    )
    results = at_once(lambda: record_visit(worker, visit.id, 1, a_record()), leave)
    first, *others = visit_rows(person)
    assert {(one.state, one.cancel_reason) for one in others} == {("cancelled", "withdrawn")}
    if refused(results):
        assert isinstance(results[0], LinliError)
        assert results[0].code in {"consent_missing", "not_found", "record_changed"}
        assert (first.state, first.visited_at) == ("cancelled", None)
    else:
        assert (first.state, first.outcome) == ("done", "1")
    assert consent_of(person).state == "withdrawn"
    with (
        refusal(LinliError, "consent_missing")
        if entry_row(person).state != "closed"
        else refusal(NotFound, "not_found")
    ):
        record_visit(worker, others[0].id, others[0].version, a_record())


def test_invariant_3_consent_of_another_scope_allows_no_visit(worker: Caller, person: InCare) -> None:
    with transaction(person.assessor) as work:
        statement = update(Consent).where(Consent.entry_id == person.entry_id, Consent.scope == "plan_visit")
        work.session.execute(statement.values(scope=ConsentScope.FAMILY_CONTACT.value))
    with refusal(Conflict, "consent_missing"):
        record_visit(worker, planned(person)[0].id, 1, a_record())
