"""Who stands on which side, which reasons fit where, and when an entry may be renewed."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.clock import CHINA
from server.domain.codes import ClosureReason, LedgerState, Role
from server.domain.codes_leaving import Side
from server.domain.deadlines import add_months
from server.domain.leaving import (
    BY_OTHER_ACTS,
    NewFact,
    Proposed,
    check_decider,
    check_leaving,
    check_new_fact,
    check_renewable,
    side_of,
    times_of_renewal,
)
from server.domain.ledger_rules import Basis, times_of_leaving
from server.domain.ledger_states import IN_SERVICE_STATES, TERMINAL_STATES, LedgerAct
from server.errors import Conflict, Forbidden, Invalid
from tests.make_ledger import refusal

ME, OTHER, PERSON = UUID(int=1), UUID(int=2), UUID(int=3)
TODAY = date(2026, 11, 22)
LONG_AGO = date(2026, 1, 1)
R, S, C = Role, LedgerState, ClosureReason


@pytest.mark.parametrize(
    ("roles", "carers", "side"),
    [
        ({R.TOWNSHIP_COORDINATOR}, {OTHER}, Side.TOWNSHIP),
        ({R.ASSESSOR}, {ME}, Side.ASSESSOR),
        ({R.CLINICIAN}, {ME, OTHER}, Side.ASSESSOR),
        ({R.TOWNSHIP_COORDINATOR, R.ASSESSOR}, {ME}, Side.ASSESSOR),
        ({R.TOWNSHIP_COORDINATOR, R.ASSESSOR}, {OTHER}, Side.TOWNSHIP),
        ({R.TOWNSHIP_COORDINATOR, R.COUNSELLOR}, {ME}, Side.TOWNSHIP),
    ],
)
def test_somebody_speaks_for_one_side_of_an_entry_only(roles: set[Role], carers: set[UUID], side: Side) -> None:
    assert side_of(ME, roles, carers) is side


def test_two_people_of_two_sides_decide() -> None:
    proposed = Proposed(ME, Side.ASSESSOR)
    check_decider(proposed, OTHER, Side.TOWNSHIP)
    for user, side, code in (
        (ME, Side.TOWNSHIP, "proposal_own"),
        (ME, Side.ASSESSOR, "proposal_own"),
        (OTHER, Side.ASSESSOR, "proposal_same_side"),
    ):
        with refusal(Forbidden, code):
            check_decider(proposed, user, side)


@pytest.mark.parametrize("state", sorted(IN_SERVICE_STATES))
def test_each_reason_fits_the_states_it_is_true_in(state: LedgerState) -> None:
    fitting = set()
    for reason in set(C) - BY_OTHER_ACTS:
        with suppress(Conflict):
            check_leaving(reason, state, LONG_AGO, TODAY)
            fitting.add(reason)
    anywhere = {C.MOVED, C.CLINICAL_CARE, C.DUPLICATE, C.ERROR, C.DECEASED, C.LOST_CONTACT}
    met = {C.NEED_MET} if state in {S.PLAN_ACTIVE, S.STABLE} else set()
    none = set() if state in {S.ACCEPTED, S.AWAITING_CONSENT} else {C.NO_NEED}
    assert fitting == anywhere | met | none


@pytest.mark.parametrize("reason", sorted(BY_OTHER_ACTS))
def test_refusal_withdrawal_time_and_forbidden_grounds_are_other_acts(reason: ClosureReason) -> None:
    with refusal(Invalid, "closure_reason_of_other_act"):
        check_leaving(reason, S.STABLE, LONG_AGO, TODAY)


@pytest.mark.parametrize("state", sorted(TERMINAL_STATES))
def test_nothing_fits_an_ended_entry(state: LedgerState) -> None:
    with refusal(Conflict, "closure_reason_unfit"):
        check_leaving(C.DECEASED, state, LONG_AGO, TODAY)


def test_contact_is_lost_after_ninety_days_and_not_a_day_sooner() -> None:
    check_leaving(C.LOST_CONTACT, S.ACCEPTED, TODAY - timedelta(days=90), TODAY)
    with refusal(Conflict, "contact_not_lost"):
        check_leaving(C.LOST_CONTACT, S.ACCEPTED, TODAY - timedelta(days=89), TODAY)


def test_an_entry_is_renewed_in_its_last_sixty_days() -> None:
    end = datetime(2027, 1, 15, 16, tzinfo=UTC)
    check_renewable(end, end - timedelta(days=60))
    with refusal(Conflict, "renewal_too_early"):
        check_renewable(end, end - timedelta(days=60, seconds=1))


def a_fact(**changes: object) -> NewFact:
    """A noted observation of yesterday."""
    of_basis = {"resident_id": PERSON, "ground": "2", "state": "noted", "word_review_open": False} | {
        name: value for name, value in changes.items() if name != "observed_on"
    }
    basis = Basis(id=UUID(int=9), period="202611", urgent=False, **of_basis)  # type: ignore[arg-type]
    return NewFact(basis, changes.get("observed_on", TODAY - timedelta(days=1)), OTHER)  # type: ignore[arg-type]


BEGAN = datetime(2025, 12, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("days", [0, 1, 31])
def test_invariant_9_a_renewal_rests_on_a_recent_fact(days: int) -> None:
    check_new_fact(a_fact(observed_on=TODAY - timedelta(days=days)), PERSON, BEGAN, TODAY)


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"observed_on": TODAY - timedelta(days=32)}, Invalid, "fact_too_old"),
        ({"observed_on": date(2025, 12, 1)}, Invalid, "fact_not_new"),
        ({"observed_on": date(2025, 11, 30)}, Invalid, "fact_not_new"),
        ({"resident_id": OTHER}, Invalid, "observation_of_other_resident"),
        ({"state": "promoted"}, Conflict, "observation_not_open"),
        ({"state": "returned"}, Conflict, "observation_not_open"),
        ({"word_review_open": True}, Conflict, "word_review_open"),
        ({"ground": "5"}, Invalid, "ground_import_only"),
    ],
)
def test_invariant_9_a_renewal_rests_on_no_other_fact(
    changes: dict[str, object], error: type[Invalid | Conflict], code: str
) -> None:
    with refusal(error, code):
        check_new_fact(a_fact(**changes), PERSON, BEGAN, TODAY)


@pytest.mark.parametrize(
    ("renewed", "ends"),
    [
        ("2028-02-29T10:00", "2029-02-28T00:00"),
        ("2027-02-28T10:00", "2028-02-28T00:00"),
        ("2026-12-31T23:30", "2027-12-31T00:00"),
        ("2027-01-01T03:00", "2028-01-01T00:00"),
    ],
)
def test_invariant_9_a_term_is_twelve_months_over_years_and_leap_days(renewed: str, ends: str) -> None:
    now = datetime.fromisoformat(renewed).replace(tzinfo=CHINA).astimezone(UTC)
    times = times_of_renewal(now)
    assert times["renewed_at"] == now
    assert times["expires_at"].astimezone(CHINA) == datetime.fromisoformat(ends).replace(tzinfo=CHINA)


@given(st.integers(1704067200, 2114294400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_invariant_9_no_term_is_longer_however_it_is_counted(now: datetime) -> None:
    end = times_of_renewal(now)["expires_at"]
    for zone in (UTC, CHINA):
        local = now.astimezone(zone)
        assert end <= datetime.combine(add_months(local.date(), 12), local.timetz())


@pytest.mark.parametrize(
    ("act", "forgotten"),
    [(LedgerAct.REFUSE, "2027-02-28"), (LedgerAct.CLOSE, "2028-11-30"), (LedgerAct.WITHDRAW, "2028-11-30")],
)
def test_guardrail_g3_whoever_said_no_is_forgotten_sooner(act: LedgerAct, forgotten: str) -> None:
    now = datetime(2026, 11, 30, 8, tzinfo=CHINA)
    purge = times_of_leaving(now, accepted=True, act=act).purge_due_at
    assert purge is not None
    assert purge.astimezone(CHINA).date().isoformat() == forgotten
