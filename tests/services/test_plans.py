"""Guidance plans: written with the person, agreed by them, looked back at, rested and gone on with."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from server import clock
from server.config import Config
from server.domain.codes import LedgerState, Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_plans import (
    AgreedBy,
    ItemFrequency,
    PauseReason,
    ResumeReason,
    ReviewOutcome,
    VisitFrequency,
    VisitOutcome,
)
from server.domain.pages import PageAsked
from server.domain.plans import NewItem, NewReview
from server.domain.workdays import Deadline, due_at
from server.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from server.models.consent import Consent
from server.models.plan import CarePlan, PlanReview
from server.services.nightly import do_parts
from server.services.plan_items import do_item, list_items
from server.services.plan_reading import list_plans, read_plan
from server.services.plan_rests import pause_plan, resume_plan
from server.services.plan_reviews import review_plan
from server.services.plans import agree_plan, draft_plan, revise_plan
from server.services.visits import record_visit
from server.store.transaction import Store, open_store, transaction
from tests.make import County, user_id_of
from tests.make_care import a_consent, an_assessor, in_care
from tests.make_ledger import refusal
from tests.make_plans import (
    a_record,
    a_worker,
    agreed,
    content,
    entry_row,
    open_tasks_of,
    planned,
    set_clock,
    visit_rows,
    visited,
)
from tests.sweeping import events_of

pytestmark = pytest.mark.usefixtures("in_january")


@pytest.fixture(scope="module")
def jobs(config: Config, store: Store) -> Iterator[Store]:
    """The store as the job process opens it."""
    opened = open_store(config, store.keyring, url=config.jobs_url)
    yield opened
    opened.engine.dispose()


def a_review(outcome: ReviewOutcome = ReviewOutcome.CONTINUE, held_on: date | None = None) -> NewReview:
    return NewReview(held_on or clock.today(), True, outcome, "本人说睡眠好转，愿意继续。")


def test_a_plan_is_drafted_agreed_and_brings_its_visits(county: County) -> None:
    worker, person = a_worker(county), in_care(county, LedgerState.ASSESSED)
    item = NewItem("01", "individual", user_id_of(worker), ItemFrequency.WEEKLY, date(2027, 2, 1), "一起散步。")
    drafted = draft_plan(person.assessor, person.entry_id, content(worker, items=(item,)))
    assert (drafted.state, drafted.number, drafted.version, drafted.copy_given) == ("draft", 1, 1, False)
    assert (drafted.lead_id, visit_rows(person)) == (user_id_of(person.assessor), [])
    plan = agree_plan(person.assessor, drafted.id, 1, AgreedBy.SELF)
    assert (plan.state, plan.agreed_by, plan.copy_given, plan.version) == ("active", "self", True, 2)
    assert (plan.starts_on, plan.review_due_on) == (date(2027, 1, 5), date(2027, 4, 5))
    assert [(one.service, one.detail, one.done_at) for one in plan.items] == [("01", "一起散步。", None)]
    assert entry_row(person).state == "plan_active"
    assert [(one.period, one.due_from, one.due_to) for one in planned(person)] == [
        ("202701", date(2027, 1, 5), date(2027, 1, 31)),
        ("202702", date(2027, 2, 1), date(2027, 2, 28)),
        ("202703", date(2027, 3, 1), date(2027, 3, 31)),
        ("202704", date(2027, 4, 1), date(2027, 4, 30)),
    ]
    assert {one.assignee_id for one in planned(person)} == {user_id_of(worker)}
    assert read_plan(person.coordinator, plan.id) == plan
    assert [one.goals for one in list_plans(person.assessor, person.entry_id)] == ["每天出门走一走，夜里能睡着。"]


def test_a_draft_is_changed_until_it_is_agreed(county: County) -> None:
    worker, person = a_worker(county), in_care(county, LedgerState.ASSESSED)
    drafted = draft_plan(person.assessor, person.entry_id, content(worker))
    changed = revise_plan(person.assessor, drafted.id, 1, content(worker, goals="找到工作。", safety_note=None))
    assert (changed.goals, changed.safety_note, changed.version) == ("找到工作。", None, 2)
    with refusal(Stale, "record_changed"):
        agree_plan(person.assessor, drafted.id, 1, AgreedBy.SELF)
    with refusal(Conflict, "plan_draft_exists"):
        draft_plan(person.assessor, person.entry_id, content(worker))
    agree_plan(person.assessor, drafted.id, 2, AgreedBy.SELF)
    with refusal(Conflict, "plan_not_draft"):
        revise_plan(person.assessor, drafted.id, 3, content(worker))


def test_invariant_5_an_agreed_plan_and_a_signed_review_stand_whoever_asks(county: County) -> None:
    person = in_care(county, LedgerState.ASSESSED)
    plan = agreed(person, a_worker(county))
    review_plan(person.assessor, plan.id, plan.version, a_review())
    for statement in (
        update(CarePlan).where(CarePlan.id == plan.id).values(sealed_goals=b"other"),
        update(CarePlan).where(CarePlan.id == plan.id).values(agreed_at=clock.now() - timedelta(days=1)),
        update(PlanReview).where(PlanReview.plan_id == plan.id).values(outcome="change"),
    ):
        with pytest.raises(DBAPIError), transaction(person.assessor) as work:
            work.session.execute(statement)
    assert read_plan(person.assessor, plan.id).goals == plan.goals


def test_invariant_3_no_plan_begins_without_consent_to_it(county: County) -> None:
    person = in_care(county, LedgerState.ASSESSED, consents=(ConsentScope.ASSESSMENT,))
    drafted = draft_plan(person.assessor, person.entry_id, content(a_worker(county)))
    with refusal(Conflict, "consent_missing"):
        agree_plan(person.assessor, drafted.id, 1, AgreedBy.SELF)
    assert (entry_row(person).state, visit_rows(person)) == ("assessed", [])


def test_invariant_3_a_consent_that_has_run_out_begins_no_plan(county: County) -> None:
    person = in_care(county, LedgerState.ASSESSED, consents=())
    a_consent(person, ConsentScope.PLAN_VISIT, valid_to=date(2027, 1, 4))
    drafted = draft_plan(person.assessor, person.entry_id, content(a_worker(county)))
    with refusal(Conflict, "consent_missing"):
        agree_plan(person.assessor, drafted.id, 1, AgreedBy.SELF)


@pytest.mark.parametrize("state", [LedgerState.ACCEPTED, LedgerState.CONSENTED, LedgerState.CLOSED])
def test_no_plan_before_assessment_nor_after_the_end(county: County, state: LedgerState) -> None:
    person = in_care(county, state)
    with refusal(NotFound, "not_found"):
        draft_plan(person.assessor, person.entry_id, content(a_worker(county)))


def test_no_plan_is_written_in_a_rest(county: County) -> None:
    person = in_care(county, LedgerState.PAUSED)
    with refusal(Conflict, "plan_not_now"):
        draft_plan(person.assessor, person.entry_id, content(a_worker(county)))


def test_whoever_visits_works_where_the_person_lives(county: County) -> None:
    person = in_care(county, LedgerState.ASSESSED)
    for stranger in (
        a_worker(county, area=county.village + "002"),
        a_worker(county, Role.ASSESSOR),
        a_worker(county, Role.VILLAGE_OFFICER, county.village),
    ):
        with refusal(Invalid, "worker_unknown"):
            draft_plan(person.assessor, person.entry_id, content(stranger))
    with refusal(Invalid, "plan_lead_unknown"):
        draft_plan(person.assessor, person.entry_id, content(a_worker(county), lead_id=user_id_of(a_worker(county))))


def test_an_assessor_who_looks_after_the_person_may_visit(county: County) -> None:
    assessor = a_worker(county, Role.ASSESSOR)
    person = in_care(county, LedgerState.ASSESSED, carers=(user_id_of(assessor),))
    assert agreed(person, assessor).visitor_id == user_id_of(assessor)


def test_another_assessor_reaches_no_plan(county: County) -> None:
    person = in_care(county, LedgerState.ASSESSED)
    plan = agreed(person, a_worker(county))
    stranger = an_assessor(county)
    with refusal(NotFound, "not_found"):
        read_plan(stranger, plan.id)
    with refusal(NotFound, "not_found"):
        list_plans(stranger, person.entry_id)
    with refusal(NotFound, "not_found"):
        draft_plan(stranger, person.entry_id, content(a_worker(county)))
    with refusal(Forbidden, "role_forbidden"):
        read_plan(a_worker(county), plan.id)


def test_guardrail_g4_guidance_on_medicines_is_a_clinicians(county: County) -> None:
    counsellor, clinician = a_worker(county, Role.COUNSELLOR), a_worker(county, Role.CLINICIAN)
    person = in_care(county, LedgerState.ASSESSED, carers=(user_id_of(clinician),))

    def plan_with(owner: object) -> object:
        item = NewItem("10", "individual", owner, ItemFrequency.MONTHLY, date(2027, 2, 1))  # type: ignore[arg-type]
        return draft_plan(person.assessor, person.entry_id, content(counsellor, items=(item,)))

    with refusal(Invalid, "medication_needs_clinician"):
        plan_with(user_id_of(counsellor))
    with refusal(Invalid, "note_diagnosis"):
        draft_plan(person.assessor, person.entry_id, content(counsellor, goals="抑郁症好转"))
    assert plan_with(user_id_of(clinician))


@pytest.mark.parametrize("day", [date(2027, 1, 4), date(2028, 1, 10)])
def test_a_task_is_due_within_the_time_of_service(county: County, day: date) -> None:
    worker, person = a_worker(county), in_care(county, LedgerState.ASSESSED)
    item = NewItem("01", "individual", user_id_of(worker), ItemFrequency.ONCE, day)
    with refusal(Invalid, "plan_item_day") as refused:
        draft_plan(person.assessor, person.entry_id, content(worker, items=(item,)))
    assert refused.value.field == "items.0.due_on"


def test_nobody_agrees_for_somebody_without_a_guardian(county: County) -> None:
    person = in_care(county, LedgerState.ASSESSED)
    drafted = draft_plan(person.assessor, person.entry_id, content(a_worker(county)))
    with refusal(Invalid, "plan_guardian_unknown"):
        agree_plan(person.assessor, drafted.id, 1, AgreedBy.GUARDIAN)


def test_quarterly_visits_are_for_the_stable(county: County) -> None:
    worker, person = a_worker(county), in_care(county, LedgerState.ASSESSED)
    with refusal(Invalid, "quarterly_not_stable"):
        draft_plan(person.assessor, person.entry_id, content(worker, visit_frequency=VisitFrequency.QUARTERLY))
    stable = in_care(county, LedgerState.STABLE)
    agreed(stable, worker, visit_frequency=VisitFrequency.QUARTERLY)
    assert [one.period for one in planned(stable)] == ["202704"]


def test_the_next_version_ends_the_one_before_and_leaves_no_month_out(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker, other = a_worker(county), a_worker(county)
    person = in_care(county, LedgerState.ASSESSED)
    first = agreed(person, worker)
    set_clock(monkeypatch, 2027, 1, 25)
    second = agreed(person, other)
    ended = read_plan(person.assessor, first.id)
    assert (ended.state, ended.end_reason, ended.ended_on, second.number) == (
        "ended", "replaced", date(2027, 1, 25), 2,
    )  # fmt: skip
    assert (planned(person)[0].due_from, planned(person)[0].due_to) == (date(2027, 1, 25), date(2027, 1, 31))
    assert {one.assignee_id for one in planned(person)} == {user_id_of(other)}
    assert {one.cancel_reason for one in visit_rows(person) if one.state == "cancelled"} == {"replanned"}


def test_a_month_in_which_somebody_came_is_not_planned_again(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = a_worker(county)
    person = visited(county, worker)
    first = planned(person)[0]
    record_visit(worker, first.id, 1, a_record())
    set_clock(monkeypatch, 2027, 1, 12)
    agreed(person, worker)
    assert [one.period for one in planned(person)] == ["202702", "202703", "202704"]


def test_a_review_is_signed_and_asks_for_the_next_in_three_months(county: County) -> None:
    person = in_care(county, LedgerState.ASSESSED)
    plan = agreed(person, a_worker(county))
    for held_on in (date(2027, 1, 4), date(2027, 1, 6)):
        with refusal(Invalid, "review_day"):
            review_plan(person.assessor, plan.id, plan.version, a_review(held_on=held_on))
    after = review_plan(person.assessor, plan.id, plan.version, a_review())
    assert [(one.outcome, one.note, one.signed_by) for one in after.reviews] == [
        ("continue", "本人说睡眠好转，愿意继续。", user_id_of(person.assessor))
    ]
    assert after.review_due_on == date(2027, 4, 5)


def test_three_calm_months_and_a_signed_review_make_somebody_stable(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = a_worker(county)
    person = in_care(county, LedgerState.ASSESSED)
    plan = agreed(person, worker)
    for month in (1, 2, 3):
        set_clock(monkeypatch, 2027, month, 10)
        with refusal(Conflict, "plan_not_calm"):
            review_plan(person.assessor, plan.id, plan.version, a_review(ReviewOutcome.SETTLE))
        record_visit(worker, planned(person)[0].id, 1, a_record())
    settled = review_plan(person.assessor, plan.id, plan.version, a_review(ReviewOutcome.SETTLE))
    assert (entry_row(person).state, settled.visit_frequency) == ("stable", "quarterly")
    assert [one.period for one in planned(person)] == ["202706"]
    assert len(settled.reviews) == 1


def test_one_worried_visit_keeps_somebody_from_being_settled(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = a_worker(county)
    person = in_care(county, LedgerState.ASSESSED)
    plan = agreed(person, worker)
    for month, outcome in ((1, VisitOutcome.STABLE), (2, VisitOutcome.CONCERN), (3, VisitOutcome.STABLE)):
        set_clock(monkeypatch, 2027, month, 10)
        record_visit(worker, planned(person)[0].id, 1, a_record(outcome))
    with refusal(Conflict, "plan_not_calm"):
        review_plan(person.assessor, plan.id, plan.version, a_review(ReviewOutcome.SETTLE))
    assert read_plan(person.assessor, plan.id).reviews == ()


def test_a_rest_calls_visits_off_and_going_on_plans_them_anew(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    person = visited(county, a_worker(county))
    version = entry_row(person).version
    for until, code in ((date(2027, 4, 6), "pause_too_long"), (date(2027, 1, 5), "pause_past")):
        with refusal(Invalid, code):
            pause_plan(person.assessor, person.entry_id, version, PauseReason.HOSPITAL, until)
    rested = pause_plan(person.assessor, person.entry_id, version, PauseReason.HOSPITAL, date(2027, 4, 5))
    assert (rested.state, rested.paused_until) == ("paused", due_at(Deadline(date(2027, 4, 5), provisional=False)))
    assert {(one.state, one.cancel_reason) for one in visit_rows(person)} == {("cancelled", "paused")}
    set_clock(monkeypatch, 2027, 2, 21)
    back = resume_plan(person.coordinator, person.entry_id, rested.version, ResumeReason.BACK)
    assert (back.state, back.paused_until) == ("plan_active", None)
    assert [one.period for one in planned(person)] == ["202703", "202704", "202705"]


def test_invariant_3_nothing_goes_on_without_consent(county: County) -> None:
    person = visited(county, a_worker(county))
    entry = entry_row(person)
    rested = pause_plan(person.assessor, entry.id, entry.version, PauseReason.AWAY, date(2027, 2, 1))
    with transaction(person.assessor) as work:
        work.session.execute(update(Consent).where(Consent.entry_id == entry.id).values(state="withdrawn"))
    with refusal(Conflict, "consent_missing"):
        resume_plan(person.assessor, entry.id, rested.version, ResumeReason.BACK)
    assert (entry_row(person).state, planned(person)) == ("paused", [])


def test_only_an_assessor_finds_that_things_got_worse(county: County) -> None:
    person = visited(county, a_worker(county), LedgerState.STABLE, visit_frequency=VisitFrequency.QUARTERLY)
    version = entry_row(person).version
    with refusal(Forbidden, "role_forbidden"):
        resume_plan(person.coordinator, person.entry_id, version, ResumeReason.WORSE)
    resume_plan(person.assessor, person.entry_id, version, ResumeReason.WORSE)
    assert [one.period for one in planned(person)] == ["202701", "202702", "202703", "202704"]
    (plan,) = list_plans(person.assessor, person.entry_id)
    assert plan.visit_frequency == "monthly"


def test_a_task_is_seen_and_done_by_its_owner(county: County) -> None:
    worker, other = a_worker(county), a_worker(county)
    person = in_care(county, LedgerState.ASSESSED)
    item = NewItem("16", "individual", user_id_of(worker), ItemFrequency.ONCE, date(2027, 2, 1), "陪去赶集。")
    agreed(person, worker, items=(item,))
    (mine,) = list_items(worker, PageAsked(10)).items
    assert (mine.entry_id, mine.item.detail) == (person.entry_id, "陪去赶集。")
    assert list_items(other, PageAsked(10)).items == ()
    with refusal(NotFound, "not_found"):
        do_item(other, mine.item.id, 1)
    done = do_item(worker, mine.item.id, 1)
    assert (done.done_by, done.version) == (user_id_of(worker), 2)
    with refusal(Conflict, "plan_item_done"):
        do_item(worker, mine.item.id, 2)
    assert list_items(worker, PageAsked(10)).items == ()


def test_a_task_of_a_draft_is_not_done_nor_seen(county: County) -> None:
    worker, person = a_worker(county), in_care(county, LedgerState.PLAN_ACTIVE)
    item = NewItem("16", "individual", user_id_of(worker), ItemFrequency.ONCE, date(2027, 2, 1))
    drafted = draft_plan(person.assessor, person.entry_id, content(worker, items=(item,)))
    assert list_items(worker, PageAsked(10)).items == ()
    with refusal(Conflict, "plan_not_running"):
        do_item(worker, drafted.items[0].id, 1)


def test_the_night_plans_one_month_on_and_nothing_twice(
    county: County, jobs: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, resting = visited(county, a_worker(county)), visited(county, a_worker(county))
    pause_plan(resting.assessor, resting.entry_id, entry_row(resting).version, PauseReason.AWAY, date(2027, 3, 1))
    assert do_parts(jobs, county.code, clock.now())["visits_planned"] == 0
    set_clock(monkeypatch, 2027, 2, 1)
    assert do_parts(jobs, county.code, clock.now())["visits_planned"] == 1
    assert do_parts(jobs, county.code, clock.now())["visits_planned"] == 0
    assert [one.period for one in planned(person)] == ["202701", "202702", "202703", "202704", "202705"]
    assert planned(resting) == []


def test_the_night_plans_nothing_beyond_the_entry_or_the_consent(
    county: County, jobs: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    expires = clock.now() + timedelta(days=60)
    person = in_care(county, LedgerState.ASSESSED, expires_at=expires)
    agreed(person, a_worker(county))
    unsure = in_care(county, LedgerState.ASSESSED, consents=())
    a_consent(unsure, ConsentScope.PLAN_VISIT, valid_to=date(2027, 1, 31))
    agreed(unsure, a_worker(county))
    set_clock(monkeypatch, 2027, 2, 3)
    do_parts(jobs, county.code, clock.now())
    assert planned(person)[-1].due_to == clock.day_of(expires)
    assert "202705" not in {one.period for one in visit_rows(unsure)}


def test_the_night_asks_for_a_review_a_week_before_and_once(
    county: County, jobs: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = in_care(county, LedgerState.ASSESSED)
    plan = agreed(person, a_worker(county))
    for day, asked in ((28, 0), (29, 1), (30, 0)):
        set_clock(monkeypatch, 2027, 3, day)
        assert do_parts(jobs, county.code, clock.now())["plan_reviews_due"] == asked, day
    (task,) = open_tasks_of(person, "plan_review")
    assert (task.about_id, task.assignee_id, clock.day_of(task.due_at)) == (plan.id, plan.lead_id, date(2027, 4, 5))
    review_plan(person.assessor, plan.id, plan.version, a_review())
    assert open_tasks_of(person, "plan_review") == []
    assert do_parts(jobs, county.code, clock.now())["plan_reviews_due"] == 0


def test_the_night_tells_of_a_rest_that_is_over_and_once(
    county: County, jobs: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = visited(county, a_worker(county))
    rested = pause_plan(
        person.assessor, person.entry_id, entry_row(person).version, PauseReason.AWAY, date(2027, 2, 28)
    )
    for month, day, told in ((2, 28, 0), (3, 1, 1), (3, 2, 0)):
        set_clock(monkeypatch, 2027, month, day)
        assert do_parts(jobs, county.code, clock.now())["rests_over"] == told, day
    assert [task.role for task in open_tasks_of(person, "pause_ended")] == ["township_coordinator"]
    resume_plan(person.coordinator, person.entry_id, rested.version, ResumeReason.TIME_OVER)
    assert open_tasks_of(person, "pause_ended") == []


def test_invariant_6_and_12_reads_and_writes_of_a_plan_are_logged_without_its_words(county: County) -> None:
    person = in_care(county, LedgerState.ASSESSED)
    plan = agreed(person, a_worker(county))
    read_plan(person.coordinator, plan.id)
    events = events_of(county)
    actions = {one["action"] for one in events}
    assert {"plan:write", "plan:agree", "plan:read", "ledger:start_plan"} <= actions
    read = [one for one in events if one["action"] == "plan:read"][-1]
    assert (len(read["subjects"]), read["purpose"]) == (1, "review")
    assert plan.goals not in str(events)


def test_only_one_version_runs_at_a_time(county: County) -> None:
    worker, person = a_worker(county), in_care(county, LedgerState.ASSESSED)
    for _ in range(3):
        agreed(person, worker)
    with transaction(person.assessor) as work:
        running = (
            select(func.count())
            .select_from(CarePlan)
            .where(CarePlan.entry_id == person.entry_id, CarePlan.state == "active")
        )
        assert work.session.scalar(running) == 1
