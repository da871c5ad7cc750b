"""One cell's content as the registry understands it, in spite of how spreadsheets keep it.

A spreadsheet turns a date into days since 1900, a long number into fifteen digits and zeros, and a phone into a
fraction. What can be read without guessing is read; an identity number kept as a number has lost digits and is
refused. A refusal names a code and never repeats the cell.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from server.domain.code_lists import CodeEntry
from server.errors import Invalid, Malformed

Cell = str | int | float | bool | date | datetime | time | timedelta | None

#: Longest text a cell may hold; a fact has at most 500 characters.
TEXT_AT_MOST = 2000
#: Day 0 of the 1900 date system, which counts a 29 February 1900 that never was: right from 1 March 1900 on.
ORIGIN_1900 = date(1899, 12, 30)
_SERIALS = range(61, 80_000)
_YEARS = range(1900, 2100)
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[\sT]+\d{1,2}:\d{2}(?::\d{2})?)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR = re.compile(r"(\d{4})\s*年?")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:E\+?[0-9]+)?", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_CODE_AND_NAME = re.compile(r"([0-9A-Za-z]{1,2})[\s.、:：\-—]*(\D.*)")
_BRACKETED = re.compile(r"\([^()]*\)")


def text_of(cell: Cell) -> str:
    """The cell's text without blanks around it; empty for an empty cell.

    Raises Invalid ``cell_error`` for a spreadsheet's own error value, ``cell_too_long``, ``cell_unreadable``.
    """
    text = _written(cell).strip()
    if len(text) > TEXT_AT_MOST:
        raise Invalid("cell_too_long", limit=TEXT_AT_MOST)
    if text.startswith("#") and text.rstrip("!?").upper() in _ERRORS:
        raise Invalid("cell_error")
    if any(unicodedata.category(char) == "Cs" or char == "\x00" for char in text):
        raise Invalid("cell_unreadable")
    return text


def short_of(cell: Cell) -> str:
    """As ``text_of``, with full-width letters and digits made narrow: for numbers, codes and names."""
    return unicodedata.normalize("NFKC", text_of(cell)).strip()


def number_of(cell: Cell) -> str:
    """A document number; raises Invalid ``cell_number_lost`` where it was kept as a number."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        raise Invalid("cell_number_lost")
    text = short_of(cell)
    if _SCIENTIFIC.fullmatch(text):
        raise Invalid("cell_number_lost")
    return text


def date_of(cell: Cell, origin: date = ORIGIN_1900) -> date | None:
    """The day of a date cell, a day count, or a written date; None for an empty cell, else ``cell_date``."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = short_of(cell)
    return _written_day(text, origin) if text else None


def birth_of(cell: Cell, origin: date = ORIGIN_1900) -> tuple[date | None, int | None]:
    """The day of birth, or the year where only a year is given; raises ``cell_date``."""
    text = "" if isinstance(cell, date | datetime) else short_of(cell)
    match = _YEAR.fullmatch(text)
    if match and int(match.group(1)) in _YEARS:
        return None, int(match.group(1))
    return date_of(cell, origin), None


def parse_labels(entries: Iterable[CodeEntry], more: str) -> "Labels":
    """What people write for a code: the lists' names and codes, and further words from CSV (list, word, code).

    A name that two codes share stands for the first. Raises Malformed ``sheet_values_invalid``.
    """
    words: dict[tuple[str, str], str] = {}
    for entry in entries:
        for word in (entry.code, entry.zh, _BRACKETED.sub("", unicodedata.normalize("NFKC", entry.zh))):
            words.setdefault((entry.list, _plain(word)), entry.code)
    try:
        for row in csv.DictReader(io.StringIO(more)):
            words[row["list"], _plain(row["word"])] = row["code"]
    except (KeyError, TypeError):
        raise Malformed("sheet_values_invalid") from None
    return Labels(words)


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return str(cell)


def _written_day(text: str, origin: date) -> date:
    match = _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        return _day(*(int(part) for part in match.groups()))
    serial = float(text) if _NUMBER.fullmatch(text) else 0.0
    if not _SERIALS.start <= serial < _SERIALS.stop:
        raise Invalid("cell_date")
    return origin + timedelta(days=int(serial))


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise Invalid("cell_date") from None


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


_ERRORS = frozenset({"#N/A", "#REF", "#VALUE", "#DIV/0", "#NAME", "#NUM", "#NULL", "#GETTING_DATA", "#SPILL"})


@dataclass(frozen=True)
class Labels:
    """Words of a list → its codes."""

    words: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def code_of(self, list_name: str, cell: Cell) -> str | None:
        """The code a cell means (code, name, or both), None for an empty cell; raises ``cell_choice``."""
        text = short_of(cell)
        if not text:
            return None
        code = self.words.get((list_name, _plain(text)))
        if code is None:
            code = self._of_pair(list_name, text)
        if code is None:
            raise Invalid("cell_choice")
        return code

    def _of_pair(self, list_name: str, text: str) -> str | None:
        """The code of ``1 矛盾突出``; None unless both say the same."""
        match = _CODE_AND_NAME.fullmatch(text)
        if match is None:
            return None
        code, name = (self.words.get((list_name, _plain(part))) for part in match.groups())
        return code if code == name else None
