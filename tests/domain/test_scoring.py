"""Totals, bands, cut-offs, crisis and age, against the published tables written out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.codes_resident import Sex
from server.domain.instruments import Definition
from server.domain.scoring import ages_of, band_of, check_age, cut_off_for, has_crisis, result_of
from server.errors import Invalid
from tests.make_screenings import EDITIONS, answers_of, the

#: Published cut-offs: instrument, sex, first total of each band after the first, largest total.
PUBLISHED: list[tuple[str, Sex, int, list[tuple[int, str]], int]] = [
    ("phq-9", Sex.MALE, 0, [(5, "mild"), (10, "moderate"), (15, "moderately_severe"), (20, "severe")], 27),
    ("gad-7", Sex.MALE, 0, [(5, "mild"), (10, "moderate"), (15, "severe")], 21),
    ("k6", Sex.MALE, 0, [(13, "serious")], 24),
    ("k10", Sex.MALE, 10, [(16, "moderate"), (22, "high"), (30, "very_high")], 50),
    ("srq-20", Sex.MALE, 0, [(7, "above")], 20),
    ("gds-15", Sex.MALE, 0, [(5, "suggests"), (10, "likely")], 15),
    ("pcl-5", Sex.MALE, 0, [(31, "above")], 80),
    ("audit", Sex.MALE, 0, [(8, "advice"), (16, "counselling"), (20, "refer")], 40),
    ("audit-c", Sex.MALE, 0, [(4, "above")], 12),
    ("audit-c", Sex.FEMALE, 0, [(3, "above")], 12),
    ("audit-c", Sex.UNKNOWN, 0, [(3, "above")], 12),
    ("audit-c", Sex.UNSPECIFIED, 0, [(3, "above")], 12),
    ("who-5", Sex.MALE, 0, [(29, "low"), (51, "fine")], 100),
]
FIRST = {"phq-9": "minimal", "gad-7": "minimal", "k10": "low", "audit": "low", "who-5": "very_low"}
EDGES = [
    (code, sex, total, named)
    for code, sex, least, steps, most in PUBLISHED
    for total, named in [
        (least, FIRST.get(code, "below")),
        *[(first, band) for first, band in steps],
        *[
            (first - 1, before)
            for (first, _), before in zip(steps, [FIRST.get(code, "below"), *[band for _, band in steps]], strict=False)
        ],
        (most, steps[-1][1]),
    ]
]
REFERRED = {
    "phq-9": 10, "gad-7": 10, "k6": 13, "k10": 22, "srq-20": 7, "gds-15": 5, "pcl-5": 31, "audit": 20,
}  # fmt: skip


@pytest.mark.parametrize(("code", "sex", "total", "band"), EDGES)
def test_every_edge_of_every_band_is_the_published_one(code: str, sex: Sex, total: int, band: str):
    definition = the(code)
    assert band_of(definition, total, cut_off_for(definition, None, sex)).code == band


@pytest.mark.parametrize(("code", "sex", "least", "steps", "most"), PUBLISHED)
def test_the_least_and_largest_total_are_the_published_ones(code, sex, least, steps, most):
    assert the(code).bounds == (least, most)


@pytest.mark.parametrize(("code", "first"), REFERRED.items())
def test_a_doctor_is_advised_from_the_published_total_on(code: str, first: int):
    bands = the(code).bands
    assert [band.refer for band in bands] == [band.min >= first for band in bands]


def test_low_well_being_is_the_one_that_is_referred():
    assert [(band.code, band.refer) for band in the("who-5").bands] == [
        ("very_low", True), ("low", False), ("fine", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "answers", "total"),
    [
        ("phq-9", answers_of("phq-9", 1), 9),
        ("phq-9", answers_of("phq-9", 1, i10=3), 9),
        ("gad-7", answers_of("gad-7", 2, i1=0), 12),
        ("k6", answers_of("k6", 4), 24),
        ("k10", answers_of("k10", 1), 10),
        ("srq-20", answers_of("srq-20", 0, i1=1, i20=1), 2),
        ("gds-15", answers_of("gds-15", 0), 5),
        ("gds-15", answers_of("gds-15", 1), 10),
        ("gds-15", answers_of("gds-15", 0, i1=1, i5=1, i7=1, i11=1, i13=1), 0),
        ("gds-15", answers_of("gds-15", 1, i1=0, i5=0, i7=0, i11=0, i13=0), 15),
        ("pcl-5", answers_of("pcl-5", 1, i1=3), 22),
        ("audit", answers_of("audit", 0, i1=4, i9=2, i10=4), 10),
        ("audit-c", {1: 1, 2: 1, 3: 2}, 4),
        ("who-5", answers_of("who-5", 3, i1=0), 48),
    ],
)
def test_a_total_worked_out_by_hand(code: str, answers: dict[int, int], total: int):
    definition = the(code)
    assert result_of(definition, answers, cut_off_for(definition, None, Sex.MALE)).total == total


@pytest.mark.parametrize("item", [1, 5, 7, 11, 13])
def test_five_items_of_gds_15_count_when_the_answer_is_no(item: int):
    definition, none = the("gds-15"), answers_of("gds-15", 0, i1=1, i5=1, i7=1, i11=1, i13=1)
    assert result_of(definition, none, None).total == 0
    assert result_of(definition, none | {item: 0}, None).total == 1


@pytest.mark.parametrize("answer", [1, 2, 3])
def test_item_9_of_phq_9_is_a_crisis_at_any_frequency(answer: int):
    definition = the("phq-9")
    assert not result_of(definition, answers_of("phq-9"), None).crisis
    assert result_of(definition, answers_of("phq-9", 0, i9=answer), None).crisis
    assert has_crisis(definition, {9: answer})


def test_item_17_of_srq_20_is_a_crisis():
    assert result_of(the("srq-20"), answers_of("srq-20", 0, i17=1), 7).crisis
    assert not result_of(the("srq-20"), answers_of("srq-20", 1, i17=0), 7).crisis


@pytest.mark.parametrize(
    ("code", "answers", "asked"),
    [
        ("k10", answers_of("k10", 1, i4=5), (4,)),
        ("k10", answers_of("k10", 1, i4=4), ()),
        ("k6", answers_of("k6", 0, i2=4), (2,)),
        ("k6", answers_of("k6", 4, i2=3), ()),
        ("gds-15", answers_of("gds-15", 0, i12=1, i14=1), (12, 14)),
        ("gds-15", answers_of("gds-15", 1, i12=0, i14=0), ()),
    ],
)
def test_a_talk_is_offered_and_no_crisis_declared(code: str, answers: dict[int, int], asked: tuple[int, ...]):
    definition = the(code)
    result = result_of(definition, answers, cut_off_for(definition, None, Sex.FEMALE))
    assert (result.ask, result.crisis) == (asked, False)


def refused(definition: Definition, answers: dict[int, int]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as error:
        result_of(definition, answers, None)
    assert error.value.code == "screening_answers_invalid"
    return [(fault.field, fault.code) for fault in error.value.errors]


@pytest.mark.parametrize("code", sorted(EDITIONS))
def test_every_counted_item_must_be_answered(code: str):
    definition = the(code)
    for item in definition.counted:
        value = definition.options[item.options][0].value
        answers = answers_of(code, value)
        del answers[item.number]
        assert (f"answers.{item.number}", "answer_missing") in refused(definition, answers)


def test_unknown_items_and_options_are_named():
    answers = answers_of("phq-9", 0, i3=4, i11=0, i12=1)
    del answers[5]
    assert refused(the("phq-9"), answers) == [
        ("answers.3", "answer_not_an_option"),
        ("answers.5", "answer_missing"),
        ("answers.11", "answer_no_such_item"),
        ("answers.12", "answer_no_such_item"),
    ]
    assert ("answers.9", "answer_not_an_option") in refused(the("audit"), answers_of("audit", 0, i9=1))
    assert ("answers.1", "answer_not_an_option") in refused(the("k10"), answers_of("k10", 0))


def test_the_difficulty_item_may_be_left_out_but_not_answered_with_nonsense():
    assert result_of(the("phq-9"), answers_of("phq-9"), None).total == 0
    assert refused(the("phq-9"), answers_of("phq-9", 0, i10=4)) == [("answers.10", "answer_not_an_option")]


def test_a_county_s_cut_off_moves_the_second_band_of_srq_20():
    definition = the("srq-20")
    assert [band_of(definition, total, 8).code for total in (7, 8)] == ["below", "above"]
    assert cut_off_for(definition, 8, Sex.FEMALE) == 8
    assert cut_off_for(definition, None, Sex.FEMALE) == 7
    assert cut_off_for(the("phq-9"), 8, Sex.FEMALE) is None


@pytest.mark.parametrize(
    ("code", "birth_year", "confirmed", "code_of_refusal"),
    [
        ("phq-9", 2007, False, None),
        ("phq-9", 2008, False, "instrument_age_unknown"),
        ("phq-9", 2008, True, None),
        ("phq-9", 2009, True, "instrument_age_unfit"),
        ("phq-9", None, False, "instrument_age_unknown"),
        ("phq-9", None, True, None),
        ("gds-15", 1965, False, None),
        ("gds-15", 1966, False, "instrument_age_unknown"),
        ("gds-15", 1967, True, "instrument_age_unfit"),
        ("srq-20", 2013, True, "instrument_age_unfit"),
        ("who-5", 2016, False, None),
        ("who-5", 2018, True, "instrument_age_unfit"),
    ],
)
def test_nobody_is_asked_what_was_not_made_for_their_age(code, birth_year, confirmed, code_of_refusal):
    ages = ages_of(birth_year, 2026)
    if code_of_refusal is None:
        check_age(the(code), ages, confirmed=confirmed)
        return
    with pytest.raises(Invalid) as error:
        check_age(the(code), ages, confirmed=confirmed)
    assert error.value.code == code_of_refusal


def test_results_have_no_readable_repr():
    shown, _, address = repr(result_of(the("phq-9"), answers_of("phq-9", 3), None)).partition(" object at 0x")
    assert address
    assert "27" not in shown


@st.composite
def filled_in(draw: st.DrawFn) -> tuple[Definition, dict[int, int]]:
    """Any instrument that ships, with any answers."""
    definition = the(draw(st.sampled_from(sorted(EDITIONS))))
    answers = {
        item.number: draw(st.sampled_from([option.value for option in definition.options[item.options]]))
        for item in definition.counted
    }
    return definition, answers


@given(filled_in(), st.sampled_from(list(Sex)))
def test_a_total_lies_in_its_range_and_in_exactly_one_band(form: tuple[Definition, dict[int, int]], sex: Sex):
    definition, answers = form
    cut_off = cut_off_for(definition, None, sex)
    result = result_of(definition, answers, cut_off)
    least, most = definition.bounds
    assert least <= result.total <= most
    bands = definition.bands if cut_off is None else definition.with_cut_off(cut_off)
    assert [band.code for band in bands if band.min <= result.total <= band.max] == [result.band]


@given(filled_in(), st.data())
def test_one_answer_more_moves_the_total_by_as_much_and_never_the_other_way(form, data):
    definition, answers = form
    item = data.draw(st.sampled_from(definition.counted))
    value = data.draw(st.sampled_from([option.value for option in definition.options[item.options]]))
    cut_off = cut_off_for(definition, None, Sex.MALE)
    before, after = (result_of(definition, each, cut_off) for each in (answers, answers | {item.number: value}))
    step = (value - answers[item.number]) * definition.total.multiplier
    assert after.total - before.total == (-step if item.number in definition.reverse_items else step)
