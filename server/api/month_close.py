"""A closed month: frozen figures, late data, opening again, archiving, and the aggregate return on paper."""

from typing import Any
from uuid import UUID

from flask import Response

from server.domain.codes_month import MonthReopenReason
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.month_close import (
    FROZEN,
    LATE,
    FrozenMonthSchema,
    FrozenQuery,
    LateDataSchema,
    MonthlyReturnQuery,
    MonthReopeningSchema,
)
from server.schemas.months import MonthSchema
from server.schemas.spreadsheets import BINARY
from server.schemas.sweep_examples import MONTH
from server.services import month_close, month_return
from server.services.month_close import FrozenMonth, LateData
from server.services.months import MonthView
from server.services.workbook_writing import XLSX

blueprint = Blueprint("month_close", __name__, description="A month's frozen figures, and what leaves the township.")

PDF = "application/pdf"
_RELEASE = ("not_found", "area_code_invalid", "period_invalid", "figures_not_released", "figures_not_intact")


@blueprint.get("/months/<uuid:month_id>/figures")
@needs(Permission.MONTH_FIGURES)
@refuses("not_found")
@blueprint.arguments(FrozenQuery, location="query")
@blueprint.response(200, FrozenMonthSchema, example=FROZEN)
def read_frozen(query: dict[str, int], month_id: UUID) -> FrozenMonth:
    """Read the own township's frozen figures, exact, and whether they are still those that were hashed."""
    return month_close.read_frozen(current_caller(), month_id, query.get("number"))


@blueprint.get("/months/<uuid:month_id>/late")
@needs(Permission.MONTH_FIGURES)
@refuses("not_found")
@blueprint.response(200, LateDataSchema, example=LATE)
def read_late(month_id: UUID) -> LateData:
    """Count what belongs to a closed month and came after its close; the frozen figures stay as they are."""
    return month_close.read_late(current_caller(), month_id)


@blueprint.post("/months/<uuid:month_id>/reopening")
@needs(Permission.MONTH_REOPEN)
@refuses("not_found", "month_not_closed", "meeting_called", "sweep_transition_forbidden")
@versioned
@blueprint.arguments(MonthReopeningSchema)
@blueprint.response(200, MonthSchema, example=MONTH | {"version": 3})
def reopen_month(body: dict[str, MonthReopenReason], month_id: UUID) -> tuple[MonthView, dict[str, str]]:
    """Open a closed month again before its meeting is called, with a reason; the next close is a new version."""
    return tagged(month_close.reopen_month(current_caller(), month_id, expected_version(), body["reason"]))


@blueprint.post("/months/<uuid:month_id>/archiving")
@needs(Permission.MEETING_WRITE)
@refuses("not_found", "meeting_not_held")
@versioned
@blueprint.response(200, MonthSchema, example=MONTH | {"state": "archived", "version": 4})
def archive_month(month_id: UUID) -> tuple[MonthView, dict[str, str]]:
    """Put a month away after its meeting."""
    return tagged(month_close.archive_month(current_caller(), month_id, expected_version()))


@blueprint.get("/monthly-returns.xlsx")
@needs(Permission.MONTH_EXPORT)
@refuses(*_RELEASE)
@blueprint.arguments(MonthlyReturnQuery, location="query")
@blueprint.response(200, BINARY, content_type=XLSX)
def monthly_return_as_workbook(query: dict[str, Any]) -> Response:
    """Take a township's or the county's released month out as a workbook, small counts hidden."""
    content = month_return.as_workbook(current_caller(), query["area_code"], query["period"])
    return _file(content, XLSX, f"linli-{query['area_code']}-{query['period']}.xlsx")


@blueprint.get("/monthly-returns.pdf")
@needs(Permission.MONTH_EXPORT)
@refuses(*_RELEASE, "pdf_font_missing")
@blueprint.arguments(MonthlyReturnQuery, location="query")
@blueprint.response(200, BINARY, content_type=PDF)
def monthly_return_as_pdf(query: dict[str, Any]) -> Response:
    """Take a township's or the county's released month out as a page for print, small counts hidden."""
    content = month_return.as_pdf(current_caller(), query["area_code"], query["period"])
    return _file(content, PDF, f"linli-{query['area_code']}-{query['period']}.pdf")


def _file(content: bytes, kind: str, name: str) -> Response:
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
