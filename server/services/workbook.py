"""An uploaded workbook, made safe to read and read: the one sheet that has the headings, and only the known columns.

The container is looked at before the library sees it: what kind of file it is, how much it unpacks to, how many
rows and cells it holds. Values only: a formula is read as what it last came to, and nothing outside is followed.
"""

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from threading import Lock
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

from server.domain.sheet import is_blank
from server.domain.sheet_cells import ORIGIN_1900, Cell
from server.domain.sheet_columns import COLUMNS_AT_MOST, HEADING_ROWS, Field, Headings, HeadingTables, find_headings
from server.errors import Invalid, TooLarge

ROWS_AT_MOST = 5000
#: What all parts unpack to together; a sheet of 5,000 long rows has some ten megabytes.
UNPACKED_AT_MOST = 48 * 1024 * 1024
PARTS_AT_MOST = 300
CELLS_AT_MOST = 400_000
ROWS_MARKED_AT_MOST = 100_000
#: The last row that is looked at; a row numbered beyond it has the library make up all rows before.
LAST_ROW = 100_000
_BLOCK = 1 << 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED, _WORKBOOK = 0x1, "xl/workbook.xml"
_MACROS = re.compile(r"vbaproject\.bin$|macrosheets/", re.IGNORECASE)
_ROW, _CELL = re.compile(rb"<(?:\w+:)?row[\s/>]"), re.compile(rb"<(?:\w+:)?c[\s/>]")
_STRANGE = re.compile(rb"<!DOCTYPE|<!ENTITY|\x00")
_ROW_NUMBER = re.compile(rb"<(?:\w+:)?row\s[^<>]{0,64}?\br=[\"'](\d{6,12})")
#: What is carried from block to block, for marks that lie across their border.
_OVERLAP = 128
_ORIGIN_1904 = date(1904, 1, 1)
#: What the library raises on files that are broken in one way or another; their texts may quote cells.
_UNREADABLE = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, ParseError, OSError, EOFError, LookupError, ValueError,
    TypeError, AttributeError, ArithmeticError, RuntimeError, AssertionError,
)  # fmt: skip
#: The library's warnings may quote cells, and Python's warning filters are the whole process's: one reader at a time.
_ONE_AT_A_TIME = Lock()


def read_sheet(content: bytes, tables: HeadingTables) -> "Sheet":
    """The sheet with the headings; nothing of any other column, sheet or row is kept.

    Raises:
        Invalid: ``workbook_kind``, ``workbook_encrypted``, ``workbook_macros``, ``workbook_unreadable``,
            ``sheet_headings_missing``, ``sheet_columns_missing``, ``sheet_heading_twice``, ``sheet_empty``.
        TooLarge: ``workbook_too_large`` in unpacked bytes or cells, ``sheet_too_long`` in rows.
    """
    _check_container(content)
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _read(content, tables)
        except _UNREADABLE:
            raise Invalid("workbook_unreadable") from None


def _check_container(content: bytes) -> None:
    """Hold the file to its kind and limits before anything of it is parsed."""
    if content.startswith(_OLE):
        raise Invalid("workbook_kind_old")
    if not content.startswith(_ZIP):
        raise Invalid("workbook_kind")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(archive.infolist())
            for part in archive.infolist():
                if part.filename.lower().endswith((".xml", ".rels")):
                    _check_marks(archive, part)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError, RuntimeError):
        raise Invalid("workbook_unreadable") from None


def _check_parts(parts: Sequence[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if max(len(names) / PARTS_AT_MOST, sum(part.file_size for part in parts) / UNPACKED_AT_MOST) > 1:
        raise TooLarge("workbook_too_large")
    wrong = {
        "workbook_encrypted": any(part.flag_bits & _ENCRYPTED for part in parts),
        "workbook_macros": any(map(_MACROS.search, names)),
        "workbook_unreadable": len(set(names)) != len(names),
        "workbook_kind": _WORKBOOK not in names,
    }
    code = next(filter(wrong.__getitem__, wrong), None)
    if code:
        raise Invalid(code)


def _check_marks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Count rows and cells, and refuse what a plain sheet has no use for: own entities, other encodings."""
    rows = cells = 0
    tail = b""
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            window = tail + block
            if _STRANGE.search(window):
                raise Invalid("workbook_unreadable")
            rows += len(_ROW.findall(block))
            cells += len(_CELL.findall(block))
            last = max(map(int, _ROW_NUMBER.findall(window)), default=0)
            if max(cells / CELLS_AT_MOST, rows / ROWS_MARKED_AT_MOST, last / LAST_ROW) > 1:
                raise TooLarge("workbook_too_large")
            tail = block[-_OVERLAP:]


def _read(content: bytes, tables: HeadingTables) -> "Sheet":
    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        origin = _ORIGIN_1904 if workbook.epoch == CALENDAR_MAC_1904 else ORIGIN_1900
        for worksheet in (each for each in workbook.worksheets if each.sheet_state == "visible"):
            worksheet.reset_dimensions()
            rows = worksheet.iter_rows(max_row=LAST_ROW, max_col=COLUMNS_AT_MOST, values_only=True)
            headings, top = _headings(rows, tables)
            if headings is not None:
                return Sheet(headings, tuple(_rows(headings, top, rows)), origin)
    finally:
        workbook.close()
    raise Invalid("sheet_headings_missing")


def _headings(rows: Iterator[tuple[object, ...]], tables: HeadingTables) -> "tuple[Headings | None, int]":
    """The headings among the first rows, read one by one, and how many rows that took."""
    for number, row in zip(range(1, HEADING_ROWS + 1), rows, strict=False):
        texts = [value if isinstance(value, str) else "" for value in row]
        found = find_headings([texts], tables)
        if found is not None:
            return found, number
    return None, HEADING_ROWS


def _rows(
    headings: Headings, top: int, rows: Iterator[tuple[object, ...]]
) -> "Iterator[tuple[int, Mapping[Field, Cell]]]":
    count = 0
    for number, row in enumerate(rows, start=top + 1):
        cells = {name: _cell(row[at]) for name, at in headings.columns.items() if at < len(row)}
        if is_blank(cells.values()):
            continue
        count += 1
        if count > ROWS_AT_MOST:
            raise TooLarge("sheet_too_long", limit=ROWS_AT_MOST)
        yield number, cells
    if not count:
        raise Invalid("sheet_empty")


def _cell(value: object) -> Cell:
    """The value as the rules know it; a kind they do not know is an error value."""
    if value is None or isinstance(value, str | int | float | datetime | date | time | timedelta):
        return value
    return "#VALUE!"


@dataclass(frozen=True, repr=False)
class Sheet:
    """A sheet as read: its headings, and per row the known columns' cells; has no readable ``repr``."""

    headings: Headings
    rows: tuple[tuple[int, Mapping[Field, Cell]], ...]
    #: Day 0 of the workbook's date system.
    origin: date
