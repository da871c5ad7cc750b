"""Tablets as the office keeps them: enrolled once by a code, approved by a number, taken back, called for when silent."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from server import clock
from server.domain.codes import Purpose, Role
from server.domain.codes_devices import Attention, DeviceState, RevokeReason
from server.domain.devices import Health, check_number
from server.domain.pages import PageAsked
from server.errors import Conflict, Invalid, NotFound, Stale, TooMany
from server.models.ledger import Task
from server.models.user import LoginSession
from server.services.device_enrolments import NewDevice, enrol, give_code, list_codes, take_back_code
from server.services.device_held import held_by
from server.services.devices import (
    DeviceFilter,
    DeviceView,
    approve_device,
    list_devices,
    list_users,
    read_device,
    resync_device,
    revoke_device,
)
from server.services.expiry import system_caller
from server.services.leases import lease, wiped
from server.services.nightly import do_parts
from server.store.devices import note_health, note_numbers
from server.store.disclosure import disclose, refs_of
from server.store.events import AccessEvent
from server.store.sessions import open_session
from server.store.transaction import Caller, new_id, transaction, widened
from tests.make import County, a_caller
from tests.make_care import in_care
from tests.make_devices import APP, Tablet, a_code, a_pending_tablet, a_tablet, as_tablet, later, office, refused
from tests.services.test_ledger_reading import statements
from tests.signed_in import a_user

EVERY = PageAsked(100)


def sent_by(tablet: Tablet, code: str, **changes: Any) -> NewDevice:
    """What a tablet sends to be enrolled."""
    return replace(NewDevice(tablet.id, tablet.public_key, code, APP, "192.0.2.7"), **changes)


def somebody_on(county: County, tablet: Tablet, role: Role = Role.GRID_WORKER, area: str = "") -> Caller:
    """A new user who signed in on a tablet."""
    user_id, _ = a_user(county, (role, area or county.grid))
    caller = a_caller(county, role, area or county.grid)
    return replace(caller, identity=replace(caller.identity, user_id=user_id, device_id=tablet.id))


def listed(county: County, **wanted: Any) -> list[DeviceView]:
    return list(list_devices(office(county), DeviceFilter(**wanted), EVERY).items)


def events(county: County, action: str) -> list[dict[str, Any]]:
    with county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :county, true)"), {"county": county.code})
        rows = connection.scalars(text("SELECT event FROM access_stage ORDER BY id")).all()
    said = [json.loads(bytes(row)) for row in rows]
    return [each for each in said if each["action"] == action]


def tasks(county: County) -> list[Task]:
    with transaction(office(county)) as work:
        return list(work.session.scalars(select(Task).where(Task.kind == "device_unaccounted")))


def a_night(county: County) -> dict[str, int]:
    return do_parts(county.store, county.code, clock.now(), ("devices_unaccounted", "shares_forgotten"))


# Enrolment


def test_a_tablet_is_enrolled_by_a_code_and_approved_by_its_number(county: County) -> None:
    given = give_code(office(county), county.township, "一号平板")
    assert given.code.startswith(f"{county.code}-")
    assert given.link == f"/tablet/#enrol={given.code}"
    tablet = Tablet(county.code)
    told = enrol(as_tablet(county, tablet), sent_by(tablet, given.code))
    assert (told.state, told.area_code, told.label) == (DeviceState.PENDING, county.township, "一号平板")
    assert told.check_number == check_number(tablet.public_key)
    pending = read_device(office(county), tablet.id)
    assert (pending.attention, pending.version) == ((Attention.TO_APPROVE,), 1)
    assert not hasattr(pending, "check_number")
    approved = approve_device(office(county), tablet.id, told.check_number)
    assert (approved.state, approved.attention, approved.version) == (DeviceState.ACTIVE, (), 2)
    assert [event["device"] for event in events(county, "device:enrol")] == [str(tablet.id)]


def test_a_code_is_good_once_and_for_a_day(county: County) -> None:
    code = a_code(county)
    first, second = Tablet(county.code), Tablet(county.code)
    enrol(as_tablet(county, first), sent_by(first, code))
    with pytest.raises(Invalid) as used:
        enrol(as_tablet(county, second), sent_by(second, code))
    assert used.value.code == "enrolment_code_wrong"
    stale = a_code(county)
    with later(hours=23, minutes=59):
        assert [each.label for each in list_codes(office(county), EVERY).items] == ["一号平板"]
    with later(hours=24):
        assert list_codes(office(county), EVERY).items == ()
        assert refused(lambda: enrol(as_tablet(county, second), sent_by(second, stale))) == "enrolment_code_wrong"


def test_the_same_call_again_is_answered_alike_and_only_to_the_same_key(county: County) -> None:
    tablet, code = Tablet(county.code), a_code(county)
    answers = [enrol(as_tablet(county, tablet), sent_by(tablet, code)) for _ in range(2)]
    assert answers[0] == answers[1]
    thief = Tablet(county.code, id=tablet.id)
    assert refused(lambda: enrol(as_tablet(county, thief), sent_by(thief, code))) == "enrolment_code_wrong"
    fresh = a_code(county)
    assert refused(lambda: enrol(as_tablet(county, thief), sent_by(thief, fresh))) == "record_exists"


def test_a_code_taken_back_is_void_and_a_used_one_cannot_be(county: County) -> None:
    given = give_code(office(county), county.township, "一号平板")
    take_back_code(office(county), given.enrolment.id)
    tablet = Tablet(county.code)
    assert refused(lambda: enrol(as_tablet(county, tablet), sent_by(tablet, given.code))) == "enrolment_code_wrong"
    used = give_code(office(county), county.township, "一号平板")
    enrol(as_tablet(county, tablet), sent_by(tablet, used.code))
    with pytest.raises(Conflict, match="enrolment_used"):
        take_back_code(office(county), used.enrolment.id)


def test_a_code_may_be_typed_as_people_read_it_and_is_kept_as_a_digest(county: County) -> None:
    tablet, code = Tablet(county.code), a_code(county)
    typed = " " + code.lower().replace("0", "o").replace("1", "l").replace("-", " ") + " "
    typed = typed.replace(typed.strip()[:6], code[:6])
    assert enrol(as_tablet(county, tablet), sent_by(tablet, typed)).state is DeviceState.PENDING
    with county.owner_engine.begin() as connection:
        connection.execute(
            text("SELECT set_config('linli.county', :county, true), set_config('linli.areas', :county, true)"),
            {"county": county.code},
        )
        rows = connection.execute(text("SELECT row_to_json(device_enrolment)::text FROM device_enrolment")).scalars()
        assert code[7:] not in str(rows.all())


def test_guessing_codes_is_paused_by_address_and_a_good_one_is_no_guess(county: County) -> None:
    strict = replace(county.store, sign_in_tries_per_address=3)
    tablet = Tablet(county.code)
    caller = replace(as_tablet(county, tablet), store=strict)

    def guess(address: str) -> str:
        wrong = sent_by(tablet, f"{county.code}-0000-0000", address=address)
        return refused(lambda: enrol(caller, wrong))

    enrol(caller, sent_by(tablet, a_code(county)))
    assert [guess("192.0.2.7") for _ in range(4)] == ["enrolment_code_wrong"] * 3 + ["enrolment_paused"]
    assert guess("192.0.2.8") == "enrolment_code_wrong"
    with pytest.raises(TooMany) as paused:
        enrol(caller, sent_by(Tablet(county.code), a_code(county)))
    assert 0 < int(paused.value.params["retry_after_s"]) <= 900
    with later(minutes=15):
        other = Tablet(county.code)
        assert enrol(as_tablet(county, other), sent_by(other, a_code(county))).state is DeviceState.PENDING


def test_a_code_of_another_county_or_of_none_is_wrong(county: County) -> None:
    tablet = Tablet("777777")
    nowhere = as_tablet(county, tablet)
    assert refused(lambda: enrol(nowhere, sent_by(tablet, a_code(county), address="192.0.2.99"))) == (
        "enrolment_code_wrong"
    )
    here = Tablet(county.code)
    for code in ("777777-0000-0000", "", "Ω", "0" * 40):
        assert refused(lambda code=code: enrol(as_tablet(county, here), sent_by(here, code))) == "enrolment_code_wrong"


def test_the_third_wrong_number_ends_the_enrolment(county: County) -> None:
    tablet = a_pending_tablet(county)
    right = check_number(tablet.public_key)
    wrong = "0000000" if right != "0000000" else "0000001"
    lefts = []
    for _ in range(3):
        with pytest.raises(Invalid, match="check_number_wrong") as wrongly:
            approve_device(office(county), tablet.id, wrong)
        lefts.append(wrongly.value.params["left"])
    assert lefts == [2, 1, 0]
    view = read_device(office(county), tablet.id)
    assert (view.state, view.revoke_reason) == (DeviceState.REVOKED, "check_failed")
    with pytest.raises(Conflict, match="device_state_wrong"):
        approve_device(office(county), tablet.id, right)
    assert [event["code"] for event in events(county, "device:manage") if event["decision"] == "refused"] == [
        "check_number_wrong"
    ] * 3


def test_a_code_is_given_for_a_township_of_ones_own(county: County) -> None:
    for place, code in (
        (county.other_township, "not_found"),
        (county.code + "199", "not_found"),
        (county.village, "area_level_wrong"),
    ):
        assert refused(lambda place=place: give_code(office(county), place, "平板")) == code


# The list


def test_what_needs_a_look_comes_first(county: County) -> None:
    fine, silent, waiting, gone, missing = (a_tablet(county) for _ in range(5))
    pending, revoked = a_pending_tablet(county), a_tablet(county, state=DeviceState.REVOKED)
    wiped_one = a_tablet(county, state=DeviceState.WIPED)
    with transaction(system_caller(county.store, county.code)) as work:
        note_health(work, fine.id, Health(APP, 0, None, 0, 900, storage_persisted=True))
        old = work.now - timedelta(days=4)
        note_health(work, waiting.id, Health("0.9", 2, old, -3 * 60 * 60 * 1000, 12, storage_persisted=False))
        note_numbers(work, missing.id, [1, 3])
        with widened(work):
            work.session.execute(
                text("UPDATE device SET last_seen_at = last_seen_at - interval '8 days' WHERE id = :id"),
                {"id": silent.id},
            )
            work.session.execute(text("UPDATE device SET unaccounted_at = now() WHERE id = :id"), {"id": revoked.id})
    del gone
    views = listed(county)
    assert [view.id for view in views[:2]] == [revoked.id, pending.id]
    assert {view.id for view in views[2:5]} == {silent.id, waiting.id, missing.id}
    assert [view.id for view in views[-1:]] == [wiped_one.id]
    by_id = {view.id: view.attention for view in views}
    assert by_id[revoked.id] == (Attention.UNACCOUNTED,)
    assert by_id[silent.id] == (Attention.SILENT,)
    assert by_id[missing.id] == (Attention.NUMBERS_MISSING,)
    assert by_id[fine.id] == by_id[wiped_one.id] == ()
    assert by_id[waiting.id] == (
        Attention.WORK_WAITS, Attention.STORAGE_SHORT, Attention.CLOCK_OFF, Attention.APP_OLD,
    )  # fmt: skip


def test_the_list_goes_on_page_by_page_and_is_filtered(county: County) -> None:
    ids = {a_tablet(county).id for _ in range(3)} | {a_pending_tablet(county).id}
    elsewhere = a_tablet(county, county.other_township).id
    seen, asked = [], PageAsked(1)
    while True:
        page = list_devices(office(county), DeviceFilter(), asked)
        seen += [view.id for view in page.items]
        if page.next_keys is None:
            break
        asked = PageAsked(1, page.next_keys)
    assert len(seen) == len(ids) == 4
    assert set(seen) == ids
    assert len(listed(county, state=DeviceState.ACTIVE)) == 3
    whole = a_caller(county, Role.PRIVACY_OFFICER, county.code)
    assert elsewhere in {view.id for view in list_devices(whole, DeviceFilter(), EVERY).items}
    under = list_devices(whole, DeviceFilter(area_code=county.other_township), EVERY).items
    assert [view.id for view in under] == [elsewhere]
    assert listed(county, silent_days=5) == []
    with later(days=6):
        assert len(listed(county, silent_days=5)) == 3
        assert listed(county, silent_days=7) == []


def test_the_list_takes_as_many_statements_for_one_as_for_ten(county: County) -> None:
    counts = []
    for more in (1, 9):
        for _ in range(more):
            a_tablet(county)
        with statements(county.store) as sent:
            listed(county)
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_numbers_that_never_came_are_counted_and_a_late_one_fills_its_gap(county: County) -> None:
    tablet = a_tablet(county)
    counts = []
    for numbers in ([1, 2], [5], [9, 7], [3], [4, 6, 8], []):
        with transaction(as_tablet(county, tablet)) as work:
            note_numbers(work, tablet.id, numbers)
        view = read_device(office(county), tablet.id)
        counts.append((view.highest_seq, view.missing_seqs))
    assert counts == [(2, 0), (5, 2), (9, 4), (9, 3), (9, 0), (9, 0)]


# Taking one back


def test_a_tablet_taken_back_has_no_session_no_share_and_an_order_to_wipe(county: County) -> None:
    tablet = a_tablet(county)
    worker = somebody_on(county, tablet)
    first = lease(worker, APP)
    with transaction(worker) as work:
        open_session(work, new_id(), worker.identity.user_id, timedelta(hours=1))
    view = revoke_device(office(county), tablet.id, 2, RevokeReason.STOLEN)
    assert (view.state, view.revoke_reason, view.version) == (DeviceState.REVOKED, "stolen", 3)
    assert view.wipe_ordered_at == view.revoked_at is not None
    assert view.attention == (Attention.NOT_WIPED,)
    (user,) = list_users(office(county), tablet.id)
    assert (user.display_name, user.lease_count, user.share_held) == ("测试用户", 1, False)
    assert user.lease_expires_at == first.expires_at
    with transaction(worker) as work:
        sessions = work.session.scalars(select(LoginSession).where(LoginSession.device_id == tablet.id)).all()
        assert [session.revoked_at is not None for session in sessions] == [True]
    assert refused(lambda: lease(worker, APP)) == "device_revoked"
    with pytest.raises(Conflict, match="device_state_wrong"):
        revoke_device(office(county), tablet.id, 3, RevokeReason.LOST)


def test_somebody_faster_is_not_overruled(county: County) -> None:
    tablet = a_tablet(county)
    with pytest.raises(Stale, match="record_changed"):
        revoke_device(office(county), tablet.id, 1, RevokeReason.LOST)
    with pytest.raises(NotFound):
        revoke_device(office(county, county.other_township), tablet.id, 2, RevokeReason.LOST)


def test_health_told_by_a_tablet_is_no_change_the_office_must_read_again(county: County) -> None:
    tablet = a_tablet(county)
    with transaction(as_tablet(county, tablet)) as work:
        note_health(work, tablet.id, Health(waiting=3, oldest_waiting_at=work.now))
    assert revoke_device(office(county), tablet.id, 2, RevokeReason.BROKEN).version == 3


def test_a_revoked_tablet_nobody_heard_of_is_called_for_when_its_last_lease_has_ended(county: County) -> None:
    tablet = a_tablet(county)
    lease(somebody_on(county, tablet), APP)
    with later(hours=1):
        lease(somebody_on(county, tablet), APP)
    revoke_device(office(county), tablet.id, 2, RevokeReason.LOST)
    with later(days=3):
        assert a_night(county) == {"devices_unaccounted": 0, "shares_forgotten": 0}
    with later(days=3, hours=1, minutes=1) as night:
        assert [a_night(county)["devices_unaccounted"] for _ in range(2)] == [1, 0]
        (task,) = tasks(county)
        assert (task.area_code, task.role, task.about_table, task.about_id) == (
            county.township, "township_coordinator", "device", tablet.id,
        )  # fmt: skip
        assert task.due_at == night + timedelta(hours=24)
        assert read_device(office(county), tablet.id).attention == (Attention.UNACCOUNTED,)
    wiped(as_tablet(county, tablet), 12)
    (done,) = tasks(county)
    assert done.done_at is not None
    view = read_device(office(county), tablet.id)
    assert (view.state, view.wiped_rows, view.attention) == (DeviceState.WIPED, 12, ())


def test_a_lease_over_the_new_year_is_waited_for_to_the_hour(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    def at(*instant: int) -> None:
        moved = datetime(*instant, tzinfo=UTC)  # type: ignore[misc]
        monkeypatch.setattr(clock, "now", lambda: moved)

    at(2026, 12, 30, 15, 30)
    tablet = a_tablet(county)
    lease(somebody_on(county, tablet), APP)
    revoke_device(office(county), tablet.id, 2, RevokeReason.LOST)
    at(2027, 1, 2, 15, 29)
    assert a_night(county)["devices_unaccounted"] == 0
    at(2027, 1, 2, 15, 30)
    assert a_night(county)["devices_unaccounted"] == 1
    assert tasks(county)[0].due_at == datetime(2027, 1, 3, 15, 30, tzinfo=UTC)


def test_a_tablet_that_wiped_or_never_held_anything_is_not_called_for(county: County) -> None:
    wiped_one = a_tablet(county)
    lease(somebody_on(county, wiped_one), APP)
    revoke_device(office(county), wiped_one.id, 2, RevokeReason.HANDED_IN)
    wiped(as_tablet(county, wiped_one), 3)
    a_tablet(county, state=DeviceState.REVOKED)
    lease(somebody_on(county, a_tablet(county)), APP)
    with later(days=30):
        assert a_night(county)["devices_unaccounted"] == 0
    assert tasks(county) == []


def test_a_resync_begins_every_feed_of_its_users_anew(county: County) -> None:
    tablet = a_tablet(county)
    worker, other = somebody_on(county, tablet), somebody_on(county, a_tablet(county))
    for each in (worker, other):
        lease(each, APP)
    with transaction(worker) as work:
        for each in (worker, other):
            values = {"county": county.code, "reader": each.identity.user_id, "area": county.grid, "now": work.now}
            work.session.execute(
                text(
                    "INSERT INTO feed (county_code, reader_id, area_code, epoch, head, created_at)"
                    " VALUES (:county, :reader, :area, 1, 5, :now)"
                ),
                values,
            )
    resync_device(office(county), tablet.id)
    with transaction(worker) as work:
        rows = work.session.execute(text("SELECT reader_id, epoch, head FROM feed")).all()
    assert {tuple(row) for row in rows} == {(worker.identity.user_id, 2, 5), (other.identity.user_id, 1, 5)}


# What one held


def test_what_a_tablet_held_is_told_from_the_log_and_looking_is_written_down(county: County) -> None:
    tablet, other = a_tablet(county), a_tablet(county)
    worker = somebody_on(county, tablet)
    shown, unknown, elsewhere = in_care(county), in_care(county), in_care(county)
    for device, people, times in ((tablet, (shown, unknown), 2), (other, (elsewhere,), 1)):
        on_it = replace(worker, identity=replace(worker.identity, device_id=device.id))
        for _ in range(times):
            with transaction(on_it) as work:
                event = AccessEvent("sync:pull", fields=("resident.name",), table="resident")
                disclose(work, event, [person.resident_id for person in people])
    held = held_by(office(county, purpose=Purpose.REVIEW), tablet.id)
    with transaction(worker) as work:
        refs = refs_of(work, [shown.resident_id, unknown.resident_id])
    assert {trace.subject_ref for trace in held.items} == set(refs.values())
    assert {(trace.entry_id, trace.resident_id, trace.times) for trace in held.items} == {
        (person.entry_id, person.resident_id, 2) for person in (shown, unknown)
    }
    assert all(trace.first_at < trace.last_at for trace in held.items)
    (looked,) = events(county, "device_held:read")
    assert set(looked["subjects"]) == {str(ref) for ref in refs.values()}
    assert looked["record"] == str(tablet.id)


def test_the_privacy_officer_learns_pseudonyms_and_nobodys_entry(county: County) -> None:
    tablet, person = a_tablet(county), in_care(county)
    worker = somebody_on(county, tablet)
    with transaction(worker) as work:
        event = AccessEvent("sync:pull", fields=("resident.name",), table="resident")
        disclose(work, event, [person.resident_id])
    officer = a_caller(county, Role.PRIVACY_OFFICER, county.code, Purpose.AUDIT)
    (trace,) = held_by(officer, tablet.id).items
    assert (trace.entry_id, trace.entry_no, trace.resident_id, trace.area_code) == (None, None, None, None)
    assert refused(lambda: held_by(office(county, county.other_township, Purpose.REVIEW), tablet.id)) == "not_found"


def test_what_was_refused_on_a_tablet_was_not_held(county: County) -> None:
    tablet, person = a_tablet(county), in_care(county)
    worker = somebody_on(county, tablet)
    with transaction(worker) as work:
        (ref,) = refs_of(work, [person.resident_id]).values()
        work.note(AccessEvent("visit:read", "refused", "not_found", subject_refs=(ref,)))
    assert held_by(office(county, purpose=Purpose.REVIEW), tablet.id).items == ()


def test_the_application_reads_traces_of_its_own_county_alone(county: County) -> None:
    tablet = a_tablet(county)
    with transaction(as_tablet(county, tablet)) as work:
        work.note(AccessEvent("sync:pull", subject_refs=(new_id(),)))
    with transaction(system_caller(county.store, "777777")) as work:
        found = work.session.execute(
            text("SELECT * FROM linli_device_traces(:county, :device, :since)"),
            {"county": county.code, "device": tablet.id, "since": "00000000-0000-0000-0000-000000000000"},
        ).all()
    assert found == []


def test_the_application_still_cannot_read_the_log_itself(county: County) -> None:
    for table in ("access_log", "access_stage"):
        with pytest.raises(Exception, match="permission denied"), transaction(office(county)) as work:
            work.session.execute(text(f"SELECT count(*) FROM {table}"))


def test_of_two_tablets_with_one_code_at_once_one_is_enrolled(county: County) -> None:
    for _ in range(4):
        code, tablets = a_code(county), [Tablet(county.code) for _ in range(3)]

        def send(tablet: Tablet, code: str = code) -> str:
            return refused(lambda: enrol(as_tablet(county, tablet), sent_by(tablet, code)))

        with ThreadPoolExecutor(3) as threads:
            answers = sorted(threads.map(send, tablets))
        assert answers == ["", "enrolment_code_wrong", "enrolment_code_wrong"]
