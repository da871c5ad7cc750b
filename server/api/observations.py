"""Observed facts: reading them, and deciding about one."""

from typing import Any
from uuid import UUID

from server.domain.codes import ReturnReason
from server.domain.permissions import Permission
from server.domain.returns import WordDecision
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import decode_cursor, encode_cursor
from server.http.routes import expected_version, needs, refuses, versioned, with_version
from server.schemas.observations import (
    ObservationPageSchema,
    ObservationQuery,
    ObservationSchema,
    SendingBackSchema,
    WordReviewSchema,
)
from server.schemas.sweep_examples import OBSERVATION
from server.services import observations
from server.services.observations import ObservationFilter, ObservationView, PageAsked

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
    asked = PageAsked(query.pop("limit"), decode_cursor(query.pop("cursor", None)))
    page = observations.list_observations(current_caller(), ObservationFilter(**query), asked)
    return {"items": page.items, "next_cursor": encode_cursor(page.next_keys)}


@blueprint.get("/<uuid:observation_id>")
@needs(Permission.OBSERVATION_READ)
@refuses("not_found", "seal_broken")
@blueprint.response(200, ObservationSchema, example=OBSERVATION)
def read_observation(observation_id: UUID) -> tuple[ObservationView, dict[str, str]]:
    """Read one observation."""
    found = observations.read_observation(current_caller(), observation_id)
    return found, with_version(found.version)


@blueprint.post("/<uuid:observation_id>/word-review")
@needs(Permission.OBSERVATION_CLEAR)
@refuses("not_found", "word_review_not_due", "seal_broken")
@versioned
@blueprint.arguments(WordReviewSchema)
@blueprint.response(200, ObservationSchema, example=OBSERVATION | {"version": 2})
def decide_words(body: dict[str, WordDecision], observation_id: UUID) -> tuple[ObservationView, dict[str, str]]:
    """Decide whether a forbidden-ground word makes a forbidden ground; the author cannot."""
    found = observations.decide_words(current_caller(), observation_id, expected_version(), body["decision"])
    return found, with_version(found.version)


@blueprint.post("/<uuid:observation_id>/return")
@needs(Permission.OBSERVATION_CLEAR)
@refuses("not_found", "observation_not_noted", "seal_broken")
@versioned
@blueprint.arguments(SendingBackSchema)
@blueprint.response(200, ObservationSchema, example=OBSERVATION | {"state": "returned", "return_reason": "needs_fact"})
def send_back(body: dict[str, ReturnReason], observation_id: UUID) -> tuple[ObservationView, dict[str, str]]:
    """Return an observation to whoever wrote it, with a reason."""
    found = observations.send_back(current_caller(), observation_id, expected_version(), body["reason"])
    return found, with_version(found.version)
