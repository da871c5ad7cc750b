from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.duplicates import Likeness, MatchOn, likely_same

PERSON = Likeness("张三", "430903101201", "430999199003070023", date(1990, 3, 7), None, "10212345678")
people = st.builds(
    Likeness,
    st.sampled_from(["张三", "李四", ""]),
    st.sampled_from(["430903101201", "430903101202"]),
    st.sampled_from([None, "", "430999199003070023", "430999190001010018"]),
    st.sampled_from([None, date(1990, 3, 7), date(1990, 3, 8)]),
    st.sampled_from([None, 1990, 1991]),
    st.sampled_from([None, "10212345678", "10287654321"]),
)


@pytest.mark.parametrize(
    ("other", "match"),
    [
        (replace(PERSON, name="李四", village_code="430903101202"), MatchOn.ID_NO),
        (replace(PERSON, id_no=None, phone=None), MatchOn.NAME_BIRTH_VILLAGE),
        (replace(PERSON, id_no=None, phone=None, birth_date=None, birth_year=1990), MatchOn.NAME_BIRTH_VILLAGE),
        (replace(PERSON, id_no=None, village_code="430903101202"), MatchOn.NAME_PHONE),
        (replace(PERSON, id_no=None, birth_date=None), MatchOn.NAME_PHONE),
        (replace(PERSON, id_no=None, phone=None, birth_date=date(1990, 3, 8)), None),
        (replace(PERSON, id_no=None, phone=None, birth_date=None), MatchOn.NAME_VILLAGE),
        (replace(PERSON, id_no=None, phone=None, village_code="430903101202"), None),
        (replace(PERSON, id_no=None, name="李四"), None),
    ],
)
def test_what_two_records_share_is_named(other, match):
    assert likely_same(PERSON, other) is match


def test_two_unknowns_are_not_the_same():
    unknown = Likeness("", "430903101201")
    assert likely_same(unknown, unknown) is None


@given(people, people)
def test_likeness_is_mutual(a, b):
    assert likely_same(a, b) is likely_same(b, a)


def test_a_likeness_does_not_print_itself():
    assert "张三" not in repr(PERSON)
