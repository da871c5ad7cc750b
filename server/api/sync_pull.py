"""What tablets fetch: changes of their user's feeds, the repair of one feed, and the library."""

from flask import Response

from server.domain.feeds import PullAsked, RepairAsked
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.compression import compressed
from server.http.openapi import Blueprint
from server.http.routes import needs, refuses
from server.schemas.sync_examples import LIBRARY, PULLED, REPAIRED
from server.schemas.sync_pull import (
    LibrarySchema,
    PullAnswerSchema,
    PullSchema,
    RepairAnswerSchema,
    RepairSchema,
    answer_bytes,
)
from server.services import sync_library, sync_pull

blueprint = Blueprint(
    "sync_pull", __name__, url_prefix="/sync", description="What a tablet may hold; see mobile_api_spec/SYNC.md."
)
blueprint.after_request(compressed)


@blueprint.post("/pull")
@needs(Permission.SYNC_PULL)
@refuses("device_proof_invalid", "app_too_old", "tablet_paused", "disclosure_budget_used")
@refuses("access_log_unavailable", "seal_broken")
@blueprint.arguments(PullSchema)
@blueprint.response(200, PullAnswerSchema, example=PULLED)
def pull(asked: PullAsked) -> Response:
    """Fetch what changed in the user's feeds since the positions held, as single reads would give it now."""
    return _answer(sync_pull.pull(current_caller(), asked))


@blueprint.post("/repair")
@needs(Permission.SYNC_PULL)
@refuses("device_proof_invalid", "tablet_paused", "disclosure_budget_used", "access_log_unavailable", "seal_broken")
@blueprint.arguments(RepairSchema)
@blueprint.response(200, RepairAnswerSchema, example=REPAIRED)
def repair(asked: RepairAsked) -> Response:
    """Compare one feed record by record, when count and digest differ."""
    return _answer(sync_pull.repair(current_caller(), asked))


@blueprint.get("/library/<name>")
@needs(Permission.SYNC_PULL)
@refuses("not_found")
@blueprint.response(200, LibrarySchema, example=LIBRARY)
def read_library(name: str) -> Response:
    """Fetch one part of the library; no person is in any."""
    return Response(sync_library.read_part(current_caller(), name), content_type="application/json")


def _answer(answer: sync_pull.PullAnswer | sync_pull.RepairAnswer) -> Response:
    body = answer_bytes(vars(answer), answer.changes)
    return Response(body, content_type="application/json")
