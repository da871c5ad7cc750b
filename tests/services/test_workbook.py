"""What may be uploaded: one kind of file, within limits that are checked before anything is parsed."""

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from server.domain.area_codes import AreaCode
from server.domain.periods import Period
from server.domain.sheet import SheetRules, read_row
from server.domain.sheet_cells import ORIGIN_1900
from server.domain.sheet_columns import Field
from server.domain.sheet_places import Places
from server.errors import LinliError
from server.services.sheet_tables import heading_tables, headings_shown, labels
from server.services.workbook import Sheet, read_sheet
from server.services.workbook_writing import template
from server.store.transaction import new_id
from server.store.word_lists import word_list
from tests.sheets import FACT, HEADINGS, a_row, a_sheet, saved

VILLAGE = AreaCode("430999101201")
GOOD = a_sheet([a_row(VILLAGE)])
SHEET_PART = "xl/worksheets/sheet1.xml"


def read(content: bytes) -> Sheet:
    return read_sheet(content, heading_tables())


def refusal(content: bytes) -> str:
    with pytest.raises(LinliError) as refused:
        read(content)
    return refused.value.code


def end_of(content: bytes) -> str:
    """The code of the refusal, or that it was read; any other error is a fault."""
    try:
        read(content)
    except LinliError as error:
        return error.code
    return "read"


def repacked(change: Callable[[dict[str, bytes]], None], content: bytes = GOOD) -> bytes:
    """The workbook with its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def with_sheet_data(xml: bytes) -> bytes:
    def change(parts: dict[str, bytes]) -> None:
        head, _, rest = parts[SHEET_PART].partition(b"</sheetData>")
        parts[SHEET_PART] = head + xml + b"</sheetData>" + rest

    return repacked(change)


def test_a_good_sheet_is_read_with_its_row_numbers() -> None:
    sheet = read(a_sheet([a_row(VILLAGE), {}, {"序号": 3}, a_row(VILLAGE, 4), {}, {}]))
    assert [number for number, _ in sheet.rows] == [3, 6]
    assert sheet.rows[0][1][Field.FACT] == FACT
    assert set(sheet.rows[0][1]) <= set(Field)


def test_only_the_known_columns_cells_are_kept() -> None:
    sheet = read(a_sheet([a_row(VILLAGE, 民族="金丝雀", 备注="金丝雀")], ("民族", *HEADINGS, "备注")))
    assert "金丝雀" not in str([dict(cells) for _, cells in sheet.rows])


def test_the_first_visible_sheet_with_the_headings_is_read() -> None:
    workbook = Workbook()
    workbook.worksheets[0].append(["封面"])
    for title, hidden, name in (("旧表", True, "隐藏的人"), ("台账", False, "看见的人"), ("副本", False, "后面的人")):
        sheet = workbook.create_sheet(title)
        sheet.sheet_state = "hidden" if hidden else "visible"
        sheet.append(list(HEADINGS))
        sheet.append([a_row(VILLAGE, 姓名=name).get(heading) for heading in HEADINGS])
    assert [cells[Field.NAME] for _, cells in read(saved(workbook)).rows] == ["看见的人"]


def test_formulas_are_read_as_what_they_last_came_to() -> None:
    sheet = read(a_sheet([a_row(VILLAGE, 现住址='=WEBSERVICE("http://x")')]))
    assert sheet.rows[0][1][Field.ADDRESS] is None


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "workbook_kind"),
        ("姓名,村\n".encode(), "workbook_kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "workbook_kind_old"),
        (b"PK\x03\x04" + b"\x00" * 60, "workbook_unreadable"),
        (GOOD[: len(GOOD) // 2], "workbook_unreadable"),
        (repacked(lambda parts: parts.pop("xl/workbook.xml") and None), "workbook_kind"),
        (repacked(lambda parts: parts.update({"xl/vbaProject.bin": b"x"})), "workbook_macros"),
        (repacked(lambda parts: parts.update({"xl/x.bin": b"\x00" * 60_000_000})), "workbook_too_large"),
        (repacked(lambda parts: parts.update({f"x{n}": b"" for n in range(400)})), "workbook_too_large"),
        (repacked(lambda parts: parts.update({SHEET_PART: b"<a" + b"<c " * 500_000})), "workbook_too_large"),
        (repacked(lambda parts: parts.update({SHEET_PART: b"<row/>" * 200_000})), "workbook_too_large"),
        (repacked(lambda parts: parts.update({SHEET_PART: b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'})), "workbook_unreadable"),
        (repacked(lambda parts: parts.update({SHEET_PART: "<a/>".encode("utf-16")})), "workbook_unreadable"),
        (repacked(lambda parts: parts.update({SHEET_PART: b"<a><b></a>"})), "workbook_unreadable"),
        (a_sheet([], title="只有标题"), "sheet_empty"),
        (a_sheet([{"甲": 1}], ("甲", "乙", "丙")), "sheet_headings_missing"),
        (a_sheet([a_row(VILLAGE)], HEADINGS[:9]), "sheet_columns_missing"),
        (a_sheet([a_row(VILLAGE)], (*HEADINGS, "名字")), "sheet_heading_twice"),
        (a_sheet([a_row(VILLAGE)] * 5001), "sheet_too_long"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_refused_by_its_code(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_an_encrypted_part_is_refused() -> None:
    content = bytearray(GOOD)
    content[content.find(b"PK\x01\x02") + 8] |= 1
    assert refusal(bytes(content)) == "workbook_encrypted"


@pytest.mark.parametrize("number", [b"100001", b"1048576", b"9" * 400])
def test_a_row_numbered_far_away_is_refused_at_once(number: bytes) -> None:
    assert refusal(with_sheet_data(b'<row r="' + number + b'"><c><v>1</v></c></row>')) == "workbook_too_large"


def test_the_template_says_what_may_stand_in_each_column() -> None:
    table, explained = load_workbook(io.BytesIO(template())).worksheets
    headings = [cell.value for cell in table[1]]
    assert headings == [cell.value for cell in explained["A"][1:]] == list(headings_shown().values())
    assert refusal(template()) == "sheet_empty"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_file_is_refused_and_never_a_fault(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    assert end_of(bytes(content)).startswith(("read", "workbook_", "sheet_"))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_junk_inside_the_sheet_is_refused_and_never_a_fault(junk: bytes) -> None:
    assert end_of(with_sheet_data(junk)).startswith(("read", "workbook_", "sheet_"))


RULES = SheetRules(
    period=Period("202611"), today=date(2026, 11, 20), places=Places([(VILLAGE, "试验村"), (VILLAGE + "001", "网格1")]),
    labels=labels(), words=word_list(), headings=headings_shown(), regions=frozenset({"430999"}), origin=ORIGIN_1900,
)  # fmt: skip
CELLS = st.one_of(
    st.none(), st.text(max_size=40), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(),
    st.sampled_from(["试验村", "1", "2", "男", "是", "亲眼所见", FACT, "2026-11-03", "430999199003070023", "13800001234"]),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(Field), CELLS))
def test_any_row_becomes_a_draft_or_a_report_in_known_words(cells: dict[Field, object]) -> None:
    row = read_row(cells, RULES, new_id())  # type: ignore[arg-type]
    assert (row.draft is None) == bool(row.faults)
    for fault in row.faults:
        assert fault.field in set(headings_shown().values())
        assert all(
            str(cells.get(field)) not in fault.params.values() or len(str(cells.get(field))) < 6 for field in Field
        )
