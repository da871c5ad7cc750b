from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from server.domain.codes import Sex
from server.domain.id_number import IdWarning, check_character, mask_id_number, parse_id_number, warnings_for
from server.errors import Invalid

TODAY = date(2026, 11, 21)
numbers = st.builds(
    lambda region, born, sequence: f"{region}{born:%Y%m%d}{sequence:03d}",
    st.sampled_from(["430999", "370699"]),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999),
).map(lambda digits: digits + check_character(digits))


@pytest.mark.parametrize(
    ("text", "born", "sex"),
    [
        ("430999190001010018", date(1900, 1, 1), Sex.MALE),
        ("430999199003070023", date(1990, 3, 7), Sex.FEMALE),
        ("370699195511200233", date(1955, 11, 20), Sex.MALE),
        ("430999201602290052", date(2016, 2, 29), Sex.MALE),
        ("43099919000101019X", date(1900, 1, 1), Sex.MALE),
        ("430999190001010026", date(1900, 1, 1), Sex.FEMALE),
    ],
)
def test_a_valid_number_tells_region_birth_and_sex(text, born, sex):
    number = parse_id_number(text)
    assert (number.text, number.region, number.birth_date, number.sex) == (text, text[:6], born, sex)


@pytest.mark.parametrize(
    "text",
    ["43099919000101019x", " 430999 19000101 019x ", "430999-19000101-019X", "４３０９９９１９０００１０１０１９Ｘ"],
)
def test_other_ways_of_writing_lead_to_one_form(text):
    assert parse_id_number(text).text == "43099919000101019X"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "id_no_length"),
        ("430999190001010", "id_no_length"),
        ("4309991900010100188", "id_no_length"),
        ("430999190001010019", "id_no_check"),
        ("430999190001010O18", "id_no_check"),
        ("X30999190001010018", "id_no_check"),
        ("430999201502290058", "id_no_date"),
    ],
)
def test_a_number_against_the_standard_is_refused(text, code):
    with pytest.raises(Invalid) as refused:
        parse_id_number(text)
    assert (refused.value.code, refused.value.field, refused.value.params) == (code, "id_no", {})


@given(numbers, st.integers(0, 16), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(number, place, shift):
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    with pytest.raises(Invalid):
        parse_id_number(wrong)


@given(numbers, st.integers(0, 15))
def test_any_two_swapped_neighbours_are_noticed(number, place):
    assume(number[place] != number[place + 1])
    with pytest.raises(Invalid):
        parse_id_number(number[:place] + number[place + 1] + number[place] + number[place + 2 :])


def test_surprises_are_warnings_not_refusals():
    number = parse_id_number("430999199003070023")
    asked = warnings_for(number, {"430903"}, sex=Sex.MALE, birth_date=date(1990, 3, 8), today=date(1990, 1, 1))
    assert asked == tuple(IdWarning)


@pytest.mark.parametrize("sex", [None, Sex.UNKNOWN, Sex.UNSPECIFIED, Sex.FEMALE])
def test_nothing_is_asked_where_nothing_contradicts(sex):
    number = parse_id_number("430999199003070023")
    assert warnings_for(number, {"430999"}, sex=sex, birth_date=None, today=TODAY) == ()


def test_a_number_is_shown_by_its_ends_only():
    assert mask_id_number("430999190001010018") == "4309**********0018"
    assert mask_id_number("E1234567") == "********"
    assert mask_id_number("") == ""


@given(numbers)
def test_a_number_never_shows_its_birth_date_nor_prints_itself(number):
    assert number[6:14] not in mask_id_number(number)
    assert number not in repr(parse_id_number(number))
