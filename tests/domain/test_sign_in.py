"""Logins and passwords: what can be, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.sign_in import (
    NO_COUNTY,
    SHORTEST_PASSWORD,
    Login,
    common_passwords,
    counted_address,
    parse_login,
    password_refusal,
)

OFFICE = Login("sifasuo.qilinqiao", "430902")


@pytest.mark.parametrize("typed", ["sifasuo.qilinqiao@430902", " SIFASUO.Qilinqiao@430902\n"])
def test_a_login_names_its_county(typed: str) -> None:
    assert parse_login(typed) == OFFICE
    assert str(OFFICE) == "sifasuo.qilinqiao@430902"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "@",
        "name",
        "name@",
        "@430902",
        "name@43090",
        "name@030902",
        "name@4309021",
        "a b@430902",
        ".a@430902",
        "a.@430902",
        "x" * 41 + "@430902",
        "名@430902",
        "a@４３０９０２",
    ],
)
def test_a_login_that_cannot_be_has_neither_name_nor_county(typed: str) -> None:
    assert parse_login(typed) == Login("", NO_COUNTY)


@given(st.text(max_size=80))
def test_parsing_never_raises_and_finds_only_possible_logins(typed: str) -> None:
    login = parse_login(typed)
    assert login.is_possible or login == Login("", NO_COUNTY)


@given(
    st.from_regex(r"[a-z0-9]([a-z0-9._-]{0,38}[a-z0-9])?", fullmatch=True),
    st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
)
def test_a_possible_login_is_read_as_it_is_written(name: str, county_code: str) -> None:
    assert parse_login(str(Login(name, county_code))) == Login(name, county_code)


@pytest.mark.parametrize(
    ("password", "refusal"),
    [
        ("three quiet rivers", None),
        ("春风又绿江南岸上草", "password_too_short"),
        ("春风又绿江南岸上青草", None),
        ("ninechars", "password_too_short"),
        ("sifasuo.qilinqiao", "password_is_login"),
        ("XX-Sifasuo.Qilinqiao-1", "password_is_login"),
        ("qilinqiao@430902", "password_is_login"),
        ("QWERTYUIOP", "password_too_common"),
        ("ｑｗｅｒｔｙｕｉｏｐ", "password_too_common"),
        ("abababababab", "password_too_common"),
    ],
)
def test_a_password_is_long_uncommon_and_not_the_login(password: str, refusal: str | None) -> None:
    assert password_refusal(password, OFFICE) == refusal


def test_every_listed_password_would_otherwise_pass_for_long_enough() -> None:
    assert common_passwords()
    assert all(len(listed) >= SHORTEST_PASSWORD for listed in common_passwords())


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002"),
        ("2001:db8:1:2::1", "20010db800010002"),
        ("", ""),
        ("not an address", ""),
    ],
)
def test_tries_are_counted_by_address_and_by_network_in_ipv6(address: str, counted: str) -> None:
    assert counted_address(address) == counted
