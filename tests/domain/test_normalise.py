import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.normalise import (
    mask_address,
    mask_name,
    mask_phone,
    normalise_id_no,
    normalise_name,
    normalise_phone,
)
from server.errors import Invalid


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" 张 三 ", "张三"),
        ("张\u3000三", "张三"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("阿依古丽•买买提", "阿依古丽买买提"),
        ("Ａｎｎａ  Li", "annali"),
        ("张\u200b三", "张三"),
    ],
)
def test_names_are_compared_without_blanks_and_dots(text, name):
    assert normalise_name(text) == name


@pytest.mark.parametrize("text", ["", "  ", "·", "李" * 41])
def test_a_name_of_nothing_or_too_much_is_refused(text):
    with pytest.raises(Invalid) as refused:
        normalise_name(text)
    assert (refused.value.code, refused.value.field) == ("name_invalid", "name")


@given(st.text(min_size=1, max_size=20))
def test_normalising_a_name_twice_changes_nothing(text):
    try:
        once = normalise_name(text)
    except Invalid:
        return
    assert normalise_name(once) == once


@pytest.mark.parametrize(
    "text",
    [
        "10212345678",
        "+86 102 1234 5678",
        "0086-102-12345678",
        "+86(102)12345678",
        "１０２１２３４５６７８",
        " 102.1234.5678 ",
    ],
)
def test_one_phone_has_one_form(text):
    assert normalise_phone(text) == "10212345678"


def test_a_mobile_number_loses_the_country_code_without_plus_too():
    assert normalise_phone("86 130 0000 0000") == "13000000000"


@pytest.mark.parametrize(
    ("text", "number"), [("0737-4222222", "07374222222"), ("4222222", "4222222"), ("+852 2123 4567", "85221234567")]
)
def test_other_phones_keep_their_digits(text, number):
    assert normalise_phone(text) == number


@pytest.mark.parametrize("text", ["", "123456", "1" * 16, "1021234567a", "无", "+86"])
def test_what_is_no_phone_is_refused(text):
    with pytest.raises(Invalid) as refused:
        normalise_phone(text)
    assert (refused.value.code, refused.value.field, refused.value.params) == ("phone_invalid", "phone", {})


def test_a_document_number_is_upper_case_without_blanks():
    assert normalise_id_no(" e-123 ４５６x ") == "E123456X"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("张三", "张*"),
        ("张三丰", "张**"),
        ("欧阳锋", "欧阳*"),
        ("欧阳修文", "欧阳**"),
        ("阿依古丽·买买提", "阿**"),
        ("张", "*"),
        ("", ""),
        ("欧阳", "**"),
    ],
)
def test_a_name_is_shown_by_its_surname(text, shown):
    assert mask_name(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"), [("10212345678", "102****5678"), ("4222333", "****333"), ("无", "****"), ("", "****")]
)
def test_a_phone_is_shown_by_its_ends(text, shown):
    assert mask_phone(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("兰溪镇三岔堤村13组86号", "兰溪镇三岔堤村***"),
        ("友谊街社区3栋2单元501室", "友谊街社区***"),
        ("人民路18号", "***"),
        ("", "***"),
    ],
)
def test_an_address_is_shown_down_to_its_village(text, shown):
    assert mask_address(text) == shown


@given(st.text(max_size=30), st.integers(10, 99))
def test_a_house_number_after_the_village_never_shows(text, house):
    assert str(house) not in mask_address(f"兰溪镇三岔堤村{house}号").removeprefix("兰溪镇三岔堤村")
    assert mask_address(text).endswith("***")
