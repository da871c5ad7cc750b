"""What one tablet may ask within a quarter of an hour: counted before anything is opened, paused, and let go on."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

import pytest

from server.domain.feeds import PullAsked, RepairAsked
from server.domain.tablet_operations import read_operations, read_push
from server.errors import TooMany
from server.models.sync_push import SyncReceipt
from server.services import sync_pull
from server.services.sync_push import deliver
from server.services.tablet_budgets import OPERATIONS_IN_WINDOW, PULLS_IN_WINDOW, count_pull, take_turn
from server.store.transaction import Caller, transaction
from tests.make import County
from tests.make_devices import later
from tests.make_plans import a_worker
from tests.services.test_ledger_reading import statements
from tests.services.test_sync_push import a_fact, rows
from tests.tablet_feeds import on_a_tablet
from tests.tablets import Tablet, a_field_worker, results

APPLIED = ("applied", None)


def leave(tablet: Tablet, operations: int) -> None:
    """Have a tablet send so many that this number is left of its quarter of an hour."""
    with transaction(tablet.caller) as work:
        take_turn(work, tablet.id, OPERATIONS_IN_WINDOW - operations)


def some(tablet: Tablet, author: UUID, sweep_id: UUID, number: int) -> list[dict]:
    """Facts of one author."""
    return [tablet.operation(author, "observation", a_fact(sweep_id, tablet.county.grid)) for _ in range(number)]


def test_a_tablet_over_its_budget_is_paused_and_what_it_sent_again_later_is_applied(
    county: County, tablet: Tablet, sweep_id: UUID
) -> None:
    sent = some(tablet, a_field_worker(county), sweep_id, 4)
    leave(tablet, 3)
    for _ in range(2):
        with pytest.raises(TooMany, match="tablet_paused") as paused:
            tablet.push(*sent)
        assert 0 < paused.value.params["retry_after_s"] <= 900
    assert rows(county, SyncReceipt, "op_id") == []
    assert results(tablet.push(*sent[:3])) == [APPLIED] * 3
    with later(minutes=16):
        assert results(tablet.push(*sent)) == [APPLIED] * 4


def test_a_paused_tablet_has_nothing_opened(county: County, tablet: Tablet, sweep_id: UUID) -> None:
    sent = some(tablet, a_field_worker(county), sweep_id, 2)
    leave(tablet, 1)
    with statements(county.store) as seen, pytest.raises(TooMany):
        tablet.push(*sent)
    assert not any("FROM sync_receipt" in one for one in seen)
    with statements(county.store) as seen:
        tablet.push(sent[0])
    assert any("FROM sync_receipt" in one for one in seen)


def test_one_tablets_flood_pauses_no_other(county: County, tablet: Tablet, sweep_id: UUID) -> None:
    author, other = a_field_worker(county), Tablet(county)
    leave(tablet, 0)
    with pytest.raises(TooMany):
        tablet.push(*some(tablet, author, sweep_id, 1))
    assert results(other.push(*some(other, author, sweep_id, 2))) == [APPLIED] * 2


def test_pushes_at_once_share_one_budget(county: County, tablet: Tablet, sweep_id: UUID) -> None:
    author = a_field_worker(county)
    leave(tablet, 4)
    pushes = [some(tablet, author, sweep_id, 2) for _ in range(6)]

    def sent(push: list[dict]) -> int:
        with suppress(TooMany):
            return len(tablet.push(*push))
        return 0

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(sent, pushes)) == 4


def test_every_operation_counts_also_one_sent_again_and_one_refused(
    county: County, tablet: Tablet, sweep_id: UUID
) -> None:
    author = a_field_worker(county)
    good, bad = some(tablet, author, sweep_id, 2)
    bad |= {"sealed": "AAAA"}
    leave(tablet, 5)
    for _ in range(2):
        assert results(tablet.push(good, bad)) == [APPLIED, ("rejected", "operation_unreadable")]
    with pytest.raises(TooMany):
        tablet.push(good, bad)


def test_what_the_office_brings_in_a_file_is_not_counted(county: County, tablet: Tablet, sweep_id: UUID) -> None:
    """A tablet that cannot send is emptied in one go, paused or not."""
    sent = some(tablet, a_field_worker(county), sweep_id, 2)
    leave(tablet, 0)
    body = read_push(sync_body(tablet, sent))
    receipts = deliver(tablet.caller, tablet.known, read_operations(body.operations), counted=False)
    assert results(receipts) == [APPLIED] * 2


def test_a_fortnight_offline_of_two_colleagues_and_every_answer_lost_once_fits_well_in_it() -> None:
    days, people, returns, colleagues = 14, 50, 4, 2
    looks_and_visits = 1.3 * people
    assert colleagues * days * (looks_and_visits + returns) < OPERATIONS_IN_WINDOW / 2


def test_counting_costs_no_statement_of_its_own(county: County, tablet: Tablet) -> None:
    """It is what lets one push of a tablet at a time in."""
    with transaction(tablet.caller) as work:
        assert work.keys
        with statements(county.store) as seen:
            take_turn(work, tablet.id, 100)
    assert len(seen) == 1


def pulled(caller: Caller) -> object:
    """One pull of the caller's tablet."""
    return sync_pull.pull(caller, PullAsked(device_of(caller), 500, {}))


def device_of(caller: Caller) -> UUID:
    """The tablet somebody is signed in on."""
    assert caller.identity.device_id is not None
    return caller.identity.device_id


def test_a_tablet_that_pulls_without_end_is_paused_and_goes_on_later(county: County) -> None:
    caller = on_a_tablet(a_worker(county))
    for _ in range(PULLS_IN_WINDOW - 2):
        with transaction(caller) as work:
            count_pull(work, device_of(caller))
    pulled(caller)
    sync_pull.repair(caller, RepairAsked(device_of(caller), county.grid, ()))
    for act in (pulled, lambda who: sync_pull.repair(who, RepairAsked(device_of(who), county.grid, ()))):
        with pytest.raises(TooMany, match="tablet_paused"):
            act(caller)
    pulled(on_a_tablet(caller))
    with later(minutes=16):
        pulled(caller)


def sync_body(tablet: Tablet, sent: list[dict]) -> bytes:
    """The body of a push."""
    return json.dumps({"device_id": str(tablet.id), "operations": sent}).encode()
