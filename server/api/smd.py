"""The summary of a severe mental disorder: by the clinician, for the next contact."""

from uuid import UUID

from server.domain.permissions import Permission
from server.domain.smd import Contact
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.smd import CONTACT_EXAMPLE, SUMMARY_EXAMPLE, SmdContactSchema, SummarySchema
from server.services import smd
from server.services.smd import DueView, SummaryView

blueprint = Blueprint(
    "smd", __name__, url_prefix="/ledger-entries/<uuid:entry_id>/smd-summary",
    description="Severe mental disorders: a summary for the next contact.",
)  # fmt: skip
_CONTACT = (
    *("not_found", "consent_missing", "smd_contact_in_future", "smd_contact_before_last", "smd_danger_needed"),
    *("smd_not_seen_no_findings", "smd_class_contradicted", "smd_settling_unasked", "smd_due_out_of_range"),
)


@blueprint.get("")
@needs(Permission.SMD_READ)
@refuses("not_found")
@blueprint.response(200, SummarySchema, example=SUMMARY_EXAMPLE)
def read_summary(entry_id: UUID) -> tuple[DueView, dict[str, str]]:
    """Read the summary; whoever is not the person's clinician is told the due day alone."""
    return tagged(smd.read_summary(current_caller(), entry_id))


@blueprint.post("")
@needs(Permission.SMD_WRITE)
@refuses("smd_summary_exists", *_CONTACT)
@blueprint.arguments(SmdContactSchema, example=CONTACT_EXAMPLE)
@blueprint.response(201, SummarySchema, example=SUMMARY_EXAMPLE)
def open_summary(contact: Contact, entry_id: UUID) -> tuple[SummaryView, dict[str, str]]:
    """Begin a summary with a first contact."""
    return tagged(smd.open_summary(current_caller(), entry_id, contact))


@blueprint.put("")
@needs(Permission.SMD_WRITE)
@refuses(*_CONTACT)
@versioned
@blueprint.arguments(SmdContactSchema, example=CONTACT_EXAMPLE)
@blueprint.response(200, SummarySchema, example=SUMMARY_EXAMPLE | {"version": 2})
def write_contact(contact: Contact, entry_id: UUID) -> tuple[SummaryView, dict[str, str]]:
    """Write the summary anew after a contact, or after trying; not seen keeps the interval."""
    return tagged(smd.write_contact(current_caller(), entry_id, expected_version(), contact))
