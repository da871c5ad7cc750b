"""Who looks after the person of a ledger entry."""

from uuid import UUID

from server.domain.care_assignment import Assignment
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.care_assignment import AssignmentSchema
from server.schemas.ledger import LedgerEntrySchema
from server.schemas.ledger_examples import ENTRY
from server.services.care_assignment import assign_carers
from server.services.ledger_moves import EntryView

blueprint = Blueprint(
    "care_assignment", __name__, url_prefix="/ledger-entries", description="Who looks after somebody."
)

_ASSESSOR = "01936f3e-0000-7000-8000-000000000005"


@blueprint.post("/<uuid:entry_id>/assignment")
@needs(Permission.CARE_ASSIGN)
@refuses("not_found", "claim_for_oneself_only", "assessor_unknown", "carer_unknown")
@versioned
@blueprint.arguments(AssignmentSchema)
@blueprint.response(
    200, LedgerEntrySchema, example=ENTRY | {"state": "accepted", "assessor_id": _ASSESSOR, "carer_ids": [_ASSESSOR]}
)
def assign(assignment: Assignment, entry_id: UUID) -> tuple[EntryView, dict[str, str]]:
    """Name who answers for an entry and who cares beside them; an assessor may claim one that nobody has."""
    return tagged(assign_carers(current_caller(), entry_id, expected_version(), assignment))
