"""Key bytes that do not leave by accident."""

import hmac
import os
from typing import NoReturn

KEY_BYTES = 32


class Secret:
    """Exactly 32 bytes without a readable ``repr``, ``str``, format, pickle, copy or hash.

    Equality takes the same time wherever the first difference lies. The bytes come out by ``expose`` only, so
    every place that touches raw key material is one search away. What this cannot do: Python gives no way to
    wipe memory, so a dump of the process holds the keys in use.
    """

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        """Hold the bytes; raises ValueError for another length, so no key is ever shorter than it seems."""
        if len(value) != KEY_BYTES:
            raise ValueError("a secret has 32 bytes")
        self._value = value

    @classmethod
    def random(cls) -> "Secret":
        """256 bits from the operating system; no user-space generator a fork could duplicate."""
        return cls(os.urandom(KEY_BYTES))

    def expose(self) -> bytes:
        """Give the bytes themselves, to hand to a cipher and nothing else."""
        return self._value

    def __repr__(self) -> str:
        """Name the kind of thing, never its content; ``str`` and ``format`` follow."""
        return "<Secret>"

    def __eq__(self, other: object) -> bool:
        """Compare in constant time with another secret."""
        return isinstance(other, Secret) and hmac.compare_digest(self._value, other._value)

    __hash__ = None  # type: ignore[assignment]  # sets and dicts compare in variable time

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse pickling and copying with TypeError."""
        raise TypeError("secrets are neither pickled nor copied")
