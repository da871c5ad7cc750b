"""Whether anything that was typed or shown can be found in what a browser leaves on its disk."""

import base64
from collections.abc import Iterable
from pathlib import Path


def forms_of(word: str) -> dict[str, bytes]:
    """How a browser may have written it: in its databases, its caches, its history, or as a payload."""
    plain = word.encode()
    return {
        "UTF-8": plain,
        "UTF-16": word.encode("utf-16-le"),
        "hexadecimal": plain.hex().encode(),
        "escaped": word.encode("unicode_escape"),
        "in an address": "".join(f"%{byte:02X}" for byte in plain).encode(),
    } | {f"base64, {offset}": _inner_base64(plain, offset) for offset in range(3)}


def _inner_base64(plain: bytes, offset: int) -> bytes:
    """The part of the base64 of something that does not depend on what stands around it."""
    encoded = base64.b64encode(b"\0" * offset + plain)
    first = -(-offset * 8 // 6)
    last = (offset + len(plain)) * 8 // 6
    return encoded[first:last]


def traces(profile: Path, words: Iterable[str]) -> list[str]:
    """Every file of the profile that holds one of the words in any form, as sentences; the words are not repeated."""
    wanted = [(number, form, sought) for number, word in enumerate(words) for form, sought in forms_of(word).items()]
    found = []
    for path in sorted(profile.rglob("*")):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            found += [
                f"word {number} stands in {path.relative_to(profile)} as {form}"
                for number, form, sought in wanted
                if sought in content
            ]
    return found
