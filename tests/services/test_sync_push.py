"""What a tablet delivers: applied once, in its order, credited to its author; nothing lost, nothing forged."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from server import clock
from server.models.sweep import Observation, SweepReturn
from server.models.sync_push import SyncReceipt, SyncReview
from server.store.transaction import transaction
from tests.make import County
from tests.services.test_ledger_reading import statements
from tests.sweeping import CHARACTER_FACT, FACT, a_month, coordinator, sweep_id_of
from tests.tablets import Tablet, a_field_worker, results


def a_fact(sweep_id: UUID, area_code: str, **changes: object) -> dict:
    """The data of one observation about somebody new."""
    return {
        "sweep_id": str(sweep_id),
        "area_code": area_code,
        "observed_on": (clock.today() - timedelta(days=1)).isoformat(),
        "ground": "2",
        "fact": FACT,
        "source": "told_by_person",
        "resident": {"name": "王秀英", "sex": "2", "birth_year": 1955},
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
