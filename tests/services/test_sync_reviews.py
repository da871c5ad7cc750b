"""What waits for the township: read, applied after all as its author's, left aside, sent back, bettered, forgotten."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from server import clock
from server.config import Config
from server.crypto.registry import Retention
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_sync_push import ReviewReason
from server.domain.deadlines import URGENT_ACK
from server.domain.pages import PageAsked
from server.domain.tablet_operations import Receipt
from server.errors import Conflict, LinliError
from server.models.key import Subject
from server.models.ledger import Task
from server.models.resident import Resident
from server.models.sweep import Observation, Sweep
from server.models.sync import FeedChange
from server.models.sync_push import SyncReceipt, SyncReview
from server.services.nightly import do_parts
from server.services.sync_reviews import (
    ReviewFilter,
    apply_review,
    keep_registry,
    list_reviews,
    read_review,
    return_to_author,
)
from server.services.visit_planning import assign_visit
from server.store.disclosure import register_subjects
from server.store.erasure import erase_residents
from server.store.review_texts import open_long, seal_long
from server.store.transaction import Caller, Store, new_id, open_store, transaction, widened
from tests.make import County, a_caller, user_id_of
from tests.make_care import a_plan, in_care, visits_of
from tests.make_plans import a_worker
from tests.services.test_sync_push import a_fact, a_filed, ago, as_owner, rows
from tests.services.test_sync_push_care import a_contact, a_visit, contact_of, set_contact
from tests.sweeping import CHARACTER_FACT, coordinator, events_of
from tests.tablets import Tablet, a_field_worker, results


@pytest.fixture
def jobs_store(config: Config, store: Store) -> Iterator[Store]:
    """The store as the job process has it."""
    opened = open_store(config, store.keyring, url=config.jobs_url)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def office(county: County) -> Caller:
    """The township's coordinator."""
    return coordinator(county)


def waiting(tablet: Tablet, author_id: UUID, kind: str, data: object, **said: object) -> Receipt:
    """The receipt of one operation that was laid aside."""
    (receipt,) = tablet.push(tablet.operation(author_id, kind, data, **said))
    assert receipt.review_id is not None
    return receipt


def open_tasks(county: County) -> list[str]:
    """What the township is asked to do about work from tablets."""
    with transaction(coordinator(county)) as work:
        return list(work.session.scalars(select(Task.kind).where(Task.kind == "sync_review", Task.done_at.is_(None))))


def code_of(act: object) -> str:
    """The code with which something is refused."""
    with pytest.raises(LinliError) as refused:
        act()  # type: ignore[operator]
    return refused.value.code


def test_a_review_shows_the_township_what_was_written_and_the_list_does_not(
    county: County, tablet: Tablet, office: Caller, sweep_id: UUID
) -> None:
    author, data = a_field_worker(county), a_fact(sweep_id, county.grid, fact=CHARACTER_FACT)
    receipt = waiting(tablet, author, "observation", data)
    (line,) = list_reviews(office, ReviewFilter(), PageAsked(10)).items
    assert (line.id, line.state, line.code, line.author_id) == (receipt.review_id, "open", "fact_character", author)
    assert not hasattr(line, "data")
    view = read_review(office, line.id)
    assert (view.data, view.current, view.note) == (data, None, None)
    assert CHARACTER_FACT not in repr(view)
    assert open_tasks(county) == ["sync_review"]
    listed, read = [one for one in events_of(county) if one["action"] == "sync_review:read"]
    assert listed["subjects"] == read["subjects"]
    assert (listed.get("fields"), read["fields"]) == (None, ["sync_review.payload", "sync_review.note"])


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("safety_event", {"facts": 7}),
        ("visit", {"safety_event": {"kind": "acute_state"}}),
        ("observation", {"urgent": True}),
        ("return", {"observations": [{}, {"urgent": True}]}),
    ],
)
def test_an_emergency_that_cannot_be_applied_calls_the_township_as_soon_as_one_that_can(
    county: County, tablet: Tablet, kind: str, data: dict
) -> None:
    before = clock.now()
    waiting(tablet, a_field_worker(county), kind, data)
    waiting(tablet, a_field_worker(county), kind, {"urgent": False, "observations": 7, "safety_event": None})
    waiting(tablet, a_field_worker(county), "tea", [])
    with transaction(coordinator(county)) as work:
        dues = work.session.scalars(select(Task.due_at).where(Task.kind == "sync_review").order_by(Task.id)).all()
    soon = [before + URGENT_ACK <= due <= clock.now() + URGENT_ACK for due in dues]
    assert soon == [True, kind == "safety_event", False]


def test_reviews_are_listed_by_area_and_state(county: County, tablet: Tablet, office: Caller) -> None:
    first = waiting(tablet, a_field_worker(county), "tea", {})
    other = waiting(tablet, a_field_worker(county, area=county.village + "002"), "tea", {})
    assert None not in {first.review_id, other.review_id}
    keep_registry(office, first.review_id, 1, ReviewReason.OTHER)

    def found(**wanted: str) -> set:
        return {one.id for one in list_reviews(office, ReviewFilter(**wanted), PageAsked(10)).items}

    assert found() == {first.review_id, other.review_id}
    assert found(state="open") == found(area_code=county.village + "002") == {other.review_id}
    assert found(state="open", area_code=county.grid) == set()


def test_only_its_own_township_and_its_author_see_a_review(county: County, tablet: Tablet) -> None:
    author = a_field_worker(county)
    receipt = waiting(tablet, author, "tea", {"cups": 2})
    itself = as_author(county, author)
    assert read_review(itself, receipt.review_id).data == {"cups": 2}
    for caller in (coordinator(county, county.other_township), a_worker(county)):
        assert code_of(lambda caller=caller: read_review(caller, receipt.review_id)) == "not_found"
    judge = a_caller(county, Role.JUDICIAL_OFFICER, county.township, Purpose.REVIEW)
    assert code_of(lambda: read_review(judge, receipt.review_id)) == "role_forbidden"


def test_what_was_refused_by_a_closed_month_is_applied_as_its_authors_once_it_is_open_again(
    county: County, tablet: Tablet, office: Caller, sweep_id: UUID
) -> None:
    author = a_field_worker(county)
    set_sweep(county, sweep_id, "closed")
    receipt = waiting(tablet, author, "observation", a_fact(sweep_id, county.grid))
    assert code_of(lambda: apply_review(office, receipt.review_id, 1)) == "review_refused_again"
    set_sweep(county, sweep_id, "collecting")
    view = apply_review(office, receipt.review_id, 1)
    assert (view.state, view.version, view.decided_by, view.data) == ("applied", 2, user_id_of(office), None)
    assert rows(county, Observation, "id", "created_by") == [(UUID(receipt.record_id), author)]
    assert open_tasks(county) == []
    done = [(one["actor"], one["action"]) for one in events_of(county) if one.get("record") == str(receipt.review_id)]
    assert (str(user_id_of(office)), "sync_review:decide") in done
    assert code_of(lambda: apply_review(office, receipt.review_id, 2)) == "review_decided"


def test_a_refused_application_leaves_nothing_behind(
    county: County, tablet: Tablet, office: Caller, sweep_id: UUID
) -> None:
    receipt = waiting(tablet, a_field_worker(county), "observation", a_fact(sweep_id, county.grid, fact=CHARACTER_FACT))
    with pytest.raises(Conflict) as refused:
        apply_review(office, receipt.review_id, 1)
    assert (refused.value.code, refused.value.params) == ("review_refused_again", {"reason": "fact_character"})
    assert rows(county, Observation, "id") == []
    assert rows(county, SyncReview, "state", "version") == [("open", 1)]


def test_a_visit_given_to_somebody_else_is_taken_by_the_township_as_made_by_its_author(
    county: County, tablet: Tablet, office: Caller
) -> None:
    author, person = a_worker(county), in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(person, visitor_id=user_id_of(author))
    (visit,) = visits_of(person)
    sent = tablet.operation(user_id_of(author), "visit", a_visit(), record_id=visit.id, captured_at=ago(hours=1))
    assign_visit(person.assessor, visit.id, visit.version, user_id_of(a_worker(county)))
    (receipt,) = tablet.push(sent)
    apply_review(office, receipt.review_id, 1)
    (done,) = visits_of(person)
    assert (done.state, done.done_by) == ("done", user_id_of(author))


def test_invariant_3_the_township_cannot_apply_what_the_person_did_not_agree_to(
    county: County, tablet: Tablet, office: Caller
) -> None:
    author, person = a_worker(county), in_care(county, LedgerState.PLAN_ACTIVE, consents=())
    a_plan(person, visitor_id=user_id_of(author))
    receipt = waiting(tablet, user_id_of(author), "visit", a_visit(), record_id=visits_of(person)[0].id)
    with pytest.raises(Conflict) as refused:
        apply_review(office, receipt.review_id, 1)
    assert refused.value.params == {"reason": "consent_missing"}


def test_a_place_that_the_author_lost_is_lent_by_the_township_that_has_it(
    county: County, tablet: Tablet, office: Caller, sweep_id: UUID
) -> None:
    author = a_field_worker(county)
    receipt = waiting(tablet, author, "return", a_filed(sweep_id, county.village + "002"))
    apply_review(office, receipt.review_id, 1)
    elsewhere = waiting(tablet, author, "return", a_filed(sweep_id, county.other_grid))
    assert code_of(lambda: apply_review(office, elsewhere.review_id, 1)) == "not_found"


def test_a_conflict_shows_both_values_and_the_township_chooses(county: County, tablet: Tablet, office: Caller) -> None:
    author, person = a_worker(county), in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(person, visitor_id=user_id_of(author))
    set_contact(person, phone="13800001234", address="试验村3组12号")
    data = a_contact(phone=("13700004321", "13900005678"))
    receipt = waiting(tablet, user_id_of(author), "contact", data, record_id=person.entry_id)
    view = read_review(office, receipt.review_id)
    assert (view.data, view.current) == (data, {"phone": "13800001234"})
    assert read_review(as_author(county, user_id_of(author)), receipt.review_id).current is None
    apply_review(office, receipt.review_id, 1)
    assert contact_of(person)[0] == "13900005678"


def test_a_protected_address_is_not_shown_beside_a_conflict(county: County, tablet: Tablet, office: Caller) -> None:
    author, person = a_worker(county), in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(person, visitor_id=user_id_of(author))
    set_contact(person, phone="13800001234", address="试验村3组12号")
    data = a_contact(phone=("1", "13900005678"), address=("x", "试验村4组1号"))
    receipt = waiting(tablet, user_id_of(author), "contact", data, record_id=person.entry_id)
    with as_owner(county) as connection:
        connection.execute(update(Resident).where(Resident.id == person.resident_id).values(address_protected=True))
    view = read_review(office, receipt.review_id)
    assert (view.current, sorted(view.data["changes"])) == ({"phone": "13800001234"}, ["phone"])


def test_keeping_the_registry_and_sending_back_say_why(county: County, tablet: Tablet, office: Caller) -> None:
    author = a_field_worker(county)
    kept, returned = (waiting(tablet, author, "tea", {"cups": number}) for number in (1, 2))
    one = keep_registry(office, kept.review_id, 1, ReviewReason.OUT_OF_DATE)
    two = return_to_author(office, returned.review_id, 1, ReviewReason.NEEDS_FACTS, "请补充当天的时间。")
    assert (one.state, one.reason, two.state, two.reason, two.note) == (
        "kept", "out_of_date", "returned", "needs_facts", "请补充当天的时间。",
    )  # fmt: skip
    seen = read_review(as_author(county, author), returned.review_id)
    assert (seen.state, seen.note, seen.data) == ("returned", "请补充当天的时间。", {"cups": 2})
    assert open_tasks(county) == []


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda caller, id_: apply_review(caller, id_, 7), "record_changed"),
        (lambda caller, id_: keep_registry(caller, id_, 7, ReviewReason.OTHER), "record_changed"),
        (lambda caller, id_: apply_review(caller, new_id(), 1), "not_found"),
        (lambda caller, id_: return_to_author(caller, id_, 1, ReviewReason.OTHER, "他得了精神分裂症。"), None),
    ],
)
def test_deciding_is_versioned_and_held_to_the_words(
    county: County, tablet: Tablet, office: Caller, act: object, code: str | None
) -> None:
    receipt = waiting(tablet, a_field_worker(county), "tea", {})
    refused = code_of(lambda: act(office, receipt.review_id))  # type: ignore[operator]
    assert refused == code if code else "diagnosis" in refused


def test_nobody_decides_about_their_own_work(county: County, tablet: Tablet) -> None:
    author = a_field_worker(county)
    receipt = waiting(tablet, author, "tea", {})
    itself = as_author(county, author, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)
    assert code_of(lambda: apply_review(itself, receipt.review_id, 1)) == "not_found"
    assert code_of(lambda: keep_registry(itself, receipt.review_id, 1, ReviewReason.OTHER)) == "not_found"
    assert code_of(lambda: apply_review(as_author(county, author), receipt.review_id, 1)) == "role_forbidden"


def test_a_better_operation_replaces_the_old_review(county: County, tablet: Tablet, sweep_id: UUID) -> None:
    author = a_field_worker(county)
    old = waiting(tablet, author, "observation", a_fact(sweep_id, county.grid, fact=CHARACTER_FACT))
    mended = tablet.operation(author, "observation", a_fact(sweep_id, county.grid), replaces=old.op_id)
    assert results(tablet.push(mended)) == [("applied", None)]
    assert rows(county, SyncReview, "state", "sealed_payload", "version") == [("replaced", None, 2)]
    assert open_tasks(county) == []


def test_nobody_replaces_the_work_of_another(county: County, tablet: Tablet, sweep_id: UUID) -> None:
    old = waiting(tablet, a_field_worker(county), "tea", {})
    other = tablet.operation(a_field_worker(county), "observation", a_fact(sweep_id, county.grid), replaces=old.op_id)
    assert results(tablet.push(other)) == [("applied", None)]
    assert rows(county, SyncReview, "state") == [("open",)]


def test_a_person_who_is_forgotten_takes_what_waits_about_them_along(county: County, tablet: Tablet) -> None:
    author, person = a_worker(county), in_care(county, LedgerState.PLAN_ACTIVE, consents=())
    a_plan(person, visitor_id=user_id_of(author))
    waiting(tablet, user_id_of(author), "visit", a_visit(), record_id=visits_of(person)[0].id)
    assert open_tasks(county) == ["sync_review"]
    assert rows(county, FeedChange, "record_id") != []
    with transaction(person.coordinator) as work, widened(work):
        erase_residents(work, [person.resident_id])
    assert rows(county, SyncReview, "id") == []
    assert open_tasks(county) == []
    assert rows(county, SyncReceipt, "review_id") == [(None,)]
    assert rows(county, FeedChange, "record_id") == []


def test_the_night_forgets_decided_reviews_and_old_receipts(
    county: County, tablet: Tablet, office: Caller, jobs_store: Store
) -> None:
    author = a_field_worker(county)
    old, still_open = waiting(tablet, author, "tea", {}), waiting(tablet, author, "tea", {})
    keep_registry(office, old.review_id, 1, ReviewReason.OTHER)
    parts = ("sync_reviews_forgotten", "sync_receipts_forgotten")
    assert do_parts(jobs_store, county.code, clock.now(), parts) == dict.fromkeys(parts, 0)
    after = clock.now() + timedelta(days=181)
    assert do_parts(jobs_store, county.code, after, parts) == dict(zip(parts, (1, 0), strict=True))
    assert rows(county, SyncReview, "id") == [(still_open.review_id,)]
    with transaction(office) as work:
        kept = work.session.scalars(select(Subject.id).where(Subject.id.in_([old.review_id, still_open.review_id])))
        assert list(kept) == [still_open.review_id]
    long_after = clock.now() + timedelta(days=731)
    assert do_parts(jobs_store, county.code, long_after, parts)["sync_receipts_forgotten"] == 2


def test_a_long_text_is_sealed_in_pieces_that_cannot_be_moved(county: County) -> None:
    text, record_id = "整夜睡不着。" * 20_000, new_id()
    with transaction(a_caller(county, Role.GRID_WORKER, county.grid)) as work:
        keys = register_subjects(work, [record_id], (Retention.CASE,))
        sealed = seal_long(keys, record_id, record_id, text)
        assert open_long(keys, record_id, record_id, sealed) == text
        size = 4 + int.from_bytes(sealed[1:5], "big")
        moved = sealed[:1] + sealed[1 + size : 1 + 2 * size] + sealed[1 : 1 + size] + sealed[1 + 2 * size :]
        for broken in (moved, sealed[: 1 + size]):
            assert code_of(lambda broken=broken: open_long(keys, record_id, record_id, broken)) == "seal_broken"


def as_author(
    county: County,
    user_id: UUID,
    role: Role = Role.GRID_WORKER,
    area: str = "",
    purpose: Purpose = Purpose.SWEEP,
) -> Caller:
    """That very user, with a role."""
    caller = a_caller(county, role, area or county.grid, purpose)
    return replace(caller, identity=replace(caller.identity, user_id=user_id))


def set_sweep(county: County, sweep_id: UUID, state: str) -> None:
    """Put a sweep into a state."""
    with as_owner(county) as connection:
        connection.execute(update(Sweep).where(Sweep.id == sweep_id).values(state=state))
