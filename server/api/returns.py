"""Returns: seeing what came, and adding to one."""

from typing import Any
from uuid import UUID

from server.api.sweeps import OBSERVATION_REFUSALS
from server.domain.permissions import Permission
from server.domain.returns import DisputeDraft, ObservationDraft
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.disputes import DisputeDraftSchema
from server.schemas.observations import ObservationDraftSchema
from server.schemas.returns import ReturnPageSchema, ReturnQuery, ReturnSchema
from server.schemas.sweep_examples import DISPUTE_DRAFT, OBSERVATION_DRAFT, RETURN
from server.services import returns
from server.services.returns import ReturnView

blueprint = Blueprint("returns", __name__, url_prefix="/returns", description="What grids sent in: counts, no person.")


@blueprint.get("")
@needs(Permission.RETURN_READ)
@refuses("not_found", "cursor_malformed")
@blueprint.arguments(ReturnQuery, location="query")
@blueprint.response(200, ReturnPageSchema, example={"items": [RETURN], "next_cursor": None})
def list_returns(query: dict[str, Any]) -> dict[str, Any]:
    """List a sweep's returns from one's areas; a grid worker sees their own."""
    asked = page_asked(query)
    return shown(returns.list_returns(current_caller(), query["sweep_id"], asked))


@blueprint.get("/<uuid:return_id>")
@needs(Permission.RETURN_READ)
@refuses("not_found")
@blueprint.response(200, ReturnSchema, example=RETURN)
def read_return(return_id: UUID) -> tuple[ReturnView, dict[str, str]]:
    """See one return."""
    return tagged(returns.read_return(current_caller(), return_id))


@blueprint.post("/<uuid:return_id>/observations")
@needs(Permission.RETURN_SUBMIT)
@refuses("not_found", "sweep_not_taking_returns", "record_exists", "return_items_wrong", *OBSERVATION_REFUSALS)
@versioned
@blueprint.arguments(ObservationDraftSchema, example=OBSERVATION_DRAFT)
@blueprint.response(201, ReturnSchema, example=RETURN | {"item_count": 2, "version": 2})
def add_observation(body: ObservationDraft, return_id: UUID) -> tuple[ReturnView, dict[str, str]]:
    """Add an observation to a concern return; a nil return is none any more, and its village is confirmed again."""
    return tagged(returns.add_observation(current_caller(), return_id, expected_version(), body))


@blueprint.post("/<uuid:return_id>/disputes")
@needs(Permission.RETURN_SUBMIT)
@refuses("not_found", "sweep_not_taking_returns", "record_exists", "return_items_wrong")
@versioned
@blueprint.arguments(DisputeDraftSchema, example=DISPUTE_DRAFT)
@blueprint.response(201, ReturnSchema, example=RETURN | {"item_count": 2, "version": 2})
def add_dispute(body: DisputeDraft, return_id: UUID) -> tuple[ReturnView, dict[str, str]]:
    """Add a dispute to a dispute return; a nil return is none any more, and its village is confirmed again."""
    return tagged(returns.add_dispute(current_caller(), return_id, expected_version(), body))
