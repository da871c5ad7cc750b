"""Workbooks as they leave: the empty template, and an export that says on every page who took it, when and why.

Text is written as text: what begins like a formula is stored as a string and marked so, for a spreadsheet would
otherwise run it.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from server import clock
from server.domain.sheet_columns import Field
from server.services.sheet_tables import LISTS, code_entries, heading_tables
from server.services.workbook_saving import saved

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTICE = "内部资料 · 用后销毁"
#: A spreadsheet takes these at the start of a cell for a formula or a command.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
_HEADER_AT_MOST = 200
_CELL_AT_MOST = 32_000
_TEMPLATE_ROWS = 5001
_TEXT_FORMAT = "@"
_BOLD, _GREY = Font(bold=True), PatternFill("solid", fgColor="E7E6E6")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_WIDE = {"事实记录": 60, "现住址": 30, "身份证号": 22, "条目编号": 22, "网格": 18}
_LIST_OF = {
    Field.SEX: "sex",
    Field.ID_TYPE: "id_type",
    Field.GUARDIAN_RELATION: "guardian_relation",
    Field.GROUND: "ground",
    Field.SOURCE: "observation_source",
}
#: Short lists that a cell offers to choose from; the others stand on the page of explanations.
_OFFERED = {Field.SEX: "男,女,未知", Field.URGENT: "是,否", Field.GUARDIAN_CONFLICT: "是,否"}


def template() -> bytes:
    """An empty sheet with every heading, cells kept as text, and a page that explains each column."""
    workbook = Workbook()
    sheet = _first_sheet(workbook, "台账")
    columns = heading_tables().columns
    _headings(sheet, 1, [column.zh for column in columns])
    for index, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(index)].number_format = _TEXT_FORMAT
        if column.field in _OFFERED:
            offered = DataValidation(type="list", formula1=f'"{_OFFERED[column.field]}"', allow_blank=True)
            letter = get_column_letter(index)
            offered.add(f"{letter}2:{letter}{_TEMPLATE_ROWS}")
            sheet.add_data_validation(offered)
    _explain(workbook.create_sheet("填写说明"))
    return saved(workbook)


def export_workbook(stamp: "Stamp", headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The rows under their headings, stamped on the page, in its margins and in the file's properties."""
    workbook = Workbook()
    sheet = _first_sheet(workbook, "台账")
    _text(sheet, 1, 1, stamp.sentence).font = _BOLD
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings))
    _headings(sheet, 2, headings)
    for number, row in enumerate(rows, start=3):
        for index, value in enumerate(row, start=1):
            _text(sheet, number, index, value)
    _stamp(workbook, stamp)
    return saved(workbook)


def _stamp(workbook: Workbook, stamp: "Stamp") -> None:
    """Who, when and why, in the properties and in the margins of every sheet; and locked against changes."""
    properties = workbook.properties
    properties.creator = properties.lastModifiedBy = _clean(stamp.who)
    properties.title = f"{stamp.township} {stamp.period}"
    properties.subject = NOTICE
    properties.description = stamp.sentence
    properties.created = properties.modified = stamp.at.replace(tzinfo=None)
    workbook.security = WorkbookProtection(lockStructure=True)
    margin = stamp.sentence[:_HEADER_AT_MOST].replace("&", "&&")
    for sheet in workbook.worksheets:
        for place, text in ((sheet.oddHeader, margin), (sheet.oddFooter, f"{NOTICE}  &P / &N")):
            assert place is not None
            place.center.text = text
        sheet.protection.sheet = True
        sheet.protection.password = secrets.token_urlsafe(9)
        sheet.print_title_rows = "1:2"
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A3
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.page_setup.fitToHeight = 0


def _explain(sheet: Worksheet) -> None:
    """One line per column: whether it is required, and what may stand in it."""
    _headings(sheet, 1, ["列", "是否必填", "可填内容"])
    for number, column in enumerate(heading_tables().columns, start=2):
        _text(sheet, number, 1, column.zh)
        _text(sheet, number, 2, "必填" if column.required else "可不填")
        _text(sheet, number, 3, _choices(column.field))
    sheet.column_dimensions["C"].width = 100


def _choices(field: Field) -> str:
    notes = {
        Field.VILLAGE: "本乡镇内村（社区）的全称，或 12 位代码",
        Field.GRID: "网格序号（如 1）、名称，或 15 位代码",
        Field.BIRTH_DATE: "如 1990-03-07；只知道年份时填年份",
        Field.OBSERVED_ON: "如 2026-11-03；不晚于今天，不早于当月 1 日前 31 天",
        Field.FACT: "20 到 500 个字：什么时候、谁看到或听到、当事人做了什么或说了什么；不写性格评价和疾病诊断",
        Field.ID_NO: "以文本格式填写；可以不填",
        Field.GUARDIAN_NAME: "未满十八周岁必填，除非监护冲突一列填“是”",
        Field.URGENT: "是 或 否",
        Field.GUARDIAN_CONFLICT: "是 或 否",
    }
    name = _LIST_OF.get(field)
    if name in LISTS:
        return "；".join(f"{entry.code} {entry.zh}" for entry in code_entries() if entry.list == name)
    return notes.get(field, "")


def _first_sheet(workbook: Workbook, title: str) -> Worksheet:
    sheet = workbook.worksheets[0]
    sheet.title = title
    return sheet


def _headings(sheet: Worksheet, row: int, headings: Sequence[str]) -> None:
    for index, heading in enumerate(headings, start=1):
        cell = _text(sheet, row, index, heading)
        cell.font, cell.fill = _BOLD, _GREY
        sheet.column_dimensions[get_column_letter(index)].width = _WIDE.get(heading, 14)
    sheet.freeze_panes = f"A{row + 1}"


def _text(sheet: Worksheet, row: int, column: int, value: str) -> Cell:
    """A cell that is text whatever it begins with."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    cell.value = _clean(value)
    cell.data_type = "s"
    cell.number_format = _TEXT_FORMAT
    cell.alignment = _WRAPPED
    if value.startswith(_FORMULA_STARTS):
        cell.quotePrefix = True
    return cell


def _clean(text: str) -> str:
    """Without control characters, which the format cannot hold."""
    return ILLEGAL_CHARACTERS_RE.sub(" ", text)[:_CELL_AT_MOST]


@dataclass(frozen=True, repr=False)
class Stamp:
    """What an export says of itself; ``reason`` stands in the file and sealed in the record, nowhere else."""

    who: str
    at: datetime
    reason: str
    township: str
    period: str

    @property
    def sentence(self) -> str:
        """The watermark."""
        day = self.at.astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M")
        whole = f"{NOTICE}　{self.township} {self.period}　导出人：{self.who}　时间：{day}　理由：{self.reason}"
        return _clean(whole)
