"""The life of a referral as a table, the codes beside it, and what a packet may hold."""

from dataclasses import fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import product

import pytest

from server.clock import CHINA
from server.domain import codes_care, codes_referral, codes_safety
from server.domain.ages import age_on
from server.domain.codes_care import ReferralState
from server.domain.codes_referral import Direction
from server.domain.deadlines import referral_ack_due, referral_seen_due
from server.domain.referral_packet import Packet, read_packet
from server.domain.referral_states import TRANSITIONS, ReferralAct, find
from server.domain.workdays import WorkCalendar
from server.errors import Conflict
from tests.domain.seeds import code_entries

LISTED: dict[str, type[StrEnum]] = {
    "referral_state": codes_care.ReferralState,
    "referral_direction": codes_referral.Direction,
    "referral_urgency": codes_referral.ReferralUrgency,
    "referral_reason": codes_referral.ReferralReason,
    "referral_rejection": codes_referral.ReferralRejection,
    "referral_outcome": codes_referral.ReferralOutcome,
    "referral_destination": codes_referral.Destination,
    "safety_event_kind": codes_care.SafetyKind,
    "safety_source": codes_care.SafetySource,
    "safety_state": codes_care.SafetyState,
    "safety_recipient": codes_safety.SafetyRecipient,
}
S, A = ReferralState, ReferralAct


@pytest.mark.parametrize(("name", "enum"), LISTED.items(), ids=LISTED)
def test_a_list_names_exactly_the_codes_the_rules_know(name: str, enum: type[StrEnum]) -> None:
    assert [entry.code for entry in code_entries() if entry.list == name] == [str(member) for member in enum]


def test_nothing_reaches_an_agency_but_over_consent_or_a_basis() -> None:
    sending = [row for row in TRANSITIONS if row.direction is Direction.OUT and row.target is S.SENT]
    assert [(row.source, row.act, "consent_or_basis_at_this_instant" in row.guards) for row in sending] == [
        (S.CONSENT_OK, A.SEND, True)
    ]
    clearing = [row for row in TRANSITIONS if row.target is S.CONSENT_OK]
    assert [(row.source, row.guards[0]) for row in clearing] == [(S.DRAFTED, "consent_or_basis_at_this_instant")]


def test_nothing_leaves_an_end() -> None:
    assert [row for row in TRANSITIONS if row.source in {S.CLOSED, S.CANCELLED}] == []


def test_nobody_calls_off_what_was_sent() -> None:
    assert {row.source for row in TRANSITIONS if row.act is A.CANCEL} == {S.DRAFTED, S.CONSENT_OK}


def test_a_move_that_is_not_in_the_table_is_refused() -> None:
    known = {(row.direction, row.source, row.act) for row in TRANSITIONS}
    assert len(known) == len(TRANSITIONS)
    for key in set(product(Direction, S, A)) - known:
        with pytest.raises(Conflict) as refused:
            find(*key)
        assert refused.value.code == "referral_transition_forbidden"


def test_every_state_is_reached_and_every_state_but_the_ends_is_left() -> None:
    out = [row for row in TRANSITIONS if row.direction is Direction.OUT]
    assert {row.target for row in out} == set(S) - {S.DRAFTED}
    assert {row.source for row in out} == set(S) - {S.CLOSED, S.CANCELLED}


def test_guardrail_g10_the_packet_knows_these_keys_and_no_others() -> None:
    keys = {"name", "contact", "age", "sex", "reason", "urgency", "consent_scope", "safety_note"}
    assert {field.name for field in fields(Packet)} == keys


def test_a_packet_with_anything_more_is_not_read() -> None:
    text = Packet(
        name="欧阳", contact=None, age=None, sex="0", reason="crisis", urgency="soon", consent_scope="person",
        safety_note=None,
    ).as_text()  # fmt: skip
    assert read_packet(text).name == "欧阳"
    with pytest.raises(TypeError):
        read_packet(text.replace('"age"', '"assessment": 1, "age"'))


def test_age_counts_full_years_where_the_day_is_known() -> None:
    assert age_on(date(2026, 11, 21), date(2012, 11, 22), None) == 13
    assert age_on(date(2026, 11, 22), date(2012, 11, 22), None) == 14
    assert age_on(date(2026, 11, 22), None, 2012) == 14
    assert age_on(date(2026, 11, 22), None, None) is None


NEW_YEAR = WorkCalendar(
    {date(2027, 1, 1): False, date(2027, 1, 2): False, date(2027, 1, 3): False}, frozenset({2026, 2027})
)


@pytest.mark.parametrize(
    ("urgency", "due"),
    [
        (codes_referral.ReferralUrgency.ROUTINE, datetime(2027, 1, 6, 23, 59, 59, tzinfo=CHINA)),
        (codes_referral.ReferralUrgency.SOON, datetime(2027, 1, 4, 23, 59, 59, tzinfo=CHINA)),
        (codes_referral.ReferralUrgency.GREEN_CHANNEL, datetime(2027, 1, 1, 1, 30, tzinfo=CHINA)),
        (codes_referral.ReferralUrgency.EMERGENCY, datetime(2027, 1, 1, 1, 30, tzinfo=CHINA)),
    ],
)
def test_holidays_stretch_working_days_and_never_the_green_channel(
    urgency: codes_referral.ReferralUrgency, due: datetime
) -> None:
    night = datetime(2026, 12, 31, 23, 30, tzinfo=CHINA)
    assert referral_ack_due(NEW_YEAR, urgency, night) == due
    assert referral_seen_due(urgency, night) == (night + timedelta(hours=24) if urgency.at_once else None)
