"""Observed facts: reading them, and deciding about one."""

from typing import Any
from uuid import UUID

from server.domain.codes import ReturnReason
from server.domain.permissions import Permission
from server.domain.returns import WordDecision
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.observations import (
    ObservationPageSchema,
    ObservationQuery,
    ObservationSchema,
    SendingBackSchema,
    WordReviewSchema,
)
from server.schemas.sweep_examples import OBSERVATION
from server.services import observations
from server.services.observations import ObservationFilter, ObservationView

blueprint = Blueprint(
    "observations", __name__, url_prefix="/observations", description="What was seen or said, with its day and ground."
)


@blueprint.get("")
@needs(Permission.OBSERVATION_READ)
@refuses("cursor_malformed", "seal_broken")
@blueprint.arguments(ObservationQuery, location="query")
@blueprint.response(200, ObservationPageSchema, example={"items": [OBSERVATION], "next_cursor": None})
def list_observations(query: dict[str, Any]) -> dict[str, Any]:
    """List observations with their facts; a grid worker sees their own, also those returned."""
    asked = page_asked(query)
    return shown(observations.list_observations(current_caller(), ObservationFilter(**query), asked))


@blueprint.get("/<uuid:observation_id>")
@needs(Permission.OBSERVATION_READ)
@refuses("not_found", "seal_broken")
@blueprint.response(200, ObservationSchema, example=OBSERVATION)
def read_observation(observation_id: UUID) -> tuple[ObservationView, dict[str, str]]:
    """Read one observation."""
    return tagged(observations.read_observation(current_caller(), observation_id))


@blueprint.post("/<uuid:observation_id>/word-review")
@needs(Permission.OBSERVATION_CLEAR)
@refuses("not_found", "word_review_not_due", "seal_broken")
@versioned
@blueprint.arguments(WordReviewSchema)
@blueprint.response(200, ObservationSchema, example=OBSERVATION | {"version": 2})
def decide_words(body: dict[str, WordDecision], observation_id: UUID) -> tuple[ObservationView, dict[str, str]]:
    """Decide whether a forbidden-ground word makes a forbidden ground; the author cannot."""
    return tagged(observations.decide_words(current_caller(), observation_id, expected_version(), body["decision"]))


@blueprint.post("/<uuid:observation_id>/return")
@needs(Permission.OBSERVATION_CLEAR)
@refuses("not_found", "observation_not_noted", "seal_broken")
@versioned
@blueprint.arguments(SendingBackSchema)
@blueprint.response(200, ObservationSchema, example=OBSERVATION | {"state": "returned", "return_reason": "needs_fact"})
def send_back(body: dict[str, ReturnReason], observation_id: UUID) -> tuple[ObservationView, dict[str, str]]:
    """Return an observation to whoever wrote it, with a reason."""
    return tagged(observations.send_back(current_caller(), observation_id, expected_version(), body["reason"]))
