"""Blind links: readable with the county's link key, for the very field, and never twice the same."""

from uuid import UUID

import pytest

from server.crypto.errors import SealBroken
from server.crypto.keys import KeyName
from server.crypto.links import LinkKey

NAME = KeyName("somewhere", "430999", "000000")
SOMEBODY = UUID(int=7)


def test_a_link_is_read_back_and_never_twice_the_same() -> None:
    key = LinkKey.new(NAME)
    one, other = key.blind(SOMEBODY, 100), key.blind(SOMEBODY, 100)
    assert one != other
    assert (key.read(one, 100), key.read(other, 100)) == (SOMEBODY, SOMEBODY)
    assert SOMEBODY.bytes not in one


def test_a_link_of_another_field_or_county_is_refused() -> None:
    key = LinkKey.new(NAME)
    link = key.blind(SOMEBODY, 100)
    for reader, field in ((key, 102), (LinkKey.new(NAME), 100)):
        with pytest.raises(SealBroken):
            reader.read(link, field)


@pytest.mark.parametrize("place", range(44))
def test_a_changed_link_is_refused(place: int) -> None:
    key = LinkKey.new(NAME)
    link = bytearray(key.blind(SOMEBODY, 100))
    link[place] ^= 1
    with pytest.raises(SealBroken):
        key.read(bytes(link), 100)


def test_a_link_cut_short_is_refused() -> None:
    key = LinkKey.new(NAME)
    for length in (0, 11, 12, 28, 43):
        with pytest.raises(SealBroken):
            key.read(key.blind(SOMEBODY, 100)[:length], 100)
