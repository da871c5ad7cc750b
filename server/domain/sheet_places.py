"""Villages and grids of one township as a sheet names them: by code, or by a name that is unique in the township."""

import re
import unicodedata
from collections.abc import Iterable

from server.errors import Invalid

_ENDINGS = ("居民委员会", "村民委员会", "社区居委会", "居委会", "村委会", "社区", "村")
_GRID_NUMBER = re.compile(r"第?\s*([0-9]{1,3})\s*(?:号)?(?:网格|片)?")
_VILLAGE_DIGITS, _GRID_DIGITS = 12, 15


class Places:
    """The villages and grids in force in one township."""

    def __init__(self, areas: Iterable[tuple[str, str]]) -> None:
        """``areas`` are pairs of code and name, villages (12 digits) and grids (15)."""
        self._village_codes: set[str] = set()
        self._villages: dict[str, set[str]] = {}
        self._grids: dict[tuple[str, str], set[str]] = {}
        self._codes: set[str] = set()
        for code, name in areas:
            self._codes.add(code)
            if len(code) == _VILLAGE_DIGITS:
                self._village_codes.add(code)
                for form in _forms(name):
                    self._villages.setdefault(form, set()).add(code)
            elif len(code) == _GRID_DIGITS:
                self._grids.setdefault((code[:_VILLAGE_DIGITS], _plain(name)), set()).add(code)

    def village_of(self, text: str) -> str:
        """The village's code; raises ``village_unknown``, or ``village_ambiguous`` where two share the name.

        A code of another township is as unknown as one that does not exist.
        """
        found = {text} & self._village_codes or self._villages.get(_plain(text), set()) or self._loosely(text)
        if len(found) > 1:
            raise Invalid("village_ambiguous")
        if not found:
            raise Invalid("village_unknown")
        return next(iter(found))

    def grid_of(self, village: str, text: str) -> str:
        """The code of a grid of this village, by code, number or name; raises ``grid_unknown``."""
        number = _GRID_NUMBER.fullmatch(text)
        candidates = {text} | self._grids.get((village, _plain(text)), set())
        if number:
            candidates.add(f"{village}{int(number.group(1)):03d}")
        found = {code for code in candidates if len(code) == _GRID_DIGITS and code in self._codes}
        inside = {code for code in found if code.startswith(village)}
        if len(inside) != 1:
            raise Invalid("grid_unknown")
        return next(iter(inside))

    def _loosely(self, text: str) -> set[str]:
        """Villages of that name without the word for what they are."""
        return {code for form in _forms(text) for code in self._villages.get(form, ())}


def _forms(name: str) -> set[str]:
    """The name, and the name without the word for what it is."""
    plain = _plain(name)
    shorter = next((plain.removesuffix(end) for end in _ENDINGS if plain.endswith(end) and plain != end), plain)
    return {plain, shorter}


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
