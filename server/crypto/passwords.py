"""Passwords: stored as Argon2id in PHC strings, checked in the same time for known and unknown names.

19 MiB, 2 passes, 1 lane: OWASP's first recommendation (Password Storage Cheat Sheet; ASVS 5.0 11.4.2).
"""

import os
from unicodedata import normalize

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

MEMORY_KIB, PASSES, LANES = 19 * 1024, 2, 1
_PARAMETERS = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$"
_NOBODY = _PARAMETERS + "A" * 22 + "$" + "A" * 43
"""Well-formed and made with today's parameters; no password known to anyone gives this hash."""


def hash_password(password: str) -> str:
    """A PHC string with a fresh 128-bit salt.

    The text is taken in NFKC, so that every keyboard and input method gives the same bytes.
    """
    stretch = Argon2id(salt=os.urandom(16), length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB)
    return stretch.derive_phc_encoded(_as_bytes(password))


def verify_password(password: str, stored: str | None) -> bool:
    """Whether a password matches its stored hash.

    Pass None for a user who does not exist or may not sign in: the work done, and so the time, is the same,
    and the answer is False. A stored string that is not a hash also answers False.
    """
    try:
        Argon2id.verify_phc_encoded(_as_bytes(password), _NOBODY if stored is None else stored)
    except (InvalidKey, ValueError):
        return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's; if so, hash again after a good sign-in."""
    return not stored.startswith(_PARAMETERS)


def _as_bytes(password: str) -> bytes:
    """The password's bytes; a lone surrogate, which no keyboard makes, becomes bytes no real password has."""
    return normalize("NFKC", password).encode(errors="surrogatepass")
