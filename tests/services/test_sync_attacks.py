"""Attacks on what tablets deliver: poison that would stop others, and work that its author may not do or undo."""

import json
from dataclasses import replace
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from msgspec.json import Decoder
from sqlalchemy import insert, text, update

from server.crypto.errors import SealBroken
from server.domain.codes import LedgerState, Role
from server.domain.codes_devices import DeviceState
from server.domain.identity import Grant
from server.domain.pages import PageAsked
from server.domain.tablet_operations import Sent
from server.errors import Unavailable
from server.models.sweep import Observation, SweepReturn
from server.models.sync_push import SyncReceipt, SyncReview
from server.models.user import User
from server.services.sync_reviews import ReviewFilter, apply_review, list_reviews, read_review
from server.services.users import deactivate_user
from server.store.transaction import new_id
from tests.make import County, a_caller, user_id_of
from tests.make_care import a_plan, in_care
from tests.make_plans import a_worker
from tests.services.test_sync_push import a_fact, ago, as_owner, rows
from tests.services.test_sync_push_care import a_contact, set_contact
from tests.sweeping import CHARACTER_FACT, coordinator
from tests.tablets import Tablet, a_field_worker, results

#: In other time zones these lie outside the calendar: the database keeps them, and no client reads them again.
OUTSIDE = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")
UNREADABLE = [("rejected", "operation_unreadable")]
_SENT = Decoder(Sent)


def with_raw(tablet: Tablet, author_id: UUID, raw: str) -> dict[str, Any]:
    """An operation whose data hold this JSON, as no serialiser of ours would write it."""
    real = json.dumps

    def written(value: object, **said: Any) -> str:
        return real(value, **said).replace('"RAW"', raw)

    with patch("tests.tablets.json.dumps", written):
        return tablet.operation(author_id, "tea", {"leaf": "RAW"})


@pytest.mark.parametrize("area_code", ["\0", "{county}\0", "{county}\u0661", "{county}" + "9" * 4000])
def test_a_place_that_is_none_does_not_stop_the_tablets_other_work(
    county: County, tablet: Tablet, sweep_id: UUID, area_code: str
) -> None:
    author = a_field_worker(county)
    poison = tablet.operation(author, "observation", {"area_code": area_code.format(county=county.code)})
    good = tablet.operation(author, "observation", a_fact(sweep_id, county.grid))
    assert results(tablet.push(poison, good)) == [("quarantined", "operation_malformed"), ("applied", None)]


@pytest.mark.parametrize("at", OUTSIDE)
@pytest.mark.parametrize("kind", ["tea", "purge"])
def test_an_instant_outside_the_calendar_does_not_hide_the_townships_reviews(
    county: County, tablet: Tablet, at: str, kind: str
) -> None:
    sent = tablet.operation(a_field_worker(county), kind, {"area_code": county.grid, "epoch": "1", "rows": 1})
    assert results(tablet.push(sent | {"captured_at": at})) == UNREADABLE
    assert rows(county, SyncReceipt, "op_id") == []
    assert list_reviews(coordinator(county), ReviewFilter(), PageAsked(50)).items == ()


@pytest.mark.parametrize("at", ["1970-01-01T00:00:00+00:00", "2099-12-31T23:59:59-12:00"])
def test_a_clock_however_wrong_loses_no_work(county: County, tablet: Tablet, sweep_id: UUID, at: str) -> None:
    sent = tablet.operation(a_field_worker(county), "observation", a_fact(sweep_id, county.grid))
    assert results(tablet.push(sent | {"captured_at": at})) == [("applied", None)]


@pytest.mark.parametrize("at", ["2026-11-19T08:30:00-16:00", "2026-11-19T08:30:00+23:59"])
@pytest.mark.parametrize(
    ("kind", "result"), [("observation", ("applied", None)), ("tea", ("quarantined", "kind_unknown"))]
)
def test_a_time_zone_that_is_nowhere_does_not_stop_the_tablets_other_work(
    county: County, tablet: Tablet, sweep_id: UUID, at: str, kind: str, result: tuple[str, str | None]
) -> None:
    author = a_field_worker(county)
    odd, good = (tablet.operation(author, one, a_fact(sweep_id, county.grid)) for one in (kind, "observation"))
    assert results(tablet.push(odd | {"captured_at": at}, good)) == [result, ("applied", None)]


@pytest.mark.parametrize("at", OUTSIDE)
def test_an_instant_outside_the_calendar_does_not_hide_the_townships_returns(
    county: County, tablet: Tablet, sweep_id: UUID, at: str
) -> None:
    data = {"sweep_id": str(sweep_id), "area_code": county.grid, "nil": True, "late_reason": "other", "captured_at": at}
    sent = tablet.operation(a_field_worker(county), "return", data)
    assert results(tablet.push(sent)) == [("quarantined", "operation_malformed")]
    assert rows(county, SweepReturn, "captured_at") == []


@pytest.mark.parametrize("at", [*OUTSIDE, "0001-01-01T00:00:00+00:00"])
def test_a_look_outside_the_calendar_does_not_stop_the_tablets_other_work(
    county: County, tablet: Tablet, sweep_id: UUID, at: str
) -> None:
    author = a_field_worker(county)
    poison = tablet.operation(author, "view", {"kind": "visit", "viewed_at": at})
    good = tablet.operation(author, "observation", a_fact(sweep_id, county.grid))
    assert results(tablet.push(poison, good)) == [("quarantined", "operation_malformed"), ("applied", None)]


@pytest.mark.parametrize(
    "raw",
    ["[" * 250 + "]" * 250, "[" * 900 + "]" * 900, "[" * 20_000 + "]" * 20_000, str(10**30), "1" * 5000, "1e999",
     "NaN", '"\\ud800"'],
)  # fmt: skip
def test_data_that_nobody_could_be_told_again_are_not_kept(county: County, tablet: Tablet, raw: str) -> None:
    """A review of them would fail every pull of their author, and every look of the township."""
    assert results(tablet.push(with_raw(tablet, a_field_worker(county), raw))) == UNREADABLE
    assert rows(county, SyncReview, "id") == []


def test_a_better_operation_is_one_of_the_same_kind(county: County, tablet: Tablet, sweep_id: UUID) -> None:
    """Else a look at anything would take away what the township is to decide about."""
    author = a_field_worker(county)
    (old,) = tablet.push(tablet.operation(author, "observation", a_fact(sweep_id, county.grid, fact=CHARACTER_FACT)))
    look = {"kind": "visit", "viewed_at": "2026-11-01T00:00:00+00:00"}
    assert results(tablet.push(tablet.operation(author, "view", look, replaces=old.op_id))) == [("applied", None)]
    assert rows(county, SyncReview, "state") == [("open",)]


def test_what_runs_with_the_owners_rights_takes_no_type_or_table_of_a_session(county: County) -> None:
    """Whoever could run SQL as the application could else slip a type of their own under such a function."""
    with as_owner(county) as connection:
        paths = connection.execute(
            text("SELECT proname, proconfig FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace"
                 " WHERE prosecdef AND nspname = 'public' AND proname LIKE 'linli%'")
        ).all()  # fmt: skip
    assert paths
    assert [name for name, said in paths if not any(one.endswith(", pg_temp") for one in said or [])] == []


def test_a_shut_account_speaks_for_what_was_written_before_and_for_nothing_since(
    county: County, tablet: Tablet, sweep_id: UUID
) -> None:
    """Shutting an account ends no role: the tablet and its token would else go on writing in that name."""
    author = a_field_worker(county)
    before = tablet.operation(author, "observation", a_fact(sweep_id, county.grid))
    deactivate_user(a_caller(county, Role.SYSADMIN, county.code), author)
    since = [tablet.operation(author, "observation", a_fact(sweep_id, county.grid)) for _ in range(2)]
    since[1] |= {"clock_offset_ms": 86_400_000}
    assert results(tablet.push(before, *since)) == [("applied", None), *[("quarantined", "role_forbidden")] * 2]


def test_an_account_opened_again_in_the_database_is_not_believed(
    county: County, tablet: Tablet, sweep_id: UUID
) -> None:
    author = a_field_worker(county)
    deactivate_user(a_caller(county, Role.SYSADMIN, county.code), author)
    with as_owner(county) as connection:
        connection.execute(update(User).where(User.id == author).values(state="active"))
    with pytest.raises(SealBroken):
        tablet.push(tablet.operation(author, "observation", a_fact(sweep_id, county.grid)))


def test_phone_numbers_cannot_be_tried_out_unseen(county: County, tablet: Tablet) -> None:
    """Each guess replacing the one before would else leave the township one question of a hundred."""
    author, person = a_worker(county), in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(person, visitor_id=user_id_of(author))
    set_contact(person, phone="13800001234")
    guesses: list[dict[str, Any]] = []
    for number in ("13800001231", "13800001232", "13800001233"):
        before = {"replaces": guesses[-1]["op_id"]} if guesses else {}
        data = a_contact(phone=(number, number))
        guesses.append(tablet.operation(user_id_of(author), "contact", data, record_id=person.entry_id, **before))
    assert results(tablet.push(*guesses)) == [("conflict", "contact_differs")] * 3
    assert rows(county, SyncReview, "state") == [("open",)] * 3


def test_a_report_that_claims_another_place_opens_nobody_to_that_township(county: County, tablet: Tablet) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    set_contact(person, phone="13800001234")
    data = a_contact(phone=("1", "2")) | {"area_code": county.other_grid, "resident_id": str(person.resident_id)}
    (receipt,) = tablet.push(tablet.operation(a_field_worker(county), "contact", data))
    assert receipt.review_id is not None
    assert read_review(coordinator(county, county.other_township), receipt.review_id).current is None
    over_both = coordinator(county, county.other_township)
    widened_walls = replace(over_both, identity=replace(over_both.identity, grants=(
        *over_both.identity.grants, Grant(new_id(), Role.GRID_WORKER, county.grid))))  # fmt: skip
    assert read_review(widened_walls, receipt.review_id).current is None


@pytest.mark.parametrize("made", ["author_id", "record_id", "kind", "captured_at"])
def test_what_was_laid_aside_is_not_made_anothers_in_the_database(
    county: County, tablet: Tablet, sweep_id: UUID, made: str
) -> None:
    author, other = a_field_worker(county), a_field_worker(county)
    (receipt,) = tablet.push(
        tablet.operation(author, "observation", a_fact(sweep_id, county.grid, fact=CHARACTER_FACT))
    )
    assert receipt.review_id is not None
    changed = {"author_id": other, "record_id": new_id(), "kind": "visit", "captured_at": ago(days=40)}[made]
    with as_owner(county) as connection:
        connection.execute(update(SyncReview).values({made: changed}))
    for act in (read_review, lambda caller, id_: apply_review(caller, id_, 1)):
        with pytest.raises(Unavailable, match="seal_broken"):
            act(coordinator(county), receipt.review_id)


def test_what_a_stolen_tablet_delivers_is_applied_by_nobody_but_the_township(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county, state=DeviceState.REVOKED, doubted=True), a_field_worker(county)
    fact = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid))
    look = tablet.operation(worker, "view", {"kind": "visit", "viewed_at": ago(hours=1).isoformat()})
    receipts = tablet.push(fact, look)
    assert results(receipts) == [("quarantined", "tablet_doubted"), ("applied", None)]
    assert results(tablet.push(fact, look)) == results(receipts)
    review_id = receipts[0].review_id
    assert review_id is not None
    assert apply_review(coordinator(county), review_id, 1).state == "applied"


def slip_in(county: County, sent: dict[str, Any], tablet: Tablet, **columns: object) -> None:
    """A receipt for work that was never written, by somebody with the database: all but its fingerprint is right."""
    read = _SENT.decode(json.dumps(sent))
    said: dict[str, Any] = {
        "county_code": county.code, "device_id": tablet.id, "op_id": read.op_id, "author_id": read.author_id,
        "device_seq": read.device_seq, "payload_hash": read.digest(), "kind": read.kind, "captured_at": ago(hours=1),
        "received_at": ago(hours=1), "result": "applied", "row_mac": b"\0" * 32,
    }  # fmt: skip
    with as_owner(county) as connection:
        connection.execute(insert(SyncReceipt).values(said | columns))


def test_a_receipt_slipped_into_the_database_loses_no_work(county: County, tablet: Tablet, sweep_id: UUID) -> None:
    """Staff see what it would have made the tablet drop, and decide; sent again, it is answered alike."""
    author = a_field_worker(county)
    forged = tablet.operation(author, "observation", a_fact(sweep_id, county.grid))
    good = tablet.operation(author, "observation", a_fact(sweep_id, county.grid))
    slip_in(county, forged, tablet)
    receipts = tablet.push(forged, good)
    assert results(receipts) == [("quarantined", "receipt_forged"), ("applied", None)]
    assert tablet.push(forged, good) == receipts
    assert rows(county, SyncReview, "code") == [("receipt_forged",)]
    assert receipts[0].review_id is not None
    assert apply_review(coordinator(county), receipts[0].review_id, 1).state == "applied"
    assert len(rows(county, Observation, "id")) == 2


def test_a_receipts_fingerprint_is_of_one_operation_on_one_tablet(
    county: County, tablet: Tablet, sweep_id: UUID
) -> None:
    author = a_field_worker(county)
    tablet.push(tablet.operation(author, "observation", a_fact(sweep_id, county.grid)))
    ((true,),) = rows(county, SyncReceipt, "row_mac")
    other = Tablet(county)
    for where in (tablet, other):
        sent = where.operation(author, "observation", a_fact(sweep_id, county.grid))
        slip_in(county, sent, where, row_mac=true)
        assert results(where.push(sent)) == [("quarantined", "receipt_forged")]


@pytest.mark.parametrize(
    "changed",
    [{"result": "merged"}, {"result": "nonsense"}, {"version": 9}, {"code": "role_forbidden"}, {"field": "x"},
     {"payload_hash": b"\0" * 32}, {"row_mac": b""}],
    ids=str,
)  # fmt: skip
def test_a_receipt_changed_in_the_database_is_not_believed(
    county: County, tablet: Tablet, sweep_id: UUID, changed: dict[str, object]
) -> None:
    """It was written already: the township finds it there, and nothing is written twice."""
    sent = tablet.operation(a_field_worker(county), "observation", a_fact(sweep_id, county.grid))
    tablet.push(sent)
    with as_owner(county) as connection:
        connection.execute(update(SyncReceipt).values(changed))
    (receipt,) = tablet.push(sent)
    assert results([receipt]) == [("quarantined", "receipt_forged")]
    assert receipt.review_id is not None
    apply_review(coordinator(county), receipt.review_id, 1)
    assert len(rows(county, Observation, "id")) == 1


def test_a_receipt_stays_true_when_its_review_is_forgotten(county: County, tablet: Tablet, sweep_id: UUID) -> None:
    sent = tablet.operation(a_field_worker(county), "observation", a_fact(sweep_id, county.grid, fact=CHARACTER_FACT))
    (before,) = tablet.push(sent)
    with as_owner(county) as connection:
        connection.execute(update(SyncReceipt).values(review_id=None))
    assert tablet.push(sent) == [replace(before, review_id=None)]


def test_a_look_with_a_forged_receipt_is_noted_as_any_other(county: County, tablet: Tablet) -> None:
    look = {"kind": "visit", "viewed_at": ago(hours=1).isoformat()}
    sent = tablet.operation(a_field_worker(county), "view", look)
    slip_in(county, sent, tablet)
    assert [results(tablet.push(sent)) for _ in range(2)] == [[("applied", None)]] * 2
    assert rows(county, SyncReview, "id") == []


@pytest.mark.parametrize("since", [{"shut_at": None}, {"shut_at": ago(days=-1)}])
def test_an_account_shut_later_in_the_database_is_not_believed(
    county: County, tablet: Tablet, sweep_id: UUID, since: dict[str, object]
) -> None:
    """Else what was written since would count as written before."""
    author = a_field_worker(county)
    deactivate_user(a_caller(county, Role.SYSADMIN, county.code), author)
    with as_owner(county) as connection:
        connection.execute(update(User).where(User.id == author).values(since))
    with pytest.raises(SealBroken):
        tablet.push(tablet.operation(author, "observation", a_fact(sweep_id, county.grid)))


def test_since_when_an_account_is_shut_is_not_moved_by_what_else_its_row_is_touched_for(
    county: County, tablet: Tablet, sweep_id: UUID
) -> None:
    author = a_field_worker(county)
    for _ in range(2):
        deactivate_user(a_caller(county, Role.SYSADMIN, county.code), author)
    since = tablet.operation(author, "observation", a_fact(sweep_id, county.grid))
    with as_owner(county) as connection:
        connection.execute(update(User).where(User.id == author).values(updated_at=ago(days=-1)))
    assert results(tablet.push(since)) == [("quarantined", "role_forbidden")]


def test_a_tablet_that_was_only_replaced_delivers_what_it_holds(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county, state=DeviceState.REVOKED), a_field_worker(county)
    fact = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid))
    assert results(tablet.push(fact)) == [("applied", None)]
