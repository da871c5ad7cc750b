"""The shapes of spreadsheets in and out."""

from typing import Any

from flask_smorest.fields import Upload
from marshmallow import fields, post_load, validate

from server.domain.sheet_asked import REASON_LEAST, REASON_MOST, SheetExport, SheetImport
from server.domain.sheet_report import Outcome
from server.schemas.shape import Shape, area_code_field, period_field

#: A file in the OpenAPI document.
BINARY = {"type": "string", "format": "binary"}
REPORT_EXAMPLE = {
    "id": None,
    "township_code": "430903102",
    "period": "202611",
    "applied": False,
    "row_count": 1,
    "entry_count": 0,
    "returned_count": 0,
    "possible_duplicate_count": 0,
    "refused_count": 1,
    "refused_columns": ["民族"],
    "ignored_columns": ["备注"],
    "rows": [
        {
            "row": 3,
            "outcome": "refused",
            "codes": ["cell_date"],
            "messages_zh": ["观察日期：日期无法识别。请写成 2026-11-03、2026年11月3日 或 2026.11.3。"],
        }
    ],
}


class ImportQuery(Shape):
    """Where a sheet is read into, and how."""

    township_code = area_code_field(digits="9")
    period = period_field()
    dry_run = fields.Boolean(
        load_default=True,
        metadata={"description": "Only report what would become of each row; change nothing.", "example": True},
    )
    drop_forbidden = fields.Boolean(
        load_default=False,
        metadata={"description": "Go on without the forbidden columns that stand in the file.", "example": False},
    )

    @post_load
    def as_import(self, data: dict[str, Any], **_: Any) -> dict[str, SheetImport]:
        """The value the use case takes."""
        return {"wanted": SheetImport(**data)}


class WorkbookUpload(Shape):
    """The workbook itself."""

    file = Upload(
        required=True, metadata={"description": "An .xlsx workbook, 5,000 rows at most.", "example": "table.xlsx"}
    )


class ImportRowSchema(Shape):
    """What became of one row; no cell's content."""

    row = fields.Integer(required=True, metadata={"description": "The row's number in the sheet.", "example": 3})
    outcome = fields.Enum(Outcome, by_value=True, required=True, metadata={"example": "new"})
    codes = fields.List(fields.String(), required=True, metadata={"example": ["cell_date"]})
    messages_zh = fields.List(
        fields.String(), required=True, metadata={"description": "Column, what is wrong, and what to do."}
    )


class ImportReportSchema(Shape):
    """A sheet's report, row by row."""

    id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Set once the file was read in.", "example": None}
    )
    township_code = fields.String(required=True)
    period = fields.String(required=True)
    applied = fields.Boolean(required=True, metadata={"description": "Whether anything was written."})
    row_count = fields.Integer(required=True)
    entry_count = fields.Integer(required=True)
    returned_count = fields.Integer(required=True)
    possible_duplicate_count = fields.Integer(required=True)
    refused_count = fields.Integer(required=True, metadata={"description": "Rows that keep the whole file out."})
    refused_columns = fields.List(
        fields.String(), required=True, metadata={"description": "Forbidden columns by their canonical names."}
    )
    ignored_columns = fields.List(
        fields.String(), required=True, metadata={"description": "Headings nobody knows; not read either."}
    )
    rows = fields.List(fields.Nested(ImportRowSchema), required=True)


class ExportSchema(Shape):
    """What to take out, and what for."""

    township_code = area_code_field(digits="9")
    period = period_field()
    reason = fields.String(
        required=True,
        validate=validate.Length(REASON_LEAST, REASON_MOST),
        metadata={
            "description": "What the file is for; stands in it, and is kept sealed.",
            "example": "十一月研判会使用，会后由综治中心销毁。",
        },
    )
    format = fields.String(
        load_default="xlsx",
        validate=validate.OneOf(["xlsx"]),
        metadata={"description": "The only format.", "example": "xlsx"},
    )

    @post_load
    def as_export(self, data: dict[str, Any], **_: Any) -> SheetExport:
        """The value the use case takes."""
        return SheetExport(data["township_code"], data["period"], data["reason"])
