"""A township's month: opening, seeing, closing."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.months import MonthOpeningSchema, MonthPageSchema, MonthQuery, MonthSchema
from server.schemas.sweep_examples import MONTH
from server.services import months
from server.services.months import MonthFilter, MonthView

blueprint = Blueprint("months", __name__, url_prefix="/months", description="A township's month with its two sweeps.")


@blueprint.post("")
@needs(Permission.MONTH_OPEN)
@refuses("not_found", "area_code_invalid", "period_out_of_range", "record_exists")
@blueprint.arguments(MonthOpeningSchema)
@blueprint.response(201, MonthSchema, example=MONTH)
def open_month(body: dict[str, str]) -> tuple[MonthView, dict[str, str]]:
    """Open a township's month with its dispute sweep and its concern sweep."""
    return tagged(months.open_month(current_caller(), body["township_code"], body["period"]))


@blueprint.get("")
@needs(Permission.MONTH_READ)
@refuses("cursor_malformed")
@blueprint.arguments(MonthQuery, location="query")
@blueprint.response(200, MonthPageSchema, example={"items": [MONTH], "next_cursor": None})
def list_months(query: dict[str, Any]) -> dict[str, Any]:
    """List months of one's townships, the oldest first."""
    asked = page_asked(query)
    return shown(months.list_months(current_caller(), MonthFilter(**query), asked))


@blueprint.get("/<uuid:month_id>")
@needs(Permission.MONTH_READ)
@refuses("not_found")
@blueprint.response(200, MonthSchema, example=MONTH)
def read_month(month_id: UUID) -> tuple[MonthView, dict[str, str]]:
    """See a month with its dates and sweeps."""
    return tagged(months.read_month(current_caller(), month_id))


@blueprint.post("/<uuid:month_id>/closure")
@needs(Permission.MONTH_CLOSE)
@refuses("not_found", "month_not_open", "month_not_over", "sweeps_not_submitted", "sweep_transition_forbidden")
@versioned
@blueprint.response(200, MonthSchema, example=MONTH | {"state": "closed", "version": 2})
def close_month(month_id: UUID) -> tuple[MonthView, dict[str, str]]:
    """Close a month with its sweeps, once both are submitted and its last day has come."""
    return tagged(months.close_month(current_caller(), month_id, expected_version()))
