"""The ledger as the township's coordinator uses it."""

from typing import Any
from uuid import UUID

from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.ledger import AcceptanceSchema, DeclineSchema, LedgerEntrySchema, SendBackSchema
from server.schemas.ledger_examples import ENTRY
from server.services.ledger_exit import purge_forbidden
from server.services.ledger_moves import EntryView
from server.services.ledger_review import Acceptance, accept_entry, decline_entry, open_review, return_entry

blueprint = Blueprint(
    "ledger_review", __name__, url_prefix="/ledger-entries", description="The township's review of the ledger."
)

_REVIEW = ("not_found", "entry_of_own_report", "ledger_transition_forbidden")


@blueprint.post("/<uuid:entry_id>/review")
@needs(Permission.LEDGER_REVIEW)
@refuses(*_REVIEW)
@versioned
@blueprint.response(200, LedgerEntrySchema, example=ENTRY)
def review(entry_id: UUID) -> tuple[EntryView, dict[str, str]]:
    """Take a reported entry up for review; nobody reviews what they observed or reported."""
    return tagged(open_review(current_caller(), entry_id, expected_version()))


@blueprint.post("/<uuid:entry_id>/return")
@needs(Permission.LEDGER_REVIEW)
@refuses(*_REVIEW)
@versioned
@blueprint.arguments(SendBackSchema)
@blueprint.response(200, LedgerEntrySchema, example=ENTRY)
def send_back(body: dict[str, Any], entry_id: UUID) -> tuple[EntryView, dict[str, str]]:
    """Send an entry back to its reporter, who has five working days to better it."""
    return tagged(return_entry(current_caller(), entry_id, expected_version(), body["reason"]))


@blueprint.post("/<uuid:entry_id>/decline")
@needs(Permission.LEDGER_REVIEW)
@refuses(*_REVIEW)
@versioned
@blueprint.arguments(DeclineSchema)
@blueprint.response(200, LedgerEntrySchema, example=ENTRY)
def decline(body: dict[str, Any], entry_id: UUID) -> tuple[EntryView, dict[str, str]]:
    """End an entry without service; who it was about is forgotten after thirty days."""
    return tagged(decline_entry(current_caller(), entry_id, expected_version(), body["reason"]))


@blueprint.post("/<uuid:entry_id>/acceptance")
@needs(Permission.LEDGER_REVIEW)
@refuses(*_REVIEW, "assessor_unknown")
@versioned
@blueprint.arguments(AcceptanceSchema)
@blueprint.response(200, LedgerEntrySchema, example=ENTRY)
def accept(body: dict[str, Any], entry_id: UUID) -> tuple[EntryView, dict[str, str]]:
    """Take the person on for twelve months at most; the first contact is due in seven working days."""
    return tagged(accept_entry(current_caller(), entry_id, expected_version(), Acceptance(**body)))


@blueprint.post("/<uuid:entry_id>/forbidden-ground")
@needs(Permission.LEDGER_PURGE)
@refuses("not_found", "ledger_transition_forbidden")
@versioned
@blueprint.response(204)
def purge(entry_id: UUID) -> None:
    """Close an entry at once because a forbidden ground was found, and destroy what it said."""
    purge_forbidden(current_caller(), entry_id, expected_version())
