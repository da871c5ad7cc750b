"""OP-1 to OP-8: from timestamps alone, where a refusal is as valid as a visit."""

from datetime import timedelta

from sqlalchemy import update

from server import clock
from server.domain.codes import LedgerState
from server.domain.operations import OPERATIONS
from server.domain.periods import next_period
from server.models.plan import Visit
from server.store.operations import operations_of
from server.store.transaction import transaction
from tests.make import County
from tests.make_care import a_plan, in_care, visits_of
from tests.make_months import a_closed_month, a_held_meeting
from tests.services.test_ledger_reading import statements
from tests.sweeping import coordinator, last_period, this_period


def of_this_month(county: County) -> dict[str, tuple[int, int]]:
    with transaction(coordinator(county)) as work:
        return operations_of(work, county.township, this_period())


def test_every_indicator_has_a_numerator_and_a_denominator(county: County) -> None:
    found = of_this_month(county)
    assert sorted(found) == [operation.id for operation in OPERATIONS]
    assert found == {
        "OP-1": (0, 12), "OP-2": (0, 0), "OP-3": (0, 0), "OP-4": (0, 0),
        "OP-5": (0, 0), "OP-6": (0, 0), "OP-7": (0, 0), "OP-8": (0, 0),
    }  # fmt: skip


def test_a_refused_visit_and_one_in_vain_count_as_a_visit_made(county: County) -> None:
    person = in_care(county, LedgerState.PLAN_ACTIVE)
    a_plan(person, visits=5)
    states = ("done", "declined", "not_seen", "planned", "cancelled")
    with transaction(coordinator(county)) as work:
        for visit, state in zip(visits_of(person), states, strict=True):
            done = work.now if state in {"done", "declined", "not_seen"} else None
            changes = {"state": state, "done_at": done, "period": this_period()}
            work.session.execute(update(Visit).where(Visit.id == visit.id).values(changes))
    assert of_this_month(county)["OP-5"] == (3, 4)


def test_reviews_contacts_plans_and_expiry_count_by_their_due_day(county: County) -> None:
    now = clock.now()
    in_care(county, review_due_at=now, decided_at=now - timedelta(hours=1))
    in_care(
        county, LedgerState.ACCEPTED, review_due_at=now, decided_at=now + timedelta(hours=1), first_contact_due_at=now
    )
    in_care(county, LedgerState.ASSESSED, plan_due_at=now)
    left = {"plan_due_at": now, "closed_at": now - timedelta(hours=1)}
    in_care(county, LedgerState.CLOSED, **left)
    in_care(county, expires_at=now - timedelta(minutes=1))
    found = of_this_month(county)
    assert found["OP-2"] == (1, 2)
    assert found["OP-3"][0] == 0
    assert found["OP-4"] == (1, 2)
    assert found["OP-8"] == (1, 4)


def test_a_meeting_counts_in_the_month_in_which_it_is_due(county: County) -> None:
    month = a_closed_month(county)
    assert of_this_month(county)["OP-7"] == (0, 1)
    held = a_held_meeting(county, month, clock.today())
    assert of_this_month(county)["OP-7"] == (0 if held.late else 1, 1)
    with transaction(coordinator(county)) as work:
        assert operations_of(work, county.township, last_period())["OP-7"] == (0, 0)
        assert operations_of(work, county.township, next_period(this_period()))["OP-7"] == (0, 0)


def test_operations_take_as_many_statements_for_one_as_for_many(county: County) -> None:
    counts = []
    for people in (1, 8):
        for _ in range(people):
            a_plan(in_care(county, LedgerState.PLAN_ACTIVE), visits=2)
        with transaction(coordinator(county)) as work, statements(county.store) as sent:
            operations_of(work, county.township, this_period())
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 8


def test_no_numerator_exceeds_its_denominator(county: County) -> None:
    for state in (LedgerState.ACCEPTED, LedgerState.ASSESSED, LedgerState.PLAN_ACTIVE, LedgerState.EXPIRED):
        in_care(county, state)
    assert all(num <= den for num, den in of_this_month(county).values())
