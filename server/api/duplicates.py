"""Possible duplicates: seeing and deciding them."""

from typing import Any
from uuid import UUID

from server.domain.duplicates import Decision
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.duplicates import DecisionSchema, DuplicateQuery, PairListSchema, PairSchema
from server.schemas.residents import EXAMPLE
from server.services.duplicates import PairView, decide_duplicate, list_duplicates

blueprint = Blueprint(
    "duplicates", __name__, url_prefix="/possible-duplicates", description="Residents who may be one person."
)

_PAIR = {
    "id": "01936f3e-0000-7000-8000-000000000201",
    "state": "open",
    "matched_on": "id_no",
    "found_at": "2026-11-03T01:00:00+00:00",
    "decided_by": None,
    "decided_at": None,
    "version": 1,
    "sides": [
        {"township_code": "430903102", "resident": EXAMPLE},
        {"township_code": "430903103", "resident": None},
    ],
}
_DECIDED = _PAIR | {
    "state": "different_people",
    "version": 2,
    "decided_by": "01936f3e-0000-7000-8000-000000000301",
    "decided_at": "2026-11-04T01:00:00+00:00",
}


@blueprint.get("")
@needs(Permission.DUPLICATE_DECIDE)
@refuses("cursor_malformed", "seal_broken")
@blueprint.arguments(DuplicateQuery, location="query")
@blueprint.response(200, PairListSchema, example={"items": [_PAIR], "next_cursor": None})
def list_pairs(query: dict[str, Any]) -> dict[str, Any]:
    """List pairs of residents who may be one person.

    Somebody who lives outside the caller's area is shown as a township code alone.
    """
    asked = page_asked(query)
    return shown(list_duplicates(current_caller(), query.get("state"), asked))


@blueprint.post("/<uuid:pair_id>/decision")
@needs(Permission.DUPLICATE_DECIDE)
@refuses("not_found", "duplicate_decided", "seal_broken")
@versioned
@blueprint.arguments(DecisionSchema)
@blueprint.response(200, PairSchema, example=_DECIDED)
def decide(body: dict[str, Decision], pair_id: UUID) -> tuple[PairView, dict[str, str]]:
    """Say whether two residents are one person.

    It is written down who said so and when. Neither record is changed, and nothing is merged.
    """
    return tagged(decide_duplicate(current_caller(), pair_id, expected_version(), body["decision"]))
