"""One value has one encoding, and what has no faithful encoding is refused."""

import hashlib
import json
from datetime import date
from unicodedata import normalize
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.crypto.canonical import LARGEST_INTEGER, canonical_beside, canonical_bytes, leaf_hash, sha256
from server.domain.codes import Purpose

whole = st.integers(min_value=-LARGEST_INTEGER, max_value=LARGEST_INTEGER)
nfc = st.text().map(lambda text: normalize("NFC", text))
values = st.recursive(
    st.none() | st.booleans() | whole | nfc,
    lambda inner: st.lists(inner) | st.dictionaries(nfc, inner),
    max_leaves=20,
)


@given(value=values)
def test_reading_the_encoding_gives_the_value_and_the_same_encoding(value: object):
    encoded = canonical_bytes(value)
    assert json.loads(encoded) == value
    assert canonical_bytes(json.loads(encoded)) == encoded


@given(value=values)
def test_the_encoding_is_the_standard_librarys(value: object):
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert canonical_bytes(value) == written.encode()


def test_a_member_of_an_enumeration_is_the_text_it_stands_for():
    assert canonical_bytes({Purpose.CARE: Purpose.SWEEP}) == b'{"care":"sweep"}'


@given(common=st.dictionaries(nfc, values), own=st.dictionaries(nfc, values))
def test_what_objects_have_in_common_may_be_looked_at_once(common: dict, own: dict):
    rest = {name: value for name, value in own.items() if name not in common}
    assert canonical_beside(common)(rest) == canonical_bytes(common | rest)


@pytest.mark.parametrize("own", [{"a": 1}, {"é": 1}, {"b": "\ud800"}, {"b": 2**53}])
def test_what_has_no_faithful_encoding_beside_the_common_is_refused(own: dict):
    with pytest.raises(ValueError):
        canonical_beside({"a": 1, "e\u0301": 2})(own)


@given(value=st.dictionaries(nfc, whole))
def test_the_order_of_keys_does_not_matter(value: dict):
    assert canonical_bytes(dict(reversed(value.items()))) == canonical_bytes(value)


def test_text_that_looks_the_same_is_the_same():
    assert canonical_bytes({"e\u0301": "e\u0301"}) == canonical_bytes({"é": "é"})
    assert canonical_bytes("\n\u0303") == '"\\n\u0303"'.encode()


@pytest.mark.parametrize("value", [1.0, float("nan"), b"x", date(2026, 11, 1), UUID(int=1), {1}, object()])
def test_a_type_without_a_canonical_form_is_refused_at_any_depth(value: object):
    for wrapped in (value, [value], {"a": [{"b": value}]}):
        with pytest.raises(TypeError, match="canonical form"):
            canonical_bytes(wrapped)


@pytest.mark.parametrize("key", [1, None, True, b"a"])
def test_only_text_can_be_a_key(key: object):
    with pytest.raises(TypeError, match="key"):
        canonical_bytes({key: 1})


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800", {"é": 1, "e\u0301": 2}])
def test_a_value_without_a_faithful_encoding_is_refused(value: object):
    with pytest.raises(ValueError):
        canonical_bytes([value])


def test_a_leaf_is_hashed_apart_from_a_node_and_from_plain_content():
    assert leaf_hash(b"") == hashlib.sha256(b"\x00").digest()
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"x") != sha256(b"x")
