"""When a return may come, and what its facts may be."""

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum

import pytest

from server.domain import returns
from server.domain.area_codes import AreaCode
from server.domain.codes import SweepKind
from server.domain.periods import Period
from server.domain.returns import (
    LateReason,
    ObservationState,
    ReopenReason,
    ReturnDraft,
    WordDecision,
    check_items,
    check_observation,
    check_observed_on,
    check_openable,
    check_over,
    check_place,
    checked_lateness,
)
from server.errors import Conflict, Invalid
from server.store.transaction import new_id
from tests.domain.seeds import code_entries, words
from tests.sweeping import FACT, FLAGGED_FACT, a_dispute, an_observation

MONTH = Period("202611")
GRID = AreaCode("430999101201001")


@pytest.mark.parametrize(
    ("name", "enum"),
    [
        ("late_reason", LateReason),
        ("reopen_reason", ReopenReason),
        ("word_decision", WordDecision),
        ("observation_state", ObservationState),
    ],
)
def test_a_list_names_exactly_the_codes_the_rules_know(name: str, enum: type[StrEnum]):
    assert [entry.code for entry in code_entries() if entry.list == name] == [str(member) for member in enum]


@pytest.mark.parametrize("period", ["202608", "202610", "202611", "202612"])
def test_a_month_is_opened_from_three_back_to_the_next(period: str):
    check_openable(Period(period), date(2026, 11, 30))


@pytest.mark.parametrize("period", ["202607", "202701", "202511"])
def test_a_month_further_away_is_not(period: str):
    with pytest.raises(Invalid) as refused:
        check_openable(Period(period), date(2026, 11, 30))
    assert (refused.value.code, refused.value.params) == (
        "period_out_of_range",
        {"earliest": "202608", "latest": "202612"},
    )


def test_a_month_is_closed_on_its_last_day_at_the_earliest():
    check_over(MONTH, date(2026, 11, 30))
    with pytest.raises(Conflict) as refused:
        check_over(MONTH, date(2026, 11, 29))
    assert refused.value.code == "month_not_over"


@pytest.mark.parametrize("day", [1, 20])
def test_a_return_in_time_has_no_reason_for_being_late(day: int):
    assert checked_lateness(MONTH, date(2026, 11, day), LateReason.OTHER) is None
    assert checked_lateness(MONTH, date(2026, 11, day), None) is None


@pytest.mark.parametrize("today", [date(2026, 11, 21), date(2026, 12, 1)])
def test_a_return_after_the_twentieth_needs_one(today: date):
    assert checked_lateness(MONTH, today, LateReason.WEATHER) is LateReason.WEATHER
    with pytest.raises(Invalid) as refused:
        checked_lateness(MONTH, today, None)
    assert refused.value.code == "late_reason_missing"


def test_nothing_is_filed_before_the_first():
    with pytest.raises(Conflict) as refused:
        checked_lateness(MONTH, date(2026, 10, 31), LateReason.OTHER)
    assert refused.value.code == "sweep_not_begun"


@pytest.mark.parametrize("day", [date(2026, 10, 1), date(2026, 11, 5)])
def test_a_fact_may_be_of_the_month_before(day: date):
    check_observed_on(MONTH, date(2026, 11, 5), day)


@pytest.mark.parametrize(
    ("day", "code"), [(date(2026, 9, 30), "observed_too_early"), (date(2026, 11, 6), "observed_in_future")]
)
def test_a_fact_is_neither_older_nor_of_tomorrow(day: date, code: str):
    with pytest.raises(Invalid) as refused:
        check_observed_on(MONTH, date(2026, 11, 5), day)
    assert (refused.value.code, refused.value.field) == (code, "observed_on")


def test_a_village_returns_itself_only_without_grids():
    check_place(GRID, 3)
    check_place(AreaCode(GRID[:12]), 0)
    with pytest.raises(Invalid):
        check_place(AreaCode(GRID[:12]), 1)


def test_items_belong_to_their_kind_of_sweep():
    observed = ReturnDraft(GRID, nil=False, observations=(an_observation(),))
    disputed = ReturnDraft(GRID, nil=False, disputes=(a_dispute(),))
    check_items(SweepKind.CONCERN, observed)
    check_items(SweepKind.DISPUTE, disputed)
    for kind, draft in ((SweepKind.DISPUTE, observed), (SweepKind.CONCERN, disputed)):
        with pytest.raises(Invalid) as refused:
            check_items(kind, draft)
        assert refused.value.code == "return_items_wrong"


def test_a_forbidden_word_is_flagged_and_a_plain_fact_is_not():
    today = date(2026, 11, 5)
    plain = an_observation(observed_on=today - timedelta(days=1))
    assert not check_observation(MONTH, today, replace(plain, fact=FACT), words()).needs_human_review
    assert check_observation(MONTH, today, replace(plain, fact=FLAGGED_FACT), words()).needs_human_review


@pytest.mark.parametrize("changes", [{"resident": None}, {"resident_id": new_id()}])
def test_a_resident_is_named_in_exactly_one_way(changes: dict[str, object]):
    draft = replace(an_observation(observed_on=date(2026, 11, 4)), **changes)
    with pytest.raises(Invalid) as refused:
        check_observation(MONTH, date(2026, 11, 5), draft, words())
    assert refused.value.code == "resident_one_of"


def test_drafts_do_not_show_people_in_a_trace():
    shown = repr((an_observation(), a_dispute(parties="张建军"), ReturnDraft(GRID, nil=True)))
    assert FACT not in shown
    assert "张建军" not in shown


def test_no_draft_has_room_for_a_category_or_for_health():
    unwanted = ("care", "categor", "diagnos", "health", "illness", "ethnic", "relig", "petition", "score", "rank")
    drafts = (returns.ReturnDraft, returns.ObservationDraft, returns.DisputeDraft)
    names = [name for draft in drafts for name in draft.__dataclass_fields__]
    assert [name for name in names if any(part in name for part in unwanted)] == []
