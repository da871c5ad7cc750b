"""Making lengths say little: text goes into buckets of 32, 64, 128, 256 … bytes before it is sealed.

Layout: ``type(1) | length(4, big-endian) | text in UTF-8 | zeros``. A two- and a four-character name, or a
short and a longer note, cannot be told apart by the size of their ciphertexts.
"""

from server.errors import Invalid, TooLarge

_TEXT = b"\x01"
SMALLEST = 32
LARGEST = 64 * 1024
_HEAD = 5


def pad(text: str) -> bytes:
    """Encode text and fill it up to its bucket.

    Raises Invalid for text that is not Unicode (a lone surrogate) and TooLarge beyond 64 KiB.
    """
    try:
        content = text.encode()
    except UnicodeEncodeError:
        raise Invalid("text_not_unicode") from None  # the cause holds the text
    size = bucket_size(_HEAD + len(content))
    if size > LARGEST:
        raise TooLarge("text_too_long_to_seal", limit=LARGEST - _HEAD)
    return (_TEXT + len(content).to_bytes(4, "big") + content).ljust(size, b"\0")


def unpad(padded: bytes) -> str:
    """The text that ``pad`` was given; raises ValueError for any bytes ``pad`` cannot have made."""
    end = _HEAD + int.from_bytes(padded[1:_HEAD], "big")
    if padded[:1] != _TEXT or len(padded) != bucket_size(end) or padded[end:].strip(b"\0"):
        raise ValueError("not a padded text")
    return padded[_HEAD:end].decode()


def bucket_size(length: int) -> int:
    """The smallest bucket, in bytes, that holds ``length`` bytes."""
    return max(SMALLEST, 1 << (length - 1).bit_length())
