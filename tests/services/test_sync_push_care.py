"""Care from tablets: by the rules of single writes, the consent of this moment, and never over what another wrote."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from server import clock
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_plans import ItemFrequency
from server.domain.pages import PageAsked
from server.domain.plans import NewItem
from server.models.consent import Consent
from server.models.plan import FamilyAdvice, PlanItem
from server.models.resident import Resident
from server.models.safety import SafetyEvent
from server.models.sync_push import SyncReview
from server.services.plan_items import list_items
from server.services.residents import correct_resident, read_resident
from server.services.visit_planning import assign_visit
from server.services.visits import record_visit
from server.store.transaction import Caller, new_id, transaction
from tests.make import County, a_caller, user_id_of
from tests.make_care import InCare, a_consent, a_plan, in_care, visits_of
from tests.make_devices import later
from tests.make_plans import a_record, a_worker, visited
from tests.services.test_sync_push import ago, as_owner, rows
from tests.sweeping import events_of
from tests.tablets import Tablet, results


@pytest.fixture
def worker(county: County) -> Caller:
    """A grid worker with a role given in earnest."""
    return a_worker(county)


@pytest.fixture
def person(county: County, worker: Caller) -> InCare:
    """Somebody whom the worker is to visit twice."""
    found = in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(found, visitor_id=user_id_of(worker), visits=2, starts_on=clock.today() - timedelta(days=60))
    return found


def a_visit(**changes: object) -> dict:
    """The data of a visit at home just now."""
    return {"visit_type": "1", "visited_at": ago(minutes=5).isoformat(), "outcome": "1", "minutes": 30} | changes


def pushed(tablet: Tablet, worker: Caller, kind: str, data: object, record_id: UUID, **said: object) -> tuple:
    """Result and code of one operation, sent by itself."""
    sent = tablet.operation(user_id_of(worker), kind, data, record_id=record_id, **said)
    return results(tablet.push(sent))[0]


def test_a_visit_is_recorded_as_its_authors(tablet: Tablet, worker: Caller, person: InCare) -> None:
    visit = visits_of(person)[0]
    note = "在院子里晒太阳，说昨晚睡了六个小时。"
    assert pushed(tablet, worker, "visit", a_visit(mood_note=note), visit.id) == ("applied", None)
    done = visits_of(person)[0]
    assert (done.state, done.done_by, done.outcome, done.minutes, done.version) == (
        "done", user_id_of(worker), "1", 30, 2,
    )  # fmt: skip
    assert done.sealed_mood_note is not None


def test_the_same_record_of_a_visit_under_a_new_operation_was_so_already(
    tablet: Tablet, worker: Caller, person: InCare
) -> None:
    visit, data = visits_of(person)[0], a_visit(mood_note="说昨晚睡了六个小时。")
    answers = [pushed(tablet, worker, "visit", data, visit.id) for _ in range(2)]
    other = pushed(tablet, worker, "visit", data | {"minutes": 31}, visit.id)
    assert [*answers, other] == [("applied", None), ("duplicate", None), ("quarantined", "visit_not_planned")]


def test_a_visit_recorded_at_a_desk_meanwhile_is_a_question_to_the_township(
    tablet: Tablet, worker: Caller, person: InCare
) -> None:
    visit = visits_of(person)[0]
    record_visit(worker, visit.id, 1, a_record())
    assert pushed(tablet, worker, "visit", a_visit(), visit.id) == ("quarantined", "visit_not_planned")


def test_invariant_3_a_visit_after_consent_was_withdrawn_is_laid_aside_and_not_lost(
    tablet: Tablet, worker: Caller, person: InCare
) -> None:
    visit = visits_of(person)[0]
    take_consent_back(person)
    assert pushed(tablet, worker, "visit", a_visit(), visit.id)[0] == "quarantined"
    with transaction(person.coordinator) as work:
        review = work.session.scalars(select(SyncReview)).one()
    assert (review.resident_id, review.subject_id, review.kind, review.area_code) == (
        person.resident_id, person.resident_id, "visit", person.area_code,
    )  # fmt: skip


def test_a_visit_given_to_somebody_else_since_is_laid_aside_for_the_place(
    tablet: Tablet, county: County, worker: Caller, person: InCare
) -> None:
    visit, colleague = visits_of(person)[0], a_worker(county)
    sent = tablet.operation(user_id_of(worker), "visit", a_visit(), record_id=visit.id, captured_at=ago(hours=2))
    assign_visit(person.assessor, visit.id, visit.version, user_id_of(colleague))
    assert results(tablet.push(sent)) == [("quarantined", "not_found")]
    assert rows(county, SyncReview, "area_code", "record_id") == [(person.area_code, visit.id)]


def test_nobody_records_the_visit_of_another_worker(tablet: Tablet, county: County, person: InCare) -> None:
    assert pushed(tablet, a_worker(county), "visit", a_visit(), visits_of(person)[0].id) == ("quarantined", "not_found")


def test_a_visit_by_a_clock_that_runs_ahead_is_told_by_the_corrected_one(
    tablet: Tablet, worker: Caller, person: InCare
) -> None:
    visit, ahead = visits_of(person)[0], clock.now() + timedelta(hours=1)
    data = a_visit(visited_at=(ahead - timedelta(minutes=1)).isoformat())
    said = {"captured_at": ahead, "clock_offset_ms": -3_600_000}
    assert pushed(tablet, worker, "visit", data, visit.id, **said) == ("applied", None)
    assert pushed(tablet, worker, "visit", data, visits_of(person)[1].id, captured_at=ahead) == (
        "quarantined", "visit_in_future",
    )  # fmt: skip


def test_an_emergency_met_at_a_visit_calls_the_township_at_once(
    tablet: Tablet, county: County, worker: Caller, person: InCare
) -> None:
    told = {"kind": "self_harm_thought", "facts": "本人说不想活了，说时在哭。"}
    data = a_visit(outcome="4", safety_event=told)
    assert pushed(tablet, worker, "visit", data, visits_of(person)[0].id) == ("applied", None)
    assert rows(county, SafetyEvent, "resident_id", "source", "created_by") == [
        (person.resident_id, "visit", user_id_of(worker))
    ]


@pytest.mark.parametrize(
    "changes", [{"outcome": "9"}, {"minutes": 0}, {"visited_at": "today"}, {"gps": [1, 2]}, {"outcome": None}]
)
def test_a_visit_of_the_wrong_shape_is_kept(tablet: Tablet, worker: Caller, person: InCare, changes: dict) -> None:
    assert pushed(tablet, worker, "visit", a_visit(**changes), visits_of(person)[0].id) == (
        "quarantined", "operation_malformed",
    )  # fmt: skip


def test_a_diagnosis_in_a_note_is_refused_as_at_a_desk(tablet: Tablet, worker: Caller, person: InCare) -> None:
    data = a_visit(mood_note="我看他就是得了精神分裂症，应该去医院。")
    assert pushed(tablet, worker, "visit", data, visits_of(person)[0].id) == ("quarantined", "note_diagnosis")


def some_advice(person: InCare, visit_id: UUID, **changes: object) -> dict:
    """The data of advice given at a visit."""
    return {
        "entry_id": str(person.entry_id), "given_on": clock.today().isoformat(), "relation": "1",
        "advice": ["see_doctor"], "reply": "will_do", "visit_id": str(visit_id),
    } | changes  # fmt: skip


def test_advice_rests_on_consent_and_is_written_once(
    tablet: Tablet, county: County, worker: Caller, person: InCare
) -> None:
    visit, record_id = visits_of(person)[0], new_id()
    assert pushed(tablet, worker, "family_advice", some_advice(person, visit.id), new_id()) == (
        "quarantined", "consent_missing",
    )  # fmt: skip
    a_consent(person, ConsentScope.FAMILY_CONTACT)
    answers = [pushed(tablet, worker, "family_advice", some_advice(person, visit.id), record_id) for _ in range(2)]
    assert answers == [("applied", None), ("duplicate", None)]
    assert rows(county, FamilyAdvice, "id", "created_by", "visit_id") == [(record_id, user_id_of(worker), visit.id)]


@pytest.mark.parametrize("changes", [{"advice": []}, {"relation": "?"}, {"entry_id": 7}, {"leaflet_version": "a b"}])
def test_advice_of_the_wrong_shape_is_kept(tablet: Tablet, worker: Caller, person: InCare, changes: dict) -> None:
    data = some_advice(person, visits_of(person)[0].id, **changes)
    assert pushed(tablet, worker, "family_advice", data, new_id()) == ("quarantined", "operation_malformed")


def an_emergency(**changes: object) -> dict:
    """The data of an emergency."""
    return {"kind": "self_harm_thought", "facts": "她说不想活了，家里只有她一人。"} | changes


def test_an_emergency_is_raised_once(tablet: Tablet, county: County, worker: Caller) -> None:
    record_id, data = new_id(), an_emergency(area_code=county.grid)
    assert [pushed(tablet, worker, "safety_event", data, record_id) for _ in range(2)] == [
        ("applied", None), ("duplicate", None),
    ]  # fmt: skip
    assert rows(county, SafetyEvent, "id", "area_code", "created_by") == [(record_id, county.grid, user_id_of(worker))]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "not_found"),
        ({"entry_id": "019a8f00-0000-7000-8000-0000000000c1"}, "not_found"),
        ({"facts": "x"}, "operation_malformed"),
        ({"legal_basis": {"basis": "1"}}, "operation_malformed"),
    ],
)
def test_an_emergency_that_is_refused_is_kept_and_the_township_called(
    tablet: Tablet, county: County, worker: Caller, changes: dict, code: str
) -> None:
    assert pushed(tablet, worker, "safety_event", an_emergency(**changes), new_id()) == ("quarantined", code)
    assert rows(county, SyncReview, "area_code", "kind") == [(county.grid, "safety_event")]


def test_a_look_stands_in_the_log_with_whom_it_showed_and_when(
    tablet: Tablet, county: County, worker: Caller, person: InCare
) -> None:
    visit, at = visits_of(person)[0], ago(days=1)
    looks = [
        tablet.operation(user_id_of(worker), "view", {"kind": "visit", "viewed_at": at.isoformat()}, record_id=id_)
        for id_ in (visit.id, new_id())
    ]
    assert results(tablet.push(*looks)) == [("applied", None)] * 2
    seen = [one for one in events_of(county) if one["action"] == "record:view_on_tablet"]
    assert [(one["actor"], one["record"], len(one.get("subjects", []))) for one in seen] == [
        (str(user_id_of(worker)), looks[0]["record_id"], 1), (str(user_id_of(worker)), looks[1]["record_id"], 0),
    ]  # fmt: skip
    assert {one["happened_us"] for one in seen} == {int(at.timestamp() * 1_000_000)}


def test_a_look_in_the_future_is_told_as_now(tablet: Tablet, county: County, worker: Caller, person: InCare) -> None:
    data = {"kind": "visit", "viewed_at": (clock.now() + timedelta(days=3)).isoformat()}
    assert pushed(tablet, worker, "view", data, visits_of(person)[0].id) == ("applied", None)
    (seen,) = [one for one in events_of(county) if one["action"] == "record:view_on_tablet"]
    assert seen["happened_us"] <= seen["at_us"]


def test_a_deletion_on_the_tablet_is_written_down(tablet: Tablet, county: County, worker: Caller) -> None:
    data = {"area_code": county.grid, "epoch": "1", "rows": 12}
    assert pushed(tablet, worker, "purge", data, new_id()) == ("applied", None)
    assert pushed(tablet, worker, "purge", data | {"rows": -1}, new_id()) == ("quarantined", "operation_malformed")
    assert [one["count"] for one in events_of(county) if one["action"] == "feed:purge"] == [12]


def a_contact(**changes: tuple) -> dict:
    """The data of a report: field → (as shown, as learnt)."""
    return {"changes": {name: {"from": old, "to": new} for name, (old, new) in changes.items()}}


def contact_of(person: InCare) -> tuple:
    """Phone and address as the registry has them."""
    shown = read_resident(person.coordinator, person.resident_id)
    return shown.phone, shown.address


@pytest.fixture
def reached(person: InCare, county: County) -> InCare:
    """The person, with a known phone and address."""
    set_contact(person, phone="13800001234", address="试验村3组12号")
    return person


def test_what_was_learnt_is_written_where_the_registry_stands_as_shown(
    tablet: Tablet, worker: Caller, reached: InCare
) -> None:
    data = a_contact(phone=("138 0000 1234", "139 0000 5678"))
    assert pushed(tablet, worker, "contact", data, reached.entry_id) == ("applied", None)
    assert contact_of(reached) == ("13900005678", "试验村3组12号")


def test_what_the_registry_has_already_is_a_duplicate(tablet: Tablet, worker: Caller, reached: InCare) -> None:
    data = a_contact(phone=(None, "13800001234"))
    assert pushed(tablet, worker, "contact", data, reached.entry_id) == ("duplicate", None)


def test_fields_are_merged_one_by_one(tablet: Tablet, worker: Caller, reached: InCare) -> None:
    data = a_contact(phone=("1", "13800001234"), address=("试验村3组12号", "试验村4组1号"))
    assert pushed(tablet, worker, "contact", data, reached.entry_id) == ("merged", None)
    assert contact_of(reached) == ("13800001234", "试验村4组1号")


def test_another_value_is_never_overwritten_but_asked_about(
    tablet: Tablet, county: County, worker: Caller, reached: InCare
) -> None:
    data = a_contact(phone=("13700004321", "13900005678"), address=("试验村3组12号", "试验村4组1号"))
    sent = tablet.operation(user_id_of(worker), "contact", data, record_id=reached.entry_id)
    (receipt,) = tablet.push(sent)
    assert (receipt.result, receipt.code, receipt.field) == ("conflict", "contact_differs", "phone")
    assert contact_of(reached) == ("13800001234", "试验村4组1号")
    assert rows(county, SyncReview, "id", "resident_id", "code", "state") == [
        (receipt.review_id, reached.resident_id, "contact_differs", "open")
    ]
    assert tablet.push(sent) == [receipt]


def test_two_tablets_with_two_numbers_keep_both(
    tablet: Tablet, county: County, worker: Caller, reached: InCare
) -> None:
    other = Tablet(county)
    first = pushed(tablet, worker, "contact", a_contact(phone=("13800001234", "13900005678")), reached.entry_id)
    second = pushed(other, worker, "contact", a_contact(phone=("13800001234", "13700004321")), reached.entry_id)
    assert (first, second) == (("applied", None), ("conflict", "contact_differs"))
    assert contact_of(reached)[0] == "13900005678"


def test_a_contact_is_told_by_whoever_visits_and_by_nobody_else(
    tablet: Tablet, county: County, worker: Caller, reached: InCare
) -> None:
    data = a_contact(phone=("13800001234", "13900005678"))
    assert pushed(tablet, a_worker(county), "contact", data, reached.entry_id) == ("quarantined", "not_found")
    for visit in visits_of(reached):
        assert pushed(tablet, worker, "visit", a_visit(), visit.id) == ("applied", None)
    assert pushed(tablet, worker, "contact", data, reached.entry_id) == ("applied", None)
    with later(days=32):
        assert pushed(tablet, worker, "contact", data, reached.entry_id) == ("quarantined", "not_found")


def test_a_protected_address_is_not_tried_out_by_somebody_who_may_not_see_it(
    tablet: Tablet, county: County, worker: Caller, reached: InCare
) -> None:
    with as_owner(county) as connection:
        connection.execute(update(Resident).where(Resident.id == reached.resident_id).values(address_protected=True))
    answers = {
        pushed(tablet, worker, "contact", a_contact(address=(guess, guess)), reached.entry_id)
        for guess in ("试验村3组12号", "试验村9组9号")
    }
    assert answers == {("quarantined", "address_is_protected")}
    assert pushed(tablet, worker, "contact", a_contact(phone=("13800001234", "13900005678")), reached.entry_id) == (
        "applied", None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"changes": {}}, "operation_malformed"),
        ({"changes": {"name": {"from": "a", "to": "b"}}}, "operation_malformed"),
        ({"changes": {"phone": {"to": "13900005678"}}}, "operation_malformed"),
        (a_contact(phone=("13800001234", "12")), "phone_invalid"),
    ],
)
def test_a_contact_that_is_no_contact_is_kept(
    tablet: Tablet, worker: Caller, reached: InCare, data: dict, code: str
) -> None:
    assert pushed(tablet, worker, "contact", data, reached.entry_id) == ("quarantined", code)


def take_consent_back(person: InCare) -> None:
    """The person no longer wants visits, after the tablet was filled."""
    with as_owner(person.county) as connection:
        statement = update(Consent).where(Consent.entry_id == person.entry_id, Consent.scope == "plan_visit")
        connection.execute(statement.values(state="withdrawn", withdrawn_at=clock.now()))


def set_contact(person: InCare, **values: str) -> None:
    """Correct the person at the office."""
    officer = a_caller(person.county, Role.JUDICIAL_OFFICER, person.county.township, Purpose.SWEEP)
    version = read_resident(officer, person.resident_id).version
    correct_resident(officer, person.resident_id, version, values)


@pytest.fixture
def item_id(county: County, worker: Caller) -> UUID:
    """A task of a running plan that is the worker's to do."""
    new = NewItem(
        "01", "individual", user_id_of(worker), ItemFrequency.ONCE, clock.today() + timedelta(days=5), "陪去赶集。"
    )
    visited(county, worker, items=(new,))
    return list_items(worker, PageAsked(10)).items[0].item.id


def test_a_task_is_done_once_by_its_owner(tablet: Tablet, county: County, worker: Caller, item_id: UUID) -> None:
    done = {"done": True}
    assert pushed(tablet, a_worker(county), "plan_item", done, item_id) == ("quarantined", "not_found")
    assert pushed(tablet, worker, "plan_item", {"done": False}, item_id) == ("quarantined", "operation_malformed")
    answers = [pushed(tablet, worker, "plan_item", done, item_id, base_version=1) for _ in range(2)]
    assert answers == [("applied", None), ("duplicate", None)]
    assert rows(county, PlanItem, "id", "done_by", "version") == [(item_id, user_id_of(worker), 2)]


def test_a_task_changed_meanwhile_is_done_beside_the_change(tablet: Tablet, worker: Caller, item_id: UUID) -> None:
    assert pushed(tablet, worker, "plan_item", {"done": True}, item_id, base_version=7) == ("merged", None)
