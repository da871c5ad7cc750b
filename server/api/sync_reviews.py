"""Work from tablets that could not be applied as it came: the township decides."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.sync_reviews import (
    REVIEW,
    REVIEW_LINE,
    DeliveryReviewSchema,
    KeepingSchema,
    ReturnToAuthorSchema,
    ReviewPageSchema,
    ReviewQuery,
)
from server.services import sync_reviews
from server.services.sync_reviews import ReviewFilter

blueprint = Blueprint(
    "sync_reviews", __name__, url_prefix="/sync/reviews", description="Work from tablets that waits for the township."
)
Versioned = tuple[Any, dict[str, str]]
_DECIDING = ("not_found", "review_decided", "access_log_unavailable", "seal_broken")


@blueprint.get("")
@needs(Permission.SYNC_REVIEW_READ)
@refuses("cursor_malformed")
@blueprint.arguments(ReviewQuery, location="query")
@blueprint.response(200, ReviewPageSchema, example={"items": [REVIEW_LINE], "next_cursor": None})
def list_reviews(query: dict[str, Any]) -> dict[str, Any]:
    """List what waits or was decided, without what was written; one's own for whoever works in the field."""
    wanted = ReviewFilter(query.get("area_code"), query.get("state"))
    return shown(sync_reviews.list_reviews(current_caller(), wanted, page_asked(query)))


@blueprint.get("/<uuid:review_id>")
@needs(Permission.SYNC_REVIEW_READ)
@refuses("not_found", "disclosure_budget_used", "access_log_unavailable", "seal_broken")
@blueprint.response(200, DeliveryReviewSchema, example=REVIEW)
def read_review(review_id: UUID) -> Versioned:
    """Read what was written and why it was not applied; for a contact, beside what the registry has now."""
    return tagged(sync_reviews.read_review(current_caller(), review_id))


@blueprint.post("/<uuid:review_id>/application")
@needs(Permission.SYNC_REVIEW_DECIDE)
@refuses(*_DECIDING, "review_refused_again", "disclosure_budget_used")
@versioned
@blueprint.response(200, DeliveryReviewSchema, example=REVIEW)
def apply_review(review_id: UUID) -> Versioned:
    """Apply it after all, as its author's work; the rules and the person's consent are asked again."""
    return tagged(sync_reviews.apply_review(current_caller(), review_id, expected_version()))


@blueprint.post("/<uuid:review_id>/keeping")
@needs(Permission.SYNC_REVIEW_DECIDE)
@refuses(*_DECIDING, "disclosure_budget_used")
@versioned
@blueprint.arguments(KeepingSchema)
@blueprint.response(200, DeliveryReviewSchema, example=REVIEW)
def keep_registry(body: dict[str, Any], review_id: UUID) -> Versioned:
    """Leave the registry as it is."""
    return tagged(sync_reviews.keep_registry(current_caller(), review_id, expected_version(), body["reason"]))


@blueprint.post("/<uuid:review_id>/return")
@needs(Permission.SYNC_REVIEW_DECIDE)
@refuses(*_DECIDING, "diagnosis_in_text", "disclosure_budget_used")
@versioned
@blueprint.arguments(ReturnToAuthorSchema)
@blueprint.response(200, DeliveryReviewSchema, example=REVIEW)
def return_to_author(body: dict[str, Any], review_id: UUID) -> Versioned:
    """Send it back to whoever wrote it, to look again."""
    version, note = expected_version(), body.get("note")
    return tagged(sync_reviews.return_to_author(current_caller(), review_id, version, body["reason"], note))
