"""A month's sheet by its headings: which column holds what, which are refused, and which nobody reads.

The headings townships use are data, ``seeds/sheet-columns.csv``. Only columns found here are ever read: a forbidden
one (guardrail G7) is known by its name alone, and a free remark has no column, since anything could stand in it.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from server.domain.forbidden_columns import ForbiddenColumn, match_heading
from server.errors import Invalid, Malformed

#: Titles and notes may stand above the headings; further down nobody looks for them.
HEADING_ROWS = 20
#: Columns beyond this are not looked at.
COLUMNS_AT_MOST = 100
_SHOWN_AT_MOST = 40
_RECOGNISED_AT_LEAST = 3
_MARKS = re.compile(r"[\s*#_·.\-—:：?？!！\"'“”()\[\]【】<>《》/\\、,，]")
_BRACKETED = re.compile(r"\(([^()]*)\)|【([^【】]*)】|\[([^\[\]]*)\]")
_NOTE = re.compile(r"必填|选填|可不填|可空|文本|数字|格式|代码|位|日期|年|如|例|是|男|社区|居|村")
_DIGITS = re.compile(r"\d")
_DATA_DIGITS = 6
#: Columns that only count the rows, and empty headings: nothing is said of them.
_COUNTING = frozenset({"", "序号", "编号", "行号", "no"})


class Field(StrEnum):
    """What a column may hold; the value is the name in ``seeds/sheet-columns.csv``."""

    NAME = "name"
    """The resident's name."""
    SEX = "sex"
    """Sex, as word or code."""
    BIRTH_DATE = "birth_date"
    """Day of birth, or the year alone."""
    ID_TYPE = "id_type"
    """Kind of document; a resident identity card where only a number is given."""
    ID_NO = "id_no"
    """Document number, stored as text."""
    PHONE = "phone"
    """The resident's phone."""
    ADDRESS = "address"
    """Where the resident lives."""
    VILLAGE = "village"
    """Village or community: twelve digits, or its name within the township."""
    GRID = "grid"
    """Grid: fifteen digits, its number within the village, or its name."""
    GUARDIAN_NAME = "guardian_name"
    """The guardian's name."""
    GUARDIAN_PHONE = "guardian_phone"
    """The guardian's phone."""
    GUARDIAN_RELATION = "guardian_relation"
    """What the guardian is to the resident."""
    GUARDIAN_CONFLICT = "guardian_conflict"
    """Whether a conflict of interest with the guardian was stated."""
    GROUND = "ground"
    """One ground, by code or name."""
    FACT = "fact"
    """What was seen or said."""
    OBSERVED_ON = "observed_on"
    """The day of it."""
    SOURCE = "source"
    """How the observer knows."""
    URGENT = "urgent"
    """Whether someone must answer at once."""


def parse_sheet_columns(text: str) -> "tuple[SheetColumn, ...]":
    """The columns from CSV, in the order of the template; raises ``sheet_columns_invalid``."""
    try:
        return tuple(
            SheetColumn(
                Field(row["field"]),
                row["zh"],
                row["required"] == "true",
                frozenset(map(_plain, (row["zh"], *filter(None, row["aliases"].split("|"))))),
            )
            for row in csv.DictReader(io.StringIO(text))
        )
    except (KeyError, ValueError, AttributeError):
        raise Malformed("sheet_columns_invalid") from None


def find_headings(rows: Iterable[Sequence[str]], tables: "HeadingTables") -> "Headings | None":
    """The first row with at least three known headings, read; None when no row is one.

    ``rows`` are the first rows' texts. Raises Invalid ``sheet_columns_missing`` naming the required columns that
    are not there, ``sheet_heading_twice`` where two columns say the same.
    """
    for number, row in enumerate(rows, start=1):
        headings = _read(number, row, tables)
        if len(headings.columns) >= _RECOGNISED_AT_LEAST:
            missing = [
                column.zh for column in tables.columns if column.required and column.field not in headings.columns
            ]
            if missing:
                raise Invalid("sheet_columns_missing", columns="、".join(missing))
            return headings
    return None


def shown_heading(text: str) -> str:
    """A heading nobody knows, as it may be repeated: forty characters at most, and nothing that looks like data."""
    if len(_DIGITS.findall(unicodedata.normalize("NFKC", text))) >= _DATA_DIGITS:
        return "（含数字，已隐藏）"
    visible = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(visible.split())[:_SHOWN_AT_MOST]


def _read(number: int, row: Sequence[str], tables: "HeadingTables") -> "Headings":
    columns: dict[Field, int] = {}
    twice: list[str] = []
    forbidden: dict[str, None] = {}
    unknown: list[str] = []
    told = [(index, text) for index, text in enumerate(row[:COLUMNS_AT_MOST]) if _plain(text) not in _COUNTING]
    for index, text in told:
        refused = match_heading(text, tables.forbidden)
        known = _known(text, tables.columns)
        if refused:
            forbidden[refused.zh] = None
        elif known is None:
            unknown.append(shown_heading(text))
        elif columns.setdefault(known.field, index) != index:
            twice.append(known.zh)
    _check_once(columns, twice)
    return Headings(number, columns, tuple(forbidden), tuple(unknown))


def _check_once(columns: Mapping[Field, int], twice: Sequence[str]) -> None:
    """Refuse repeated headings, where the row is one of headings at all."""
    if twice and len(columns) >= _RECOGNISED_AT_LEAST:
        raise Invalid("sheet_heading_twice", columns="、".join(dict.fromkeys(twice)))


def _known(text: str, columns: "Iterable[SheetColumn]") -> "SheetColumn | None":
    """The column a heading names: as written, or without its bracketed note."""
    forms = (_plain(text), _plain(_without_notes(text)))
    return next((column for form in forms for column in columns if form in column.names), None)


def _without_notes(text: str) -> str:
    """The heading without brackets that say how to fill it in; other brackets may change what it means."""
    folded = unicodedata.normalize("NFKC", text)
    return _BRACKETED.sub(lambda found: "" if _NOTE.search(found.group()) else found.group(), folded)


def _plain(text: str) -> str:
    """NFKC, lower case, without blanks, stars, brackets and other marks."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())


@dataclass(frozen=True)
class SheetColumn:
    """One column of the template: what it holds, its heading, and every heading it is known by."""

    field: Field
    zh: str
    required: bool
    names: frozenset[str]


@dataclass(frozen=True)
class HeadingTables:
    """What headings are held against."""

    columns: tuple[SheetColumn, ...]
    forbidden: tuple[ForbiddenColumn, ...]


@dataclass(frozen=True)
class Headings:
    """A heading row as read: its number in the sheet, and where each field stands."""

    row: int
    columns: dict[Field, int]
    #: Canonical names of the forbidden columns that stand in the sheet.
    forbidden: tuple[str, ...]
    #: Headings nobody knows, as they may be repeated.
    unknown: tuple[str, ...]
