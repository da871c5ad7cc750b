"""The lists people choose from: code, names in both languages, validity and source, parsed from CSV text."""

import csv
import io
from dataclasses import dataclass
from datetime import date

from server.errors import Malformed

COLUMNS = ("list", "code", "zh", "en", "valid_from", "valid_to", "source")


def parse_code_entries(text: str) -> "tuple[CodeEntry, ...]":
    """The entries in the file's order; raises Malformed ``code_list_invalid`` with the line.

    A line is refused for a missing name, an unreadable date, a validity that ends before it begins, or a
    code that its list already has.
    """
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise Malformed("code_list_invalid", line=1)
    entries: dict[tuple[str, str], CodeEntry] = {}
    for line, row in enumerate(reader, start=2):
        entry = _entry(row, line)
        if entries.setdefault((entry.list, entry.code), entry) is not entry:
            raise Malformed("code_list_invalid", line=line)
    return tuple(entries.values())


def valid_on(entry: "CodeEntry", day: date) -> bool:
    """Whether the code may be chosen on a day; both ends of its validity are included."""
    return entry.valid_from <= day and (entry.valid_to is None or day <= entry.valid_to)


def _entry(row: dict[str, str], line: int) -> "CodeEntry":
    try:
        valid_to = date.fromisoformat(row["valid_to"]) if row["valid_to"] else None
        entry = CodeEntry(
            row["list"], row["code"], row["zh"], row["en"],
            date.fromisoformat(row["valid_from"]), valid_to, row["source"],
        )  # fmt: skip
    except (TypeError, ValueError):
        raise Malformed("code_list_invalid", line=line) from None
    if not all((entry.list, entry.code, entry.zh, entry.en, entry.source)):
        raise Malformed("code_list_invalid", line=line)
    if entry.valid_to and entry.valid_to < entry.valid_from:
        raise Malformed("code_list_invalid", line=line)
    return entry


@dataclass(frozen=True)
class CodeEntry:
    """One code of one list; ``valid_to`` None means still valid."""

    list: str
    code: str
    zh: str
    en: str
    valid_from: date
    valid_to: date | None
    source: str
