"""Disputes: reading them, and recording how one went on."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.disputes import DisputeChangeSchema, DisputePageSchema, DisputeQuery, DisputeSchema
from server.schemas.sweep_examples import DISPUTE
from server.services import disputes
from server.services.disputes import DisputeChange, DisputeFilter, DisputeView

blueprint = Blueprint("disputes", __name__, url_prefix="/disputes", description="What the dispute sweep found.")


@blueprint.get("")
@needs(Permission.DISPUTE_READ)
@refuses("cursor_malformed", "seal_broken")
@blueprint.arguments(DisputeQuery, location="query")
@blueprint.response(200, DisputePageSchema, example={"items": [DISPUTE], "next_cursor": None})
def list_disputes(query: dict[str, Any]) -> dict[str, Any]:
    """List disputes; a grid worker sees their own."""
    asked = page_asked(query)
    return shown(disputes.list_disputes(current_caller(), DisputeFilter(**query), asked))


@blueprint.get("/<uuid:dispute_id>")
@needs(Permission.DISPUTE_READ)
@refuses("not_found", "seal_broken")
@blueprint.response(200, DisputeSchema, example=DISPUTE)
def read_dispute(dispute_id: UUID) -> tuple[DisputeView, dict[str, str]]:
    """Read one dispute."""
    return tagged(disputes.read_dispute(current_caller(), dispute_id))


@blueprint.patch("/<uuid:dispute_id>")
@needs(Permission.DISPUTE_UPDATE)
@refuses("not_found", "seal_broken")
@versioned
@blueprint.arguments(DisputeChangeSchema, example={"outcome": "settled"})
@blueprint.response(200, DisputeSchema, example=DISPUTE | {"outcome": "settled", "version": 2})
def change_dispute(body: dict[str, Any], dispute_id: UUID) -> tuple[DisputeView, dict[str, str]]:
    """Record how a dispute went on."""
    return tagged(disputes.change_dispute(current_caller(), dispute_id, expected_version(), DisputeChange(**body)))
