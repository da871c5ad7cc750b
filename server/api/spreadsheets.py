"""A township's month as a spreadsheet: the empty template, reading one in, taking one out."""

from typing import Any
from uuid import UUID

from flask import Response

from server.domain.permissions import Permission
from server.domain.sheet_asked import SheetExport, SheetImport
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import needs, refuses
from server.schemas.spreadsheets import (
    BINARY,
    REPORT_EXAMPLE,
    ExportSchema,
    ImportQuery,
    ImportReportSchema,
    WorkbookUpload,
)
from server.services.spreadsheet_export import export_month
from server.services.spreadsheet_report import ReportView, report_view
from server.services.spreadsheets import import_month, read_import
from server.services.workbook_writing import XLSX, template

blueprint = Blueprint("spreadsheets", __name__, description="A township's month read in from and taken out as Excel.")

_FILE = (
    "workbook_kind",
    "workbook_kind_old",
    "workbook_encrypted",
    "workbook_macros",
    "workbook_unreadable",
    "workbook_too_large",
)
_SHEET = (
    "sheet_too_long",
    "sheet_empty",
    "sheet_headings_missing",
    "sheet_columns_missing",
    "sheet_heading_twice",
    "forbidden_columns",
    "import_rows_refused",
)
_MONTH = ("not_found", "area_code_invalid", "period_out_of_range", "month_not_open", "file_already_imported")


@blueprint.post("/ledger-imports")
@needs(Permission.SPREADSHEET_IMPORT)
@refuses(*_FILE, *_SHEET, *_MONTH)
@blueprint.arguments(ImportQuery, location="query")
@blueprint.arguments(WorkbookUpload, location="files")
@blueprint.response(200, ImportReportSchema, example=REPORT_EXAMPLE)
def import_sheet(query: dict[str, SheetImport], files: dict[str, Any]) -> ReportView:
    """Read a month's sheet into the ledger, or rehearse it.

    Whole or not at all: one refused row keeps the file out. A dry run, the default, reports every row.
    """
    return report_view(import_month(current_caller(), query["wanted"], files["file"].read()))


@blueprint.get("/ledger-imports/<uuid:import_id>")
@needs(Permission.SPREADSHEET_IMPORT)
@refuses("not_found")
@blueprint.response(200, ImportReportSchema, example=REPORT_EXAMPLE)
def show_import(import_id: UUID) -> ReportView:
    """See what became of the rows of a file that was read in."""
    return report_view(read_import(current_caller(), import_id))


@blueprint.get("/ledger-imports/template.xlsx")
@needs(Permission.AREA_READ)
@blueprint.response(200, BINARY, content_type=XLSX)
def show_template() -> Response:
    """Get an empty sheet with every heading and an explanation of each column.

    It holds code lists and nobody's data, so no purpose is asked for.
    """
    return _workbook(template(), "linli-template.xlsx")


@blueprint.post("/ledger-exports")
@needs(Permission.SPREADSHEET_EXPORT)
@refuses("not_found", "area_code_invalid", "export_reason_length", "export_too_long", "seal_broken")
@blueprint.arguments(ExportSchema)
@blueprint.response(200, BINARY, content_type=XLSX)
def export_sheet(wanted: SheetExport) -> Response:
    """Take the own township's month out as a workbook.

    Who took it, when and why stands in the file; everybody in it is named in the access log.
    """
    exported = export_month(current_caller(), wanted)
    return _workbook(exported.content, f"linli-{wanted.township_code}-{wanted.period}.xlsx")


def _workbook(content: bytes, name: str) -> Response:
    return Response(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
