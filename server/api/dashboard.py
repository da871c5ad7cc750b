"""A unit's year on one sheet."""

from typing import Any

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import needs, refuses
from server.schemas.dashboard import DASHBOARD, DashboardQuery, DashboardSchema
from server.services.dashboard import Dashboard, read_dashboard

blueprint = Blueprint(
    "dashboard", __name__, url_prefix="/dashboard", description="A unit's year: every indicator with its series."
)


@blueprint.get("")
@needs(Permission.INDICATOR_READ)
@refuses("not_found", "area_code_invalid", "indicator_year_invalid", "indicator_unit_level")
@blueprint.arguments(DashboardQuery, location="query")
@blueprint.response(200, DashboardSchema, example=DASHBOARD)
def show_dashboard(query: dict[str, Any]) -> Dashboard:
    """Read one unit's year: a township, a county, or a city as the sum of its counties."""
    return read_dashboard(current_caller(), query["unit"], query["year"])
