"""Search buckets stay within the privacy budget and tell nobody who is registered."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.crypto.buckets import bucket, plan_bits, require_budget
from server.crypto.registry import FIELDS, Retention, SealedField
from server.errors import Invalid
from tests.crypto.make import index_key

PERSON, ID_NO, PHONE = FIELDS["resident.name"], FIELDS["resident.id_no"], FIELDS["resident.phone"]


@given(value=st.text(min_size=1))
def test_a_bucket_is_stable_and_in_range(value: str):
    first, again = bucket(index_key(), ID_NO, value, 5), bucket(index_key(), ID_NO, value, 5)
    assert first == again
    assert 0 <= first < 32


@given(value=st.text(min_size=1))
def test_a_narrower_bucket_is_the_start_of_a_wider_one(value: str):
    assert bucket(index_key(), ID_NO, value, 3) == bucket(index_key(), ID_NO, value, 5) >> 2


def test_values_spread_over_all_buckets():
    filled = Counter(bucket(index_key(), ID_NO, f"43099919900101{n:04}", 5) for n in range(3200))
    assert set(filled) == set(range(32))
    assert max(filled.values()) < 2 * 100


def test_another_county_key_or_field_gives_unrelated_buckets():
    values = [f"{n:018}" for n in range(200)]
    mine = [bucket(index_key(), ID_NO, value, 3) for value in values]
    theirs = [bucket(index_key(0x41), ID_NO, value, 3) for value in values]
    names = [bucket(index_key(), PERSON, value, 3) for value in values]
    assert sum(a == b for a, b in zip(mine, theirs, strict=True)) < 60
    assert sum(a == b for a, b in zip(mine, names, strict=True)) < 60


@pytest.mark.parametrize(
    ("field", "value", "bits"),
    [(PHONE, "+8613800000000", 1), (PERSON, "张伟", 4), (PERSON, "张伟", 0), (ID_NO, "x", -1), (PERSON, "", 3)],
    ids=["no index", "finer than registered", "no bits", "negative", "empty"],
)
def test_a_bucket_finer_than_the_registry_allows_is_refused(field: SealedField, value: str, bits: int):
    with pytest.raises(ValueError, match="bucket"):
        bucket(index_key(), field, value, bits)


@pytest.mark.parametrize(
    ("people", "bits"), [(0, 0), (15, 0), (16, 3), (31, 3), (32, 4), (511, 7), (512, 8), (1000, 8), (100_000, 15)]
)
def test_the_budget_leaves_two_strangers_beside_every_hit(people: int, bits: int):
    assert plan_bits(people) == bits


@given(people=st.integers(min_value=16, max_value=10**9))
def test_the_budget_is_the_most_that_keeps_two_coincidences(people: int):
    bits = plan_bits(people)
    assert people / 2**bits >= 2
    assert people / 2 ** (bits + 1) < 2


def test_the_registry_fits_a_community_of_512_registered_and_no_smaller():
    require_budget(FIELDS.values(), 512)
    with pytest.raises(Invalid, match=r"^search_budget_exceeded$") as caught:
        require_budget(FIELDS.values(), 511)
    assert caught.value.params == {"bits": 8, "budget": 7, "population": 511}


def test_bits_of_all_indexes_on_a_row_add_up():
    fields = [SealedField(number, f"x.{number}", Retention.ID, searchable_bits=3) for number in (1, 2, 3)]
    require_budget(fields[:2], 128)
    with pytest.raises(Invalid):
        require_budget(fields, 128)


def test_no_index_is_allowed_where_fewer_than_sixteen_are_registered():
    with pytest.raises(Invalid):
        require_budget([SealedField(1, "x.y", Retention.ID, searchable_bits=1)], 15)
    require_budget([SealedField(1, "x.y", Retention.ID)], 0)
