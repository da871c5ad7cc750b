"""A monthly return as a workbook: one sheet, a table under the other, ready for print."""

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from server.services.month_return_tables import MonthlyReturn, ReturnTable, Value
from server.services.workbook_saving import saved

HIDDEN = "※"
NOTE = "※ 少于5人的数量以及可以推算出它的数量不显示；零照常显示。零报告同样有效。"
_BOLD, _TITLE = Font(bold=True), Font(bold=True, size=16)
_GREY = PatternFill("solid", fgColor="E7E6E6")
_LINE = Side(style="thin", color="B7B7B7")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_FIRST_WIDTH, _WIDTH = 34, 11


def workbook_of(said: MonthlyReturn) -> bytes:
    """The bytes of the workbook."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = "月报"
    _put(sheet, 1, 1, f"{said.place}{said.title}").font = _TITLE
    _put(sheet, 2, 1, f"{said.period}    {said.made_on:%Y-%m-%d} 生成")
    _put(sheet, 3, 1, NOTE)
    row = 5
    for table in said.tables:
        row = _table(sheet, row, table) + 1
    _page(sheet, max(len(table.headings) for table in said.tables))
    workbook.properties.title = f"{said.place}{said.title} {said.period}"
    return saved(workbook)


def _table(sheet: Worksheet, row: int, table: ReturnTable) -> int:
    """Write a table from this row on; returns the row after it."""
    _put(sheet, row, 1, table.title).font = _BOLD
    for column, heading in enumerate(table.headings, start=1):
        cell = _put(sheet, row + 1, column, heading)
        cell.font, cell.fill, cell.border = _BOLD, _GREY, _BOX
    for number, values in enumerate(table.rows, start=row + 2):
        for column, value in enumerate(values, start=1):
            _put(sheet, number, column, value).border = _BOX
    return row + 2 + len(table.rows)


def _put(sheet: Worksheet, row: int, column: int, value: Value) -> Cell:
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    cell.value = HIDDEN if value is None else value
    if isinstance(value, str):
        cell.data_type = "s"
    else:
        cell.alignment = Alignment(horizontal="right")
    return cell


def _page(sheet: Worksheet, columns: int) -> None:
    sheet.column_dimensions["A"].width = _FIRST_WIDTH
    for column in range(2, columns + 1):
        sheet.column_dimensions[get_column_letter(column)].width = _WIDTH
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "portrait"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    footer = sheet.oddFooter
    assert footer is not None
    footer.center.text = "&P / &N"
