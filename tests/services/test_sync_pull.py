"""Pulling: what a worker may hold, as single reads give it, and nothing else."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from server import clock
from server.domain.codes import LedgerState, Purpose, ReturnReason, Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_consents import WithdrawalChannel
from server.domain.devices import Health
from server.domain.feeds import FeedPosition, HeldRecord, PullAsked, RepairAsked, backoff_s
from server.domain.identity import Grant
from server.domain.pages import PageAsked
from server.errors import Forbidden, NotFound, Unauthenticated
from server.models.sync import DeviceFeed
from server.services.consents import withdraw_consent
from server.services.observations import ObservationFilter, list_observations, read_observation, send_back
from server.services.plan_items import list_items
from server.services.residents import correct_resident, read_resident
from server.services.returns import read_return
from server.services.safety import read_safety_event
from server.services.sync_pull import pull, repair
from server.services.tablet_feeds import list_feeds, list_tablets_holding
from server.services.visit_planning import assign_visit
from server.services.visit_reading import VisitTask, VisitView, read_visit
from server.services.visits import record_visit
from server.store.erasure import erase_residents
from server.store.feed_epochs import new_epochs
from server.store.feed_reading import note_purged
from server.store.transaction import Caller, new_id, transaction, widened
from tests.make import County, same_caller, user_id_of
from tests.make_care import a_consent, a_plan, in_care
from tests.make_devices import a_tablet, office
from tests.make_ledger import refusal
from tests.make_plans import a_record, a_worker, planned, set_clock, visited
from tests.services.test_ledger_reading import statements
from tests.sweeping import a_month, a_return, an_observation, coordinator, events_of, file_return, judicial, sweep_id_of
from tests.tablet_feeds import (
    Tablet,
    a_review_of,
    a_safety_event_of,
    a_task,
    assert_feeds_true,
    digest_of,
    everything,
    on_a_tablet,
)

FIELD = [Role.GRID_WORKER, Role.COUNSELLOR, Role.CASE_MEMBER]


pytestmark = pytest.mark.usefixtures("in_january")


def with_role(caller: Caller, role: Role, area: str) -> Caller:
    """The same person with a further role."""
    grants = (*caller.identity.grants, Grant(new_id(), role, area))
    return replace(caller, identity=replace(caller.identity, grants=grants))


def moved_to(caller: Caller, area: str) -> Caller:
    """The same person, with their roles in another area."""
    grants = tuple(replace(grant, area_code=area) for grant in caller.identity.grants)
    return replace(caller, identity=replace(caller.identity, grants=grants))


def sent_back(county: County, worker: Caller, sweep_id: UUID) -> tuple[UUID, UUID]:
    """A return of the worker's with a fact that the township sent back: both ids."""
    sweeping = same_caller(worker, Purpose.SWEEP)
    made = file_return(sweeping, sweep_id, a_return(county.grid, an_observation()))
    page = list_observations(sweeping, ObservationFilter(sweep_id=sweep_id), PageAsked(10))
    (fact,) = page.items
    send_back(coordinator(county), fact.id, fact.version, ReturnReason.NEEDS_FACT)
    return made.id, fact.id


def test_a_tablet_holds_what_is_due_and_lets_go_of_what_was_done(county: County, worker: Caller) -> None:
    person = visited(county, worker)
    tablet = Tablet(on_a_tablet(worker))
    answer = tablet.pull_all()
    visit = planned(person)[0]
    assert [feed.area_code for feed in answer.feeds] == [county.grid]
    assert set(tablet.data("visit")) == {visit.id}
    record_visit(worker, visit.id, 1, a_record())
    assert_feeds_true(county)
    answer = tablet.pull()
    assert [(one.op, one.id, one.version, one.reason, one.data) for one in answer.changes] == [
        ("remove", visit.id, 0, "ended", None)
    ]
    assert tablet.pull().changes == []


def test_every_kind_is_told_as_single_reads_tell_it(county: County, worker: Caller) -> None:
    person = visited(county, worker, items=(a_task(worker),))
    return_id, fact_id = sent_back(county, worker, sweep_id_of(a_month(county)))
    event_id, review_id = a_safety_event_of(worker), a_review_of(county, worker)
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    sweeping, visit_id = same_caller(worker, Purpose.SWEEP), planned(person)[0].id
    (item,) = list_items(worker, PageAsked(10)).items
    assert tablet.data("visit") == {visit_id: read_visit(worker, visit_id)}
    assert tablet.data("plan_item") == {item.item.id: item}
    assert tablet.data("return") == {return_id: read_return(sweeping, return_id)}
    assert tablet.data("observation") == {fact_id: read_observation(sweeping, fact_id)}
    assert tablet.data("safety_event") == {event_id: read_safety_event(worker, event_id)}
    (review,) = tablet.data("review").values()
    assert (review.id, review.state, review.data) == (review_id, "open", {"minutes": 30})


@pytest.mark.parametrize("role", FIELD)
def test_invariant_7_each_role_is_told_what_its_single_read_tells(county: County, role: Role) -> None:
    worker = a_worker(county, role)
    person = visited(county, worker, items=(a_task(worker),))
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    (visit,) = tablet.data("visit").values()
    assert visit == read_visit(worker, planned(person)[0].id)
    assert type(visit) is (VisitView if role is Role.COUNSELLOR else VisitTask)
    tasks = {line.item.id: line for line in list_items(worker, PageAsked(10)).items}
    assert tablet.data("plan_item") == tasks
    # A counsellor's rule for tasks asks that they look after the person; this one does not.
    assert len(tasks) == (0 if role is Role.COUNSELLOR else 1)


def test_a_counsellor_who_comes_to_look_after_somebody_is_told_their_tasks(county: County) -> None:
    worker = a_worker(county, Role.COUNSELLOR)
    person = visited(county, worker, items=(a_task(worker),))
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    for carers, held in (("array_append(carer_ids, :id)", 1), ("array_remove(carer_ids, :id)", 0)):
        with transaction(everything(county)) as work:
            statement = text(f"UPDATE ledger_entry SET carer_ids = {carers} WHERE id = :entry")
            work.session.execute(statement, {"id": user_id_of(worker), "entry": person.entry_id})
        tablet.pull_all()
        assert len(tablet.data("plan_item")) == held
        assert_feeds_true(county)


def test_one_event_of_the_log_names_everybody_of_a_kind_with_the_purpose(county: County, worker: Caller) -> None:
    for _ in range(3):
        visited(county, worker)
    before = len(events_of(county))
    Tablet(on_a_tablet(worker)).pull()
    told = events_of(county)[before:]
    assert [(one["action"], one["purpose"], len(one["subjects"]), one["table"]) for one in told] == [
        ("visit:read", "care", 3, "visit")
    ]


@pytest.mark.parametrize("role", FIELD)
def test_a_colleague_and_another_area_are_told_nothing(county: County, worker: Caller, role: Role) -> None:
    visited(county, worker)
    a_safety_event_of(worker)
    for area in (county.township, county.other_township):
        fits = area if role is not Role.GRID_WORKER else area + "201001"
        other = Tablet(on_a_tablet(a_worker(county, role, fits)))
        answer = other.pull_all()
        assert answer.changes == []
        assert [feed.count for feed in answer.feeds] == [0] * len(answer.feeds)


def test_a_visit_given_to_somebody_else_changes_hands_in_one_transaction(county: County, worker: Caller) -> None:
    person, other = visited(county, worker), a_worker(county)
    mine, theirs = Tablet(on_a_tablet(worker)), Tablet(on_a_tablet(other))
    mine.pull_all(), theirs.pull_all()
    visit = planned(person)[0]
    assign_visit(person.coordinator, visit.id, visit.version, user_id_of(other))
    assert_feeds_true(county)
    assert [one.op for one in mine.pull_all().changes] == ["remove"]
    assert [one.op for one in theirs.pull_all().changes] == ["put"]


def test_a_consent_to_talks_with_the_family_comes_and_goes_with_the_visit(county: County, worker: Caller) -> None:
    person = visited(county, worker)
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    told = [visit.family_contact for visit in tablet.data("visit").values()]
    consent_id = a_consent(person, ConsentScope.FAMILY_CONTACT)
    assert_feeds_true(county)
    told += [change.data.family_contact for change in tablet.pull().changes]
    withdraw_consent(person.assessor, consent_id, 1, WithdrawalChannel.PHONE)
    assert_feeds_true(county)
    told += [change.data.family_contact for change in tablet.pull().changes]
    a_consent(person, ConsentScope.CONTACT)
    assert (told, tablet.pull().changes) == ([False, True, False], [])


def test_a_person_who_moves_leaves_one_feed_and_comes_into_the_other_at_once(county: County) -> None:
    worker = a_worker(county, Role.CASE_MEMBER)
    person = visited(county, worker)
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    away = county.village + "002"
    with transaction(everything(county)) as work:
        for table in ("visit", "ledger_entry"):
            column = "entry_id" if table == "visit" else "id"
            statement = text(f"UPDATE {table} SET area_code = :area WHERE {column} = :id")
            work.session.execute(statement, {"area": away, "id": person.entry_id})
    assert_feeds_true(county)
    answer = tablet.pull_all()
    visit_id = planned(person)[0].id
    assert {(one.area_code, one.op, one.reason, one.id) for one in answer.changes} == {
        (county.grid, "remove", "moved", visit_id),
        (away, "put", None, visit_id),
    }


def test_a_person_who_lives_elsewhere_now_stays_with_whoever_visits_them(county: County, worker: Caller) -> None:
    person = visited(county, worker)
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    before = set(tablet.held)
    clerk = judicial(county)
    known = read_resident(clerk, person.resident_id)
    correct_resident(clerk, known.id, known.version, {"area_code": county.village + "002"})
    assert_feeds_true(county)
    assert {one.op for one in tablet.pull_all().changes} == {"put"}
    assert set(tablet.held) == before


def test_a_lost_area_is_told_until_it_is_asked_no_more_and_its_deletion_kept(county: County, worker: Caller) -> None:
    visited(county, worker)
    device = a_tablet(county)
    tablet = Tablet(on_a_tablet(worker, device.id))
    tablet.pull_all()
    tablet.pull_all()
    away = replace(tablet, caller=moved_to(tablet.caller, county.other_grid))
    for _ in range(2):
        answer = away.pull()
        states = {feed.area_code: (feed.state, feed.count) for feed in answer.feeds}
        assert states == {county.grid: ("revoked", 0), county.other_grid: ("active", 0)}
        assert answer.changes == []
    assert away.held == {}
    with transaction(everything(county)) as work:
        note_purged(work, device.id, user_id_of(worker), county.grid)
    lost, gained = list_feeds(office(county), device.id)
    assert (lost.area_code, lost.revoked_told_at, lost.purged_at) == (county.grid, clock.now(), clock.now())
    assert (gained.area_code, gained.revoked_told_at, gained.purged_at) == (county.other_grid, None, None)
    with refusal(NotFound, "not_found"):
        list_feeds(office(county, county.other_township), device.id)


def test_an_area_given_back_begins_where_it_stands(county: County, worker: Caller) -> None:
    visited(county, worker)
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    replace(tablet, caller=moved_to(tablet.caller, county.other_grid)).pull()
    tablet.pull_all()
    with transaction(everything(county)) as work:
        rows = work.session.scalars(select(DeviceFeed).where(DeviceFeed.device_id == tablet.device_id)).all()
        assert {row.area_code: row.revoked_told_at for row in rows}[county.grid] is None


@pytest.mark.parametrize("how", ["role", "office", "restored"])
def test_a_feed_begins_anew_when_role_office_or_database_changed_it(county: County, worker: Caller, how: str) -> None:
    person = visited(county, worker)
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    if how == "role":
        tablet.caller = with_role(tablet.caller, Role.COUNSELLOR, county.township)
    elif how == "office":
        with transaction(everything(county)) as work:
            assert new_epochs(work, [user_id_of(worker)]) == 1
    else:
        position = tablet.positions[county.grid]
        tablet.positions[county.grid] = FeedPosition(position.epoch, position.seq + 7)
    answer = tablet.pull()
    (feed,) = [feed for feed in answer.feeds if feed.area_code == county.grid]
    assert feed.reset
    assert [(one.op, one.id) for one in answer.changes] == [("put", planned(person)[0].id)]
    assert not any(feed.reset for feed in tablet.pull_all().feeds)
    if how == "role":
        assert isinstance(tablet.data("visit")[planned(person)[0].id], VisitView)


def test_a_repair_brings_what_lacks_and_takes_what_is_too_much(county: County, worker: Caller) -> None:
    kept, lost, old = (planned(visited(county, worker))[0].id for _ in range(3))
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    held = {id_: told for (_, _, id_), told in tablet.held.items()}
    too_much = new_id()
    said = [
        HeldRecord("visit", kept, held[kept].version),
        HeldRecord("visit", old, held[old].version - 1),
        HeldRecord("visit", too_much, 4),
        HeldRecord("surprise", kept, 1),
    ]
    answer = repair(tablet.caller, RepairAsked(tablet.device_id, county.grid, said))
    assert {(one.op, one.kind, one.id) for one in answer.changes} == {
        ("put", "visit", lost),
        ("put", "visit", old),
        ("remove", "visit", too_much),
        ("remove", "surprise", kept),
    }
    records = [("visit", id_, told.version) for id_, told in held.items()]
    assert (answer.feed.count, answer.feed.digest) == (3, digest_of(records))
    away = repair(tablet.caller, RepairAsked(tablet.device_id, county.other_grid, said))
    assert (away.feed.state, away.changes) == ("revoked", [])


def test_who_is_forgotten_is_named_by_no_feed_and_leaves_a_tablet_by_count_and_digest(
    county: County, worker: Caller
) -> None:
    kept, forgotten = visited(county, worker), visited(county, worker)
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    with transaction(everything(county)) as work, widened(work):
        erase_residents(work, [forgotten.resident_id])
    answer = tablet.pull()
    said = {feed.area_code: (feed.count, feed.digest) for feed in answer.feeds}
    assert answer.changes == []
    assert tablet.tally(county.grid) != said[county.grid]
    held = [HeldRecord(kind, id_, told.version) for (_, kind, id_), told in tablet.held.items()]
    for change in repair(tablet.caller, RepairAsked(tablet.device_id, county.grid, held)).changes:
        tablet.apply(change)
    tablet.pull_all()
    assert set(tablet.data("visit")) == {planned(kept)[0].id}
    assert_feeds_true(county)


def test_pages_of_any_length_tell_the_same(county: County, worker: Caller) -> None:
    both = with_role(worker, Role.CASE_MEMBER, county.township)
    for _ in range(4):
        visited(county, worker, items=(a_task(worker), a_task(worker, 20)))
    whole = Tablet(on_a_tablet(both))
    whole.pull_all()
    for limit in (1, 3, 1000):
        paged = Tablet(on_a_tablet(both))
        paged.pull_all(limit)
        assert {key: told.data for key, told in paged.held.items()} == {k: t.data for k, t in whole.held.items()}
    assert len(whole.held) == 12


def test_no_more_people_are_held_than_the_lease_says_those_due_first(county: County) -> None:
    few = replace(county, store=replace(county.store, tablet_residents=2))
    worker = a_worker(few)
    days = (9, 3, 6)
    people = [in_care(few, LedgerState.PLAN_ACTIVE) for _ in days]
    for person, day in zip(people, days, strict=True):
        a_plan(person, visitor_id=user_id_of(worker), visits=2)
        with transaction(everything(few)) as work:
            statement = text("UPDATE visit SET due_to = due_to + :days WHERE entry_id = :entry")
            work.session.execute(statement, {"days": day, "entry": person.entry_id})
    assert_feeds_true(few)
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    held = {visit.entry_id for visit in tablet.data("visit").values()}
    assert held == {people[1].entry_id, people[2].entry_id}
    for visit in planned(people[1]):
        record_visit(worker, visit.id, visit.version, a_record())
    tablet.pull_all()
    held = {visit.entry_id for visit in tablet.data("visit").values()}
    assert held == {people[0].entry_id, people[2].entry_id}


def test_a_visit_comes_two_weeks_ahead_by_time_alone(
    county: County, worker: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = visited(county, worker)
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    second = planned(person)[1]
    eve = second.due_from - timedelta(days=15)
    for day, held in ((eve, 1), (eve + timedelta(days=1), 2)):
        set_clock(monkeypatch, day.year, day.month, day.day)
        tablet.pull_all()
        assert len(tablet.data("visit")) == held


def test_a_closed_month_lets_go_of_its_returns_and_facts(county: County, worker: Caller) -> None:
    month = a_month(county)
    sent_back(county, worker, sweep_id_of(month))
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    assert len(tablet.held) == 2
    with transaction(everything(county)) as work:
        work.session.execute(text("UPDATE month SET state = 'closed' WHERE id = :id"), {"id": month.id})
    assert_feeds_true(county)
    tablet.pull_all()
    assert tablet.held == {}


def test_another_tablets_id_and_an_old_app_are_refused(county: County, worker: Caller) -> None:
    caller = on_a_tablet(worker)
    with refusal(Unauthenticated, "device_proof_invalid"):
        pull(caller, PullAsked(new_id()))
    old = replace(caller, store=replace(caller.store, tablet_app_at_least="2.1"))
    asked = PullAsked(old.identity.device_id or new_id(), health=Health(app_version="2.0.9"))
    with refusal(Forbidden, "app_too_old"):
        pull(old, asked)


def test_before_a_transfer_the_township_sees_which_tablets_hold_a_person(county: County, worker: Caller) -> None:
    person, device = visited(county, worker), a_tablet(county)
    assert list_tablets_holding(person.coordinator, person.entry_id) == []
    Tablet(on_a_tablet(worker, device.id)).pull_all()
    (tablet,) = list_tablets_holding(person.coordinator, person.entry_id)
    assert (tablet.device_id, tablet.user_id, tablet.last_sync_at) == (device.id, user_id_of(worker), clock.now())
    with refusal(NotFound, "not_found"):
        list_tablets_holding(coordinator(county, county.other_township), person.entry_id)


def test_a_pull_without_news_writes_no_position_and_few_statements(county: County, worker: Caller) -> None:
    visited(county, worker)
    tablet = Tablet(on_a_tablet(worker))
    tablet.pull_all()
    tablet.pull_all()
    with statements(county.store) as sent:
        tablet.pull()
    writes = [one for one in sent if one.lstrip().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert len(sent) <= 14
    # How many it made this hour, and when it last came.
    tables = [one.lstrip().removeprefix("INSERT INTO ").removeprefix("UPDATE ").split()[0] for one in writes]
    assert tables == ["sign_in_attempt", "device", "device_feed"]


@pytest.mark.parametrize(("at_once", "took_s", "waits"), [(1, 0.1, 60), (4, 0.1, 240), (1, 5.0, 300), (99, 1.0, 900)])
def test_tablets_wait_longer_as_load_grows(at_once: int, took_s: float, waits: int) -> None:
    assert backoff_s(at_once, took_s) == waits
