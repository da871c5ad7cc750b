"""Padding hides lengths within a bucket and opens to exactly what went in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.crypto.framing import frame
from server.crypto.padding import bucket_size, pad, unpad


@given(text=st.text())
def test_padded_text_comes_back_and_fills_its_bucket(text: str):
    padded = pad(text)
    assert unpad(padded) == text
    assert len(padded) == bucket_size(5 + len(text.encode()))


@pytest.mark.parametrize(
    ("length", "bucket"), [(0, 32), (27, 32), (28, 64), (59, 64), (60, 128), (251, 256), (1500, 2048)]
)
def test_sizes_step_by_doubling(length: int, bucket: int):
    assert len(pad("x" * length)) == bucket


@pytest.mark.parametrize(
    "padded",
    [
        b"",
        bytes(32),
        b"\x02" + pad("张伟")[1:],
        pad("张伟")[:-1],
        pad("张伟") + b"\0",
        pad("张伟") + bytes(32),
        pad("张伟")[:-1] + b"\x01",
        b"\x01\xff\xff\xff\xff" + bytes(27),
        b"\x01\x00\x00\x00\x01\xff" + bytes(26),
    ],
    ids=["empty", "zeros", "type", "short", "long", "bucket", "filling", "length", "not UTF-8"],
)
def test_bytes_that_padding_cannot_have_made_are_refused(padded: bytes):
    with pytest.raises(ValueError):
        unpad(padded)


@given(first=st.lists(st.binary(max_size=9)), second=st.lists(st.binary(max_size=9)))
def test_only_equal_parts_frame_alike(first: list[bytes], second: list[bytes]):
    assert (frame(*first) == frame(*second)) == (first == second)


def test_a_part_too_long_for_its_length_is_refused():
    with pytest.raises(OverflowError):
        frame(bytes(65_536))
