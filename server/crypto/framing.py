"""Joining parts so that no two lists of parts ever give the same bytes.

Everything authenticated here (associated data, key-derivation labels, row fingerprints) is framed, never
joined: ``("ab", "c")`` and ``("a", "bc")`` must not be able to stand for each other.
"""


def frame(*parts: bytes) -> bytes:
    """Concatenate parts, each behind its length as an unsigned 16-bit big-endian number.

    Injective: equal results mean equal lists of parts. Raises OverflowError for a part over 65,535 bytes.
    """
    return b"".join([len(part).to_bytes(2, "big") + part for part in parts])
