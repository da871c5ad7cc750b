"""A sweep: its returns, its villages' confirmations, how complete it is, handing it in and opening it again."""

from typing import Any
from uuid import UUID

from server.domain.completeness import Completeness
from server.domain.permissions import Permission
from server.domain.returns import ReopenReason, ReturnDraft
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.returns import ReturnDraftSchema, ReturnSchema
from server.schemas.shape import PageQuery
from server.schemas.sweep_examples import COMPLETENESS, CONFIRMATION, OBSERVATION_RETURN, RETURN, SWEEP
from server.schemas.sweeps import (
    CompletenessSchema,
    ConfirmationPageSchema,
    ConfirmationSchema,
    ConfirmingSchema,
    ReopeningSchema,
    SweepSchema,
)
from server.services import completeness, returns, sweeps
from server.services.returns import ReturnView
from server.services.sweeps import ConfirmationView, SweepView

blueprint = Blueprint("sweeps", __name__, url_prefix="/sweeps", description="A township's sweeps and their returns.")

#: What an observation and the resident it brings may be refused for.
OBSERVATION_REFUSALS = (
    "observed_in_future", "observed_too_early", "resident_one_of", "fact_too_short", "fact_too_long",
    "fact_diagnosis", "fact_character", "field_not_for_role", "resident_area_outside", "resident_area_unknown",
    "name_invalid", "phone_invalid", "id_no_length", "id_no_check", "id_no_date", "id_type_required",
    "document_invalid", "birth_date_invalid", "birth_year_invalid", "guardian_required", "resident_text_too_long",
    "resident_code_unknown", "seal_broken",
)  # fmt: skip


@blueprint.get("/<uuid:sweep_id>")
@needs(Permission.MONTH_READ)
@refuses("not_found")
@blueprint.response(200, SweepSchema, example=SWEEP)
def read_sweep(sweep_id: UUID) -> tuple[SweepView, dict[str, str]]:
    """See where a sweep stands."""
    return tagged(sweeps.read_sweep(current_caller(), sweep_id))


@blueprint.post("/<uuid:sweep_id>/submission")
@needs(Permission.SWEEP_SUBMIT)
@refuses("not_found", "sweep_villages_missing", "sweep_transition_forbidden")
@versioned
@blueprint.response(200, SweepSchema, example=SWEEP | {"state": "submitted", "version": 3})
def submit_sweep(sweep_id: UUID) -> tuple[SweepView, dict[str, str]]:
    """Hand a sweep to the township, once every village is confirmed."""
    return tagged(sweeps.submit_sweep(current_caller(), sweep_id, expected_version()))


@blueprint.post("/<uuid:sweep_id>/reopening")
@needs(Permission.SWEEP_REOPEN)
@refuses("not_found", "month_not_open", "sweep_transition_forbidden")
@versioned
@blueprint.arguments(ReopeningSchema)
@blueprint.response(200, SweepSchema, example=SWEEP | {"state": "reopened", "reopen_reason": "late_return"})
def reopen_sweep(body: dict[str, ReopenReason], sweep_id: UUID) -> tuple[SweepView, dict[str, str]]:
    """Open a submitted sweep again while its month is open, with a reason."""
    return tagged(sweeps.reopen_sweep(current_caller(), sweep_id, expected_version(), body["reason"]))


@blueprint.post("/<uuid:sweep_id>/returns")
@needs(Permission.RETURN_SUBMIT)
@refuses("not_found", "area_code_invalid", "sweep_not_taking_returns", "sweep_not_begun", "return_exists")
@refuses("return_nil_with_items", "return_empty_not_nil", "return_items_wrong", "return_by_grid")
@refuses("late_reason_missing", "record_exists", *OBSERVATION_REFUSALS)
@blueprint.arguments(ReturnDraftSchema, example=OBSERVATION_RETURN)
@blueprint.response(201, ReturnSchema, example=RETURN)
def file_return(body: ReturnDraft, sweep_id: UUID) -> tuple[ReturnView, dict[str, str]]:
    """File a grid's whole return: nil, or with everything that was found."""
    return tagged(returns.file_return(current_caller(), sweep_id, body))


@blueprint.post("/<uuid:sweep_id>/confirmations")
@needs(Permission.VILLAGE_CONFIRM)
@refuses("not_found", "area_code_invalid", "village_grids_missing", "sweep_not_taking_returns", "record_exists")
@blueprint.arguments(ConfirmingSchema)
@blueprint.response(201, ConfirmationSchema, example=CONFIRMATION)
def confirm_village(body: dict[str, str], sweep_id: UUID) -> ConfirmationView:
    """Confirm that a village's returns are complete; a return that comes later takes this back."""
    return sweeps.confirm_village(current_caller(), sweep_id, body["village_code"])


@blueprint.get("/<uuid:sweep_id>/confirmations")
@needs(Permission.RETURN_READ)
@refuses("not_found", "cursor_malformed")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, ConfirmationPageSchema, example={"items": [CONFIRMATION], "next_cursor": None})
def list_confirmations(query: dict[str, Any], sweep_id: UUID) -> dict[str, Any]:
    """List the villages confirmed so far."""
    asked = page_asked(query)
    return shown(sweeps.list_confirmations(current_caller(), sweep_id, asked))


@blueprint.get("/<uuid:sweep_id>/completeness")
@needs(Permission.MONTH_READ)
@refuses("not_found")
@blueprint.response(200, CompletenessSchema, example=COMPLETENESS)
def read_completeness(sweep_id: UUID) -> Completeness:
    """See which grids have returned and which have not, per village and in total."""
    return completeness.read_completeness(current_caller(), sweep_id)
