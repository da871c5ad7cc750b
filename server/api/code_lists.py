"""The lists that people choose from."""

from typing import Any

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import needs, refuses
from server.schemas.code_lists import CodeEntriesSchema, CodeListQuery, CodeListsSchema
from server.services import code_lists

blueprint = Blueprint("code_lists", __name__, url_prefix="/code-lists", description="Code lists in both languages.")

_ENTRY = {
    "code": "1",
    "zh": "男",
    "en": "Male",
    "valid_from": "2026-01-01",
    "valid_to": None,
    "source": "GB/T 2261.1",
}


@blueprint.get("")
@needs(Permission.AREA_READ)
@blueprint.response(200, CodeListsSchema, example={"items": [{"name": "sex", "count": 4}]})
def list_code_lists() -> dict[str, Any]:
    """List the code lists by name."""
    return {"items": code_lists.read_lists(current_caller())}


@blueprint.get("/<string:list_name>")
@needs(Permission.AREA_READ)
@refuses("not_found")
@blueprint.arguments(CodeListQuery, location="query")
@blueprint.response(200, CodeEntriesSchema, example={"items": [_ENTRY]})
def read_code_list(query: dict[str, Any], list_name: str) -> dict[str, Any]:
    """Read one code list in its order."""
    return {"items": code_lists.read_list(current_caller(), list_name, query.get("valid_on"))}
