"""Finding residents."""

from typing import Any

from server.domain.permissions import Permission
from server.domain.resident_views import ResidentView
from server.domain.sought import sought_by
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import needs, refuses
from server.schemas.residents import EXAMPLE
from server.schemas.search import FoundSchema, SearchSchema
from server.services.search import search_residents

blueprint = Blueprint("search", __name__, url_prefix="/residents/search", description="Finding residents.")

_SHOWN = ("id", "area_code", "name", "sex", "birth_date", "birth_year", "phone", "version", "sight")


@blueprint.post("")
@needs(Permission.RESIDENT_SEARCH)
@refuses("search_one_field", "name_invalid", "phone_invalid", "document_invalid")
@refuses("too_many_matches", "search_area_too_wide", "seal_broken")
@blueprint.arguments(SearchSchema, example={"name": EXAMPLE["name"], "area_code": "430903102"})
@blueprint.response(200, FoundSchema, example={"items": [{name: EXAMPLE[name] for name in _SHOWN}]})
def search(body: dict[str, Any]) -> dict[str, list[ResidentView]]:
    """Find residents by name, phone or document number.

    Only within the caller's own area. Phones and numbers match whole; of a name two characters are enough. More than
    fifty matches show nobody: narrow the area. In areas of more than 20,000 residents names match whole as well, and
    phones need a narrower area.
    """
    area_code = body.pop("area_code", None)
    return {"items": search_residents(current_caller(), sought_by(**body), area_code)}
