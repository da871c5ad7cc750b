"""What a tablet delivers: applied once, in its order, credited to its author; nothing lost, nothing forged."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from unittest.mock import patch
from uuid import UUID

import pytest
from sqlalchemy import Connection, TextClause, func, select, text, update

from server import clock
from server.crypto.row_mac import row_mac
from server.domain.codes import Role
from server.errors import Unavailable
from server.models.sweep import Observation, Sweep, SweepReturn
from server.models.sync_push import SyncReceipt, SyncReview
from server.models.user import RoleGrant
from server.services.seal_keys import change_seal_key
from server.services.tablet_budgets import take_turn
from server.store.identities import grant_fingerprint_fields
from server.store.transaction import new_id, transaction
from tests.make import County, a_caller
from tests.services.test_ledger_reading import statements
from tests.sweeping import CHARACTER_FACT, FACT, a_month, coordinator, events_of, sweep_id_of
from tests.tablets import Tablet, a_field_worker, results

#: Nobody here looks like somebody else.
_somebody = count(1)


def a_fact(sweep_id: UUID, area_code: str, **changes: object) -> dict:
    """The data of one observation about somebody new."""
    return {
        "sweep_id": str(sweep_id),
        "area_code": area_code,
        "observed_on": (clock.today() - timedelta(days=1)).isoformat(),
        "ground": "2",
        "fact": FACT,
        "source": "told_by_person",
        "resident": {"name": f"王{chr(0x4E00 + next(_somebody))}", "sex": "2", "birth_year": 1955},
        "late_reason": "other",
    } | changes


def rows(county: County, model: type, *columns: str) -> list:
    """All rows of a table in the county, as its township sees them."""
    with transaction(coordinator(county)) as work:
        return [tuple(getattr(row, name) for name in columns) for row in work.session.scalars(select(model))]


def test_facts_of_a_push_become_one_return_of_their_place(county: County) -> None:
    tablet, worker, sweep_id = Tablet(county), a_field_worker(county), sweep_id_of(a_month(county))
    sent = [tablet.operation(worker, "observation", a_fact(sweep_id, county.grid)) for _ in range(3)]
    receipts = tablet.push(*sent)
    assert results(receipts) == [("applied", None)] * 3
    assert [one.op_id for one in receipts] == [one["op_id"] for one in sent]
    assert rows(county, SweepReturn, "area_code", "item_count", "created_by") == [(county.grid, 3, worker)]
    assert sorted(str(id_) for (id_,) in rows(county, Observation, "id")) == sorted(one["record_id"] for one in sent)


def test_the_same_push_again_gets_the_same_receipts_and_writes_nothing(county: County) -> None:
    tablet, worker, sweep_id = Tablet(county), a_field_worker(county), sweep_id_of(a_month(county))
    sent = [tablet.operation(worker, "observation", a_fact(sweep_id, county.grid)) for _ in range(2)]
    first, again = tablet.push(*sent), tablet.push(*reversed(sent))
    assert again == list(reversed(first))
    assert rows(county, SweepReturn, "item_count") == [(2,)]
    assert len(rows(county, SyncReceipt, "op_id")) == 2


def test_a_poison_in_the_middle_holds_back_nothing_else(county: County) -> None:
    tablet, worker, sweep_id = Tablet(county), a_field_worker(county), sweep_id_of(a_month(county))
    good = [tablet.operation(worker, "observation", a_fact(sweep_id, county.grid)) for _ in range(4)]
    bad = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid, fact=CHARACTER_FACT), device_seq=100)
    last = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid), device_seq=101)
    receipts = tablet.push(*good, bad, last)
    assert results(receipts) == [*[("applied", None)] * 4, ("quarantined", "fact_character"), ("applied", None)]
    assert receipts[4].field == "observations.0.fact"
    assert rows(county, SyncReview, "id", "area_code", "state", "author_id", "code") == [
        (receipts[4].review_id, county.grid, "open", worker, "fact_character")
    ]
    assert rows(county, SweepReturn, "item_count") == [(5,)]


def test_a_hundred_facts_cost_as_many_statements_as_one(county: County) -> None:
    tablet, worker, sweep_id = Tablet(county), a_field_worker(county), sweep_id_of(a_month(county))
    counts = []
    for number in (1, 1, 100):
        sent = [tablet.operation(worker, "observation", a_fact(sweep_id, county.grid)) for _ in range(number)]
        with statements(county.store) as seen:
            assert set(results(tablet.push(*sent))) == {("applied", None)}
        counts.append(len(seen))
    assert counts[1] == counts[2]


def a_filed(sweep_id: UUID, area_code: str, *facts: dict, **changes: object) -> dict:
    """The data of a whole return."""
    inner = [{name: value for name, value in fact.items() if name in INNER} for fact in facts]
    said = {"sweep_id": str(sweep_id), "area_code": area_code, "nil": not facts, "late_reason": "other"}
    return said | {"observations": inner, "disputes": []} | changes


INNER = ("id", "observed_on", "ground", "fact", "source", "resident")


def test_a_nil_return_is_filed_and_another_nil_of_the_place_was_so_already(county: County, sweep_id: UUID) -> None:
    tablet, worker, colleague = Tablet(county), a_field_worker(county), a_field_worker(county)
    first = tablet.operation(worker, "return", a_filed(sweep_id, county.grid))
    assert results(tablet.push(first)) == [("applied", None)]
    other = Tablet(county)
    assert results(other.push(other.operation(colleague, "return", a_filed(sweep_id, county.grid)))) == [
        ("duplicate", None)
    ]
    assert rows(county, SweepReturn, "id", "created_by", "nil") == [(UUID(first["record_id"]), worker, True)]


def test_items_of_a_second_return_join_the_first_of_another_worker(county: County, sweep_id: UUID) -> None:
    tablet, worker, colleague = Tablet(county), a_field_worker(county), a_field_worker(county)
    nil = tablet.operation(worker, "return", a_filed(sweep_id, county.grid))
    full = tablet.operation(colleague, "return", a_filed(sweep_id, county.grid, a_fact(sweep_id, county.grid)))
    assert [one.result for one in tablet.push(nil, full)] == ["applied", "merged"]
    assert rows(county, SweepReturn, "nil", "item_count", "created_by") == [(False, 1, worker)]
    assert rows(county, Observation, "created_by") == [(colleague,)]


def test_a_return_known_by_its_id_is_a_duplicate_even_under_a_new_operation(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    data, record_id = a_filed(sweep_id, county.grid, a_fact(sweep_id, county.grid)), new_id()
    sent = [tablet.operation(worker, "return", data, record_id=record_id) for _ in range(2)]
    assert [(one.result, one.version) for one in tablet.push(*sent)] == [("applied", 1), ("duplicate", 1)]
    assert rows(county, SweepReturn, "item_count") == [(1,)]


def test_a_fact_whose_id_somebody_else_took_is_laid_aside(county: County, sweep_id: UUID) -> None:
    tablet, worker, colleague, record_id = Tablet(county), a_field_worker(county), a_field_worker(county), new_id()
    fact = a_fact(sweep_id, county.grid)
    sent = [tablet.operation(who, "observation", fact, record_id=record_id) for who in (worker, colleague)]
    assert results([tablet.push(one)[0] for one in sent]) == [("applied", None), ("quarantined", "record_exists")]


def test_an_operation_id_with_another_content_is_turned_away_and_the_first_stands(
    county: County, sweep_id: UUID
) -> None:
    tablet, worker, op_id = Tablet(county), a_field_worker(county), new_id()
    first = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid), op_id=op_id)
    other = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid), op_id=op_id)
    receipts = tablet.push(first)
    assert results(tablet.push(other)) == [("rejected", "op_id_reused")]
    assert tablet.push(first) == receipts
    assert len(rows(county, Observation, "id")) == 1


def test_the_same_operation_twice_in_one_push_is_one(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    one = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid))
    first, second = tablet.push(one, one)
    assert first == second
    assert len(rows(county, Observation, "id")) == 1


def test_another_tablets_operation_of_the_same_id_is_an_operation_of_its_own(county: County, sweep_id: UUID) -> None:
    here, there, worker, op_id = Tablet(county), Tablet(county), a_field_worker(county), new_id()
    sent = [
        (tablet, tablet.operation(worker, "observation", a_fact(sweep_id, county.grid), op_id=op_id))
        for tablet in (here, there)
    ]
    assert [results(tablet.push(one)) for tablet, one in sent] == [[("applied", None)]] * 2


@pytest.mark.parametrize(
    "changed",
    [
        {"token": "x" * 48},
        {"token": "-" * 47 + "é"},
        {"token": "!" * 48},
        {"token": ""},
    ],
)
def test_work_whose_author_is_not_proven_is_turned_away(county: County, sweep_id: UUID, changed: dict) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    sent = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid), token=changed["token"] or "é")
    assert results(tablet.push(sent)) == [("rejected", "author_unproven")]
    assert rows(county, Observation, "id") == rows(county, SyncReceipt, "op_id") == rows(county, SyncReview, "id") == []


def test_a_colleague_on_a_shared_tablet_can_carry_work_but_not_write_in_anothers_name(
    county: County, sweep_id: UUID
) -> None:
    tablet, author, colleague = Tablet(county), a_field_worker(county), a_field_worker(county)
    true = tablet.operation(author, "observation", a_fact(sweep_id, county.grid))
    forged = tablet.operation(author, "observation", a_fact(sweep_id, county.grid), token=tablet.token(colleague))
    moved = true | {"author_id": str(colleague), "op_id": str(new_id())}
    assert results(tablet.push(true, forged, moved)) == [
        ("applied", None), ("rejected", "author_unproven"), ("rejected", "operation_unreadable"),
    ]  # fmt: skip
    assert rows(county, Observation, "created_by") == [(author,)]


def test_a_token_of_one_tablet_proves_nothing_on_another(county: County, sweep_id: UUID) -> None:
    mine, other, worker = Tablet(county), Tablet(county), a_field_worker(county)
    sent = other.operation(worker, "observation", a_fact(sweep_id, county.grid), token=mine.token(worker))
    assert results(other.push(sent)) == [("rejected", "author_unproven")]


def test_what_follows_on_a_record_that_was_turned_away_waits_with_it(county: County, sweep_id: UUID) -> None:
    tablet, worker, record_id = Tablet(county), a_field_worker(county), new_id()
    bad = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid), record_id=record_id, token="x")
    after = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid), record_id=record_id)
    beside = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid))
    assert [one.result for one in tablet.push(bad, after, beside)] == ["rejected", "rejected", "applied"]
    assert results(tablet.push(after)) == [("applied", None)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key_id": "019a8f00-0000-7000-8000-0000000000c1"}, "seal_key_unknown"),
        ({"sealed": "AAAA"}, "operation_unreadable"),
        ({"sealed": "é!"}, "operation_unreadable"),
        ({"kind": "visit"}, "operation_unreadable"),
        ({"record_id": "019a8f00-0000-7000-8000-0000000000c2"}, "operation_unreadable"),
        ({"op_id": "not an id"}, "operation_unreadable"),
        ({"device_seq": 0}, "operation_unreadable"),
        ({"captured_at": "yesterday"}, "operation_unreadable"),
        ({"captured_at": "2026-11-19T08:30:00"}, "operation_unreadable"),
        ({"period": "2026-11"}, "operation_unreadable"),
    ],
)
def test_what_cannot_be_read_is_turned_away_by_name_and_holds_back_nothing(
    county: County, sweep_id: UUID, changes: dict, code: str
) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    bad = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid)) | changes
    good = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid))
    receipts = tablet.push(bad, good)
    assert results(receipts) == [("rejected", code), ("applied", None)]
    assert receipts[0].op_id == bad["op_id"]


@pytest.mark.parametrize("operation", [5, None, [], {}, "x", {"op_id": 7}])
def test_an_operation_that_is_no_object_gets_an_answer_without_a_name(county: County, operation: object) -> None:
    (receipt,) = Tablet(county).push(operation)  # type: ignore[arg-type]
    assert (receipt.op_id, receipt.result, receipt.code) == (None, "rejected", "operation_unreadable")


def test_members_that_this_server_does_not_know_are_passed_over(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    sent = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid)) | {"weather": "rain"}
    assert results(tablet.push(sent)) == [("applied", None)]


@pytest.mark.parametrize(
    "data",
    [
        [], 7, "x", None, {}, {"sweep_id": "x"},
    ],
)  # fmt: skip
def test_data_of_the_wrong_shape_are_kept_for_the_author_proved_them(county: County, data: object) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    (receipt,) = tablet.push(tablet.operation(worker, "observation", data))
    assert (receipt.result, receipt.code) == ("quarantined", "operation_malformed")
    assert rows(county, SyncReview, "id", "area_code") == [(receipt.review_id, county.grid)]


def test_a_kind_of_a_newer_client_is_kept_for_later(county: County) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    assert results(tablet.push(tablet.operation(worker, "tea_ceremony", {"cups": 2}))) == [
        ("quarantined", "kind_unknown")
    ]


def test_a_field_of_a_newer_client_is_kept_whole_and_not_in_part(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    sent = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid, seen_from="window"))
    assert results(tablet.push(sent)) == [("quarantined", "operation_malformed")]


def test_a_key_changed_between_two_sends_still_opens_what_was_sealed_before(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    before = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid))
    change_seal_key(county.store, county.code)
    after = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid))
    assert before["key_id"] != after["key_id"]
    assert results(tablet.push(before, after)) == [("applied", None)] * 2


def test_two_tablets_of_one_worker_make_one_return(county: County, sweep_id: UUID) -> None:
    here, there, worker = Tablet(county), Tablet(county), a_field_worker(county)
    for tablet in (here, there):
        assert results(tablet.push(tablet.operation(worker, "observation", a_fact(sweep_id, county.grid)))) == [
            ("applied", None)
        ]
    assert rows(county, SweepReturn, "item_count") == [(2,)]


def test_the_same_push_twice_at_once_writes_once(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    sent = [tablet.operation(worker, "observation", a_fact(sweep_id, county.grid)) for _ in range(5)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: tablet.push(*sent), range(4)))
    assert all(answer == answers[0] for answer in answers)
    assert rows(county, SweepReturn, "item_count") == [(5,)]


def test_late_work_of_somebody_who_has_lost_the_grid_is_applied(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    sent = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid), captured_at=ago(hours=5))
    end_roles(county, worker, ago(hours=1))
    after = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid), captured_at=clock.now())
    assert results(tablet.push(sent, after)) == [("applied", None), ("quarantined", "role_forbidden")]


def test_a_clock_put_back_far_does_not_bring_a_role_back(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    end_roles(county, worker, ago(days=1))
    sent = [
        tablet.operation(worker, "observation", a_fact(sweep_id, county.grid), captured_at=at, leased_at=ago(days=2))
        for at in (ago(days=91), clock.now() + timedelta(days=1))
    ]
    assert results(tablet.push(*sent)) == [("quarantined", "role_forbidden")] * 2


def test_a_grant_widened_in_the_database_is_not_believed(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    sent = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid))
    with as_owner(county) as connection:
        connection.execute(update(RoleGrant).where(RoleGrant.user_id == worker).values(granted_area=county.code))
    with pytest.raises(Unavailable, match="seal_broken"):
        tablet.push(sent)
    assert rows(county, SyncReceipt, "op_id") == []


def test_a_month_that_is_closed_lays_the_return_aside(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    with as_owner(county) as connection:
        connection.execute(update(Sweep).where(Sweep.id == sweep_id).values(state="closed"))
    assert results(tablet.push(tablet.operation(worker, "return", a_filed(sweep_id, county.grid)))) == [
        ("quarantined", "sweep_not_taking_returns")
    ]


def test_a_place_that_is_not_the_authors_is_laid_aside_for_that_place(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    sent = tablet.operation(worker, "observation", a_fact(sweep_id, county.other_grid))
    assert results(tablet.push(sent)) == [("quarantined", "not_found")]
    with transaction(coordinator(county, county.other_township)) as work:
        assert [row.area_code for row in work.session.scalars(select(SyncReview))] == [county.other_grid]


def test_where_the_log_fails_nothing_is_kept(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    sent = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid))
    with as_owner(county) as connection:
        connection.execute(text("REVOKE INSERT ON access_stage FROM linli_app"))
    try:
        with pytest.raises(Unavailable, match="access_log_unavailable"):
            tablet.push(sent)
    finally:
        with as_owner(county) as connection:
            connection.execute(text("GRANT INSERT ON access_stage TO linli_app"))
    assert rows(county, Observation, "id") == rows(county, SyncReceipt, "op_id") == []
    assert results(tablet.push(sent)) == [("applied", None)]


def test_a_waiting_lock_gives_the_push_up_whole_and_it_gets_through_later(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    sent = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid))
    with transaction(tablet.caller) as holder:
        take_turn(holder, tablet.id, 1)
        with (
            patch("server.store.transaction._BIND", short_of_patience()),
            pytest.raises(Unavailable, match="push_failed"),
        ):
            tablet.push(sent)
    assert results(tablet.push(sent)) == [("applied", None)]


def test_a_returns_fault_of_ours_lays_one_operation_aside_and_no_more(
    county: County, sweep_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    bad = tablet.operation(
        worker, "return", a_filed(sweep_id, county.grid, disputes=[A_DISPUTE | {"mediation_body": "a\0b"}])
    )
    good = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid))
    (first, second) = tablet.push(bad, good)
    assert (first.result, second.result) == ("quarantined", "applied")


def test_events_name_author_device_and_result_of_each(county: County, sweep_id: UUID) -> None:
    tablet, worker = Tablet(county), a_field_worker(county)
    good = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid))
    bad = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid, fact=CHARACTER_FACT))
    forged = tablet.operation(worker, "observation", a_fact(sweep_id, county.grid), token="x")
    tablet.push(good, bad, forged)
    events = [one for one in events_of(county) if one.get("device") == str(tablet.id)]
    assert {(one["actor"], one["action"], one["decision"], one.get("code", "")) for one in events} >= {
        (str(worker), "return:submit", "allowed", ""),
        (str(worker), "push:observation", "refused", "fact_character"),
        (str(worker), "sync_review:open", "allowed", ""),
        (str(UUID(int=0)), "sync:push", "refused", "author_unproven"),
    }
    assert not any(FACT in str(one) for one in events)


A_DISPUTE = {"dispute_type": "debt", "party_count": 2, "outcome": "ongoing"}


def ago(**time: int) -> datetime:
    """So long before now."""
    return clock.now() - timedelta(**time)


def end_roles(county: County, user_id: UUID, at: datetime) -> None:
    """End every role of somebody at an instant, as the application writes it."""
    with transaction(a_caller(county, Role.SYSADMIN, county.code)) as work:
        for row in work.session.scalars(select(RoleGrant).where(RoleGrant.user_id == user_id)):
            row.revoked_at = at
            row.valid_from = (at - timedelta(days=200)).date()
            row.row_mac = row_mac(work.keys.row_key, grant_fingerprint_fields(work.county_code, row))


@contextmanager
def as_owner(county: County) -> Iterator[Connection]:
    """Behind the application's back."""
    with county.owner_engine.begin() as connection:
        connection.execute(select(func.set_config("linli.county", county.code, True)))
        connection.execute(select(func.set_config("linli.areas", county.code, True)))
        yield connection


def short_of_patience() -> TextClause:
    """The binding of a transaction that waits for nobody."""
    return text(
        "SELECT set_config('linli.county', :county, true), set_config('linli.areas', :areas, true),"
        " set_config('lock_timeout', '50ms', true)"
    )
