"""Who works where, for those who give out care."""

from typing import Any

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import needs, refuses
from server.schemas.colleagues import ColleaguePageSchema, ColleagueQuery
from server.services import colleagues

blueprint = Blueprint("colleagues", __name__, url_prefix="/colleagues", description="Who works where.")

_COLLEAGUE = {
    "id": "01936f3e-0000-7000-8000-000000000004",
    "display_name": "试验村·网格员",
    "role": "grid_worker",
    "area_code": "430903102203001",
    "area_name": "第1网格",
}


@blueprint.get("")
@needs(Permission.COLLEAGUE_READ)
@refuses("not_found", "area_code_invalid", "cursor_malformed", "disclosure_budget_used", "access_log_unavailable")
@blueprint.arguments(ColleagueQuery, location="query")
@blueprint.response(200, ColleaguePageSchema, example={"items": [_COLLEAGUE], "next_cursor": None})
def list_colleagues(query: dict[str, Any]) -> dict[str, Any]:
    """List who holds a role over an area, to name a visitor or somebody who looks after a person."""
    asked = page_asked(query)
    return shown(colleagues.list_colleagues(current_caller(), query["role"], query["area_code"], asked))
