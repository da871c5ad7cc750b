"""Classes and intervals of the follow-up of severe mental disorders, as the national form has them."""

from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.code_lists import parse_code_entries
from server.domain.codes_smd import Adherence, ContactInterval, SmdDiagnosis, SmdSign, Stability
from server.domain.smd import (
    Contact,
    Course,
    check_contact,
    class_of,
    interval_after,
    latest_due,
    next_due,
    since_when,
)
from server.errors import Invalid
from tests.domain.seeds import SEEDS

TODAY = date(2026, 11, 22)
T, S = ContactInterval, Stability
UNSTABLE_SIGNS = (
    SmdSign.MARKED_SYMPTOMS,
    SmdSign.INSIGHT_ABSENT,
    SmdSign.ADVERSE_REACTION,
    SmdSign.PHYSICAL_ILLNESS,
)


def a_contact(stability: Stability = S.BASICALLY_STABLE, **changes: object) -> Contact:
    danger = {S.UNSTABLE: 3, S.BASICALLY_STABLE: 1, S.STABLE: 0, S.NOT_SEEN: None}[stability]
    return Contact(**{"registered": True, "stability": stability, "contacted_on": TODAY, "danger": danger} | changes)


def before(stability: Stability, interval: ContactInterval = T.TWO_WEEKS) -> Course:
    return Course(stability, date(2026, 6, 1), date(2026, 11, 8), interval)


def refusal(contact: Contact, course: Course | None = None) -> str:
    with pytest.raises(Invalid) as refused:
        check_contact(contact, course, TODAY)
    return refused.value.code


@pytest.mark.parametrize(
    ("danger", "found"),
    [
        (0, S.STABLE),
        (1, S.BASICALLY_STABLE),
        (2, S.BASICALLY_STABLE),
        (3, S.UNSTABLE),
        (4, S.UNSTABLE),
        (5, S.UNSTABLE),
    ],
)
def test_the_danger_level_sets_the_most_stable_class(danger: int, found: Stability):
    assert class_of(danger) is found


def test_signs_set_it_too():
    for sign in UNSTABLE_SIGNS:
        assert class_of(0, [sign]) is S.UNSTABLE
    for sign in set(SmdSign) - set(UNSTABLE_SIGNS):
        assert class_of(0, [sign]) is S.BASICALLY_STABLE
        assert class_of(2, [sign]) is S.BASICALLY_STABLE


@given(
    st.integers(0, 5),
    st.frozensets(st.sampled_from(SmdSign)),
    st.sampled_from([S.UNSTABLE, S.BASICALLY_STABLE, S.STABLE]),
)
def test_a_class_may_be_less_stable_than_the_findings_but_never_more(danger, signs, stated):
    contact = a_contact(stated, danger=danger, signs=signs)
    if stated > class_of(danger, signs):
        assert refusal(contact) == "smd_class_contradicted"
    else:
        check_contact(contact, None, TODAY)


@pytest.mark.parametrize(
    ("stability", "settling", "course", "interval"),
    [
        (S.UNSTABLE, None, None, T.TWO_WEEKS),
        (S.UNSTABLE, None, before(S.STABLE, T.THREE_MONTHS), T.TWO_WEEKS),
        (S.BASICALLY_STABLE, None, None, T.TWO_WEEKS),
        (S.BASICALLY_STABLE, None, before(S.UNSTABLE), T.TWO_WEEKS),
        (S.BASICALLY_STABLE, True, before(S.BASICALLY_STABLE), T.THREE_MONTHS),
        (S.BASICALLY_STABLE, False, before(S.BASICALLY_STABLE), T.ONE_MONTH),
        (S.STABLE, None, None, T.THREE_MONTHS),
        (S.STABLE, None, before(S.UNSTABLE), T.THREE_MONTHS),
    ],
)
def test_how_soon_the_next_contact_is_due(stability, settling, course, interval):
    contact = a_contact(stability, settling=settling)
    check_contact(contact, course, TODAY)
    assert interval_after(contact, course) is interval


@given(st.sampled_from(ContactInterval), st.sampled_from(Stability))
def test_invariant_20_not_seen_keeps_the_interval_and_is_never_stable(interval, known):
    contact = a_contact(S.NOT_SEEN)
    assert interval_after(contact, before(known, interval)) is interval
    assert since_when(contact, before(known, interval)) is None


def test_invariant_20_not_seen_the_first_time_gets_the_shortest_interval():
    assert interval_after(a_contact(S.NOT_SEEN), None) is T.TWO_WEEKS


def test_invariant_20_not_seen_brings_no_findings():
    check_contact(a_contact(S.NOT_SEEN), None, TODAY)
    for changes in ({"danger": 0}, {"signs": frozenset({SmdSign.SOME_SYMPTOMS})}, {"settling": True},
                    {"adherence": Adherence.REGULAR}):  # fmt: skip
        assert refusal(a_contact(S.NOT_SEEN, **changes)) == "smd_not_seen_no_findings"


@pytest.mark.parametrize(
    ("interval", "contacted", "due"),
    [
        (T.TWO_WEEKS, date(2026, 12, 25), date(2027, 1, 8)),
        (T.ONE_MONTH, date(2026, 12, 31), date(2027, 1, 31)),
        (T.ONE_MONTH, date(2027, 1, 31), date(2027, 2, 28)),
        (T.THREE_MONTHS, date(2026, 11, 30), date(2027, 2, 28)),
        (T.THREE_MONTHS, date(2027, 11, 30), date(2028, 2, 29)),
    ],
)
def test_the_last_day_across_the_years_end_and_february(interval, contacted, due):
    assert latest_due(interval, contacted) == due


def test_a_day_may_be_chosen_up_to_the_last_one():
    last = date(2026, 12, 6)
    assert next_due(a_contact(), T.TWO_WEEKS) == last
    assert next_due(a_contact(next_contact_due_on=date(2026, 11, 23)), T.TWO_WEEKS) == date(2026, 11, 23)
    assert next_due(a_contact(next_contact_due_on=last), T.TWO_WEEKS) == last
    for day in (TODAY, date(2026, 12, 7)):
        with pytest.raises(Invalid) as refused:
            next_due(a_contact(next_contact_due_on=day), T.TWO_WEEKS)
        assert (refused.value.code, refused.value.params) == ("smd_due_out_of_range", {"latest": "2026-12-06"})


def test_danger_is_assessed_at_every_contact():
    assert refusal(a_contact(danger=None)) == "smd_danger_needed"


def test_settling_is_judged_only_when_seen_again_in_the_same_class():
    for stability, course in product(
        (S.UNSTABLE, S.BASICALLY_STABLE, S.STABLE), (None, before(S.NOT_SEEN), before(S.UNSTABLE))
    ):
        assert refusal(a_contact(stability, settling=True), course) == "smd_settling_unasked"
    assert refusal(a_contact(S.STABLE, settling=True), before(S.BASICALLY_STABLE)) == "smd_settling_unasked"


def test_a_contact_lies_between_the_last_one_and_today():
    assert refusal(a_contact(contacted_on=date(2026, 11, 23))) == "smd_contact_in_future"
    assert refusal(a_contact(contacted_on=date(2026, 11, 7)), before(S.STABLE)) == "smd_contact_before_last"
    check_contact(a_contact(contacted_on=date(2026, 11, 8)), before(S.STABLE), TODAY)


def test_a_class_stands_since_it_was_first_found_without_a_break():
    assert since_when(a_contact(S.STABLE), None) == TODAY
    assert since_when(a_contact(S.STABLE), before(S.STABLE)) == date(2026, 6, 1)
    assert since_when(a_contact(S.STABLE), before(S.UNSTABLE)) == TODAY
    assert since_when(a_contact(S.STABLE), Course(S.NOT_SEEN, None, None, T.TWO_WEEKS)) == TODAY


def test_the_code_lists_have_these_codes_and_no_others():
    entries = parse_code_entries((SEEDS / "codes" / "smd.csv").read_text("utf-8")) + parse_code_entries(
        (SEEDS / "codes" / "teams.csv").read_text("utf-8")
    )
    lists = {
        "smd_class": Stability,
        "smd_diagnosis": SmdDiagnosis,
        "smd_adherence": Adherence,
        "smd_interval": ContactInterval,
    }
    for name, codes in lists.items():
        assert [entry.code for entry in entries if entry.list == name] == [code.value for code in codes]
    danger = [entry.code for entry in entries if entry.list == "smd_danger_level"]
    assert danger == [str(level) for level in range(6)], "0 to 5, not 01 to 06 as GB/T 31000 has them"
